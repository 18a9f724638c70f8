/* SPDX-License-Identifier: MIT */
/* A NIC is what a miniport driver has in place of hardware: one port on a medium that joins the
 * adapters of several hosts by name.
 *
 * A medium carries frames between ports. A frame on channel 0 goes to the one station it names; a
 * frame on any other channel is copied to every other port that joined the channel. On an ATM link
 * a channel is VPI << 16 | VCI.
 *
 * Frames travel by reference: nothing copies payload. A frame and the memory under its MDLs are the
 * medium's from CondisNicSend until SendComplete, which runs when the last receiver let go of it.
 * So a slow receiver holds back its senders, and nothing else bounds or needs to bound a queue.
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
 * Status  SUCCESS: every receiver let go of it (there may have been none on a joined channel).
 *         NO_ROUTE_TO_DESTINATION: channel 0 and no such station. MEDIA_DISCONNECTED: this port is
 *         cut off. INVALID_LENGTH: the chain is shorter than MdlOffset + Length. SEND_ABORTED: the
 *         port is closing.
 * IRQL    DISPATCH_LEVEL */
typedef VOID(NTAPI *CONDIS_NIC_SEND_COMPLETE)(PVOID NicContext, PCONDIS_FRAME Frame,
                                              NDIS_STATUS Status);

/* A membership ended after CondisNicLeave: no Receive runs for it and every frame kept through it
 * was returned. The Member is dead on entry, the ChannelContext the driver's to free.
 * IRQL    DISPATCH_LEVEL */
typedef VOID(NTAPI *CONDIS_NIC_LEAVE_COMPLETE)(PVOID NicContext, PVOID ChannelContext);

/* The port was cut from the medium (FALSE) or joined to it again (TRUE). A port starts joined.
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
 * MediumName             1..63 characters; ports of one world that give one name share a medium
 * StationName            1..63 characters, unique on the medium; both names are copied
 * Characteristics        copied
 * NicContext             given back in every callback; Receive may run before this returns
 * Nic                    moves to the caller on SUCCESS; CondisNicClose ends it. Written before
 *                        the first callback.
 * returns SUCCESS; INVALID_PARAMETER: a name is empty or too long, or a required callback is NULL;
 *         RESOURCE_CONFLICT: the station's name is taken; RESOURCES: no memory or 65535 ports open;
 *         ADAPTER_NOT_FOUND: no such adapter.
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
 * returns SUCCESS, INVALID_PARAMETER (channel 0), RESOURCES, CLOSING
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

#ifdef __cplusplus
}
#endif
#endif
