/* SPDX-License-Identifier: MIT */
/* atmsig as the engine of a call manager, and the registration of its addresses beside it. */
#include "uni.h"

#include "atmsig.h"
#include "hubaddress.h"
#include "ilmi/ilmi.h"

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
    PCM_UNI Uni = Engine;
    ULONGLONG DueMs = atmsig_due_ms(Uni->Engine), IlmiMs = ilmi_deadline_ms(Uni->Ilmi);
    return IlmiMs < DueMs ? IlmiMs : DueMs;
}

/* What the network knows of this end. */
static VOID TakeRegistrations(PCM_UNI Uni)
{
    struct ilmi_event Event;
    while (ilmi_take_event(Uni->Ilmi, &Event)) {
        if (Event.kind == ILMI_ADDRESS)
            CmAddressAdd(Uni->Adapter, Event.octets);
        else if (Event.kind == ILMI_ADDRESS_GONE)
            CmAddressRemove(Uni->Adapter, Event.octets);
    }
}

static BOOLEAN UniExpire(PVOID Engine, ULONGLONG NowMs, struct hubsig_step *Step)
{
    PCM_UNI Uni = Engine;
    ilmi_expire(Uni->Ilmi, NowMs);
    TakeRegistrations(Uni);
    return (BOOLEAN)atmsig_expire(Uni->Engine, NowMs, Step);
}

static VOID UniEnd(PVOID Engine)
{
    PCM_UNI Uni = Engine;
    ilmi_destroy(Uni->Ilmi);
    atmsig_free(Uni->Engine);
}

static const CM_SIGNALLING CmUniSignalling = {
    .NetworkChannels = TRUE,
    .Registers = TRUE,
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

/* Six octets that name this start of the adapter to the network: the same for as long as it runs,
 * whatever becomes of its link, and most likely of no other one. */
static VOID SystemId(const struct hubsig_name *Station, const UCHAR *Esi, UCHAR *Id)
{
    ULONGLONG Hash = 0xcbf29ce484222325ULL;
    LARGE_INTEGER Now;
    ULONG Index;
    NdisGetCurrentSystemTime(&Now); /* of the world: a simulated one has its own */
    for (Index = 0; Index < Station->length; Index++)
        Hash = (Hash ^ (UCHAR)Station->text[Index]) * 0x100000001b3ULL;
    for (Index = 0; Index < CM_ESI_BYTES; Index++)
        Hash = (Hash ^ Esi[Index]) * 0x100000001b3ULL;
    for (Index = 0; Index < 64; Index += 8)
        Hash = (Hash ^ (UCHAR)((ULONGLONG)Now.QuadPart >> Index)) * 0x100000001b3ULL;
    for (Index = 0; Index < ILMI_ESI_BYTES; Index++)
        Id[Index] = (UCHAR)(Hash >> 8 * Index);
    Id[0] = (UCHAR)((Id[0] & 0xfc) | 0x02); /* administered by nobody but us */
}

/* The station's address and the other one are registered as they are, the ESI behind every prefix
 * that the network gives. */
static struct ilmi *NewIlmi(PCM_ADAPTER Adapter, const struct hubsig_name *Station)
{
    struct ilmi_options Options;
    struct ilmi *Ilmi;
    NdisZeroMemory(&Options, sizeof(Options));
    Options.side = ILMI_USER;
    Options.uni_version = Adapter->Config.Uni == CM_UNI_31 ? 3 : 4;
    Options.address_count_max = CM_ADDRESSES_MAX;
    Options.esi_count_max = 1;
    SystemId(Station, Adapter->Esi, Options.system_id);
    Ilmi = ilmi_create(&Options);
    if (Ilmi == NULL)
        return NULL;
    ilmi_add_address(Ilmi, CmNowMs(), Adapter->Address);
    if (Adapter->HasAlias)
        ilmi_add_address(Ilmi, CmNowMs(), Adapter->Alias);
    ilmi_add_esi(Ilmi, CmNowMs(), Adapter->Esi, 0);
    return Ilmi;
}

NDIS_STATUS CmUniBegin(PCM_ADAPTER Adapter, PCM_UNI Uni, const struct hubsig_name *Station,
                       const UCHAR *Esi, const UCHAR *Address)
{
    const struct hubsig_memory Memory = {CmEngineAllocate, CmEngineRelease, Adapter};
    struct atmsig_config Config;
    NdisZeroMemory(&Config, sizeof(Config));
    if (Adapter->Config.Uni != CM_UNI_31 && Adapter->Config.Uni != CM_UNI_40)
        return NDIS_STATUS_INVALID_PARAMETER;
    Config.version = Adapter->Config.Uni == CM_UNI_31 ? UNI_31 : UNI_40;
    Config.timers_ms[UNI_T309] = Adapter->Config.T309Milliseconds;
    Config.first_sq = (uint8_t)KeQueryInterruptTime(); /* unlike the last start's, most likely */
    if (Config.version == UNI_31)
        Adapter->Config.CloseData = 0; /* it has no user-user element */
    Adapter->Config.Qos = CM_QOS_NONE;
    Adapter->Signalling = &CmUniSignalling;
    Adapter->Engine = Uni;
    Adapter->CloseBytesMax = UNI_USER_USER_BYTES_MAX;
    Adapter->CloseTooLong = NDIS_STATUS_INVALID_LENGTH;
    HubAddressSet(Adapter->Address, Station, 0);
    NdisMoveMemory(Adapter->Esi, Esi, CM_ESI_BYTES);
    Adapter->HasEsi = TRUE;
    if (Address != NULL)
        NdisMoveMemory(Adapter->Alias, Address, CM_HOST_BYTES); /* its selector is the SAPs' */
    Adapter->HasAlias = Address != NULL;
    Uni->Adapter = Adapter;
    Uni->Ilmi = NewIlmi(Adapter, Station);
    if (Uni->Ilmi == NULL)
        return NDIS_STATUS_RESOURCES;
    Uni->Engine = atmsig_new(&Config, &Memory, CmNowMs());
    if (Uni->Engine == NULL) {
        ilmi_destroy(Uni->Ilmi);
        return NDIS_STATUS_RESOURCES;
    }
    atmsig_lost(Uni->Engine, CmNowMs()); /* the wire is not there yet */
    return CmAdapterBegin(Adapter);
}

/* With the lock held, which it holds again when it returns: sends one frame of either channel.
 * returns FALSE: there is none. */
static BOOLEAN SendOne(PCM_ADAPTER Adapter, PCM_UNI Uni)
{
    UCHAR Registration[ILMI_FRAME_BYTES_MAX];
    struct saal_buffer *Frame = atmsig_take_frame(Uni->Engine);
    ULONG Length = Frame != NULL ? 0 : (ULONG)ilmi_take_frame(Uni->Ilmi, Registration);
    if (Frame == NULL && Length == 0)
        return FALSE;
    NdisReleaseSpinLock(&Adapter->Lock);
    if (Frame != NULL)
        Uni->Transmit(Adapter, CM_UNI_CHANNEL, Frame->data, Frame->bytes);
    else
        Uni->Transmit(Adapter, CM_ILMI_CHANNEL, Registration, Length);
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Frame != NULL)
        saal_buffer_release(Frame);
    return TRUE;
}

