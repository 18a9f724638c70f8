/* SPDX-License-Identifier: MIT */
/* VCs of the miniport: created, activated with a channel and directions, deactivated, deleted. */
#include "atmlink.h"

#include <atm.h>

_Use_decl_annotations_ NDIS_STATUS NTAPI AtmlinkCoCreateVc(NDIS_HANDLE MiniportAdapterContext,
                                                           NDIS_HANDLE NdisVcHandle,
                                                           PNDIS_HANDLE MiniportVcContext)
{
    PATMLINK_ADAPTER Adapter = MiniportAdapterContext;
    PATMLINK_VC Vc = NdisAllocateMemoryWithTagPriority(Adapter->Port.Adapter, sizeof(*Vc),
                                                       ATMLINK_TAG, NormalPoolPriority);
    if (Vc == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Vc, sizeof(*Vc));
    Vc->Adapter = Adapter;
    Vc->NdisVcHandle = NdisVcHandle;
    *MiniportVcContext = Vc;
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI AtmlinkCoDeleteVc(NDIS_HANDLE MiniportVcContext)
{
    PATMLINK_VC Vc = MiniportVcContext;
    NdisFreeMemory(Vc, 0, 0);
    return NDIS_STATUS_SUCCESS;
}

/* The VPI and VCI that media parameters name, which a link has, for AAL5. */
static BOOLEAN ReadChannel(PCO_CALL_PARAMETERS CallParameters, PULONG Channel)
{
    PCO_MEDIA_PARAMETERS Media = CallParameters->MediaParameters;
    ATM_MEDIA_PARAMETERS Atm;
    if (Media == NULL || Media->MediaSpecific.ParamType != ATM_MEDIA_SPECIFIC ||
        Media->MediaSpecific.Length < sizeof(Atm))
        return FALSE;
    NdisMoveMemory(&Atm, Media->MediaSpecific.Parameters, sizeof(Atm));
    if (Atm.ConnectionId.Vpi > 0xff || Atm.ConnectionId.Vci > 0xffff ||
        Atm.AALType != AAL_TYPE_AAL5)
        return FALSE;
    *Channel = Atm.ConnectionId.Vpi << 16 | Atm.ConnectionId.Vci;
    return *Channel != 0; /* 0/0 is the framing's own */
}

_Use_decl_annotations_ NDIS_STATUS NTAPI AtmlinkCoActivateVc(NDIS_HANDLE MiniportVcContext,
                                                             PCO_CALL_PARAMETERS CallParameters)
{
    PATMLINK_VC Vc = MiniportVcContext;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;
    ULONG Channel = 0, Flags;
    BOOLEAN Held, WasActive = Vc->Channel.Active;
    if (!ReadChannel(CallParameters, &Channel) || (WasActive && Channel != Vc->Channel.Channel))
        return NDIS_STATUS_INVALID_DATA;
    Flags = CallParameters->MediaParameters->Flags;
    Held = (Flags & RESERVE_RESOURCES_VC) != 0; /* reserved: what is received waits */
    ChannelOpen(&Vc->Channel, &Vc->Adapter->Port, Vc->NdisVcHandle, Channel,
                (Flags & TRANSMIT_VC) != 0);
    if (!(Flags & RECEIVE_VC))
        return NDIS_STATUS_SUCCESS;
    if (Vc->Channel.Member == NULL)
        Status = ChannelJoin(&Vc->Channel, Held);
    else if (!Held)
        ChannelResume(&Vc->Channel);
    if (Status != NDIS_STATUS_SUCCESS && !WasActive)
        ChannelCancel(&Vc->Channel);
    return Status;
}

/* Sends complete and receives come back first (C57); AtmlinkLeft, which may run before this
 * returns, completes. */
_Use_decl_annotations_ NDIS_STATUS NTAPI AtmlinkCoDeactivateVc(NDIS_HANDLE MiniportVcContext)
{
    PATMLINK_VC Vc = MiniportVcContext;
    ChannelLeave(&Vc->Channel);
    return NDIS_STATUS_PENDING;
}

static VOID AtmlinkLeft(PHUB_CHANNEL Channel)
{
    PATMLINK_VC Vc = CONTAINING_RECORD(Channel, ATMLINK_VC, Channel);
    NdisMCoDeactivateVcComplete(NDIS_STATUS_SUCCESS, Vc->NdisVcHandle);
}

/* A link has no channel 0, and signalling is a VC's like all else. */
static NDIS_STATUS AtmlinkControl(PHUB_PORT Port, PCONDIS_NIC_MEMBER Member, PCONDIS_FRAME Frame)
{
    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(Member);
    UNREFERENCED_PARAMETER(Frame);
    return NDIS_STATUS_SUCCESS;
}

static VOID AtmlinkUndelivered(PHUB_PORT Port, const UCHAR *Message, ULONG Length,
                               NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Port); /* every message is a net buffer list's: its status says it */
    UNREFERENCED_PARAMETER(Message);
    UNREFERENCED_PARAMETER(Length);
    UNREFERENCED_PARAMETER(Status);
}

const HUB_PORT_EVENTS AtmlinkPortEvents = {AtmlinkControl, AtmlinkUndelivered, AtmlinkLeft, NULL};

_Use_decl_annotations_ VOID NTAPI AtmlinkCoSendNetBufferLists(NDIS_HANDLE MiniportVcContext,
                                                              PNET_BUFFER_LIST NetBufferLists,
                                                              ULONG SendFlags)
{
    PATMLINK_VC Vc = MiniportVcContext;
    ChannelSend(&Vc->Channel, NetBufferLists, SendFlags);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI AtmlinkCoOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                             NDIS_HANDLE MiniportVcContext,
                                                             PNDIS_OID_REQUEST OidRequest)
{
    PATMLINK_ADAPTER Adapter = MiniportAdapterContext;
    PATMLINK_VC Vc = MiniportVcContext;
    return PortOidRequest(&Adapter->Port, Vc != NULL ? &Vc->Channel : NULL, OidRequest);
}
