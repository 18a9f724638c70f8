/* SPDX-License-Identifier: MIT */
/* The table of legs: what each event does in each state. Private to hubsig and its tests. */
#ifndef HUBSIG_LEG_H
#define HUBSIG_LEG_H

#include "hubsig.h"

enum leg_row_kind {
    LEG_UNDECIDED, /* no row: a test fails while one is left */
    LEG_ROW,
    LEG_BAD,
    LEG_PEER,
    LEG_LATE,
    LEG_NEVER,
};

enum leg_timer {
    TIMER_KEEP,
    TIMER_START,
    TIMER_STOP,
    TIMER_RESTART,
};

enum leg_send {
    SEND_NOTHING,
    SEND_OFFER,   /* SETUP or ADD PARTY                     */
    SEND_ANSWER,  /* CONNECT or ADD PARTY ACK               */
    SEND_CONFIRM, /* CONNECT ACK                            */
    SEND_REFUSE,  /* RELEASE COMPLETE or ADD PARTY REJECT   */
    SEND_CLEAR,   /* RELEASE or DROP PARTY                  */
    SEND_CLEARED, /* RELEASE COMPLETE or DROP PARTY ACK, as the received message wants */
    SEND_MODIFY,
    SEND_MODIFY_YES,
    SEND_MODIFY_NO,
};

struct leg_row {
    enum leg_row_kind kind;
    enum leg_timer timer;
    enum leg_send send;
    enum hubsig_tell tell;
    enum hubsig_state next;
    const char *source;
};

extern const struct leg_row leg_table[HUBSIG_STATES][HUBSIG_EVENTS];

#endif