VOID CmUniSend(PCM_ADAPTER Adapter, const struct hubsig_message *Message)
{
    PCM_UNI Uni = Adapter->Engine;
    UNREFERENCED_PARAMETER(Message);
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Uni->Sending || !Uni->Open) {
        NdisReleaseSpinLock(&Adapter->Lock);
        return; /* who is sending looks again after each frame */
    }
    Uni->Sending = TRUE;
    while (Uni->Open && SendOne(Adapter, Uni))
        ;
    Uni->Sending = FALSE;
    NdisReleaseSpinLock(&Adapter->Lock);
}

/* Calls that are active outlive the wire by T309; what was registered is gone with it. */
VOID CmUniWire(PCM_ADAPTER Adapter, BOOLEAN Connected)
{
    PCM_UNI Uni = Adapter->Engine;
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Uni->Closed) {
        NdisReleaseSpinLock(&Adapter->Lock);
        return;
    }
    if (Connected) {
        Uni->Open = TRUE;
        atmsig_want(Uni->Engine, CmNowMs());
        ilmi_start(Uni->Ilmi, CmNowMs());
    } else {
        atmsig_lost(Uni->Engine, CmNowMs());
        ilmi_stop(Uni->Ilmi, CmNowMs());
    }
    NdisReleaseSpinLock(&Adapter->Lock);
    CmRun(Adapter);
}

VOID CmUniClose(PCM_ADAPTER Adapter)
{
    PCM_UNI Uni = Adapter->Engine;
    NdisAcquireSpinLock(&Adapter->Lock);
    Uni->Open = FALSE;
    Uni->Closed = TRUE;
    ilmi_stop(Uni->Ilmi, CmNowMs());
    NdisReleaseSpinLock(&Adapter->Lock);
    KeFlushQueuedDpcs(); /* who is sending is a timer's or the miniport's */
}

VOID CmUniReceive(PCM_ADAPTER Adapter, ULONG Channel, const UCHAR *Bytes, ULONG Length)
{
    PCM_UNI Uni = Adapter->Engine;
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Channel == CM_ILMI_CHANNEL)
        ilmi_feed(Uni->Ilmi, CmNowMs(), Bytes, Length);
    else
        atmsig_receive(Uni->Engine, Bytes, Length, CmNowMs());
    CmAnswerTimerUpdate(Adapter);
    NdisReleaseSpinLock(&Adapter->Lock);
    CmRun(Adapter);
}
