/* SPDX-License-Identifier: MIT */
/* The SSCF-UNI maps what signalling asks for to SSCOP, and SSCOP's signals back (Q.2130, SIG §2.8).
 *
 * It is a table and the state it is in; saal.h joins it with an SSCOP entity. */
#ifndef CONDIS_SAAL_SSCF_H
#define CONDIS_SAAL_SSCF_H

#include "saal/event.h"
#include "saal/sscop.h"

enum sscf_state {
    SSCF_RELEASED = 1,
    SSCF_AWAIT_ESTABLISH = 2,
    SSCF_AWAIT_RELEASE = 3,
    SSCF_ESTABLISHED = 4,
    SSCF_RESYNC = 5,
    SSCF_STATE_COUNT = 6,
};

enum sscf_event {
    /* From signalling. */
    SSCF_AAL_ESTABLISH_REQUEST,
    SSCF_AAL_RELEASE_REQUEST,
    SSCF_AAL_DATA_REQUEST,
    SSCF_AAL_UNITDATA_REQUEST,
    /* From SSCOP. */
    SSCF_AA_ESTABLISH_INDICATION,
    SSCF_AA_ESTABLISH_CONFIRM,
    SSCF_AA_RELEASE_INDICATION,
    SSCF_AA_RELEASE_CONFIRM,
    SSCF_AA_DATA_INDICATION,
    SSCF_AA_RESYNC_INDICATION,
    SSCF_AA_RESYNC_CONFIRM,
    SSCF_AA_RECOVER_INDICATION,
    SSCF_AA_UNITDATA_INDICATION,
    SSCF_EVENT_COUNT,
};

/* Zero means that nobody decided. */
enum sscf_row_kind {
    SSCF_ROW_UNDECIDED,
    SSCF_ROW_DO,      /* ask SSCOP, tell signalling, go to the next state */
    SSCF_ROW_DISCARD, /* what came is dropped: without the connection it has no meaning */
    SSCF_ROW_NEVER,   /* SSCOP does not produce this */
};

/* What SSCOP is asked for. */
enum sscf_ask {
    SSCF_ASK_NOTHING,
    SSCF_ASK_ESTABLISH_REQUEST,
    SSCF_ASK_ESTABLISH_RESPONSE,
    SSCF_ASK_RELEASE_REQUEST,
    SSCF_ASK_RESYNC_REQUEST,
    SSCF_ASK_RESYNC_RESPONSE,
    SSCF_ASK_RECOVER_RESPONSE,
    SSCF_ASK_DATA_REQUEST,
    SSCF_ASK_UNITDATA_REQUEST,
};

struct sscf_row {
    uint8_t kind;
    uint8_t ask;
    uint8_t tell; /* enum saal_event_kind */
    uint8_t next;
};

extern const struct sscf_row sscf_table[SSCF_STATE_COUNT][SSCF_EVENT_COUNT];
extern const char *const sscf_event_names[SSCF_EVENT_COUNT];

/* The name of a state, such as "established"; a constant string. */
const char *sscf_state_name(enum sscf_state state);

#endif
