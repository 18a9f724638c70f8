/* SPDX-License-Identifier: MIT */
/* atmmcm is a miniport call manager on a link: the integrated edge of drivers/callmgr with the UNI
 * under it. */
#include "mcm.h"
#include "uni.h"

typedef struct _ATMMCM_ADAPTER {
    MCM_ADAPTER Mcm; /* first */
    CM_UNI Uni;
} ATMMCM_ADAPTER, *PATMMCM_ADAPTER;

static VOID AtmmcmTransmit(PCM_ADAPTER Manager, ULONG Channel, const UCHAR *Frame, ULONG Length)
{
    PortSendBytes(&((PMCM_ADAPTER)Manager)->Port, Channel, Frame, Length);
}

static NDIS_STATUS AtmmcmBegin(PMCM_ADAPTER Adapter)
{
    PCM_UNI Uni = &((PATMMCM_ADAPTER)Adapter)->Uni;
    Uni->Transmit = AtmmcmTransmit;
    return CmUniBegin(&Adapter->Manager, Uni, &Adapter->Port.Station, Adapter->Port.Esi,
                      Adapter->Port.HasAddress ? Adapter->Port.Address : NULL);
}

static NDIS_STATUS AtmmcmOpen(PMCM_ADAPTER Adapter)
{
    NDIS_STATUS Status = PortSignal(&Adapter->Port, CM_UNI_CHANNEL);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = PortSignal(&Adapter->Port, CM_ILMI_CHANNEL);
    if (Status == NDIS_STATUS_SUCCESS && PortIsConnected(&Adapter->Port))
        CmUniWire(&Adapter->Manager, TRUE); /* else its link says when it comes up */
    return Status;
}

static VOID AtmmcmClose(PMCM_ADAPTER Adapter)
{
    CmUniClose(&Adapter->Manager);
}

static VOID AtmmcmReceive(PMCM_ADAPTER Adapter, ULONG Channel, const UCHAR *Message, ULONG Length)
{
    CmUniReceive(&Adapter->Manager, Channel, Message, Length);
}

static VOID AtmmcmUndelivered(PMCM_ADAPTER Adapter, const UCHAR *Message, ULONG Length,
                              NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Adapter); /* SSCOP and ILMI send it again */
    UNREFERENCED_PARAMETER(Message);
    UNREFERENCED_PARAMETER(Length);
    UNREFERENCED_PARAMETER(Status);
}

static VOID AtmmcmLinkChange(PMCM_ADAPTER Adapter, BOOLEAN Connected)
{
    CmUniWire(&Adapter->Manager, Connected);
}

const CM_MCM_ENGINE CmMcmEngine = {
    .Begin = AtmmcmBegin,
    .Open = AtmmcmOpen,
    .Close = AtmmcmClose,
    .Send = CmUniSend,
    .Receive = AtmmcmReceive,
    .Undelivered = AtmmcmUndelivered,
    .LinkChange = AtmmcmLinkChange,
};

const HUB_DRIVER HubDriver = {.AdapterBytes = sizeof(ATMMCM_ADAPTER), .Link = TRUE, MCM_DRIVER};
