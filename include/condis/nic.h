/* SPDX-License-Identifier: MIT */
/* A NIC is what a miniport driver has in place of hardware: one port on a medium. The medium's name
 * says which kind it is:
 *
 * NAME             a hub: it joins the adapters of several hosts of one world. A frame on channel 0
 *                  goes to the one station it names; a frame on any other channel is copied to
 *                  every other port that joined the channel.
 * tcp:HOST[:PORT]  a link: one wire to a switch or a neighbour that speaks atmtcp over TCP (port
 *                  2812; an IPv6 address with a port is in brackets). Live worlds only.
 * sim:NAME         a link as well, simulated: the first two who open the name are its ends.
 *
 * On a link a channel is VPI << 16 | VCI (signalling, 0/5, is channel 5), the VPI at most 255 and
 * the payload at most 65535 bytes. There is no channel 0, and no stations: their names are not
 * looked at, Source is empty. A port starts cut off: LinkChange tells when the link comes up, goes
 * down and comes again, which it tries by itself for as long as the port is open. A frame is the
 * sender's again when the wire took it. What arrives stays in a bounded store: when a driver keeps
 * all of it (Receive returned PENDING, or a membership is held), the link reads no more.
 *
 * Frames travel by reference: nothing copies payload. A frame and the memory under its MDLs are the
 * medium's from CondisNicSend until SendComplete, which on a hub runs when the last receiver let go
 * of it. So a slow receiver holds back its senders, and nothing else bounds or needs to bound a
 * queue.
 * Frames of one sender on one channel arrive in the order sent; there is no order between channels.
 *
 * All callbacks run at DISPATCH_LEVEL, one at a time for each port, on the processor that the port
 * belongs to (the one CondisNicOpen was called on). They may call every function here but
 * CondisNicOpen and CondisNicClose. No callback runs on the stack of a call into the medium, but it
 * may run on another processor before that call returns.
 *
 * Drivers include this after <ndis.h> and nothing else of condis. */
#ifndef CONDIS_NIC_H
#define CONDIS_NIC_H

#include <ndis.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One port; opaque. */
typedef struct _CONDIS_NIC CONDIS_NIC, *PCONDIS_NIC;

/* One port's membership of one channel; opaque. Every port has one of channel 0 while it is
 * open. */
typedef struct _CONDIS_NIC_MEMBER CONDIS_NIC_MEMBER, *PCONDIS_NIC_MEMBER;

#define CONDIS_NIC_NAME_CHARACTERS_MAX 63 /* of a medium's or a station's name */
#define CONDIS_NIC_CONTROL_CHANNEL     0u
#define CONDIS_NIC_FIRST_VCI           32u /* of the channels a port may hand out */
#define CONDIS_NIC_LAST_VCI            65535u

typedef struct _CONDIS_FRAME {
    ULONG Channel;              /* 0: to the station Destination; other: to who joined it */
    ULONG Length;               /* bytes of payload, from MdlOffset on in the chain; may be 0 */
    PMDL Mdl;                   /* chain that holds at least MdlOffset + Length bytes */
    ULONG MdlOffset;            /* bytes to skip at the start of the chain */
    ULONG Reserved;             /* zero */
    UNICODE_STRING Destination; /* channel 0 only; its characters live until SendComplete */
    UNICODE_STRING Source;      /* written by the medium: the sending station; read by receivers */
    PVOID SenderReserved[2];    /* the sender's; nobody else reads them */
    PVOID MediumReserved[8];    /* the medium's from send to SendComplete */
} CONDIS_FRAME, *PCONDIS_FRAME;

/* A frame arrived.
 * ChannelContext  as given to CondisNicJoin; NULL on channel 0
 * Frame           read-only, shared with other receivers; borrowed until return unless kept
 * returns NDIS_STATUS_SUCCESS: done with it. NDIS_STATUS_PENDING: kept, with the memory under its
 *         MDLs, until CondisNicReturn(Member, Frame), once. Other values count as SUCCESS.
 * IRQL    DISPATCH_LEVEL */
typedef NDIS_STATUS(NTAPI *CONDIS_NIC_RECEIVE)(PVOID NicContext, PCONDIS_NIC_MEMBER Member,
                                               PVOID ChannelContext, PCONDIS_FRAME Frame);

/* A frame is the sender's again.
 * Status  SUCCESS: every receiver let go of it (there may have been none on a joined channel); on a
 *         link: the wire took it. NO_ROUTE_TO_DESTINATION: channel 0 and no such station; on a
 *         link: no such channel. MEDIA_DISCONNECTED: this port is cut off, or was before all of the
 *         frame was written. INVALID_LENGTH: the chain is shorter than MdlOffset + Length, or
 *         Length is too long for the medium. SEND_ABORTED: the port is closing.
 * IRQL    DISPATCH_LEVEL */
typedef VOID(NTAPI *CONDIS_NIC_SEND_COMPLETE)(PVOID NicContext, PCONDIS_FRAME Frame,
                                              NDIS_STATUS Status);

/* A membership ended after CondisNicLeave: no Receive runs for it and every frame kept through it
 * was returned. The Member is dead on entry, the ChannelContext the driver's to free.
 * IRQL    DISPATCH_LEVEL */
typedef VOID(NTAPI *CONDIS_NIC_LEAVE_COMPLETE)(PVOID NicContext, PVOID ChannelContext);

/* The port was cut from the medium (FALSE) or joined to it again (TRUE). A port on a hub
 * starts joined, one on a link cut off.
 * IRQL    DISPATCH_LEVEL */
