/* SPDX-License-Identifier: MIT */
/* A party is one leaf of a multipoint call as the root's NDIS knows it. */
#ifndef CONDIS_NDIS_PARTY_H
#define CONDIS_NDIS_PARTY_H

#include "ndis/vc.h"

enum party_state {
    PARTY_ADDING, /* by NdisClAddParty, or first of a call being made */
    PARTY_ACTIVE,
    PARTY_DROPPING,
    PARTY_CLOSING, /* the last one: NdisClCloseCall runs */
    PARTY_STATE_COUNT
};

enum party_event {
    PARTY_ADDED,
    PARTY_ADD_FAILED,
    PARTY_CL_DROP, /* NdisClDropParty */
    PARTY_DROPPED,
    PARTY_DROP_FAILED,
    PARTY_CM_INCOMING_DROP, /* Ndis(M)CmDispatchIncomingDropParty */
    PARTY_CL_CLOSE,         /* NdisClCloseCall with this party */
    PARTY_CLOSED,
    PARTY_CLOSE_FAILED,
    PARTY_OID, /* NdisCoOidRequest, NdisMCmOidRequest for this party */
    PARTY_EVENT_COUNT
};

extern const struct state_cell party_table[PARTY_STATE_COUNT][PARTY_EVENT_COUNT];
extern const char *const party_state_names[PARTY_STATE_COUNT];
extern const char *const party_event_names[PARTY_EVENT_COUNT];

/* 120 bytes: what a party costs (DESIGN: constant, at most 160). */
struct party {
    struct object object;
    struct vc *vc;               /* whose lock guards everything here */
    NDIS_HANDLE client_context;  /* ProtocolPartyContext */
    NDIS_HANDLE cm_context;      /* CallMgrPartyContext */
    uint8_t state;               /* enum party_state */
    bool incoming_drop;          /* the client was told of the leaf's end and owes a drop (C88) */
    struct operation op;         /* ADD_PARTY, DROP_PARTY */
    struct indication *deferred; /* what the call manager told before the client heard of the add */
};

_Static_assert(sizeof(struct party) <= 128, "a party stays small");

/* Takes a party for a call in PARTY_ADDING; not alive until party_publish. Caller holds vc->lock.
 * returns  NULL when memory is short */
struct party *party_new(struct vc *vc, NDIS_HANDLE ProtocolPartyContext);

/* Makes the party's handle valid. Caller holds vc->lock. */
NDIS_HANDLE party_publish(struct party *party);

/* Moves the party; the only writer of its state and of the VC's counts. Caller holds vc->lock.
 * PARTY_DROPPED, PARTY_CLOSED and PARTY_ADD_FAILED release it: its handle is dead. */
const struct state_cell *party_step(struct party *party, enum party_event event);

/* Resolves a party handle for a call and locks its VC.
 * returns  NULL after the rule was reported */
struct party *party_lock(const struct call *call, NDIS_HANDLE NdisPartyHandle);

#endif
