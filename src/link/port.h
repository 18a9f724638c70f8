/* SPDX-License-Identifier: MIT */
/* A port is one adapter's place on a hub; a flow is a channel, or a port's inbox of channel 0; a
 * member is one port's place on a flow. Private to src/link. Every field is guarded by the hub's
 * lock unless it says "fixed". */
#ifndef CONDIS_LINK_PORT_H
#define CONDIS_LINK_PORT_H

#include "link/hub.h"
#include "link/index.h"
#include "link/nic.h"

struct hub {
    struct exec_link link;    /* in the world's list; guarded by the registry's lock    */
    struct exec_world *world; /* fixed                                                  */
    struct exec_lock lock;
    struct hub_shape shape;
    bool shaped;           /* the host program set the shape: keep the hub           */
    uint32_t users;        /* ports and callers under way; guarded by the registry   */
    struct index stations; /* of CONDIS_NIC                                     */
    struct index channels; /* of struct flow                                         */
    struct index numbers;  /* of CONDIS_NIC                                     */
    uint32_t last_number;
    uint32_t port_count;
    USHORT name_bytes; /* fixed                                                  */
    WCHAR name[CONDIS_NIC_NAME_CHARACTERS_MAX];
};

/* What a frame's MediumReserved holds. Frames in a flow are a two-way list, oldest first. Each
 * member that has not let go holds one reference; a frame without references leaves the list. */
struct frame_state {
    CONDIS_FRAME *next;
    CONDIS_FRAME *prev;
    CONDIS_NIC *sender;
    struct flow *flow;
    uint64_t sent_at;
    uint32_t references;
    NDIS_STATUS status;
};
_Static_assert(sizeof(struct frame_state) <= sizeof(((CONDIS_FRAME *)0)->MediumReserved),
               "a frame has room for the medium");

static inline struct frame_state *frame_state(CONDIS_FRAME *frame)
{
    return (struct frame_state *)(void *)frame->MediumReserved;
}

struct flow {
    struct index_node node; /* in hub.channels; not used by an inbox */
    ULONG channel;          /* fixed */
    struct exec_link members;
    CONDIS_FRAME *first;
    CONDIS_FRAME *last;
};

/* CONDIS_NIC_MEMBER. cursor is the next frame to receive: the member holds a reference to it and to
 * every later frame of the flow that its own port did not send. */
struct _CONDIS_NIC_MEMBER {
    struct nic_head head; /* fixed */
    struct exec_link in_flow;
    struct exec_link in_port;
    struct exec_link ready; /* in port.ready or, ended, in port.left */
    CONDIS_NIC *port;       /* fixed */
    struct flow *flow;      /* fixed */
    void *context;          /* fixed */
    CONDIS_FRAME *cursor;
    struct exec_timer timer; /* until the cursor's frame is due */
    uint64_t due;            /* of the cursor's frame; 0: not drawn yet */
    uint64_t out_count;      /* frames in the driver's hands */
    bool timer_set;
    bool held;
    bool leaving;
    bool receiving; /* inside Receive */
    bool ended;
};

/* CONDIS_NIC. */
struct _CONDIS_NIC {
    struct nic_head head; /* fixed */
    struct index_node by_station;
    struct index_node by_number;
    struct hub *hub;        /* fixed */
    struct exec *exec;      /* fixed */
    uint32_t processor;     /* fixed */
    uint32_t number;        /* fixed */
    struct nt_owner *owner; /* fixed: the driver that the callbacks run for */
    CONDIS_NIC_CHARACTERISTICS calls;
    void *context;
    struct exec_item item;
    struct exec_link ready;   /* members that may have a frame to receive */
    struct exec_link left;    /* ended members whose LeaveComplete is due */
    struct exec_link members; /* all but the inbox's */
    CONDIS_FRAME *done_first; /* frames whose SendComplete is due */
    CONDIS_FRAME *done_last;
    uint64_t sent_count;  /* frames that are the medium's */
    uint64_t leave_count; /* members, but for the inbox's, whose LeaveComplete has not run */
    struct flow inbox;
    CONDIS_NIC_MEMBER inbox_member;
    struct exec_waitable closed;
    bool posted; /* the item is queued or running */
    bool closing;
    bool cut;
    bool cut_told; /* the driver knows of */
    USHORT name_bytes;
    WCHAR name[CONDIS_NIC_NAME_CHARACTERS_MAX];
};

extern const struct nic_ops hub_nic_ops;

/* With the lock held: */
void port_post(CONDIS_NIC *port);
void port_run(struct exec_item *item); /* without the lock: the port's exec_item */
void frame_finish(CONDIS_FRAME *frame, NDIS_STATUS status);
void member_init(CONDIS_NIC_MEMBER *member, CONDIS_NIC *port, struct flow *flow, void *context);
void member_discard(CONDIS_NIC_MEMBER *member);
void member_leave(CONDIS_NIC_MEMBER *member);
void member_end_if_idle(CONDIS_NIC_MEMBER *member);
void member_wake(CONDIS_NIC_MEMBER *member);
CONDIS_FRAME *member_take(CONDIS_NIC_MEMBER *member);
void member_release(CONDIS_NIC_MEMBER *member, CONDIS_FRAME *frame);
void flow_offer(struct flow *flow, CONDIS_NIC *sender, CONDIS_FRAME *frame);

#endif