typedef VOID(NTAPI *CONDIS_NIC_LINK_CHANGE)(PVOID NicContext, BOOLEAN Connected);

typedef struct _CONDIS_NIC_CHARACTERISTICS {
    CONDIS_NIC_RECEIVE Receive;
    CONDIS_NIC_SEND_COMPLETE SendComplete;
    CONDIS_NIC_LEAVE_COMPLETE LeaveComplete;
    CONDIS_NIC_LINK_CHANGE LinkChange; /* may be NULL */
} CONDIS_NIC_CHARACTERISTICS, *PCONDIS_NIC_CHARACTERISTICS;

/* Opens a port. The medium begins with its first port and ends with its last.
 * MiniportAdapterHandle  as MiniportInitializeEx got it; names the host and so the world
 * MediumName             1..63 characters; ports of one world that give one name share a hub; or a
 *                        link's name, in ASCII
 * StationName            1..63 characters, unique on the hub; both names are copied
 * Characteristics        copied
 * NicContext             given back in every callback; Receive may run before this returns
 * Nic                    moves to the caller on SUCCESS; CondisNicClose ends it. Written before
 *                        the first callback.
 * returns SUCCESS; INVALID_PARAMETER: a name is empty, too long or no address, or a required
 *         callback is NULL; RESOURCE_CONFLICT: the station's name is taken, or the simulated link
 *         has two ends; RESOURCES: no memory or 65535 ports open; NOT_SUPPORTED: tcp: in a
 *         simulated world; ADAPTER_NOT_FOUND: no such adapter.
 * IRQL    PASSIVE_LEVEL */
NDIS_STATUS NTAPI CondisNicOpen(NDIS_HANDLE MiniportAdapterHandle, PCUNICODE_STRING MediumName,
                                PCUNICODE_STRING StationName,
                                const CONDIS_NIC_CHARACTERISTICS *Characteristics, PVOID NicContext,
                                PCONDIS_NIC *Nic);

/* Closes a port: no frame is received from here on, memberships end (their LeaveComplete runs),
 * and the call waits until every kept frame was returned and every SendComplete has run. The
 * port is dead, and none of its callbacks runs, when it returns.
 * IRQL    PASSIVE_LEVEL */
VOID NTAPI CondisNicClose(PCONDIS_NIC Nic);

/* The number of this port, 1..65535, unique among the ports open on the medium. The channels
 * (port << 16 | FIRST_VCI..LAST_VCI) are this port's to hand out; the medium does not police it.
 * On a link: 0, as its channels are under VPI 0.
 * IRQL    <= DISPATCH_LEVEL */
ULONG NTAPI CondisNicPort(PCONDIS_NIC Nic);

/* Sends a frame. Always ends in SendComplete for it, never on this call's stack.
 * Frame   moves to the medium; the driver filled Channel .. Destination
 * IRQL    <= DISPATCH_LEVEL */
VOID NTAPI CondisNicSend(PCONDIS_NIC Nic, PCONDIS_FRAME Frame);

/* Joins a channel: every frame that another port sends on it from here on is received.
 * Channel         not 0; joining twice is two memberships and receives twice
 * ChannelContext  given back in Receive and LeaveComplete
 * Held            TRUE: frames wait, and so hold back their senders, until CondisNicResume
 * Member          moves to the caller on SUCCESS; CondisNicLeave ends it. Written before the first
 *                 Receive for it.
 * returns SUCCESS, INVALID_PARAMETER (channel 0; on a link, a VPI over 255), RESOURCES, CLOSING
 * IRQL    <= DISPATCH_LEVEL */
NDIS_STATUS NTAPI CondisNicJoin(PCONDIS_NIC Nic, ULONG Channel, PVOID ChannelContext, BOOLEAN Held,
                                PCONDIS_NIC_MEMBER *Member);

/* Lets the frames of a held membership flow. Nothing happens when they flow already.
 * IRQL    <= DISPATCH_LEVEL */
VOID NTAPI CondisNicResume(PCONDIS_NIC_MEMBER Member);

/* Ends a membership: frames that wait for it are let go. Always ends in LeaveComplete, never on
 * this call's stack. Until then kept frames may, and must, be returned through it.
 * IRQL    <= DISPATCH_LEVEL */
VOID NTAPI CondisNicLeave(PCONDIS_NIC_MEMBER Member);

/* Gives back a frame that Receive kept.
 * IRQL    <= DISPATCH_LEVEL */
VOID NTAPI CondisNicReturn(PCONDIS_NIC_MEMBER Member, PCONDIS_FRAME Frame);

/* What a link counted since its port was opened; each count only grows. */
typedef struct _CONDIS_NIC_STATISTICS {
    ULONG64 FramesIn; /* all that arrived, invalid ones too */
    ULONG64 BytesIn;
    ULONG64 FramesOut; /* that the wire took */
    ULONG64 BytesOut;
    ULONG64 FramesFailed;   /* ended with MEDIA_DISCONNECTED or SEND_ABORTED on the link */
    ULONG64 FramesInvalid;  /* on channels that nobody joined */
    ULONG64 FramesNoBuffer; /* lost for want of memory */
    ULONG64 Connects;       /* times the link came up */
} CONDIS_NIC_STATISTICS, *PCONDIS_NIC_STATISTICS;

/* Copies the counts of a port on a link.
 * returns SUCCESS; NOT_SUPPORTED: the port is on a hub
 * IRQL    <= DISPATCH_LEVEL */
NDIS_STATUS NTAPI CondisNicStatistics(PCONDIS_NIC Nic, PCONDIS_NIC_STATISTICS Statistics);

#ifdef __cplusplus
}
#endif
#endif
