/* SPDX-License-Identifier: MIT */
/* A VC's place on its port, from activation to deactivation. */
#include "port_private.h"

VOID ChannelOpen(PHUB_CHANNEL Channel, PHUB_PORT Port, NDIS_HANDLE NdisVcHandle, ULONG Number,
                 BOOLEAN Transmit)
{
    NdisAcquireSpinLock(&Port->Lock);
    if (!Channel->Active) {
        Channel->Port = Port;
        Channel->NdisVcHandle = NdisVcHandle;
        Channel->Channel = Number;
        Channel->Member = NULL;
        Channel->MemberLeft = FALSE;
        Channel->Leaving = FALSE;
        Channel->Active = TRUE;
        Port->ActiveChannels++;
    }
    Channel->Transmit = Transmit;
    NdisReleaseSpinLock(&Port->Lock);
}

NDIS_STATUS ChannelJoin(PHUB_CHANNEL Channel, BOOLEAN Held)
{
    return CondisNicJoin(Channel->Port->Nic, Channel->Channel, Channel, Held, &Channel->Member);
}

VOID ChannelResume(PHUB_CHANNEL Channel)
{
    if (Channel->Member != NULL)
        CondisNicResume(Channel->Member);
}

VOID ChannelCancel(PHUB_CHANNEL Channel)
{
    NdisAcquireSpinLock(&Channel->Port->Lock);
    Channel->Active = FALSE;
    Channel->Port->ActiveChannels--;
    NdisReleaseSpinLock(&Channel->Port->Lock);
}

/* A hold counts as one send under way. */
VOID ChannelHold(PHUB_CHANNEL Channel)
{
    Channel->SendsOut++;
    Channel->Port->SendsOut++;
}

VOID ChannelUnhold(PHUB_CHANNEL Channel)
{
    PHUB_PORT Port = Channel->Port;
    NdisAcquireSpinLock(&Port->Lock);
    Channel->SendsOut--;
    Port->SendsOut--;
    PortUnlockAndSettle(Port, Channel);
}

VOID ChannelLeave(PHUB_CHANNEL Channel)
{
    PHUB_PORT Port = Channel->Port;
    PCONDIS_NIC_MEMBER Member;
    NdisAcquireSpinLock(&Port->Lock);
    Channel->Leaving = TRUE;
    ChannelHold(Channel); /* nobody settles before this call is done with the channel */
    Member = Channel->Member;
    Channel->Member = NULL;
    Channel->MemberLeft = Member == NULL;
    NdisReleaseSpinLock(&Port->Lock);
    if (Member != NULL)
        CondisNicLeave(Member);
    ChannelUnhold(Channel);
}

VOID NTAPI PortLeaveComplete(PVOID NicContext, PVOID ChannelContext)
{
    PHUB_PORT Port = NicContext;
    PHUB_CHANNEL Channel = ChannelContext;
    if (ChannelContext == Port) /* the signalling's, which ends with the port */
        return;
    NdisAcquireSpinLock(&Port->Lock);
    Channel->MemberLeft = TRUE;
    PortUnlockAndSettle(Port, Channel);
}

VOID PortUnlockAndSettle(PHUB_PORT Port, PHUB_CHANNEL Channel)
{
    BOOLEAN Left = FALSE, Paused = FALSE;
    if (Channel != NULL && Channel->Leaving && Channel->Active && Channel->MemberLeft &&
        Channel->SendsOut == 0 && Channel->ReceivesOut == 0) {
        Channel->Active = FALSE;
        Port->ActiveChannels--;
        Left = TRUE;
    }
    if (Port->Pausing && Port->SendsOut == 0 && Port->ReceivesOut == 0) {
        Port->Pausing = FALSE;
        Paused = TRUE;
    }
    NdisReleaseSpinLock(&Port->Lock);
    if (Left)
        Port->Events->Left(Channel);
    if (Paused)
        NdisMPauseComplete(Port->Adapter);
}
