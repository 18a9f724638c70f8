/* SPDX-License-Identifier: MIT */
/* C1 to C6, C11, C15, C18, C39 to C48, C63 to C81: mistakes with VCs and calls. */
#include "mistake.h"

static UCHAR Context; /* of objects that are not to be */
static NDIS_HANDLE NoHandle;

/* Parameters for requests that are refused at once. */
static PCO_CALL_PARAMETERS SomeParameters(VOID)
{
    static CO_CALL_PARAMETERS Parameters;
    static CO_CALL_MANAGER_PARAMETERS Manager;
    Parameters.CallMgrParameters = &Manager;
    return &Parameters;
}

/* ---- C1 to C4, C11, C15: answers to offers ---- */

static VOID NTAPI AnswerNever(NDIS_STATUS Status, NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(Vc);
    UNREFERENCED_PARAMETER(Parameters);
}

BREAKS(PEND_NEVER_COMPLETED)
{
    Driver->NdisClIncomingCallComplete = AnswerNever;
}

static NDIS_STATUS NTAPI OfferBothWays(NDIS_HANDLE SapContext, NDIS_HANDLE VcContext,
                                       PCO_CALL_PARAMETERS Parameters)
{
    PCALLER_CALL Call = VcContext;
    NDIS_STATUS Status;
    Call->Family->Binding->Settings.AnswerLater = FALSE;
    Status = Right.Handlers.ClIncomingCallHandler(SapContext, VcContext, Parameters);
    Right.NdisClIncomingCallComplete(Status, Call->NdisVcHandle, Parameters);
    return Status;
}

BREAKS(PEND_NOT_BOTH)
{
    Driver->Handlers.ClIncomingCallHandler = OfferBothWays;
}

static VOID NTAPI AnswerTwice(NDIS_STATUS Status, NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
    Right.NdisClIncomingCallComplete(Status, Vc, Parameters);
    Right.NdisClIncomingCallComplete(Status, Vc, Parameters);
}

BREAKS(PEND_ONCE)
{
    Driver->NdisClIncomingCallComplete = AnswerTwice;
}

static VOID NTAPI AnswerPending(NDIS_STATUS Status, NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
    Right.NdisClIncomingCallComplete(NDIS_STATUS_PENDING, Vc, Parameters);
    Right.NdisClIncomingCallComplete(Status, Vc, Parameters);
}

BREAKS(PEND_FINAL)
{
    Driver->NdisClIncomingCallComplete = AnswerPending;
}

/* A call that this end has made. */
static VOID NTAPI MadeThenAnswer(NDIS_STATUS Status, NDIS_HANDLE VcContext, NDIS_HANDLE Party,
                                 PCO_CALL_PARAMETERS Parameters)
{
    Right.NdisClIncomingCallComplete(NDIS_STATUS_SUCCESS, ((PCALLER_CALL)VcContext)->NdisVcHandle,
                                     Parameters);
    Right.Handlers.ClMakeCallCompleteHandler(Status, VcContext, Party, Parameters);
}

BREAKS(CL_INCOMING_COMPLETE_UNASKED)
{
    Driver->Handlers.ClMakeCallCompleteHandler = MadeThenAnswer;
}

static NDIS_STATUS NTAPI OfferChanged(NDIS_HANDLE SapContext, NDIS_HANDLE VcContext,
                                      PCO_CALL_PARAMETERS Parameters)
{
    Parameters->CallMgrParameters->Receive.PeakBandwidth += 1000;
    return Right.Handlers.ClIncomingCallHandler(SapContext, VcContext, Parameters);
}

BREAKS(PARAMETERS_CHANGED_FLAG)
{
    Driver->Handlers.ClIncomingCallHandler = OfferChanged;
}

/* ---- C6, C18, C40, C109: VCs of the call manager's ---- */

static NDIS_STATUS NTAPI CreatePends(NDIS_HANDLE AfContext, NDIS_HANDLE Vc, PNDIS_HANDLE VcContext)
{
    NDIS_STATUS Status = Right.Handlers.ClCreateVcHandler(AfContext, Vc, VcContext);
    return Status == NDIS_STATUS_SUCCESS ? NDIS_STATUS_PENDING : Status;
}

BREAKS(CO_CREATE_VC_PENDED)
{
    Driver->Handlers.ClCreateVcHandler = CreatePends;
}

static NDIS_STATUS NTAPI DeletePends(NDIS_HANDLE VcContext)
{
    NDIS_STATUS Status = Right.Handlers.ClDeleteVcHandler(VcContext);
    return Status == NDIS_STATUS_SUCCESS ? NDIS_STATUS_PENDING : Status;
}

BREAKS(CO_DELETE_VC_PENDED)
{
    Driver->Handlers.ClDeleteVcHandler = DeletePends;
}

