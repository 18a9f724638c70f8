/* SPDX-License-Identifier: MIT */
/* A call manager's place on one adapter: memory, channels, timers, and what the engine tells. */
#include "callmgr.h"

PVOID CmAllocate(PCM_ADAPTER Adapter, SIZE_T Bytes)
{
    PVOID Memory = NdisAllocateMemoryWithTagPriority(Adapter->NdisHandle, (UINT)Bytes, CM_TAG,
                                                     NormalPoolPriority);
    if (Memory != NULL)
        NdisZeroMemory(Memory, Bytes);
    return Memory;
}

ULONGLONG CmNowMs(VOID)
{
    return KeQueryInterruptTime() / 10000;
}

/* Numbers go round, so that a channel rests before it comes again. */
ULONG CmChannelAllocate(PCM_ADAPTER Adapter)
{
    ULONG Vci = Adapter->NextVci;
    if (Adapter->VciCount == 65536 - 32)
        return 0;
    while (Adapter->VciUsed[Vci / 8] & (1u << Vci % 8))
        Vci = Vci == 65535 ? 32 : Vci + 1;
    Adapter->VciUsed[Vci / 8] = (UCHAR)(Adapter->VciUsed[Vci / 8] | 1u << Vci % 8);
    Adapter->VciCount++;
    Adapter->NextVci = Vci == 65535 ? 32 : Vci + 1;
    return Adapter->Port << 16 | Vci;
}

VOID CmChannelFree(PCM_ADAPTER Adapter, ULONG Channel)
{
    ULONG Vci = Channel & 0xffff;
    if (Adapter->Signalling->NetworkChannels)
        return;
    Adapter->VciUsed[Vci / 8] = (UCHAR)(Adapter->VciUsed[Vci / 8] & ~(1u << Vci % 8));
    Adapter->VciCount--;
}

/* The engine's deadlines only move forward, so a timer that is set early enough stays: it looks
 * again when it expires. */
VOID CmAnswerTimerUpdate(PCM_ADAPTER Adapter)
{
    ULONGLONG DueMs = Adapter->Signalling->DueMs(Adapter->Engine), NowMs = CmNowMs();
    LARGE_INTEGER Due;
    if (Adapter->AddressesUntold)
        DueMs = NowMs;
    if (DueMs == MAXULONGLONG) {
        if (Adapter->AnswerTimerMs != 0)
            NdisCancelTimerObject(Adapter->AnswerTimer);
        Adapter->AnswerTimerMs = 0;
        return;
    }
    if (Adapter->AnswerTimerMs != 0 && Adapter->AnswerTimerMs <= DueMs)
        return;
    Due.QuadPart = DueMs > NowMs ? -(LONGLONG)((DueMs - NowMs) * 10000) : -1;
    Adapter->AnswerTimerMs = DueMs;
    NdisSetTimerObject(Adapter->AnswerTimer, Due, 0, NULL);
}

VOID CmStepDone(PCM_ADAPTER Adapter, const struct hubsig_step *Step)
{
    PCM_LEG Leg = (PCM_LEG)Step->leg;
    NDIS_STATUS Status = (NDIS_STATUS)Step->status;
    if (Step->send)
        Adapter->Edge->Send(Adapter, &Step->message);
    switch (Step->tell) {
    case HUBSIG_TELL_OFFER:
        CmTellOffer(Adapter, Step->received);
        break;
    case HUBSIG_TELL_ANSWERED:
        CmTellAnswered(Leg, Step->received);
        break;
    case HUBSIG_TELL_REFUSED:
        CmTellRefused(Leg, Status);
        break;
    case HUBSIG_TELL_CONNECTED:
        CmTellConnected(Leg);
        break;
    case HUBSIG_TELL_CLEARED:
        CmTellCleared(Leg, Status, Step->received);
        break;
    case HUBSIG_TELL_DONE:
        CmTellDone(Leg);
        break;
    case HUBSIG_TELL_MODIFY:
        CmTellModify(Leg, Step->received);
        break;
    case HUBSIG_TELL_MODIFIED:
        CmTellModified(Leg, Step->received);
        break;
    case HUBSIG_TELL_MODIFY_REFUSED:
        CmTellModifyRefused(Leg, Status);
        break;
    case HUBSIG_TELL_NOTHING:
    case HUBSIG_TELLS:
        break;
    }
}

