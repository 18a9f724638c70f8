/* SPDX-License-Identifier: MIT */
/* A state table says for every state and event: where to go, or which rule forbids it.
 *
 * A cell that nobody decided is all zero and a test finds it. GO and STAY are the legal cells;
 * REFUSES answers a request that something else crossed; BREAKS names the obligation, and the
 * status that the call answers, for what a driver may not do; NEVER marks what our own code cannot
 * produce. */
#ifndef CONDIS_NDIS_STATE_H
#define CONDIS_NDIS_STATE_H

#include "rules/rules.h"

#include <ndis.h>

enum state_action {
    STATE_UNDECIDED,
    STATE_GO,
    STATE_BREAKS,
    STATE_REFUSES,
    STATE_NEVER,
};

struct state_cell {
    uint8_t action;
    uint8_t next;
    uint16_t rule;
    NDIS_STATUS status;
};

/* The other end's doing crossed the request: it is refused with a status, and nobody is to
 * blame. */
#define REFUSES(status_)                                                                           \
    {                                                                                              \
        .action = STATE_REFUSES, .status = NDIS_STATUS_##status_                                   \
    }

/* As `next`: back to where the operation that failed had found the object. */
#define STATE_BACK 0xff

#define GO(next_)                                                                                  \
    {                                                                                              \
        .action = STATE_GO, .next = (next_)                                                        \
    }
#define BREAKS(rule_, status_)                                                                     \
    {                                                                                              \
        .action = STATE_BREAKS, .rule = RULE_##rule_, .status = NDIS_STATUS_##status_              \
    }
#define NEVER                                                                                      \
    {                                                                                              \
        .action = STATE_NEVER                                                                      \
    }

#endif
