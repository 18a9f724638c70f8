/* SPDX-License-Identifier: MIT */
/*
 * Interlocked operations: each is one sequentially consistent atomic step.
 *
 * Under Linux each first calls CondisInterlockedPoint(), so that a simulated executive may let
 * another processor run there. A live executive does nothing in it.
 */
#ifndef CONDIS_DDI_INTERLOCKED_H
#define CONDIS_DDI_INTERLOCKED_H

#include "../ntdef.h"

#if defined(__linux__)
extern void NTAPI CondisInterlockedPoint(void);
#define CONDIS_INTERLOCKED_POINT() CondisInterlockedPoint()
#else
#define CONDIS_INTERLOCKED_POINT() ((void)0)
#endif

/* mingw's own headers name some of these as macros over intrinsics; ours win. */
#undef InterlockedIncrement
#undef InterlockedDecrement
#undef InterlockedExchange
#undef InterlockedExchangeAdd
#undef InterlockedCompareExchange
#undef InterlockedExchangePointer
#undef InterlockedCompareExchangePointer

#define CONDIS_INTERLOCKED_OPS(Suffix, Type)                                                       \
    FORCEINLINE Type InterlockedIncrement##Suffix(_Inout_ Type volatile *Addend)                   \
    {                                                                                              \
        CONDIS_INTERLOCKED_POINT();                                                                \
        return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);                                    \
    }                                                                                              \
    FORCEINLINE Type InterlockedDecrement##Suffix(_Inout_ Type volatile *Addend)                   \
    {                                                                                              \
        CONDIS_INTERLOCKED_POINT();                                                                \
        return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);                                    \
    }                                                                                              \
    FORCEINLINE Type InterlockedExchange##Suffix(_Inout_ Type volatile *Target, Type Value)        \
    {                                                                                              \
        CONDIS_INTERLOCKED_POINT();                                                                \
        return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);                               \
    }                                                                                              \
    FORCEINLINE Type InterlockedExchangeAdd##Suffix(_Inout_ Type volatile *Addend, Type Value)     \
    {                                                                                              \
        CONDIS_INTERLOCKED_POINT();                                                                \
        return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);                                \
    }                                                                                              \
    FORCEINLINE Type InterlockedAdd##Suffix(_Inout_ Type volatile *Addend, Type Value)             \
    {                                                                                              \
        CONDIS_INTERLOCKED_POINT();                                                                \
        return __atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST);                                \
    }                                                                                              \
    FORCEINLINE Type InterlockedAnd##Suffix(_Inout_ Type volatile *Destination, Type Value)        \
    {                                                                                              \
        CONDIS_INTERLOCKED_POINT();                                                                \
        return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);                           \
    }                                                                                              \
    FORCEINLINE Type InterlockedOr##Suffix(_Inout_ Type volatile *Destination, Type Value)         \
    {                                                                                              \
        CONDIS_INTERLOCKED_POINT();                                                                \
        return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);                            \
    }                                                                                              \
    FORCEINLINE Type InterlockedXor##Suffix(_Inout_ Type volatile *Destination, Type Value)        \
    {                                                                                              \
        CONDIS_INTERLOCKED_POINT();                                                                \
        return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);                           \
    }                                                                                              \
    FORCEINLINE Type InterlockedCompareExchange##Suffix(_Inout_ Type volatile *Destination,        \
                                                        Type ExChange, Type Comperand)             \
    {                                                                                              \
        CONDIS_INTERLOCKED_POINT();                                                                \
        __atomic_compare_exchange_n(Destination, &Comperand, ExChange, 0, __ATOMIC_SEQ_CST,        \
                                    __ATOMIC_SEQ_CST);                                             \
        return Comperand;                                                                          \
    }

/* Learn: InterlockedIncrement, InterlockedDecrement, InterlockedExchange, InterlockedExchangeAdd,
 * InterlockedAdd, InterlockedAnd, InterlockedOr, InterlockedXor, InterlockedCompareExchange.
 * And, Or, Xor, Exchange, ExchangeAdd and CompareExchange return the value before. */
CONDIS_INTERLOCKED_OPS(, LONG)
CONDIS_INTERLOCKED_OPS(64, LONG64)