/* What was not given is kept here; one VC at a time is the call manager's in the cases. */
static NDIS_HANDLE KeptVc;

static NDIS_STATUS NTAPI CreateKeeps(NDIS_HANDLE AfContext, NDIS_HANDLE Vc, PNDIS_HANDLE VcContext)
{
    UNREFERENCED_PARAMETER(VcContext);
    return Right.Handlers.ClCreateVcHandler(AfContext, Vc, &KeptVc);
}

static NDIS_STATUS NTAPI DeleteKept(NDIS_HANDLE VcContext)
{
    UNREFERENCED_PARAMETER(VcContext);
    return Right.Handlers.ClDeleteVcHandler(KeptVc);
}

static NDIS_STATUS NTAPI OfferRejected(NDIS_HANDLE SapContext, NDIS_HANDLE VcContext,
                                       PCO_CALL_PARAMETERS Parameters)
{
    UNREFERENCED_PARAMETER(SapContext);
    UNREFERENCED_PARAMETER(VcContext);
    UNREFERENCED_PARAMETER(Parameters);
    return NDIS_STATUS_FAILURE;
}

BREAKS(CO_CREATE_VC_CONTEXT_UNSET)
{
    Driver->Handlers.ClCreateVcHandler = CreateKeeps;
    Driver->Handlers.ClDeleteVcHandler = DeleteKept;
    Driver->Handlers.ClIncomingCallHandler = OfferRejected;
}

static NDIS_HANDLE Deleted;

static NDIS_STATUS NTAPI DeleteRemembers(NDIS_HANDLE VcContext)
{
    Deleted = ((PCALLER_CALL)VcContext)->NdisVcHandle;
    return Right.Handlers.ClDeleteVcHandler(VcContext);
}

static NDIS_STATUS NTAPI UnbindUses(NDIS_HANDLE UnbindContext, NDIS_HANDLE BindingContext)
{
    if (Deleted != NULL)
        Right.NdisClCloseCall(Deleted, NULL, NULL, 0);
    return Right.Protocol.UnbindAdapterHandlerEx(UnbindContext, BindingContext);
}

BREAKS(CO_VC_HANDLE_DEAD)
{
    Driver->Handlers.ClDeleteVcHandler = DeleteRemembers;
    Driver->Protocol.UnbindAdapterHandlerEx = UnbindUses;
}

static PVOID NeverFreed;

static NDIS_STATUS NTAPI DeleteLeaks(NDIS_HANDLE VcContext)
{
    NeverFreed = VcContext;
    return Right.Handlers.ClDeleteVcHandler(VcContext);
}

static VOID NTAPI FreeButOne(PVOID Memory, UINT Length, UINT Flags)
{
    if (Memory != NeverFreed)
        Right.NdisFreeMemory(Memory, Length, Flags);
}

BREAKS(CO_VC_CONTEXT_LEAKED)
{
    Driver->Handlers.ClDeleteVcHandler = DeleteLeaks;
    Driver->NdisFreeMemory = FreeButOne;
}

/* ---- C45, C46: a VC whose call is over, and that is the call manager's ---- */

static VOID NTAPI ClosedThenClose(NDIS_STATUS Status, NDIS_HANDLE VcContext, NDIS_HANDLE Party)
{
    PCALLER_CALL Call = VcContext;
    if (Call->Incoming)
        Right.NdisClCloseCall(Call->NdisVcHandle, NULL, NULL, 0);
    Right.Handlers.ClCloseCallCompleteHandler(Status, VcContext, Party);
}

BREAKS(CL_VC_NOT_OFFERED)
{
    Driver->Handlers.ClCloseCallCompleteHandler = ClosedThenClose;
}

static VOID NTAPI ClosedThenDelete(NDIS_STATUS Status, NDIS_HANDLE VcContext, NDIS_HANDLE Party)
{
    PCALLER_CALL Call = VcContext;
    if (Call->Incoming)
        Right.NdisCoDeleteVc(Call->NdisVcHandle);
    Right.Handlers.ClCloseCallCompleteHandler(Status, VcContext, Party);
}

BREAKS(VC_DELETE_NOT_CREATOR)
{
    Driver->Handlers.ClCloseCallCompleteHandler = ClosedThenDelete;
}

/* ---- C39, C44, C47: VCs of ours ---- */

static NDIS_STATUS NTAPI DeleteTwice(NDIS_HANDLE Vc)
{
    NDIS_STATUS Status = Right.NdisCoDeleteVc(Vc);
    Right.NdisCoDeleteVc(Vc);
    return Status;
}

BREAKS(VC_HANDLE_DELETED)
{
    Driver->NdisCoDeleteVc = DeleteTwice;
}

