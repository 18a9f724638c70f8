/* SPDX-License-Identifier: MIT */
/* A NIC on a link from the inside: linknic.c is its life and what it sends, linknic_in.c what it
 * receives. Private to both. Fields are guarded by the NIC's lock unless marked "fixed". */
#ifndef CONDIS_LINK_LINKNIC_INSIDE_H
#define CONDIS_LINK_LINKNIC_INSIDE_H

#include "link/index.h"
#include "link/linknic.h"

/* What a frame's MediumReserved holds while it is sent. */
struct out_state {
    struct link_frame frame;
    CONDIS_FRAME *next; /* among those that end without having been on the link */
    NDIS_STATUS status;
};
_Static_assert(sizeof(struct out_state) <= sizeof(((CONDIS_FRAME *)0)->MediumReserved),
               "a frame has room for the link");

static inline struct out_state *out_state(CONDIS_FRAME *frame)
{
    return (struct out_state *)(void *)frame->MediumReserved;
}

/* A frame that arrived, as the driver sees it; kept for the next one when it is done with. */
struct in_frame {
    CONDIS_FRAME frame;
    MDL mdls[ATMTCP_PIECE_COUNT_MAX];
    struct atmtcp_view view;
    struct in_frame *next; /* waits, or spare */
};

/* CONDIS_NIC_MEMBER. */
struct link_member {
    struct nic_head head;
    struct index_node node;   /* the first of its channel is in the index ... */
    struct link_member *twin; /* ... and holds the others, latest first */
    struct exec_link in_nic;
    struct exec_link ready; /* in nic.ready or, ended, in nic.left */
    struct link_nic *nic;   /* fixed */
    ULONG channel;          /* fixed */
    void *context;          /* fixed */
    struct in_frame *first; /* wait to be received */
    struct in_frame *last;
    uint64_t out_count; /* in the driver's hands */
    bool held;
    bool leaving;
    bool receiving; /* inside Receive */
    bool ended;
};

/* CONDIS_NIC. */
struct link_nic {
    struct nic_head head;
    struct exec *exec;      /* fixed */
    uint32_t processor;     /* fixed: the link's */
    struct nt_owner *owner; /* fixed */
    CONDIS_NIC_CHARACTERISTICS calls;
    void *context;
    struct link *link; /* fixed */
    struct exec_lock lock;
    struct exec_item item;
    struct index channels; /* of struct link_member */
    struct exec_link members;
    struct exec_link ready; /* members that have something to receive */
    struct exec_link left;  /* members whose LeaveComplete is due */
    CONDIS_FRAME *done_first;
    CONDIS_FRAME *done_last;
    struct in_frame *spare;
    uint64_t sent_count;  /* frames that are the medium's */
    uint64_t leave_count; /* members whose LeaveComplete has not run */
    uint64_t invalid_count;
    uint64_t no_buffer_count;
    struct exec_waitable closed;
    bool posted;
    _Atomic bool closing; /* written under the lock, read by all */
    bool link_closed;
};

/* With the lock held: */
void nic_post(struct link_nic *nic);
struct link_member *nic_member(struct link_nic *nic, ULONG channel);
void nic_remove_member(struct link_nic *nic, struct link_member *member);
void link_member_leave(struct link_member *member);
bool nic_deliver_one(struct link_nic *nic); /* lets go of the lock meanwhile */

/* Without it: */
void nic_receive(void *context, const struct atmtcp_view *view);
NDIS_STATUS nic_join(PCONDIS_NIC head, ULONG channel, PVOID context, BOOLEAN held,
                     PCONDIS_NIC_MEMBER *out);
VOID nic_resume(PCONDIS_NIC_MEMBER head);
VOID nic_leave(PCONDIS_NIC_MEMBER head);
VOID nic_give_back(PCONDIS_NIC_MEMBER head, PCONDIS_FRAME frame);

#endif
