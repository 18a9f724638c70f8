/* SPDX-License-Identifier: MIT */
/* The engine of the hub's signalling: calls between stations that have no switch between them, as
 * pure state. Requests, received messages and time go in; at most one message to send and one thing
 * to tell come out of each step. It calls nobody but its memory functions and has no clock.
 *
 * A leg is what a root and one leaf know of each other. A point-to-point call is one leg; a
 * multipoint call is one leg for each party, on one channel; at the leaf a call is one leg. A leg's
 * memory is its user's, so that a party and its leg are one allocation; the engine only keeps a
 * reference table, through which a received message finds its leg at once.
 *
 * The caller serialises: one lock around every function of one engine. Plain C, no NDIS. */
#ifndef HUBSIG_H
#define HUBSIG_H

#include "message.h"

enum hubsig_state {
#define STATE(name, meaning) name,
#include "state.def"
#undef STATE
    HUBSIG_STATES,
};

enum hubsig_event {
#define EVENT(name, meaning) name,
#include "event.def"
#undef EVENT
    HUBSIG_EVENTS,
    RX_OFFER = HUBSIG_EVENTS, /* begins a leg, so it is no event of one */
};

/* What a step tells the leg's user. */
enum hubsig_tell {
    HUBSIG_TELL_NOTHING,
    HUBSIG_TELL_OFFER,     /* a call comes in: hubsig_take_offer or hubsig_refuse_offer       */
    HUBSIG_TELL_ANSWERED,  /* the leaf accepted: confirm or clear                             */
    HUBSIG_TELL_REFUSED,   /* the offer failed with `status`; the leg has ended               */
    HUBSIG_TELL_CONNECTED, /* the root confirmed                                              */
    HUBSIG_TELL_CLEARED,   /* the other end went, with `status` and data: clear               */
    HUBSIG_TELL_DONE,      /* the leg, which was being cleared, has ended                     */
    HUBSIG_TELL_MODIFY,    /* the other end wants other flows: answer                         */
    HUBSIG_TELL_MODIFIED,  /* the other end agreed to the flows asked for                     */
    /* it did not, with `status`                                       */
    HUBSIG_TELL_MODIFY_REFUSED,
    HUBSIG_TELLS,
};

#define HUBSIG_STATUS_CLEARED 0x00000000u /* NDIS_STATUS_SUCCESS: an ordinary release            */
#define HUBSIG_STATUS_FAILURE 0xC0000001u /* NDIS_STATUS_FAILURE                                 */
#define HUBSIG_STATUS_SILENT  0xC0010024u /* NDIS_STATUS_DEST_OUT_OF_ORDER: no answer in time    */
#define HUBSIG_STATUS_LOST    0xC0010025u /* NDIS_STATUS_VC_NOT_AVAILABLE: unknown to the other  */

/* A place in a list of running timers, oldest first. */
struct hubsig_timer {
    struct hubsig_timer *next;
    struct hubsig_timer *prev;
    uint64_t due_ms;
    bool runs;
};

struct hubsig_leg {
    struct hubsig_timer timer; /* first */
    uint32_t ref;              /* ours; 0: in no table */
    uint32_t peer_ref;         /* 0: not known yet */
    struct hubsig_name peer;
    uint8_t state; /* enum hubsig_state; written by the engine only */
    bool added;    /* it rides on ADD PARTY, not on SETUP */
    bool drop;     /* it is cleared with DROP PARTY, not with RELEASE */
};

struct hubsig_memory {
    void *(*allocate)(void *context, size_t bytes); /* NULL on failure */
    void (*release)(void *context, void *memory);
    void *context;
};

struct hubsig_slot {
    struct hubsig_leg *leg; /* NULL: free */
    uint32_t next_free;
    uint8_t generation;
};

struct hubsig {
    struct hubsig_name name;
    struct hubsig_memory memory;
    struct hubsig_slot *slots;
    uint32_t slot_count;
    uint32_t free_first; /* slots are reused oldest first, so that a reference rests */
    uint32_t free_last;
    uint32_t leg_count;
    uint64_t answer_ms;
    struct hubsig_timer timers; /* head of the circle */
    uint64_t malformed_count;   /* messages from elsewhere that were not to be understood */
    uint64_t unknown_count;     /* messages for a leg that does not exist */
    uint64_t misplaced_count;   /* messages that do not fit the state of their leg */
};

/* What a step wants done. message.data, and data, point into the step's input. */
struct hubsig_step {
    bool send;
    struct hubsig_message message;
    enum hubsig_tell tell;
    struct hubsig_leg *leg;                /* whom the tell is about; NULL with an offer */
    uint32_t status;                       /* of the tell */
    const struct hubsig_message *received; /* what caused the tell, or NULL */
};

/* Fills an engine. answer_ms: how long an answer may take, 1.. */
void hubsig_begin(struct hubsig *engine, const struct hubsig_name *name, uint64_t answer_ms,
                  const struct hubsig_memory *memory);

/* Ends an engine. Legs that have not ended are forgotten, and must not be passed to it again: their
 * owner neglects them, which is for NDIS to say. */
void hubsig_end(struct hubsig *engine);

enum hubsig_result {
    HUBSIG_OK,
    HUBSIG_NO_MEMORY, /* nothing changed */
    HUBSIG_REFUSED,   /* the leg's state does not allow the request; nothing changed */
};

/* Starts a leg with the SETUP or ADD PARTY in `offer`, of which type, flows, addresses, channel,
 * endpoint, to and data are used. leg: zeros. */
enum hubsig_result hubsig_offer(struct hubsig *engine, struct hubsig_leg *leg,
                                const struct hubsig_message *offer, uint64_t now_ms,
                                struct hubsig_step *step);

/* Starts a leg for a received offer. leg: zeros. Sends nothing. */
enum hubsig_result hubsig_take_offer(struct hubsig *engine, struct hubsig_leg *leg,
                                     const struct hubsig_message *offer);

/* Answers a received offer that no leg was started for. */
void hubsig_refuse_offer(struct hubsig *engine, const struct hubsig_message *offer, uint32_t status,
                         struct hubsig_step *step);

/* One request (REQ_...) about a leg. detail: its flows, status and data; NULL when it needs
 * none. */
enum hubsig_result hubsig_request(struct hubsig *engine, struct hubsig_leg *leg,
                                  enum hubsig_event request, const struct hubsig_message *detail,
                                  uint64_t now_ms, struct hubsig_step *step);

/* Feeds a frame that arrived.
 * bytes     borrowed as long as *step is used
 * received  filled; the caller's storage behind step->received
 * A malformed frame is the sender's fault: it is counted, and step is empty. */
void hubsig_receive(struct hubsig *engine, const uint8_t *bytes, size_t byte_count, uint64_t now_ms,
                    struct hubsig_message *received, struct hubsig_step *step);

/* A message that this engine sent did not reach its station (the medium said so).
 * bytes, step: as hubsig_receive. */
void hubsig_undelivered(struct hubsig *engine, const uint8_t *bytes, size_t byte_count,
                        uint32_t status, uint64_t now_ms, struct hubsig_message *sent,
                        struct hubsig_step *step);

/* When the next timer is due; UINT64_MAX: none runs. */
uint64_t hubsig_due_ms(const struct hubsig *engine);

/* Takes one timer that is due. returns false, with step empty, when none is. Call until then. */
bool hubsig_expire(struct hubsig *engine, uint64_t now_ms, struct hubsig_step *step);

const char *hubsig_state_name(enum hubsig_state state);
const char *hubsig_event_name(enum hubsig_event event);

#endif
