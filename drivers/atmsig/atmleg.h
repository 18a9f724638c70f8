/* SPDX-License-Identifier: MIT */
/* A leg of the UNI is a call's or a party's place at its call manager: hubsig's leg, chained to the
 * other legs of its call. Plain C, no NDIS. */
#ifndef ATMLEG_H
#define ATMLEG_H

#include "hubsig.h"

struct atm_call;

/* leg.ref is the call's handle, leg.peer_ref the party's endpoint reference. */
struct atm_leg {
    struct hubsig_leg leg; /* first */
    struct atm_call *call; /* NULL: none, or no more */
    struct atm_leg *next;
    struct atm_leg *prev;
    struct atm_leg *ready_next; /* legs with something to tell */
    struct atm_leg *ready_prev;
    uint64_t serial; /* of its party, so that what is late finds nobody */
    uint32_t status; /* of its end */
    uint8_t *data;   /* close data of its end; the engine's */
    uint16_t data_bytes;
    uint8_t end;    /* how it ended in the network, ATM_... */
    bool ready;     /* it has something to tell */
    bool answered;  /* which is this */
    bool connected; /* or this */
    bool ended;     /* or its end */
    bool party;     /* it is one of a multipoint call's */
};

#endif
