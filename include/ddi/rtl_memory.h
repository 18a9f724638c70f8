/* SPDX-License-Identifier: MIT */
/* Memory helpers: copy, move, fill, zero, compare. */
#ifndef CONDIS_DDI_RTL_MEMORY_H
#define CONDIS_DDI_RTL_MEMORY_H

#include "../ntdef.h"

/* Driver sources use these four without including a C header, as on Windows. */
void *memcpy(void *, const void *, size_t);
void *memmove(void *, const void *, size_t);
void *memset(void *, int, size_t);
int memcmp(const void *, const void *, size_t);

/* Learn: RtlCopyMemory, RtlMoveMemory, RtlZeroMemory, RtlFillMemory, RtlEqualMemory. */
#define RtlCopyMemory(Destination, Source, Length)                                                 \
    __builtin_memcpy((Destination), (Source), (Length))
#define RtlCopyMemoryNonTemporal(Destination, Source, Length)                                      \
    __builtin_memcpy((Destination), (Source), (Length))
#define RtlMoveMemory(Destination, Source, Length)                                                 \
    __builtin_memmove((Destination), (Source), (Length))
#define RtlZeroMemory(Destination, Length)       __builtin_memset((Destination), 0, (Length))
#define RtlFillMemory(Destination, Length, Fill) __builtin_memset((Destination), (Fill), (Length))
#define RtlEqualMemory(Destination, Source, Length)                                                \
    (!__builtin_memcmp((Destination), (Source), (Length)))

/* Learn: RtlCompareMemory. Returns the count of equal leading bytes. */
FORCEINLINE SIZE_T RtlCompareMemory(_In_ const VOID *Source1, _In_ const VOID *Source2,
                                    _In_ SIZE_T Length)
{
    const UCHAR *First = (const UCHAR *)Source1;
    const UCHAR *Second = (const UCHAR *)Source2;
    SIZE_T Equal = 0;

    while (Equal < Length && First[Equal] == Second[Equal])
        Equal++;
    return Equal;
}

/* Learn: RtlSecureZeroMemory. */
FORCEINLINE PVOID RtlSecureZeroMemory(_Out_ PVOID Pointer, _In_ SIZE_T Count)
{
    __builtin_memset(Pointer, 0, Count);
    __asm__ __volatile__("" : : "r"(Pointer) : "memory");
    return Pointer;
}

#endif
