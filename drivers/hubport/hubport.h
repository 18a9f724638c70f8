/* SPDX-License-Identifier: MIT */
/* A port is what a miniport on the hub does with its NIC, whatever stands above: net buffer lists
 * out as frames and frames in as net buffer lists, both by reference; pause and restart; statistics
 * and OIDs. Shared by the two miniports of the hub.
 *
 * Locks: PORT.Lock guards every field below that changes; it is never held in a call to NDIS or to
 * the NIC that could come back. */
#ifndef HUBPORT_H
#define HUBPORT_H

#include <ndis.h>

#include <condis/nic.h>

#include "message.h"
#include "huboid.h"

#define HUB_PORT_TAG 'tPuH'

typedef struct _HUB_PORT HUB_PORT, *PHUB_PORT;
typedef struct _HUB_CHANNEL HUB_CHANNEL, *PHUB_CHANNEL;

typedef struct _HUB_COUNTS {
    ULONG64 SendFrames;
    ULONG64 SendBytes;
    ULONG64 SendErrors;
    ULONG64 ReceiveFrames;
    ULONG64 ReceiveBytes;
    ULONG64 ReceiveErrors;
    ULONG64 ReceiveNoBuffer;
} HUB_COUNTS;

/* What the miniport wants to hear; all at DISPATCH_LEVEL on the port's processor, but Left, which
 * may run inside ChannelLeave. */
typedef struct _HUB_PORT_EVENTS {
    /* A message came; returns as CONDIS_NIC_RECEIVE. */
    NDIS_STATUS (*Control)(PHUB_PORT Port, PCONDIS_NIC_MEMBER Member, PCONDIS_FRAME Frame);
    /* A message that PortSendControl took did not reach its station. */
    VOID (*Undelivered)(PHUB_PORT Port, const UCHAR *Message, ULONG Length, NDIS_STATUS Status);
    /* ChannelLeave ended. */
    VOID (*Left)(PHUB_CHANNEL Channel);
    /* The link came up or went down; may be NULL. */
    VOID (*LinkChange)(PHUB_PORT Port, BOOLEAN Connected);
} HUB_PORT_EVENTS;

struct _HUB_PORT {
    NDIS_HANDLE Adapter;
    PCONDIS_NIC Nic;
    const HUB_PORT_EVENTS *Events;
    struct hubsig_name Station;
    ULONG Number;
    NDIS_SPIN_LOCK Lock;
    NDIS_HANDLE NblPool;
    NPAGED_LOOKASIDE_LIST Frames;
    NPAGED_LOOKASIDE_LIST Messages;
    HUB_COUNTS Totals;
    ULONG64 SendsOut;    /* frames of net buffer lists that the NIC has */
    ULONG64 ReceivesOut; /* net buffer lists that NDIS has */
    ULONG ActiveChannels;
    BOOLEAN Running;
    BOOLEAN Pausing;
    BOOLEAN Connected;        /* guarded by Lock: the link's processor writes it */
    BOOLEAN Link;             /* it is on a link, not on a hub */
    UCHAR Esi[HUB_ESI_BYTES]; /* on a link: PortReadAddresses' */
    UCHAR Address[HUB_ADDRESS_BYTES];
    BOOLEAN HasAddress;
    LONG Removed; /* the device was pulled out */
};

/* What a VC has of its port. */
struct _HUB_CHANNEL {
    PHUB_PORT Port;
    NDIS_HANDLE NdisVcHandle;
    ULONG Channel;             /* 0: carries messages */
    PCONDIS_NIC_MEMBER Member; /* NULL: not joined, or channel 0 */
    HUB_COUNTS Counts;
    ULONG64 SendsOut;
    ULONG64 ReceivesOut; /* of channel 0; the NIC counts those of others */
    BOOLEAN Active;
    BOOLEAN Transmit;
    BOOLEAN Leaving;
    BOOLEAN MemberLeft;
};

/* Opens the NIC as the configuration says ("Hub", or "Link" for a port with Link set; "Station",
 * which PortReadStation read) and allocates what the data path needs. Port: zeros but for Link and
 * Station. At PASSIVE. returns SUCCESS; FAILURE with an
 * error log entry when a name is missing or malformed; RESOURCES; what CondisNicOpen returned.
 * Nothing is left on failure. */
NDIS_STATUS PortOpen(PHUB_PORT Port, NDIS_HANDLE Adapter, const HUB_PORT_EVENTS *Events);

