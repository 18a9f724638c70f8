/* SPDX-License-Identifier: MIT */
/* Parties of calls made here, and what is told when the other end hangs up. */
#include "callmgr.h"

VOID CmPartyFree(PCM_ADAPTER Adapter, PCM_PARTY Party)
{
    if (Party->Late != NULL)
        NdisFreeMemory(Party->Late, 0, 0);
    ExFreeToNPagedLookasideList(&Adapter->Parties, Party);
}

static NDIS_STATUS AddPartySend(PCM_PARTY Party, struct hubsig_message *Offer)
{
    PCM_VC Vc = Party->Vc;
    PCM_ADAPTER Adapter = Vc->Adapter;
    struct hubsig_step Step;
    enum hubsig_result Result;
    Offer->type = HUBSIG_ADD_PARTY;
    Offer->multipoint = TRUE;
    Offer->channel = Vc->Channel;
    Offer->to_ref = Vc->CallReference;
    Offer->forward = Vc->Forward; /* a party gets the call's own traffic parameters (API §2.3) */
    Offer->backward = Vc->Backward;
    NdisAcquireSpinLock(&Adapter->Lock);
    Offer->endpoint = Vc->NextEndpoint++;
    Result = Adapter->Signalling->Offer(Adapter->Engine, &Party->Leg.Leg, Offer, CmNowMs(), &Step);
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Result != HUBSIG_OK)
        return NDIS_STATUS_RESOURCES;
    Adapter->Edge->Send(Adapter, &Step.message);
    return NDIS_STATUS_PENDING;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CmAddParty(NDIS_HANDLE CallMgrVcContext,
                                                    PCO_CALL_PARAMETERS CallParameters,
                                                    NDIS_HANDLE NdisPartyHandle,
                                                    PNDIS_HANDLE CallMgrPartyContext)
{
    PCM_VC Vc = CallMgrVcContext;
    PCM_ADAPTER Adapter = Vc->Adapter;
    struct hubsig_message Offer = {0};
    PCM_PARTY Party;
    NDIS_STATUS Status;
    *CallMgrPartyContext = NULL;
    if (!Vc->Calling || !Vc->Multipoint || Vc->Closing)
        return NDIS_STATUS_FAILURE;
    Party = ExAllocateFromNPagedLookasideList(&Adapter->Parties);
    if (Party == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Party, sizeof(*Party));
    Party->Vc = Vc;
    Party->Leg.Vc = Vc;
    Party->Leg.Party = Party;
    Party->NdisPartyHandle = NdisPartyHandle;
    Party->ClientParameters = CallParameters;
    *CallMgrPartyContext = Party;
    Party->Adding = TRUE;
    CmRequestBegin(&Party->Request, CM_ADD_PARTY, Vc);
    Status = CmParametersRead(Adapter, CallParameters, &Offer);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = AddPartySend(Party, &Offer);
    if (Status == NDIS_STATUS_PENDING)
        return Status;
    return CmRequestAnswer(Adapter, &Party->Request, Status);
}

/* The client has the party, and its call is held, so the party cannot be gone. */
VOID CmAddedParty(PCM_PARTY Party)
{
    PCM_VC Vc = Party->Vc;
    PCM_LATE Late;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    Late = Party->Late;
    Party->Late = NULL;
    Party->Adding = FALSE;
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    if (Late != NULL)
        CmTellLate(&Party->Leg, Late);
    CmUnhold(Vc);
}

/* With the lock held: takes a party out of its call, unless it is the last (then NdisClCloseCall is
 * the way: Learn, NdisClDropParty). */
