/* SPDX-License-Identifier: MIT */
/* What the files of atmsig share. */
#ifndef ATMSIG_INSIDE_H
#define ATMSIG_INSIDE_H

#include "atmsig.h"
#include "saal/saal.h"

enum {
    ATM_ELEMENT_BYTES = 512,      /* of the information elements of an offer, as NDIS has them */
    ATM_POOL_BYTES = 16u << 20,   /* that the link may hold */
    ATM_BACKLOG_COUNT = 1u << 17, /* SDUs that it may hold: an ADD PARTY for each possible party */
    ATM_RETRY_MS = 100,           /* after memory ran out */
};

/* An offer that the network made and nobody has taken or refused yet. */
struct atm_offer {
    struct atm_offer *next;
    struct atm_offer *prev;
    struct atm_call *call; /* NULL: the network has taken it back */
    bool told;
    uint16_t party;
    bool added; /* ADD PARTY: only the party is offered */
    struct hubsig_message message;
    uint8_t elements[ATM_ELEMENT_BYTES];
};

/* A call of the uni, until the uni says CLEARED. It is the cookie of its call. */
struct atm_call {
    struct atm_call *next;
    struct atm_call *prev;
    uint32_t handle;
    uint32_t channel;
    struct hubsig_flow forward;
    struct hubsig_flow backward;
    struct atm_leg *first;    /* its legs */
    struct atm_leg *setup;    /* the leg of SETUP; NULL: none any more */
    struct atm_leg **parties; /* by endpoint reference */
    uint32_t party_room;
    struct atm_offer *setup_offer;
    uint16_t setup_party;
    bool multipoint;
    bool ours;
    bool ending;    /* the uni told RELEASE: it wants ours, when no leg is left */
    bool releasing; /* ours is to be said, and could not for want of memory */
};

struct atmsig {
    struct uni *uni;
    struct saal *saal;
    struct saal_pool *pool;
    struct saal_event event; /* the link's last one */
    bool event_waits;        /* the uni had no memory for it */
    struct hubsig_memory memory;
    enum uni_version version;
    uint64_t now_ms;
    uint64_t retry_ms; /* 0: nothing is to be done again */
    uint64_t serial;   /* of parties */
    bool linked;
    bool wire_lost;   /* until atmsig_want */
    bool losing;      /* the layer below had no room to hear of it */
    bool link_wanted; /* when the wire is there again */
    struct atm_call *calls;
    struct atm_offer *offers; /* oldest first */
    struct atm_offer *offers_last;
    struct atm_leg *ready; /* legs with something to tell, oldest first */
    struct atm_leg *ready_last;
    struct hubsig_message told; /* behind step->received */
    uint8_t told_data[UNI_USER_USER_BYTES_MAX + 1];
    struct uni_message out; /* being built */
};

/* How a leg ended in the uni. */
enum {
    ATM_GOING,
    ATM_END_ASKED, /* the network wants our answer */
    ATM_END_GONE,
};

/* ---- atmsig.c: the link, and what waits to be told ---- */

/* Passes on what the layers have for each other until they are quiet. */
void sig_settle(struct atmsig *sig);
void leg_ready(struct atmsig *sig, struct atm_leg *leg);
void leg_unready(struct atmsig *sig, struct atm_leg *leg);
void *sig_allocate(struct atmsig *sig, size_t bytes); /* zeros */
void sig_release(struct atmsig *sig, void *memory);
void offer_append(struct atmsig *sig, struct atm_offer *offer);
void offer_remove(struct atmsig *sig, struct atm_offer *offer);

/* ---- call.c: calls and their legs ---- */

void sig_event(struct atmsig *sig, const struct uni_event *event);
struct atm_call *call_new(struct atmsig *sig);
void call_delete(struct atmsig *sig, struct atm_call *call);
bool call_attach(struct atmsig *sig, struct atm_call *call, struct atm_leg *leg, uint16_t party);
/* Takes a leg from its call; the last one says RELEASE if the uni waits for it. `elements` may be
 * NULL. */
void call_detach(struct atmsig *sig, struct atm_leg *leg, struct uni_message *elements);
void call_release(struct atmsig *sig, struct atm_call *call, struct uni_message *elements);

/* ---- elements.c: information elements of NDIS and of the UNI ---- */

/* Puts an offer into a message; its views point into the offer and its data. returns false when
 * something of it cannot be said on this UNI. */
bool elements_write(struct uni_message *message, const struct hubsig_message *offer,
                    enum uni_version version);
/* Reads a SETUP or ADD PARTY into an offer; elements has ATM_ELEMENT_BYTES. */
void elements_read(const struct uni_message *message, struct hubsig_message *offer,
                   uint8_t *elements);
/* Reads the flows of a message that may have some. */
void elements_read_flows(const struct uni_message *message, struct hubsig_message *offer);

#endif
