/* SPDX-License-Identifier: MIT */
/* atmuni is a stand-alone call manager for adapters of atmlink: the stand-alone edge of
 * drivers/callmgr with the UNI under it. */
#include "alone.h"
#include "uni.h"

typedef struct _ATMUNI_ADAPTER {
    ALONE_ADAPTER Alone; /* first */
    CM_UNI Uni;
} ATMUNI_ADAPTER, *PATMUNI_ADAPTER;

static VOID AtmuniTransmit(PCM_ADAPTER Manager, ULONG Channel, const UCHAR *Frame, ULONG Length)
{
    UCHAR *Bytes = AloneMessage(Manager, Length);
    if (Bytes == NULL)
        return;
    NdisMoveMemory(Bytes, Frame, Length);
    AloneTransmit(Manager, Channel, Bytes, Length);
}

static NDIS_STATUS AtmuniBegin(PALONE_ADAPTER Adapter, const HUB_STATION *Station,
                               const struct hubsig_name *Name)
{
    PCM_UNI Uni = &((PATMUNI_ADAPTER)Adapter)->Uni;
    UCHAR Esi[CM_ESI_BYTES];
    NDIS_STATUS Status = AloneAsk(Adapter, OID_ATM_HW_CURRENT_ADDRESS, Esi, sizeof(Esi));
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    Uni->Transmit = AtmuniTransmit;
    return CmUniBegin(&Adapter->Manager, Uni, Name, Esi,
                      Station->AddressLength != 0 ? Station->Address : NULL);
}

static VOID AtmuniClose(PALONE_ADAPTER Adapter)
{
    CmUniClose(&Adapter->Manager);
}

static VOID AtmuniReceive(PALONE_ADAPTER Adapter, ULONG Channel, const UCHAR *Message, ULONG Length)
{
    CmUniReceive(&Adapter->Manager, Channel, Message, Length);
}

static VOID AtmuniLinkChange(PALONE_ADAPTER Adapter, BOOLEAN Connected)
{
    CmUniWire(&Adapter->Manager, Connected);
}

const CM_ALONE_ENGINE CmAloneEngine = {
    .Name = L"ATMUNI",
    .AdapterBytes = sizeof(ATMUNI_ADAPTER),
    .MessageBytesMax = 65535, /* a link carries no longer frame */
    .ChannelCount = 2,
    .Channels = {CM_UNI_CHANNEL, CM_ILMI_CHANNEL},
    .Begin = AtmuniBegin,
    .Close = AtmuniClose,
    .Send = CmUniSend,
    .Receive = AtmuniReceive,
    .LinkChange = AtmuniLinkChange,
};