static NDIS_STATUS DropPartyBegin(PCM_PARTY Party)
{
    PCM_VC Vc = Party->Vc;
    if (!Party->Joined || Party->Dropping || Vc->Joined <= 1)
        return NDIS_STATUS_FAILURE;
    Party->Dropping = TRUE;
    Vc->Joined--;
    if (!Party->Gone)
        Vc->Living--;
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI CmDropParty(NDIS_HANDLE CallMgrPartyContext,
                                                     PVOID CloseData, UINT Size)
{
    PCM_PARTY Party = CallMgrPartyContext;
    PCM_ADAPTER Adapter = Party->Vc->Adapter;
    NDIS_STATUS Status = CmCloseDataCheck(Adapter, CloseData, Size);
    CmRequestBegin(&Party->Request, CM_DROP_PARTY, Party->Vc);
    if (Status == NDIS_STATUS_SUCCESS) {
        NdisAcquireSpinLock(&Adapter->Lock);
        Status = DropPartyBegin(Party);
        NdisReleaseSpinLock(&Adapter->Lock);
    }
    if (Status == NDIS_STATUS_SUCCESS &&
        !CmLegClear(&Party->Leg, TRUE, NDIS_STATUS_SUCCESS, CloseData, Size,
                    !Adapter->Config.PendOperations))
        return NDIS_STATUS_PENDING; /* DROP PARTY ACK or the timer completes it */
    return CmRequestAnswer(Adapter, &Party->Request, Status);
}

/* Tells the client that the other end is gone, unless the client is on its way already. The call is
 * held meanwhile: a drop or close that answers it finishes afterwards, so that no handle dies under
 * the indication and the count of parties that NDIS sees stays what was decided on. */
static VOID TellHangUp(PCM_LEG Leg, NDIS_STATUS Status, PVOID Data, ULONG Length)
{
    PCM_VC Vc = Leg->Vc;
    PCM_PARTY Party = Leg->Party;
    const CM_EDGE *Edge = Vc->Adapter->Edge;
    BOOLEAN Drop = FALSE, Close = FALSE;
    NdisAcquireSpinLock(&Vc->Adapter->Lock);
    if (Party == NULL || (!Party->Dropping && !Party->Gone)) {
        if (Party != NULL) {
            Party->Gone = TRUE;
            Vc->Living--;
            Drop = Vc->Living > 0;
        }
        Close = !Drop && !Vc->Closing && !Vc->CloseTold;
        Vc->CloseTold = Vc->CloseTold || Close;
    }
    if (Drop || Close)
        Vc->Hold++;
    NdisReleaseSpinLock(&Vc->Adapter->Lock);
    if (Drop)
        Edge->DispatchIncomingDropParty(Status, Party->NdisPartyHandle, Data, Length);
    if (Close)
        Edge->DispatchIncomingCloseCall(Status, Vc->NdisVcHandle, Data, Length);
    if (Drop || Close)
        CmUnhold(Vc);
}

static PCM_LATE LateCreate(PCM_ADAPTER Adapter, NDIS_STATUS Status,
                           const struct hubsig_message *Clear)
{
    ULONG Length = Clear ? Clear->data_bytes : 0;
    PCM_LATE Late = CmAllocate(Adapter, sizeof(CM_LATE) + Length);
    if (Late == NULL) /* without its data then, and if need be without memory for that */
        return NULL;
    Late->Status = Status;
    Late->Length = Length;
    if (Length != 0)
        NdisMoveMemory(Late->Data, Clear->data, Length);
    return Late;
}

VOID CmTellLate(PCM_LEG Leg, PCM_LATE Late)
{
    TellHangUp(Leg, Late->Status, Late->Length ? Late->Data : NULL, Late->Length);
    NdisFreeMemory(Late, 0, 0);
}

/* With the lock held: where a hang-up waits that the client cannot be told yet, because it does not
 * have its call or party yet; NULL: tell it now. */
static PCM_LATE *LatePlace(PCM_LEG Leg)
{
    PCM_VC Vc = Leg->Vc;
    if (Leg->Party != NULL && Leg->Party->Adding)
        return &Leg->Party->Late;
    if (Vc->Making || (Vc->Incoming && !Vc->Tellable))
        return &Vc->Late;
    return NULL;
}

VOID CmTellCleared(PCM_LEG Leg, NDIS_STATUS Status, const struct hubsig_message *Clear)
{
    PCM_VC Vc = Leg->Vc;
    PCM_ADAPTER Adapter = Vc->Adapter;
    PCM_LATE Late = LateCreate(Adapter, Status, Clear), *Place;
    BOOLEAN Data = Clear != NULL && Clear->data_bytes != 0;
    NdisAcquireSpinLock(&Adapter->Lock);
    Place = LatePlace(Leg);
    if (Place != NULL && *Place == NULL) {
        *Place = Late;
        Late = NULL;
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Late != NULL)
        NdisFreeMemory(Late, 0, 0);
    if (Place != NULL)
        return;
    CmModifyAbort(Vc);
    TellHangUp(Leg, Status, Data ? (PVOID)(ULONG_PTR)Clear->data : NULL,
               Data ? Clear->data_bytes : 0);
}
