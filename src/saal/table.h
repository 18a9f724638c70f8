/* SPDX-License-Identifier: MIT */
/* A row says what one event does in one state of SSCOP (SIG §2.6); sscop.def lists them all. */
#ifndef CONDIS_SAAL_TABLE_H
#define CONDIS_SAAL_TABLE_H

#include "saal/sscop.h"

enum sscop_event {
    /* The first six are numbered as enum sscop_request. */
    EV_REQ_ESTABLISH,
    EV_RSP_ESTABLISH,
    EV_REQ_RELEASE,
    EV_REQ_RESYNC,
    EV_RSP_RESYNC,
    EV_RSP_RECOVER,
    EV_REQ_DATA,
    EV_BGN_NEW,
    EV_BGN_DUP,
    EV_BGAK,
    EV_BGREJ,
    EV_END,
    EV_ENDAK,
    EV_RS_NEW,
    EV_RS_DUP,
    EV_RSAK,
    EV_ER_NEW,
    EV_ER_DUP,
    EV_ERAK,
    EV_SD,
    EV_POLL,
    EV_STAT,
    EV_USTAT,
    EV_CC_MORE, /* Timer_CC, VT(CC) below MaxCC */
    EV_CC_LAST, /* Timer_CC, VT(CC) at MaxCC */
    EV_EXP_POLL,
    EV_EXP_KEEP_ALIVE,
    EV_EXP_NO_RESPONSE,
    EV_EXP_IDLE,
    EV_RECOVER, /* the data transfer phase found its peer's numbers impossible */
    EV_WIRE_LOST,
    SSCOP_EVENT_COUNT,
};

/* Zero means that nobody decided. */
enum sscop_row_kind {
    ROW_UNDECIDED,
    ROW_DO,     /* the row's columns, from left to right */
    ROW_DATA,   /* a procedure of the data transfer phase */
    ROW_REFUSE, /* the user may not ask this here: SAAL_WRONG_STATE */
    ROW_NEVER,  /* our own code cannot produce this */
};

enum sscop_stop { STOP_NO_TIMER, STOP_CC, STOP_DATA };

enum sscop_take {
    TAKE_NOTHING,
    TAKE_MS,          /* VT(MS) = N(MR) */
    TAKE_SQ,          /* VT(SQ) + 1 */
    TAKE_MS_AND_HELD, /* and deliver SDUs that came out of order, or clear them */
};

enum sscop_send_column {
    SEND_NO_PDU,
    SEND_BGN,
    SEND_BGAK,
    SEND_BGREJ,
    SEND_END_USER,
    SEND_END_SSCOP,
    SEND_ENDAK,
    SEND_RS,
    SEND_RSAK,
    SEND_ER,
    SEND_ERAK,
    SEND_AGAIN,          /* the BGN, END, RS or ER that waits for its answer */
    SEND_BGAK_AND_AGAIN, /* BGAK, then that */
};

enum sscop_tell {
    TELL_NOBODY,
    TELL_EST_IND,
    TELL_EST_CONF,
    TELL_REL_USER,
    TELL_REL_SSCOP,
    TELL_REL_PEER, /* the source is the END's S bit */
    TELL_REL_CONF,
    TELL_REL_EST,      /* release indication (user), then establish indication */
    TELL_REL_CONF_EST, /* release confirm, then establish indication */
    TELL_RESYNC_IND,
    TELL_RESYNC_CONF,
    TELL_RECOVER_IND,
};

enum sscop_start {
    START_NO_TIMER,
    START_CC,          /* VT(CC) = 1 */
    START_CC_AGAIN,    /* VT(CC) + 1 */
    START_DATA,        /* initialise the data transfer state; POLL, NO-RESPONSE */
    START_NO_RESPONSE, /* again */
};

struct sscop_input;

struct sscop_row {
    uint8_t kind;
    char error; /* MAA error code, or 0 */
    uint8_t stop;
    uint8_t take;
    uint8_t send;
    uint8_t tell;
    uint8_t start;
    uint8_t next;
    enum saal_result (*run)(struct sscop *sscop, const struct sscop_input *input); /* ROW_DATA */
};

extern const struct sscop_row sscop_table[SSCOP_STATE_COUNT][SSCOP_EVENT_COUNT];
extern const char *const sscop_event_names[SSCOP_EVENT_COUNT];

#endif