/* Learn: InterlockedExchangePointer. */
FORCEINLINE PVOID InterlockedExchangePointer(_Inout_ PVOID volatile *Target, _In_opt_ PVOID Value)
{
    CONDIS_INTERLOCKED_POINT();
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

/* Learn: InterlockedCompareExchangePointer. */
FORCEINLINE PVOID InterlockedCompareExchangePointer(_Inout_ PVOID volatile *Destination,
                                                    _In_opt_ PVOID ExChange,
                                                    _In_opt_ PVOID Comperand)
{
    CONDIS_INTERLOCKED_POINT();
    __atomic_compare_exchange_n(Destination, &Comperand, ExChange, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comperand;
}

/* Learn: InterlockedBitTestAndSet. Bit counts from Base on, over words. Returns the bit before. */
FORCEINLINE BOOLEAN InterlockedBitTestAndSet(_Inout_ LONG volatile *Base, LONG Bit)
{
    ULONG Mask = 1u << (Bit & 31);

    return (BOOLEAN)(((ULONG)InterlockedOr(Base + (Bit >> 5), (LONG)Mask) & Mask) != 0);
}

/* Learn: InterlockedBitTestAndReset. Returns the bit before. */
FORCEINLINE BOOLEAN InterlockedBitTestAndReset(_Inout_ LONG volatile *Base, LONG Bit)
{
    ULONG Mask = 1u << (Bit & 31);

    return (BOOLEAN)(((ULONG)InterlockedAnd(Base + (Bit >> 5), (LONG)~Mask) & Mask) != 0);
}

#define InterlockedIncrementAcquire       InterlockedIncrement
#define InterlockedIncrementRelease       InterlockedIncrement
#define InterlockedIncrementNoFence       InterlockedIncrement
#define InterlockedDecrementAcquire       InterlockedDecrement
#define InterlockedDecrementRelease       InterlockedDecrement
#define InterlockedDecrementNoFence       InterlockedDecrement
#define InterlockedExchangeNoFence        InterlockedExchange
#define InterlockedExchangeAddNoFence     InterlockedExchangeAdd
#define InterlockedCompareExchangeAcquire InterlockedCompareExchange
#define InterlockedCompareExchangeRelease InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence InterlockedCompareExchange
#define InterlockedAddULongPtr(a, v)      InterlockedAdd64((LONG64 volatile *)(a), (LONG64)(v))

/* Ordered plain accesses and fences. Learn: ReadAcquire, WriteRelease, KeMemoryBarrier. */
#define ReadAcquire(p)                __atomic_load_n((LONG volatile *)(p), __ATOMIC_ACQUIRE)
#define ReadNoFence(p)                __atomic_load_n((LONG volatile *)(p), __ATOMIC_RELAXED)
#define ReadAcquire64(p)              __atomic_load_n((LONG64 volatile *)(p), __ATOMIC_ACQUIRE)
#define ReadNoFence64(p)              __atomic_load_n((LONG64 volatile *)(p), __ATOMIC_RELAXED)
#define ReadPointerAcquire(p)         __atomic_load_n((PVOID volatile *)(p), __ATOMIC_ACQUIRE)
#define ReadPointerNoFence(p)         __atomic_load_n((PVOID volatile *)(p), __ATOMIC_RELAXED)
#define WriteRelease(p, v)            __atomic_store_n((LONG volatile *)(p), (v), __ATOMIC_RELEASE)
#define WriteNoFence(p, v)            __atomic_store_n((LONG volatile *)(p), (v), __ATOMIC_RELAXED)
#define WritePointerRelease(p, v)     __atomic_store_n((PVOID volatile *)(p), (v), __ATOMIC_RELEASE)
#define WritePointerNoFence(p, v)     __atomic_store_n((PVOID volatile *)(p), (v), __ATOMIC_RELAXED)
#define KeMemoryBarrier()             __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KeMemoryBarrierWithoutFence() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#ifndef MemoryBarrier
#define MemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif
#ifndef YieldProcessor
#define YieldProcessor() CONDIS_INTERLOCKED_POINT()
#endif

#endif
