/* SPDX-License-Identifier: MIT */
/* C46 to C95: mistakes with VCs, calls, parties and close data. */
#include "mistake.h"

/* ---- C46 to C49: the end of a VC ------------------------------------------------------------- */

static VOID CloseThenDelete(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party)
{
    if (Status == NDIS_STATUS_SUCCESS)
        CmDeleteNdisVc(Vc); /* the client's */
    RightEdge.CloseCallComplete(Status, Vc, Party);
}

BREAKS_EDGE(VC_DELETE_NOT_CREATOR, CloseCallComplete, CloseThenDelete);

BREAKS(VC_DELETE_CALL)
{
    Driver->Edge.CloseCallComplete = CloseThenDelete; /* a VC of ours, in an incoming call */
}

/* A call that was rejected: its VC is deleted and then deactivated. */
static VOID DeactivateTooLate(PCM_VC Vc)
{
    if (Vc->Incoming && Vc->Call.Kind == CM_NO_REQUEST)
        CmDeleteNdisVc(Vc->NdisVcHandle);
    RightEdge.Deactivate(Vc);
}

BREAKS_EDGE(VC_DELETE_ACTIVE, Deactivate, DeactivateTooLate);

/* ---- C50, C51: calls on VCs that are not active ---------------------------------------------- */

/* Goes on without an activation; the next step of the call makes up for it. */
static VOID SkipActivation(PCM_VC Vc, CM_STEP Step)
{
    if (Step == CM_STEP_OFFER)
        Vc->AskedLevel = CM_CLOSED;
    CmVcActivated(Vc, NDIS_STATUS_SUCCESS);
}

static VOID ActivateLater(PCM_VC Vc, CM_LEVEL Level)
{
    if (Vc->Step == CM_STEP_MAKE && !Vc->Multipoint)
        SkipActivation(Vc, Vc->Step);
    else
        RightEdge.Activate(Vc, Level);
}

BREAKS_EDGE(CM_MAKE_CALL_NOT_ACTIVE, Activate, ActivateLater);

static VOID OfferInactive(PCM_VC Vc, CM_LEVEL Level)
{
    if (Vc->Step == CM_STEP_OFFER)
        SkipActivation(Vc, Vc->Step);
    else
        RightEdge.Activate(Vc, Level);
}

BREAKS_EDGE(CM_INCOMING_NOT_ACTIVE, Activate, OfferInactive);

static VOID ModifyInactive(PCM_VC Vc, CM_LEVEL Level)
{
    if (Vc->Step == CM_STEP_MODIFY)
        SkipActivation(Vc, Vc->Step);
    else
        RightEdge.Activate(Vc, Level);
}

BREAKS_EDGE(CM_MODIFY_NOT_REACTIVATED, Activate, ModifyInactive);

static VOID ModifyOfferInactive(PCM_VC Vc, CM_LEVEL Level)
{
    if (Vc->Step == CM_STEP_MODIFY_OFFER)
        SkipActivation(Vc, Vc->Step);
    else
        RightEdge.Activate(Vc, Level);
}

BREAKS_EDGE(CM_QOS_CHANGE_NOT_REACTIVATED, Activate, ModifyOfferInactive);

/* ---- C54 to C56: the end of an activation ---------------------------------------------------- */

static VOID CloseThenDeactivate(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party)
{
    if (Status == NDIS_STATUS_SUCCESS)
        CM_NDIS(DeactivateVc)(Vc);
    RightEdge.CloseCallComplete(Status, Vc, Party);
}

BREAKS_EDGE(VC_DEACTIVATE_INACTIVE, CloseCallComplete, CloseThenDeactivate);

#ifdef BROKEN_STAND_ALONE
static VOID DeactivateTwice(PCM_VC Vc)
{
    NDIS_HANDLE NdisVcHandle = Vc->NdisVcHandle;
    RightEdge.Deactivate(Vc);
    NdisCmDeactivateVc(NdisVcHandle);
}

BREAKS_EDGE(VC_DEACTIVATE_TWICE, Deactivate, DeactivateTwice);