/* One at a time, so that what is told of a call is told in order, whoever comes to look. */
VOID CmRun(PCM_ADAPTER Adapter)
{
    struct hubsig_step Step;
    BOOLEAN Expired, Untold;
    NdisAcquireSpinLock(&Adapter->Lock);
    Adapter->TellAgain = TRUE;
    if (Adapter->Telling) {
        NdisReleaseSpinLock(&Adapter->Lock);
        return;
    }
    Adapter->Telling = TRUE;
    do {
        Adapter->TellAgain = FALSE;
        Expired = Adapter->Signalling->Expire(Adapter->Engine, CmNowMs(), &Step);
        Untold = Adapter->AddressesUntold;
        Adapter->AddressesUntold = FALSE;
        CmAnswerTimerUpdate(Adapter);
        NdisReleaseSpinLock(&Adapter->Lock);
        if (Expired || Step.send)
            CmStepDone(Adapter, &Step);
        if (Untold)
            CmAddressesTell(Adapter);
        NdisAcquireSpinLock(&Adapter->Lock);
    } while (Expired || Adapter->TellAgain);
    Adapter->Telling = FALSE;
    NdisReleaseSpinLock(&Adapter->Lock);
}

static VOID NTAPI AnswerTimer(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2,
                              PVOID SystemSpecific3)
{
    PCM_ADAPTER Adapter = FunctionContext;
    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
    NdisAcquireSpinLock(&Adapter->Lock);
    Adapter->AnswerTimerMs = 0;
    NdisReleaseSpinLock(&Adapter->Lock);
    CmRun(Adapter);
}

static VOID NTAPI PendTimer(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2,
                            PVOID SystemSpecific3)
{
    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
    CmPendTimer(FunctionContext);
}

PVOID CmEngineAllocate(PVOID Context, size_t Bytes)
{
    PCM_ADAPTER Adapter = Context;
    return NdisAllocateMemoryWithTagPriority(Adapter->NdisHandle, (UINT)Bytes, CM_TAG,
                                             NormalPoolPriority);
}

VOID CmEngineRelease(PVOID Context, PVOID Memory)
{
    UNREFERENCED_PARAMETER(Context);
    NdisFreeMemory(Memory, 0, 0);
}

static NDIS_HANDLE TimerAllocate(PCM_ADAPTER Adapter, PNDIS_TIMER_FUNCTION Function)
{
    NDIS_TIMER_CHARACTERISTICS Timer;
    NDIS_HANDLE Object;
    NdisZeroMemory(&Timer, sizeof(Timer));
    Timer.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    Timer.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    Timer.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    Timer.AllocationTag = CM_TAG;
    Timer.TimerFunction = Function;
    Timer.FunctionContext = Adapter;
    if (NdisAllocateTimerObject(Adapter->NdisHandle, &Timer, &Object) != NDIS_STATUS_SUCCESS)
        return NULL;
    return Object;
}

