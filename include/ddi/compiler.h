/* SPDX-License-Identifier: MIT */
/*
 * The compiler words of Windows driver sources, in terms of gcc and clang.
 *
 * Two warnings are switched off for whoever includes this header, because every driver source has
 * what they complain about: '#pragma alloc_text' and '#pragma warning' (-Wunknown-pragmas), and
 * pool tags such as 'ABCD' (-Wmultichar). ALLOC_PRAGMA stays undefined: nothing is paged here.
 */
#ifndef CONDIS_DDI_COMPILER_H
#define CONDIS_DDI_COMPILER_H

#include <stdarg.h>
#include <stddef.h>

#if __SIZEOF_WCHAR_T__ != 2
#error "WCHAR must be 16 bits: compile with -fshort-wchar (pkg-config --cflags condis gives it)"
#endif
#if __SIZEOF_POINTER__ != 8
#error "only 64-bit targets are supported: the layouts are those of Windows x64"
#endif

#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#pragma GCC diagnostic ignored "-Wmultichar"

/* Calling convention of every driver-facing declaration. Empty today; one day perhaps ms_abi. */
#ifdef NTAPI
#undef NTAPI
#endif
#define NTAPI

/* mingw's __declspec knows no 'align'. */
#undef __declspec
#define __declspec(x) CONDIS_DECLSPEC_##x
#define CONDIS_DECLSPEC_align(n)   __attribute__((aligned(n)))
#define CONDIS_DECLSPEC_noinline   __attribute__((noinline))
#define CONDIS_DECLSPEC_noreturn   __attribute__((noreturn))
#define CONDIS_DECLSPEC_selectany  __attribute__((weak))
#define CONDIS_DECLSPEC_deprecated __attribute__((deprecated))
#define CONDIS_DECLSPEC_dllexport  __attribute__((visibility("default")))
#define CONDIS_DECLSPEC_dllimport
#define CONDIS_DECLSPEC_restrict __attribute__((malloc))
#define CONDIS_DECLSPEC_noalias
#define CONDIS_DECLSPEC_novtable
#define CONDIS_DECLSPEC_nothrow __attribute__((nothrow))
#define CONDIS_DECLSPEC_allocator
#define CONDIS_DECLSPEC_thread __thread
#define CONDIS_DECLSPEC_code_seg(name)

#if !defined(_WIN32)
#define __cdecl
#define __stdcall
#define __fastcall
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long long
#endif

/* Not static, as sources write both 'FORCEINLINE' and 'static FORCEINLINE'. It is inlined at every
 * level of optimisation, so no definition out of line is ever looked for; it has no address. */
#define FORCEINLINE inline __attribute__((always_inline))
#undef __forceinline
#define __forceinline FORCEINLINE

#define NTKERNELAPI
#define NTSYSAPI
#define NTHALAPI
#define NTSYSCALLAPI
#define DECLSPEC_IMPORT
#define FASTCALL
#define CDECL
#define CFORCEINLINE        FORCEINLINE
#define DECLSPEC_ALIGN(n)   __attribute__((aligned(n)))
#define DECLSPEC_NOINLINE   __attribute__((noinline))
#define DECLSPEC_NORETURN   __attribute__((noreturn))
#define DECLSPEC_SELECTANY  __attribute__((weak))
#define DECLSPEC_DEPRECATED __attribute__((deprecated))
#define DECLSPEC_RESTRICT
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define DECLSPEC_CACHEALIGN         DECLSPEC_ALIGN(SYSTEM_CACHE_ALIGNMENT_SIZE)
#define RESTRICTED_POINTER          __restrict
#undef UNALIGNED
#define UNALIGNED
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#define ANYSIZE_ARRAY               1
#define MEMORY_ALLOCATION_ALIGNMENT 16
#define MAX_NATURAL_ALIGNMENT       8
#define PAGE_SIZE                   0x1000
#define PAGE_SHIFT                  12

#undef IN
#undef OUT
#undef OPTIONAL
#undef CONST
#define IN
#define OUT
#define OPTIONAL
#define CONST const

/* Learn: C_ASSERT; ARRAYSIZE; RTL_NUMBER_OF; FIELD_OFFSET; CONTAINING_RECORD. */
#define C_ASSERT(e)                _Static_assert(e, #e)
#define FIELD_OFFSET(type, field)  ((LONG)offsetof(type, field))
#define UFIELD_OFFSET(type, field) ((ULONG)offsetof(type, field))
#define CONTAINING_RECORD(address, type, field)                                                    \
    ((type *)(void *)((PCHAR)(address)-offsetof(type, field)))
#define RTL_FIELD_SIZE(type, field)           (sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) (offsetof(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(s, size, field)                                                         \
    ((((PCHAR)(&(s)->field)) + sizeof((s)->field)) <= (((PCHAR)(s)) + (size)))
#define RTL_NUMBER_OF(a)  (sizeof(a) / sizeof((a)[0]))
#define ARRAYSIZE(a)      RTL_NUMBER_OF(a)
#define _countof(a)       RTL_NUMBER_OF(a)
#define RTL_BITS_OF(x)    (sizeof(x) * 8)
#define TYPE_ALIGNMENT(t) ((LONG) _Alignof(t))

#define UNREFERENCED_PARAMETER(p)          ((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p)      ((void)(p))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(v) ((void)(v))

#if !defined(NOMINMAX)
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif

#endif