static VOID DeactivateThenDelete(PCM_VC Vc)
{
    NDIS_HANDLE NdisVcHandle = Vc->NdisVcHandle;
    BOOLEAN Rejected = Vc->Incoming && Vc->Call.Kind == CM_NO_REQUEST;
    RightEdge.Deactivate(Vc);
    if (Rejected)
        NdisCoDeleteVc(NdisVcHandle);
}

BREAKS_EDGE(VC_DELETE_DEACTIVATING, Deactivate, DeactivateThenDelete);

static VOID ActivateTwice(PCM_VC Vc, CM_LEVEL Level)
{
    NDIS_HANDLE NdisVcHandle = Vc->NdisVcHandle;
    RightEdge.Activate(Vc, Level);
    NdisCmActivateVc(NdisVcHandle, &CONTAINING_RECORD(Vc, ALONE_VC, Vc)->Activation.Call);
}

BREAKS_EDGE(VC_ACTIVATE_OVERLAP, Activate, ActivateTwice);
#else
/* Takes the VC from its call for good: the right deactivation finds it done. */
static NDIS_HANDLE Inactive;

static NDIS_STATUS NTAPI DeactivatedBefore(NDIS_HANDLE Vc)
{
    return Vc == Inactive ? NDIS_STATUS_SUCCESS : RightDeactivateVc(Vc);
}

static VOID MakeInactive(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party, NDIS_HANDLE Context,
                         PCO_CALL_PARAMETERS Parameters)
{
    if (Status == NDIS_STATUS_SUCCESS && Party != NULL) {
        RightDeactivateVc(Vc);
        Inactive = Vc;
    }
    RightEdge.MakeCallComplete(Status, Vc, Party, Context, Parameters);
}

BREAKS(VC_USED_INACTIVE)
{
    Driver->Edge.MakeCallComplete = MakeInactive;
    Driver->DeactivateVc = DeactivatedBefore;
}

static VOID ConnectInactive(NDIS_HANDLE Vc)
{
    RightDeactivateVc(Vc);
    Inactive = Vc;
    RightEdge.DispatchCallConnected(Vc);
}

BREAKS(CM_CONNECTED_NOT_ACTIVE)
{
    Driver->Edge.DispatchCallConnected = ConnectInactive;
    Driver->DeactivateVc = DeactivatedBefore;
}

static NDIS_STATUS NTAPI DeactivateNever(NDIS_HANDLE Vc)
{
    UNREFERENCED_PARAMETER(Vc);
    return NDIS_STATUS_SUCCESS;
}

BREAKS(VC_LEFT_ACTIVE)
{
    Driver->DeactivateVc = DeactivateNever;
}
#endif

/* ---- C72 to C77: incoming calls -------------------------------------------------------------- */

static VOID ConnectTwice(NDIS_HANDLE Vc)
{
    RightEdge.DispatchCallConnected(Vc);
    RightEdge.DispatchCallConnected(Vc);
}

BREAKS_EDGE(CM_CONNECTED_TWICE, DispatchCallConnected, ConnectTwice);

static VOID MakeThenConnect(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party,
                            NDIS_HANDLE Context, PCO_CALL_PARAMETERS Parameters)
{
    RightEdge.MakeCallComplete(Status, Vc, Party, Context, Parameters);
    if (Status == NDIS_STATUS_SUCCESS)
        RightEdge.DispatchCallConnected(Vc);
}

BREAKS_EDGE(CM_CONNECTED_OUTGOING, MakeCallComplete, MakeThenConnect);

/* Connected while it is offered. */
static VOID NTAPI AcceptThenConnect(NDIS_STATUS Status, NDIS_HANDLE VcContext,
                                    PCO_CALL_PARAMETERS Parameters)
{
    NDIS_HANDLE Vc = ((PCM_VC)VcContext)->NdisVcHandle;
    if (Status != NDIS_STATUS_SUCCESS)
        RightEdge.DispatchCallConnected(Vc);
    CmIncomingCallComplete(Status, VcContext, Parameters);
}

BREAKS_HANDLER(CM_REJECTED_CONNECTED, CmIncomingCallCompleteHandler, AcceptThenConnect);

