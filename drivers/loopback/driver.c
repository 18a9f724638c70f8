/* SPDX-License-Identifier: MIT */
/* loopback is a miniport call manager whose medium is a hub: the integrated edge of drivers/callmgr
 * with the hub's engine under it. */
#include "hub.h"
#include "mcm.h"

typedef struct _LOOPBACK_ADAPTER {
    MCM_ADAPTER Mcm; /* first */
    struct hubsig Engine;
} LOOPBACK_ADAPTER, *PLOOPBACK_ADAPTER;

static NDIS_STATUS LoopbackBegin(PMCM_ADAPTER Adapter)
{
    return CmHubBegin(&Adapter->Manager, &((PLOOPBACK_ADAPTER)Adapter)->Engine,
                      &Adapter->Port.Station);
}

static VOID LoopbackSend(PCM_ADAPTER Manager, const struct hubsig_message *Message)
{
    PortSendControl(&((PMCM_ADAPTER)Manager)->Port, Message);
}

static VOID LoopbackReceive(PMCM_ADAPTER Adapter, ULONG Channel, const UCHAR *Message, ULONG Length)
{
    UNREFERENCED_PARAMETER(Channel); /* a hub has one for messages */
    CmReceive(&Adapter->Manager, Message, Length);
}

static VOID LoopbackUndelivered(PMCM_ADAPTER Adapter, const UCHAR *Message, ULONG Length,
                                NDIS_STATUS Status)
{
    CmUndelivered(&Adapter->Manager, Message, Length, Status);
}

const CM_MCM_ENGINE CmMcmEngine = {
    .Begin = LoopbackBegin,
    .Send = LoopbackSend,
    .Receive = LoopbackReceive,
    .Undelivered = LoopbackUndelivered,
};

const HUB_DRIVER HubDriver = {.AdapterBytes = sizeof(LOOPBACK_ADAPTER), .Link = FALSE, MCM_DRIVER};
