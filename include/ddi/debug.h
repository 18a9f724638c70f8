/* SPDX-License-Identifier: MIT */
/* Debug output, assertions and the bug check. DBG=1 is a checked build, as on Windows. */
#ifndef CONDIS_DDI_DEBUG_H
#define CONDIS_DDI_DEBUG_H

#include "ke_irql.h"

#ifndef DBG
#define DBG 0
#endif

#define DPFLTR_ERROR_LEVEL   0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL   2
#define DPFLTR_INFO_LEVEL    3
#define DPFLTR_MASK          0x80000000U
#define DPFLTR_IHVDRIVER_ID  77
#define DPFLTR_IHVNETWORK_ID 80
#define DPFLTR_DEFAULT_ID    101

/* Learn: DbgPrint. Windows' format words (%wZ, %I64d, %ws) are understood. */
ULONG NTAPI DbgPrint(_In_z_ PCSTR Format, ...);
/* Learn: DbgPrintEx. */
ULONG NTAPI DbgPrintEx(_In_ ULONG ComponentId, _In_ ULONG Level, _In_z_ PCSTR Format, ...);
/* Learn: vDbgPrintEx. */
ULONG NTAPI vDbgPrintEx(_In_ ULONG ComponentId, _In_ ULONG Level, _In_z_ PCSTR Format,
                        _In_ va_list arglist);
/* Learn: DbgBreakPoint. */
VOID NTAPI DbgBreakPoint(VOID);
/* Learn: KeBugCheckEx. Ends the run with a report. */
DECLSPEC_NORETURN VOID NTAPI KeBugCheckEx(_In_ ULONG BugCheckCode, _In_ ULONG_PTR Parameter1,
                                          _In_ ULONG_PTR Parameter2, _In_ ULONG_PTR Parameter3,
                                          _In_ ULONG_PTR Parameter4);
/* Learn: KeBugCheck. */
DECLSPEC_NORETURN VOID NTAPI KeBugCheck(_In_ ULONG BugCheckCode);
/* Learn: RtlAssert. What a failed ASSERT, NT_ASSERT or PAGED_CODE calls. */
VOID NTAPI RtlAssert(_In_ PVOID VoidFailedAssertion, _In_ PVOID VoidFileName, _In_ ULONG LineNumber,
                     _In_opt_ PSTR MutableMessage);

#define CONDIS_ASSERT_FAILED(text) RtlAssert((PVOID)(text), (PVOID)__FILE__, __LINE__, NULL)

#if DBG
#define KdPrint(x)     DbgPrint x
#define KdPrintEx(x)   DbgPrintEx x
#define KdBreakPoint() DbgBreakPoint()
#define ASSERT(e)      ((void)((e) ? 0 : (CONDIS_ASSERT_FAILED(#e), 0)))
#define ASSERTMSG(m, e)                                                                            \
    ((void)((e) ? 0 : (RtlAssert((PVOID) #e, (PVOID)__FILE__, __LINE__, (PSTR)(m)), 0)))
#else
#define KdPrint(x)      ((void)0)
#define KdPrintEx(x)    ((void)0)
#define KdBreakPoint()  ((void)0)
#define ASSERT(e)       ((void)0)
#define ASSERTMSG(m, e) ((void)0)
#endif
#define NT_ASSERT(e)       ASSERT(e)
#define NT_ASSERTMSG(m, e) ASSERTMSG(m, e)
#define NT_VERIFY(e)       ((void)((e) ? 0 : (CONDIS_ASSERT_FAILED(#e), 0)))
#define RTL_SOFT_ASSERT(e) ASSERT(e)

/* Learn: PAGED_CODE. Checked in every build here: the IRQL must be at most APC_LEVEL. */
#define PAGED_CODE()                                                                               \
    ((void)(KeGetCurrentIrql() <= APC_LEVEL ? 0 : (CONDIS_ASSERT_FAILED("PAGED_CODE: IRQL"), 0)))
#define PAGED_CODE_LOCKED() ((void)0)

#endif