static VOID NTAPI RejectThenClose(NDIS_STATUS Status, NDIS_HANDLE VcContext,
                                  PCO_CALL_PARAMETERS Parameters)
{
    NDIS_HANDLE Vc = ((PCM_VC)VcContext)->NdisVcHandle;
    if (Status != NDIS_STATUS_SUCCESS)
        RightEdge.DispatchIncomingCloseCall(Status, Vc, NULL, 0);
    CmIncomingCallComplete(Status, VcContext, Parameters);
}

BREAKS_HANDLER(CM_REJECTED_CLOSED, CmIncomingCallCompleteHandler, RejectThenClose);

static NDIS_STATUS OfferThenConnect(NDIS_HANDLE Sap, NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
    RightEdge.DispatchCallConnected(Vc);
    return RightEdge.DispatchIncomingCall(Sap, Vc, Parameters);
}

BREAKS_EDGE(CM_CONNECTED_NOT_ACCEPTED, DispatchIncomingCall, OfferThenConnect);

/* A call that the client made is offered to it. */
static NDIS_HANDLE Listening;

static VOID RegisterRemembers(NDIS_STATUS Status, NDIS_HANDLE Sap, NDIS_HANDLE Context)
{
    if (Status == NDIS_STATUS_SUCCESS)
        Listening = Sap;
    RightEdge.RegisterSapComplete(Status, Sap, Context);
}

static VOID MakeThenOffer(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party,
                          NDIS_HANDLE Context, PCO_CALL_PARAMETERS Parameters)
{
    RightEdge.MakeCallComplete(Status, Vc, Party, Context, Parameters);
    RightEdge.DispatchIncomingCall(Listening, Vc, Parameters);
}

BREAKS(CM_INCOMING_NOT_OWN_VC)
{
    Driver->Edge.RegisterSapComplete = RegisterRemembers;
    Driver->Edge.MakeCallComplete = MakeThenOffer;
}

static NDIS_STATUS OfferTwice(NDIS_HANDLE Sap, NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
    NDIS_STATUS Status = RightEdge.DispatchIncomingCall(Sap, Vc, Parameters);
    RightEdge.DispatchIncomingCall(Sap, Vc, Parameters);
    return Status;
}

BREAKS_EDGE(CM_INCOMING_BUSY, DispatchIncomingCall, OfferTwice);

static NDIS_STATUS OfferThenClose(NDIS_HANDLE Sap, NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
    RightEdge.DispatchIncomingCloseCall(NDIS_STATUS_SUCCESS, Vc, NULL, 0);
    return RightEdge.DispatchIncomingCall(Sap, Vc, Parameters);
}

BREAKS_EDGE(CM_INCOMING_CLOSE_NO_CALL, DispatchIncomingCall, OfferThenClose);

/* The client closes the call inside the first one. */
static VOID IncomingCloseTwice(NDIS_STATUS Status, NDIS_HANDLE Vc, PVOID Data, UINT Size)
{
    RightEdge.DispatchIncomingCloseCall(Status, Vc, Data, Size);
    RightEdge.DispatchIncomingCloseCall(Status, Vc, Data, Size);
}

BREAKS_EDGE(CM_INCOMING_CLOSE_CLOSING, DispatchIncomingCloseCall, IncomingCloseTwice);

static VOID IncomingCloseSized(NDIS_STATUS Status, NDIS_HANDLE Vc, PVOID Data, UINT Size)
{
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(Size);
    RightEdge.DispatchIncomingCloseCall(Status, Vc, NULL, 5);
}

BREAKS_EDGE(CLOSE_DATA_SIZE, DispatchIncomingCloseCall, IncomingCloseSized);

/* The client closes the call inside the callback that tells it of the end, and there the data that
 * it is being told changes. */
static UCHAR Told[4];

static VOID IncomingCloseTold(NDIS_STATUS Status, NDIS_HANDLE Vc, PVOID Data, UINT Size)
{
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(Size);
    RightEdge.DispatchIncomingCloseCall(Status, Vc, Told, sizeof(Told));
}

