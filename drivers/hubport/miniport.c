/* SPDX-License-Identifier: MIT */
/* VCs of the miniport: created, activated with a channel and directions, deactivated, deleted. */
#include "miniport.h"

#include <atm.h>

_Use_decl_annotations_ NDIS_STATUS NTAPI MiniCoCreateVc(NDIS_HANDLE MiniportAdapterContext,
                                                        NDIS_HANDLE NdisVcHandle,
                                                        PNDIS_HANDLE MiniportVcContext)
{
    PMINI_ADAPTER Adapter = MiniportAdapterContext;
    PMINI_VC Vc = NdisAllocateMemoryWithTagPriority(Adapter->Port.Adapter, sizeof(*Vc), MINI_TAG,
                                                    NormalPoolPriority);
    if (Vc == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisZeroMemory(Vc, sizeof(*Vc));
    Vc->Adapter = Adapter;
    Vc->NdisVcHandle = NdisVcHandle;
    *MiniportVcContext = Vc;
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI MiniCoDeleteVc(NDIS_HANDLE MiniportVcContext)
{
    PMINI_VC Vc = MiniportVcContext;
    NdisFreeMemory(Vc, 0, 0);
    return NDIS_STATUS_SUCCESS;
}

/* The channel that media parameters name. A link has fewer, for AAL5, and 0/0 is its framing's. */
static BOOLEAN ReadChannel(PCO_CALL_PARAMETERS CallParameters, PULONG Channel)
{
    PCO_MEDIA_PARAMETERS Media = CallParameters->MediaParameters;
    ATM_MEDIA_PARAMETERS Atm;
    if (Media == NULL || Media->MediaSpecific.ParamType != ATM_MEDIA_SPECIFIC ||
        Media->MediaSpecific.Length < sizeof(Atm))
        return FALSE;
    NdisMoveMemory(&Atm, Media->MediaSpecific.Parameters, sizeof(Atm));
    if (Atm.ConnectionId.Vpi > 0xffff || Atm.ConnectionId.Vci > 0xffff)
        return FALSE;
    *Channel = Atm.ConnectionId.Vpi << 16 | Atm.ConnectionId.Vci;
    if (HubDriver.Link)
        return Atm.ConnectionId.Vpi <= 0xff && Atm.AALType == AAL_TYPE_AAL5 && *Channel != 0;
    return TRUE;
}

/* Takes or keeps channel 0 for a VC: an adapter has one that carries messages. */
static BOOLEAN TakeSignalling(PMINI_VC Vc)
{
    PMINI_ADAPTER Adapter = Vc->Adapter;
    BOOLEAN Taken;
    NdisAcquireSpinLock(&Adapter->Port.Lock);
    if (Adapter->Signalling == NULL)
        Adapter->Signalling = Vc;
    Taken = Adapter->Signalling == Vc;
    NdisReleaseSpinLock(&Adapter->Port.Lock);
    return Taken;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI MiniCoActivateVc(NDIS_HANDLE MiniportVcContext,
                                                          PCO_CALL_PARAMETERS CallParameters)
{
    PMINI_VC Vc = MiniportVcContext;
    NDIS_STATUS Status = NDIS_STATUS_SUCCESS;
    ULONG Channel = 0, Flags;
    BOOLEAN Held, WasActive = Vc->Channel.Active;
    if (!ReadChannel(CallParameters, &Channel) || (WasActive && Channel != Vc->Channel.Channel))
        return NDIS_STATUS_INVALID_DATA;
    if (Channel == CONDIS_NIC_CONTROL_CHANNEL && !TakeSignalling(Vc))
        return NDIS_STATUS_INVALID_DATA;
    Flags = CallParameters->MediaParameters->Flags;
    Held = (Flags & RESERVE_RESOURCES_VC) != 0; /* reserved: what is received waits */
    ChannelOpen(&Vc->Channel, &Vc->Adapter->Port, Vc->NdisVcHandle, Channel,
                (Flags & TRANSMIT_VC) != 0);
    if (Channel == CONDIS_NIC_CONTROL_CHANNEL || !(Flags & RECEIVE_VC))
        return NDIS_STATUS_SUCCESS;
    if (Vc->Channel.Member == NULL)
        Status = ChannelJoin(&Vc->Channel, Held);
    else if (!Held)
        ChannelResume(&Vc->Channel);
    if (Status != NDIS_STATUS_SUCCESS && !WasActive)
        ChannelCancel(&Vc->Channel);
    return Status;
}

/* Sends complete and receives come back first (C57); MiniLeft, which may run before this
 * returns, completes. */
_Use_decl_annotations_ NDIS_STATUS NTAPI MiniCoDeactivateVc(NDIS_HANDLE MiniportVcContext)
{
    PMINI_VC Vc = MiniportVcContext;
    PMINI_ADAPTER Adapter = Vc->Adapter;
    NdisAcquireSpinLock(&Adapter->Port.Lock);
    if (Adapter->Signalling == Vc)
        Adapter->Signalling = NULL;
    NdisReleaseSpinLock(&Adapter->Port.Lock);
    ChannelLeave(&Vc->Channel);
    return NDIS_STATUS_PENDING;
}

static VOID MiniLeft(PHUB_CHANNEL Channel)
{
    PMINI_VC Vc = CONTAINING_RECORD(Channel, MINI_VC, Channel);
    NdisMCoDeactivateVcComplete(NDIS_STATUS_SUCCESS, Vc->NdisVcHandle);
}

/* A message goes up on the VC that carries messages; without one nobody here signals. */
static NDIS_STATUS MiniControl(PHUB_PORT Port, PCONDIS_NIC_MEMBER Member, PCONDIS_FRAME Frame)
{
    PMINI_ADAPTER Adapter = CONTAINING_RECORD(Port, MINI_ADAPTER, Port);
    PMINI_VC Vc;
    BOOLEAN Busy = FALSE;
    NDIS_STATUS Status;
    NdisAcquireSpinLock(&Port->Lock);
    Vc = Adapter->Signalling;
    if (Vc != NULL && Vc->Channel.Active && !Vc->Channel.Leaving)
        Busy = TRUE;
    if (Busy)
        ChannelHold(&Vc->Channel);
    NdisReleaseSpinLock(&Port->Lock);
    if (!Busy)
        return NDIS_STATUS_SUCCESS;
    Status = ChannelIndicate(&Vc->Channel, Member, Frame);
    ChannelUnhold(&Vc->Channel);
    return Status;
}

static VOID MiniUndelivered(PHUB_PORT Port, const UCHAR *Message, ULONG Length, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Port); /* every message is a net buffer list's: its status says it */
    UNREFERENCED_PARAMETER(Message);
    UNREFERENCED_PARAMETER(Length);
    UNREFERENCED_PARAMETER(Status);
}

const HUB_PORT_EVENTS MiniPortEvents = {MiniControl, MiniUndelivered, MiniLeft, NULL};

_Use_decl_annotations_ VOID NTAPI MiniCoSendNetBufferLists(NDIS_HANDLE MiniportVcContext,
                                                           PNET_BUFFER_LIST NetBufferLists,
                                                           ULONG SendFlags)
{
    PMINI_VC Vc = MiniportVcContext;
    ChannelSend(&Vc->Channel, NetBufferLists, SendFlags);
}

_Use_decl_annotations_ NDIS_STATUS NTAPI MiniCoOidRequest(NDIS_HANDLE MiniportAdapterContext,
                                                          NDIS_HANDLE MiniportVcContext,
                                                          PNDIS_OID_REQUEST OidRequest)
{
    PMINI_ADAPTER Adapter = MiniportAdapterContext;
    PMINI_VC Vc = MiniportVcContext;
    return PortOidRequest(&Adapter->Port, Vc != NULL ? &Vc->Channel : NULL, OidRequest);
}
