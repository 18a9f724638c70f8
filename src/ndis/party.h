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

enum { PARTY_WAITING = 1 << 30 };

/* 128 bytes, two lines of the cache: what a party costs (DESIGN: constant, at most 160). */
struct party {
    struct object object;
    struct vc *_Atomic vc;          /* whose lock guards everything else here */
    NDIS_HANDLE client_context;     /* ProtocolPartyContext */
    NDIS_HANDLE _Atomic cm_context; /* CallMgrPartyContext */
    uint8_t state;                  /* enum party_state */
    bool incoming_drop; /* the client was told of the leaf's end and owes a drop (C88) */
    /* While the client is being told that the party joined: its generation, and PARTY_WAITING when
     * something is to be told after that; else 0. */
    _Atomic uint32_t telling;
    struct operation op; /* ADD_PARTY, DROP_PARTY */
    union {
        struct indication *deferred; /* what was told before the client heard of the add */
        struct party *next_spare;    /* while dead and kept by its VC */
    };
};

_Static_assert(sizeof(struct party) <= 128, "a party stays small");

/* The VC of a party; of a dead one, the VC of its last life. */
static inline struct vc *party_vc(const struct party *party)
{
    return atomic_load_explicit(&party->vc, memory_order_relaxed);
}

/* Gives the ended parties that a VC keeps back to the host. Caller holds vc->lock. */
void party_free_spares(struct vc *vc);

/* Takes a party for a call in PARTY_ADDING; not alive until party_publish. Caller holds vc->lock.
 * returns  NULL when memory is short */
struct party *party_new(struct vc *vc, NDIS_HANDLE ProtocolPartyContext);

/* Makes the party's handle valid. Caller holds vc->lock. */
NDIS_HANDLE party_publish(struct party *party);

/* Gives back a party that party_new made and nobody heard of. Caller holds vc->lock. */
void party_discard(struct party *party);

/* What party_step leaves to others: a step that the trace may want to hear of, and the end. */
void party_observed(const struct party *party, enum party_event event, uint8_t next);
void party_release(struct party *party);

/* Moves the party; the only writer of its state and of the VC's counts. Caller holds vc->lock.
 * PARTY_DROPPED, PARTY_CLOSED and PARTY_ADD_FAILED release it: its handle is dead. In line, because
 * the event is known where it is called. */
static inline const struct state_cell *party_step(struct party *party, enum party_event event)
{
    const struct state_cell *cell = &party_table[party->state][event];
    assert(cell->action != STATE_UNDECIDED);
    assert(cell->action != STATE_NEVER);
    if (cell->action == STATE_BREAKS)
        return cell;
    struct vc *vc = party_vc(party);
    if (__builtin_expect(exec_current()->observed, 0))
        party_observed(party, event, cell->next);
    if (party->state == PARTY_ACTIVE) {
        vc->active_party_count--;
        vc->told_party_count -= party->incoming_drop;
    }
    party->state = cell->next;
    if (party->state == PARTY_ACTIVE) {
        vc->active_party_count++;
        vc->told_party_count += party->incoming_drop;
    }
    if (event == PARTY_ADD_FAILED || event == PARTY_DROPPED || event == PARTY_CLOSED)
        party_release(party);
    return cell;
}

/* The party stands, though the client has not heard it yet: the VC's make call or its own addition
 * is over on the call manager's side. Caller holds vc->lock. */
static inline bool party_is_settled_untold(const struct party *party)
{
    const struct vc *vc = party->vc;
    return party->state == PARTY_ADDING &&
           (vc_settled_untold(&party->op, OP_ADD_PARTY) ||
            (vc->call_party == party && vc_settled_untold(&vc->call_op, OP_MAKE_CALL)));
}

/* What comes with the completion of an added party, in a multipoint call's making too. */
struct party_results {
    NDIS_HANDLE context;
    PVOID parameters;
};

/* Writes them: a `before` of operation_complete. with: struct party_results */
void party_fill(struct operation *op, void *with);

/* The party joined and the client is about to hear it: what the call manager tells of the party
 * from now on waits for party_told. Caller holds vc->lock. */
void party_joined(struct party *party);

/* The client has heard: tells it what had to wait. Call without locks; the party may be gone. */
void party_told(struct host *host, struct vc *vc, struct party *party, NDIS_HANDLE NdisPartyHandle);

/* Reports the use of a party that ended between the two looks of party_lock. returns NULL */
struct party *party_lock_failed(const struct call *call, struct vc *vc,
                                NDIS_HANDLE NdisPartyHandle);

/* Resolves a party handle for a call and locks its VC.
 * returns  NULL after the rule was reported */
static inline struct party *party_lock(const struct call *call, NDIS_HANDLE NdisPartyHandle)
{
    struct party *party =
        (struct party *)call_resolve(call, NdisPartyHandle, OBJECT_PARTY, "NdisPartyHandle");
    if (!party)
        return NULL;
    struct vc *vc = party_vc(party);
    exec_lock_named(&vc->lock, call->function);
    bool same = handle_still_names(NdisPartyHandle, &party->object) && party_vc(party) == vc;
    return __builtin_expect(same, 1) ? party : party_lock_failed(call, vc, NdisPartyHandle);
}

#endif