static NDIS_STATUS NTAPI CloseChangesTold(NDIS_HANDLE VcContext, NDIS_HANDLE PartyContext,
                                          PVOID CloseData, UINT Size)
{
    Told[0]++;
    return CmCloseCall(VcContext, PartyContext, CloseData, Size);
}

BREAKS(CLOSE_DATA_CHANGED)
{
    Driver->Edge.DispatchIncomingCloseCall = IncomingCloseTold;
    Driver->Handlers.CmCloseCallHandler = CloseChangesTold;
}

static VOID ConnectNever(NDIS_HANDLE Vc)
{
    UNREFERENCED_PARAMETER(Vc);
}

BREAKS_EDGE(CM_ACCEPTED_UNANSWERED, DispatchCallConnected, ConnectNever);

/* ---- C78, C79: traffic parameters ------------------------------------------------------------ */

static NDIS_STATUS OfferThenChange(NDIS_HANDLE Sap, NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters)
{
    RightEdge.DispatchIncomingCallQoSChange(Vc, Parameters);
    return RightEdge.DispatchIncomingCall(Sap, Vc, Parameters);
}

BREAKS_EDGE(CM_QOS_CHANGE_NO_CALL, DispatchIncomingCall, OfferThenChange);

static NDIS_STATUS NTAPI MakeChanged(NDIS_HANDLE VcContext, PCO_CALL_PARAMETERS Parameters,
                                     NDIS_HANDLE Party, PNDIS_HANDLE PartyContext)
{
    Parameters->CallMgrParameters->Transmit.PeakBandwidth += 1000;
    return CmMakeCall(VcContext, Parameters, Party, PartyContext);
}

BREAKS_HANDLER(PARAMETERS_CHANGED_FLAG, CmMakeCallHandler, MakeChanged);

/* ---- C89, C90: parties ----------------------------------------------------------------------- */

static VOID IncomingDropTwice(NDIS_STATUS Status, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    RightEdge.DispatchIncomingDropParty(Status, Party, Data, Size);
    RightEdge.DispatchIncomingDropParty(Status, Party, Data, Size);
}

BREAKS_EDGE(CM_INCOMING_DROP_TWICE, DispatchIncomingDropParty, IncomingDropTwice);

static VOID DropThenAdd(NDIS_STATUS Status, NDIS_HANDLE Party, NDIS_HANDLE Context,
                        PCO_CALL_PARAMETERS Parameters)
{
    if (Status == NDIS_STATUS_SUCCESS)
        RightEdge.DispatchIncomingDropParty(Status, Party, NULL, 0);
    RightEdge.AddPartyComplete(Status, Party, Context, Parameters);
}

BREAKS_EDGE(CM_INCOMING_DROP_ADDING, AddPartyComplete, DropThenAdd);

/* The party of a call that has one is said to have gone. */
static VOID MakeThenDrop(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party, NDIS_HANDLE Context,
                         PCO_CALL_PARAMETERS Parameters)
{
    RightEdge.MakeCallComplete(Status, Vc, Party, Context, Parameters);
    if (Status == NDIS_STATUS_SUCCESS && Party != NULL)
        RightEdge.DispatchIncomingDropParty(Status, Party, NULL, 0);
}

BREAKS_EDGE(CM_INCOMING_DROP_LAST, MakeCallComplete, MakeThenDrop);

static NDIS_STATUS NTAPI DropWithoutData(NDIS_HANDLE Context, PVOID CloseData, UINT Size)
{
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
    return CmDropParty(Context, NULL, 0);
}

static NDIS_STATUS NTAPI CloseLosesData(NDIS_HANDLE VcContext, NDIS_HANDLE PartyContext,
                                        PVOID CloseData, UINT Size)
{
    UNREFERENCED_PARAMETER(CloseData);
    UNREFERENCED_PARAMETER(Size);
    return CmCloseCall(VcContext, PartyContext, NULL, 0);
}

BREAKS(CM_CLOSE_DATA_LOST)
{
    Driver->Handlers.CmDropPartyHandler = DropWithoutData;
    Driver->Handlers.CmCloseCallHandler = CloseLosesData;
}
