/* SPDX-License-Identifier: MIT */
/* hubcm is a stand-alone call manager for adapters of hubmini: the stand-alone edge of
 * drivers/callmgr with the hub's engine under it. */
#include "alone.h"
#include "hub.h"

typedef struct _HUBCM_ADAPTER {
    ALONE_ADAPTER Alone; /* first */
    struct hubsig Engine;
} HUBCM_ADAPTER, *PHUBCM_ADAPTER;

static NDIS_STATUS HubcmBegin(PALONE_ADAPTER Adapter, const HUB_STATION *Station,
                              const struct hubsig_name *Name)
{
    UNREFERENCED_PARAMETER(Station); /* a station of a hub has its name alone */
    return CmHubBegin(&Adapter->Manager, &((PHUBCM_ADAPTER)Adapter)->Engine, Name);
}

static VOID HubcmSend(PCM_ADAPTER Manager, const struct hubsig_message *Message)
{
    ULONG Length = (ULONG)hubsig_message_bytes(Message);
    UCHAR *Bytes = AloneMessage(Manager, Length);
    if (Bytes == NULL)
        return;
    hubsig_encode(Message, Bytes);
    AloneTransmit(Manager, 0, Bytes, Length);
}

static VOID HubcmReceive(PALONE_ADAPTER Adapter, ULONG Channel, const UCHAR *Message, ULONG Length)
{
    UNREFERENCED_PARAMETER(Channel); /* a hub has one for messages */
    CmReceive(&Adapter->Manager, Message, Length);
}

static VOID HubcmUndelivered(PALONE_ADAPTER Adapter, const UCHAR *Message, ULONG Length)
{
    CmUndelivered(&Adapter->Manager, Message, Length, NDIS_STATUS_NO_ROUTE_TO_DESTINATION);
}

const CM_ALONE_ENGINE CmAloneEngine = {
    .Name = L"HUBCM",
    .AdapterBytes = sizeof(HUBCM_ADAPTER),
    .MessageBytesMax = HUBSIG_MESSAGE_BYTES_MAX,
    .ChannelCount = 1,
    .Begin = HubcmBegin,
    .Send = HubcmSend,
    .Receive = HubcmReceive,
    .Undelivered = HubcmUndelivered,
};
