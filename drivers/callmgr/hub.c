/* SPDX-License-Identifier: MIT */
/* hubsig as the engine of a call manager. */
#include "hub.h"

#include "hubaddress.h"

static BOOLEAN HubAddressIsGood(const UCHAR *Octets)
{
    struct hubsig_name Name;
    UCHAR Selector;
    return HubAddressGet(Octets, &Name, &Selector);
}

static NDIS_STATUS HubCheckCalled(PCM_ADAPTER Adapter, const ATM_ADDRESS *Called,
                                  struct hubsig_message *Offer)
{
    struct hubsig *Engine = Adapter->Engine;
    UCHAR Selector;
    UNREFERENCED_PARAMETER(Called); /* an information element may have replaced it in the offer */
    if (!HubAddressGet(Offer->called, &Offer->to, &Selector))
        return NDIS_STATUS_INVALID_ADDRESS;
    if (hubsig_name_equal(&Offer->to, &Engine->name))
        /* a medium carries nothing back to its sender */
        return NDIS_STATUS_NO_ROUTE_TO_DESTINATION;
    return NDIS_STATUS_SUCCESS;
}

static enum hubsig_result HubOffer(PVOID Engine, struct hubsig_leg *Leg,
                                   const struct hubsig_message *Offer, ULONGLONG NowMs,
                                   struct hubsig_step *Step)
{
    return hubsig_offer(Engine, Leg, Offer, NowMs, Step);
}

static enum hubsig_result HubTakeOffer(PVOID Engine, struct hubsig_leg *Leg,
                                       const struct hubsig_message *Offer, ULONGLONG NowMs)
{
    UNREFERENCED_PARAMETER(NowMs);
    return hubsig_take_offer(Engine, Leg, Offer);
}

static VOID HubRefuseOffer(PVOID Engine, const struct hubsig_message *Offer, ULONG Status,
                           ULONGLONG NowMs, struct hubsig_step *Step)
{
    UNREFERENCED_PARAMETER(NowMs);
    hubsig_refuse_offer(Engine, Offer, Status, Step);
}

static enum hubsig_result HubRequest(PVOID Engine, struct hubsig_leg *Leg,
                                     enum hubsig_event Request, const struct hubsig_message *Detail,
                                     ULONGLONG NowMs, struct hubsig_step *Step)
{
    return hubsig_request(Engine, Leg, Request, Detail, NowMs, Step);
}

static ULONGLONG HubDueMs(PVOID Engine)
{
    return hubsig_due_ms(Engine);
}

static BOOLEAN HubExpire(PVOID Engine, ULONGLONG NowMs, struct hubsig_step *Step)
{
    return hubsig_expire(Engine, NowMs, Step);
}

static VOID HubEnd(PVOID Engine)
{
    hubsig_end(Engine);
}

static const CM_SIGNALLING CmHubSignalling = {
    .NetworkChannels = FALSE,
    .AddressIsGood = HubAddressIsGood,
    .CheckCalled = HubCheckCalled,
    .Offer = HubOffer,
    .TakeOffer = HubTakeOffer,
    .RefuseOffer = HubRefuseOffer,
    .Request = HubRequest,
    .DueMs = HubDueMs,
    .Expire = HubExpire,
    .End = HubEnd,
};

NDIS_STATUS CmHubBegin(PCM_ADAPTER Adapter, struct hubsig *Engine,
                       const struct hubsig_name *Station)
{
    const struct hubsig_memory Memory = {CmEngineAllocate, CmEngineRelease, Adapter};
    Adapter->Signalling = &CmHubSignalling;
    Adapter->Engine = Engine;
    Adapter->CloseBytesMax = HUBSIG_CLOSE_BYTES_MAX;
    Adapter->CloseTooLong = NDIS_STATUS_INVALID_DATA;
    HubAddressSet(Adapter->Address, Station, 0);
    NdisMoveMemory(Adapter->Addresses[0], Adapter->Address, ATM_ADDRESS_LENGTH);
    Adapter->AddressCount = 1;
    hubsig_begin(Engine, Station, Adapter->Config.AnswerMilliseconds, &Memory);
    return CmAdapterBegin(Adapter);
}

VOID CmReceive(PCM_ADAPTER Adapter, const UCHAR *Message, ULONG Length)
{
    struct hubsig_message Received;
    struct hubsig_step Step;
    NdisAcquireSpinLock(&Adapter->Lock);
    hubsig_receive(Adapter->Engine, Message, Length, CmNowMs(), &Received, &Step);
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    CmStepDone(Adapter, &Step);
}

VOID CmUndelivered(PCM_ADAPTER Adapter, const UCHAR *Message, ULONG Length, NDIS_STATUS Status)
{
    struct hubsig_message Sent;
    struct hubsig_step Step;
    NdisAcquireSpinLock(&Adapter->Lock);
    hubsig_undelivered(Adapter->Engine, Message, Length, (ULONG)Status, CmNowMs(), &Sent, &Step);
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    CmStepDone(Adapter, &Step);
}