NDIS_STATUS CmAdapterBegin(PCM_ADAPTER Adapter)
{
    NdisAllocateSpinLock(&Adapter->Lock);
    NdisInitializeEvent(&Adapter->Idle);
    NdisSetEvent(&Adapter->Idle);
    InitializeListHead(&Adapter->Afs);
    InitializeListHead(&Adapter->Pended);
    InitializeListHead(&Adapter->Worked);
    Adapter->NextVci = 32;
    ExInitializeNPagedLookasideList(&Adapter->Parties, NULL, NULL, 0, sizeof(CM_PARTY), CM_TAG, 0);
    Adapter->AnswerTimer = TimerAllocate(Adapter, AnswerTimer);
    Adapter->PendTimer = TimerAllocate(Adapter, PendTimer);
    Adapter->WorkItem = NdisAllocateIoWorkItem(Adapter->NdisHandle);
    if (Adapter->AnswerTimer != NULL && Adapter->PendTimer != NULL && Adapter->WorkItem != NULL)
        return NDIS_STATUS_SUCCESS;
    CmAdapterEnd(Adapter);
    return NDIS_STATUS_RESOURCES;
}

VOID CmAdapterEnd(PCM_ADAPTER Adapter)
{
    if (Adapter->AnswerTimer != NULL)
        NdisCancelTimerObject(Adapter->AnswerTimer);
    if (Adapter->PendTimer != NULL)
        NdisCancelTimerObject(Adapter->PendTimer);
    KeFlushQueuedDpcs(); /* a timer routine may be running elsewhere */
    if (Adapter->AnswerTimer != NULL)
        NdisFreeTimerObject(Adapter->AnswerTimer);
    if (Adapter->PendTimer != NULL)
        NdisFreeTimerObject(Adapter->PendTimer);
    if (Adapter->WorkItem != NULL)
        NdisFreeIoWorkItem(Adapter->WorkItem);
    ExDeleteNPagedLookasideList(&Adapter->Parties);
    Adapter->Signalling->End(Adapter->Engine);
    NdisFreeSpinLock(&Adapter->Lock);
}

static ULONG ReadInteger(NDIS_HANDLE Configuration, const WCHAR *Name, ULONG Default)
{
    NDIS_STATUS Status;
    PNDIS_CONFIGURATION_PARAMETER Parameter;
    NDIS_STRING Keyword;
    NdisInitUnicodeString(&Keyword, Name);
    NdisReadConfiguration(&Status, &Parameter, Configuration, &Keyword, NdisParameterInteger);
    return Status == NDIS_STATUS_SUCCESS ? Parameter->ParameterData.IntegerData : Default;
}

static VOID ReadConfig(NDIS_HANDLE Configuration, CM_CONFIG *Config)
{
    Config->CloseData = ReadInteger(Configuration, L"CloseData", 1);
    Config->PendOperations = ReadInteger(Configuration, L"PendOperations", 1);
    Config->PendMilliseconds = ReadInteger(Configuration, L"PendMilliseconds", 0);
    Config->CompleteEarly = ReadInteger(Configuration, L"CompleteEarly", 0);
    Config->CompleteFrom = ReadInteger(Configuration, L"CompleteFrom", CM_FROM_HERE);
    Config->AnswerMilliseconds = ReadInteger(Configuration, L"AnswerMilliseconds", 10000);
    Config->Qos = ReadInteger(Configuration, L"Qos", CM_QOS_ACCEPT);
    Config->Uni = ReadInteger(Configuration, L"Uni", CM_UNI_40);
    Config->T309Milliseconds = ReadInteger(Configuration, L"T309Milliseconds", 0);
    if (Config->AnswerMilliseconds == 0)
        Config->AnswerMilliseconds = 1;
}

NDIS_STATUS CmReadConfiguration(NDIS_HANDLE NdisHandle, CM_CONFIG *Config)
{
    NDIS_CONFIGURATION_OBJECT Object;
    NDIS_HANDLE Configuration;
    NDIS_STATUS Status;
    NdisZeroMemory(&Object, sizeof(Object));
    Object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    Object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    Object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    Object.NdisHandle = NdisHandle;
    Status = NdisOpenConfigurationEx(&Object, &Configuration);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    ReadConfig(Configuration, Config);
    NdisCloseConfiguration(Configuration);
    return NDIS_STATUS_SUCCESS;
}
