/* SPDX-License-Identifier: MIT */
/* atmsig as the engine of a call manager. */
#include "uni.h"

#include "atmsig.h"
#include "hubaddress.h"

static BOOLEAN UniAddressIsGood(const UCHAR *Octets)
{
    UNREFERENCED_PARAMETER(Octets); /* any 20 octets: what they mean is the network's business */
    return TRUE;
}

static NDIS_STATUS UniCheckCalled(PCM_ADAPTER Adapter, const ATM_ADDRESS *Called,
                                  struct hubsig_message *Offer)
{
    UNREFERENCED_PARAMETER(Adapter);
    UNREFERENCED_PARAMETER(Offer);
    return Called->AddressType == ATM_NSAP ? NDIS_STATUS_SUCCESS : NDIS_STATUS_INVALID_ADDRESS;
}

static enum hubsig_result UniOffer(PVOID Engine, struct hubsig_leg *Leg,
                                   const struct hubsig_message *Offer, ULONGLONG NowMs,
                                   struct hubsig_step *Step)
{
    return atmsig_offer(((PCM_UNI)Engine)->Engine, Leg, Offer, NowMs, Step);
}

static enum hubsig_result UniTakeOffer(PVOID Engine, struct hubsig_leg *Leg,
                                       const struct hubsig_message *Offer, ULONGLONG NowMs)
{
    return atmsig_take_offer(((PCM_UNI)Engine)->Engine, Leg, Offer, NowMs);
}

static VOID UniRefuseOffer(PVOID Engine, const struct hubsig_message *Offer, ULONG Status,
                           ULONGLONG NowMs, struct hubsig_step *Step)
{
    atmsig_refuse_offer(((PCM_UNI)Engine)->Engine, Offer, Status, NowMs, Step);
}

static enum hubsig_result UniRequest(PVOID Engine, struct hubsig_leg *Leg,
                                     enum hubsig_event Request, const struct hubsig_message *Detail,
                                     ULONGLONG NowMs, struct hubsig_step *Step)
{
    return atmsig_request(((PCM_UNI)Engine)->Engine, Leg, Request, Detail, NowMs, Step);
}

static ULONGLONG UniDueMs(PVOID Engine)
{
    return atmsig_due_ms(((PCM_UNI)Engine)->Engine);
}

static BOOLEAN UniExpire(PVOID Engine, ULONGLONG NowMs, struct hubsig_step *Step)
{
    return (BOOLEAN)atmsig_expire(((PCM_UNI)Engine)->Engine, NowMs, Step);
}

static VOID UniEnd(PVOID Engine)
{
    atmsig_free(((PCM_UNI)Engine)->Engine);
}

static const CM_SIGNALLING CmUniSignalling = {
    .NetworkChannels = TRUE,
    .AddressIsGood = UniAddressIsGood,
    .CheckCalled = UniCheckCalled,
    .Offer = UniOffer,
    .TakeOffer = UniTakeOffer,
    .RefuseOffer = UniRefuseOffer,
    .Request = UniRequest,
    .DueMs = UniDueMs,
    .Expire = UniExpire,
    .End = UniEnd,
};

NDIS_STATUS CmUniBegin(PCM_ADAPTER Adapter, PCM_UNI Uni, const struct hubsig_name *Station)
{
    const struct hubsig_memory Memory = {CmEngineAllocate, CmEngineRelease, Adapter};
    struct atmsig_config Config;
    NdisZeroMemory(&Config, sizeof(Config));
    if (Adapter->Config.Uni != CM_UNI_31 && Adapter->Config.Uni != CM_UNI_40)
        return NDIS_STATUS_INVALID_PARAMETER;
    Config.version = Adapter->Config.Uni == CM_UNI_31 ? UNI_31 : UNI_40;
    Config.first_sq = (uint8_t)KeQueryInterruptTime(); /* unlike the last start's, most likely */
    Uni->Engine = atmsig_new(&Config, &Memory, CmNowMs());
    if (Uni->Engine == NULL)
        return NDIS_STATUS_RESOURCES;
    if (Config.version == UNI_31)
        Adapter->Config.CloseData = 0; /* it has no user-user element */
    Adapter->Config.Qos = CM_QOS_NONE;
    Adapter->Signalling = &CmUniSignalling;
    Adapter->Engine = Uni;
    Adapter->CloseBytesMax = UNI_USER_USER_BYTES_MAX;
    Adapter->CloseTooLong = NDIS_STATUS_INVALID_LENGTH;
    HubAddressSet(Adapter->Address, Station, 0);
    return CmAdapterBegin(Adapter);
}

VOID CmUniSend(PCM_ADAPTER Adapter, const struct hubsig_message *Message)
{
    PCM_UNI Uni = Adapter->Engine;
    struct saal_buffer *Frame;
    UNREFERENCED_PARAMETER(Message);
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Uni->Sending || !Uni->Open) {
        NdisReleaseSpinLock(&Adapter->Lock);
        return; /* who is sending looks again after each frame */
    }
    Uni->Sending = TRUE;
    while (Uni->Open && (Frame = atmsig_take_frame(Uni->Engine)) != NULL) {
        NdisReleaseSpinLock(&Adapter->Lock);
        Uni->Transmit(Adapter, Frame->data, Frame->bytes);
        NdisAcquireSpinLock(&Adapter->Lock);
        saal_buffer_release(Frame);
    }
    Uni->Sending = FALSE;
    NdisReleaseSpinLock(&Adapter->Lock);
}

VOID CmUniWire(PCM_ADAPTER Adapter)
{
    PCM_UNI Uni = Adapter->Engine;
    NdisAcquireSpinLock(&Adapter->Lock);
    Uni->Open = TRUE;
    atmsig_want(Uni->Engine, CmNowMs());
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    CmUniSend(Adapter, NULL);
}

VOID CmUniClose(PCM_ADAPTER Adapter)
{
    PCM_UNI Uni = Adapter->Engine;
    NdisAcquireSpinLock(&Adapter->Lock);
    Uni->Open = FALSE;
    NdisReleaseSpinLock(&Adapter->Lock);
    KeFlushQueuedDpcs(); /* who is sending is a timer's or the miniport's */
}

VOID CmUniReceive(PCM_ADAPTER Adapter, const UCHAR *Bytes, ULONG Length)
{
    PCM_UNI Uni = Adapter->Engine;
    NdisAcquireSpinLock(&Adapter->Lock);
    atmsig_receive(Uni->Engine, Bytes, Length, CmNowMs());
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    CmRun(Adapter);
}