static NDIS_STATUS NTAPI CreateUncleared(NDIS_HANDLE Binding, NDIS_HANDLE Af, NDIS_HANDLE VcContext,
                                         PNDIS_HANDLE Vc)
{
    *Vc = &Context;
    return Right.NdisCoCreateVc(Binding, Af, VcContext, Vc);
}

BREAKS(VC_CREATE_HANDLE_SET)
{
    Driver->NdisCoCreateVc = CreateUncleared;
}

static NDIS_STATUS NTAPI CreateHigh(NDIS_HANDLE Binding, NDIS_HANDLE Af, NDIS_HANDLE VcContext,
                                    PNDIS_HANDLE Vc)
{
    NDIS_HANDLE Other = NULL;
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL + 1, &Irql);
    if (Right.NdisCoCreateVc(Binding, Af, &Context, &Other) == NDIS_STATUS_SUCCESS)
        Right.NdisCoDeleteVc(Other);
    KeLowerIrql(Irql);
    return Right.NdisCoCreateVc(Binding, Af, VcContext, Vc);
}

BREAKS(Irql_Connection_Function)
{
    Driver->NdisCoCreateVc = CreateHigh;
}

static VOID NTAPI MadeThenDelete(NDIS_STATUS Status, NDIS_HANDLE VcContext, NDIS_HANDLE Party,
                                 PCO_CALL_PARAMETERS Parameters)
{
    if (Status == NDIS_STATUS_SUCCESS)
        Right.NdisCoDeleteVc(((PCALLER_CALL)VcContext)->NdisVcHandle);
    Right.Handlers.ClMakeCallCompleteHandler(Status, VcContext, Party, Parameters);
}

BREAKS(VC_DELETE_CALL)
{
    Driver->Handlers.ClMakeCallCompleteHandler = MadeThenDelete;
}

/* ---- C63, C64, C66: making ---- */

static VOID NTAPI ConnectedMakes(NDIS_HANDLE VcContext)
{
    Right.NdisClMakeCall(((PCALLER_CALL)VcContext)->NdisVcHandle, SomeParameters(), &Context,
                         &NoHandle);
    Right.Handlers.ClCallConnectedHandler(VcContext);
}

BREAKS(CL_MAKE_CALL_NOT_CREATOR)
{
    Driver->Handlers.ClCallConnectedHandler = ConnectedMakes;
}

static NDIS_STATUS NTAPI MakeTwice(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                                   NDIS_HANDLE PartyContext, PNDIS_HANDLE Party)
{
    NDIS_STATUS Status = Right.NdisClMakeCall(Vc, Parameters, PartyContext, Party);
    Right.NdisClMakeCall(Vc, SomeParameters(), &Context, &NoHandle);
    return Status;
}

BREAKS(CL_MAKE_CALL_BUSY)
{
    Driver->NdisClMakeCall = MakeTwice;
}

static NDIS_STATUS NTAPI CloseThenMake(NDIS_HANDLE Vc, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    NDIS_STATUS Status = Right.NdisClCloseCall(Vc, Party, Data, Size);
    if (Party != NULL)
        Right.NdisClMakeCall(Vc, SomeParameters(), &Context, &NoHandle);
    return Status;
}

BREAKS(CL_MAKE_CALL_CLOSING)
{
    Driver->NdisClCloseCall = CloseThenMake;
}

static NDIS_STATUS NTAPI MakeThenChange(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                                        NDIS_HANDLE PartyContext, PNDIS_HANDLE Party)
{
    NDIS_STATUS Status = Right.NdisClMakeCall(Vc, Parameters, PartyContext, Party);
    if (Status == NDIS_STATUS_PENDING)
        Parameters->CallMgrParameters->Transmit.PeakBandwidth = 1000;
    return Status;
}

BREAKS(CL_PARAMETERS_CHANGED)
{
    Driver->NdisClMakeCall = MakeThenChange;
}

static NDIS_STATUS NTAPI MakeThenClose(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                                       NDIS_HANDLE PartyContext, PNDIS_HANDLE Party)
{
    NDIS_STATUS Status = Right.NdisClMakeCall(Vc, Parameters, PartyContext, Party);
    if (Status == NDIS_STATUS_PENDING)
        Right.NdisClCloseCall(Vc, NULL, NULL, 0);
    return Status;
}

BREAKS(CL_CLOSE_MAKING)
{
    Driver->NdisClMakeCall = MakeThenClose;
}

static NDIS_STATUS NTAPI CloseThenMakeCall(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                                           NDIS_HANDLE PartyContext, PNDIS_HANDLE Party)
{
    Right.NdisClCloseCall(Vc, NULL, NULL, 0);
    return Right.NdisClMakeCall(Vc, Parameters, PartyContext, Party);
}

BREAKS(CL_CLOSE_NO_CALL)
{
    Driver->NdisClMakeCall = CloseThenMakeCall;
}