/* Reads "Station" alone, before PortOpen. At PASSIVE. returns SUCCESS, FAILURE. */
NDIS_STATUS PortReadStation(NDIS_HANDLE Adapter, struct hubsig_name *Station);

/* Reads what a link's port is called besides its station, which was read. "Esi", 12 hexadecimal
 * digits: its end system identifier; without it, one that is derived from the station's name.
 * "Address", 40 digits: one more address. At PASSIVE. returns SUCCESS, FAILURE. */
NDIS_STATUS PortReadAddresses(PHUB_PORT Port, NDIS_HANDLE Adapter);

/* The bytes of a frame that is a message (1.. bytes): where they lie when they are in one piece,
 * else in *Copy, which moves to the caller (NdisFreeMemory). NULL: no memory. */
const UCHAR *PortMessage(PHUB_PORT Port, PCONDIS_FRAME Frame, UCHAR **Copy);

/* Ends it; every channel has left. At PASSIVE; waits for the NIC. */
VOID PortClose(PHUB_PORT Port);

/* Registration and general attributes of a CO adapter on the hub. */
NDIS_STATUS PortSetAttributes(PHUB_PORT Port, NDIS_HANDLE Adapter, PVOID AdapterContext);

/* Reads an integer of the adapter's configuration; Default when it is absent. At PASSIVE. */
ULONG PortReadInteger(NDIS_HANDLE Configuration, const WCHAR *Name, ULONG Default);

/* MiniportPause and MiniportRestart. */
NDIS_STATUS PortPause(PHUB_PORT Port);
NDIS_STATUS PortRestart(PHUB_PORT Port);

/* MiniportDevicePnPEventNotify. */
VOID PortPnPEvent(PHUB_PORT Port, PNET_DEVICE_PNP_EVENT Event);

/* Whether the port's medium is there now. Any IRQL up to DISPATCH_LEVEL. */
BOOLEAN PortIsConnected(PHUB_PORT Port);

/* Sends a message to the station that it names. It is copied. Without memory it is lost, as on a
 * bad line: the other end's timers find out. */
VOID PortSendControl(PHUB_PORT Port, const struct hubsig_message *Message);

/* On a link: what comes on a channel goes to Events->Control from here on, until PortClose. A
 * frame says its channel. */
NDIS_STATUS PortSignal(PHUB_PORT Port, ULONG Channel);

/* On a link: sends bytes on a channel; they are copied. Lost as PortSendControl's. */
VOID PortSendBytes(PHUB_PORT Port, ULONG Channel, const UCHAR *Bytes, ULONG Length);

/* A VC becomes active: it may send when Transmit. */
VOID ChannelOpen(PHUB_CHANNEL Channel, PHUB_PORT Port, NDIS_HANDLE NdisVcHandle, ULONG Number,
                 BOOLEAN Transmit);

/* Joins the channel's frames, held back or flowing. Once. */
NDIS_STATUS ChannelJoin(PHUB_CHANNEL Channel, BOOLEAN Held);

/* Lets them flow. */
VOID ChannelResume(PHUB_CHANNEL Channel);

/* The VC is being deactivated: no receive is indicated from here on. Ends in Events->Left when
 * every send has completed and every indicated list was returned. */
VOID ChannelLeave(PHUB_CHANNEL Channel);

/* Takes ChannelOpen back when ChannelJoin failed: the VC was never told to be active. */
VOID ChannelCancel(PHUB_CHANNEL Channel);

/* With the port's lock held: keeps the channel from leaving until ChannelUnhold. */
VOID ChannelHold(PHUB_CHANNEL Channel);
VOID ChannelUnhold(PHUB_CHANNEL Channel);

/* MiniportCoSendNetBufferLists. */
VOID ChannelSend(PHUB_CHANNEL Channel, PNET_BUFFER_LIST NetBufferLists, ULONG SendFlags);

/* Indicates a frame of channel 0 on a VC that carries messages; returns as CONDIS_NIC_RECEIVE. */
NDIS_STATUS ChannelIndicate(PHUB_CHANNEL Channel, PCONDIS_NIC_MEMBER Member, PCONDIS_FRAME Frame);

/* MiniportReturnNetBufferLists. */
VOID PortReturn(PHUB_PORT Port, PNET_BUFFER_LIST NetBufferLists, ULONG ReturnFlags);

/* MiniportCoOidRequest. Channel may be NULL. Always final. */
NDIS_STATUS PortOidRequest(PHUB_PORT Port, PHUB_CHANNEL Channel, PNDIS_OID_REQUEST Request);

#endif