static NDIS_STATUS NTAPI ModifyThenMake(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                                        NDIS_HANDLE PartyContext, PNDIS_HANDLE Party)
{
    NdisClModifyCallQoS(Vc, Parameters);
    return Right.NdisClMakeCall(Vc, Parameters, PartyContext, Party);
}

BREAKS(CL_MODIFY_NO_CALL)
{
    Driver->NdisClMakeCall = ModifyThenMake;
}

static VOID NTAPI FailedThenClose(NDIS_STATUS Status, NDIS_HANDLE VcContext, NDIS_HANDLE Party,
                                  PCO_CALL_PARAMETERS Parameters)
{
    if (Status != NDIS_STATUS_SUCCESS)
        Right.NdisClCloseCall(((PCALLER_CALL)VcContext)->NdisVcHandle, NULL, NULL, 0);
    Right.Handlers.ClMakeCallCompleteHandler(Status, VcContext, Party, Parameters);
}

BREAKS(CL_CLOSE_FAILED_CALL)
{
    Driver->Handlers.ClMakeCallCompleteHandler = FailedThenClose;
}

/* ---- C65: traffic parameters ---- */

static PCO_CALL_PARAMETERS Modified;

static VOID NTAPI ConnectedModifiesTwice(NDIS_HANDLE VcContext)
{
    static const ATM_ADDRESS Nobody;
    NDIS_HANDLE Vc = ((PCALLER_CALL)VcContext)->NdisVcHandle;
    if (Modified == NULL)
        Modified = CallerCreateParameters(&Nobody, FALSE);
    NdisClModifyCallQoS(Vc, Modified);
    NdisClModifyCallQoS(Vc, Modified);
    Right.Handlers.ClCallConnectedHandler(VcContext);
}

static NDIS_STATUS NTAPI UnbindForgets(NDIS_HANDLE UnbindContext, NDIS_HANDLE BindingContext)
{
    NDIS_STATUS Status = Right.Protocol.UnbindAdapterHandlerEx(UnbindContext, BindingContext);
    if (Modified != NULL)
        Right.NdisFreeMemory(Modified, 0, 0);
    Modified = NULL;
    return Status;
}

BREAKS(CL_MODIFY_TWICE)
{
    Driver->Handlers.ClCallConnectedHandler = ConnectedModifiesTwice;
    Driver->Protocol.UnbindAdapterHandlerEx = UnbindForgets;
}

/* ---- C66, C69: closing ---- */

static NDIS_STATUS NTAPI CloseTwice(NDIS_HANDLE Vc, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    NDIS_STATUS Status = Right.NdisClCloseCall(Vc, Party, Data, Size);
    if (Status == NDIS_STATUS_PENDING)
        Right.NdisClCloseCall(Vc, NULL, NULL, 0);
    return Status;
}

BREAKS(CL_CLOSE_TWICE)
{
    Driver->NdisClCloseCall = CloseTwice;
}

static NDIS_STATUS NTAPI CloseNever(NDIS_HANDLE Vc, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    return Party != NULL ? Right.NdisClCloseCall(Vc, Party, Data, Size) : NDIS_STATUS_PENDING;
}

BREAKS(CL_INCOMING_CLOSE_UNANSWERED)
{
    Driver->NdisClCloseCall = CloseNever;
}

/* ---- C83: what belongs to calls with parties ---- */

static VOID NTAPI ConnectedAdds(NDIS_HANDLE VcContext)
{
    Right.NdisClAddParty(((PCALLER_CALL)VcContext)->NdisVcHandle, &Context, SomeParameters(),
                         &NoHandle);
    Right.Handlers.ClCallConnectedHandler(VcContext);
}

BREAKS(CL_ADD_NOT_MULTIPOINT)
{
    Driver->Handlers.ClCallConnectedHandler = ConnectedAdds;
}

/* ---- C125: levels ---- */

static VOID NTAPI ConnectedRaises(NDIS_HANDLE VcContext)
{
    KIRQL Irql;
    Right.Handlers.ClCallConnectedHandler(VcContext);
    KeRaiseIrql(DISPATCH_LEVEL + 1, &Irql);
}

BREAKS(IRQL_NOT_RESTORED)
{
    Driver->Handlers.ClCallConnectedHandler = ConnectedRaises;
}

static VOID NTAPI ConnectedLocks(NDIS_HANDLE VcContext)
{
    static NDIS_SPIN_LOCK Kept;
    Right.Handlers.ClCallConnectedHandler(VcContext);
    NdisAllocateSpinLock(&Kept);
    NdisAcquireSpinLock(&Kept);
}

BREAKS(LOCK_HELD_AT_RETURN)
{
    Driver->Handlers.ClCallConnectedHandler = ConnectedLocks;
}
