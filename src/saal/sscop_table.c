/* SPDX-License-Identifier: MIT */
#include "saal/sscop_inside.h"

#define ERROR_NONE 0
#define ERROR_A    'A'
#define ERROR_B    'B'
#define ERROR_C    'C'
#define ERROR_D    'D'
#define ERROR_F    'F'
#define ERROR_G    'G'
#define ERROR_H    'H'
#define ERROR_I    'I'
#define ERROR_J    'J'
#define ERROR_K    'K'
#define ERROR_L    'L'
#define ERROR_M    'M'
#define ERROR_O    'O'
#define ERROR_P    'P'

#define DO(event_, state_, error_, stop_, take_, send_, tell_, start_, next_)                      \
    [SSCOP_##state_][EV_##event_] = {                                                              \
        .kind = ROW_DO,                                                                            \
        .error = ERROR_##error_,                                                                   \
        .stop = STOP_##stop_,                                                                      \
        .take = TAKE_##take_,                                                                      \
        .send = SEND_##send_,                                                                      \
        .tell = TELL_##tell_,                                                                      \
        .start = START_##start_,                                                                   \
        .next = SSCOP_##next_,                                                                     \
    },
#define DROP(event_, state_)                                                                       \
    [SSCOP_##state_][EV_##event_] = {.kind = ROW_DO, .next = SSCOP_##state_},
#define DATA(event_, state_, run_)                                                                 \
    [SSCOP_##state_][EV_##event_] = {.kind = ROW_DATA, .next = SSCOP_##state_, .run = (run_)},
#define REFUSE(event_, state_) [SSCOP_##state_][EV_##event_] = {.kind = ROW_REFUSE},
#define NEVER(event_, state_)  [SSCOP_##state_][EV_##event_] = {.kind = ROW_NEVER},

const struct sscop_row sscop_table[SSCOP_STATE_COUNT][SSCOP_EVENT_COUNT] = {
#include "saal/sscop.def"
};

const char *const sscop_event_names[SSCOP_EVENT_COUNT] = {
    [EV_REQ_ESTABLISH] = "AA-ESTABLISH.request",
    [EV_RSP_ESTABLISH] = "AA-ESTABLISH.response",
    [EV_REQ_RELEASE] = "AA-RELEASE.request",
    [EV_REQ_RESYNC] = "AA-RESYNC.request",
    [EV_RSP_RESYNC] = "AA-RESYNC.response",
    [EV_RSP_RECOVER] = "AA-RECOVER.response",
    [EV_REQ_DATA] = "AA-DATA.request",
    [EV_BGN_NEW] = "BGN",
    [EV_BGN_DUP] = "BGN again",
    [EV_BGAK] = "BGAK",
    [EV_BGREJ] = "BGREJ",
    [EV_END] = "END",
    [EV_ENDAK] = "ENDAK",
    [EV_RS_NEW] = "RS",
    [EV_RS_DUP] = "RS again",
    [EV_RSAK] = "RSAK",
    [EV_ER_NEW] = "ER",
    [EV_ER_DUP] = "ER again",
    [EV_ERAK] = "ERAK",
    [EV_SD] = "SD",
    [EV_POLL] = "POLL",
    [EV_STAT] = "STAT",
    [EV_USTAT] = "USTAT",
    [EV_CC_MORE] = "Timer_CC",
    [EV_CC_LAST] = "Timer_CC, last",
    [EV_EXP_POLL] = "Timer_POLL",
    [EV_EXP_KEEP_ALIVE] = "Timer_KEEP-ALIVE",
    [EV_EXP_NO_RESPONSE] = "Timer_NO-RESPONSE",
    [EV_EXP_IDLE] = "Timer_IDLE",
    [EV_RECOVER] = "error recovery",
    [EV_WIRE_LOST] = "wire lost",
};

static const char *const state_names[SSCOP_STATE_COUNT] = {
    [SSCOP_IDLE] = "idle",
    [SSCOP_OUT_CONN] = "outgoing connection pending",
    [SSCOP_IN_CONN] = "incoming connection pending",
    [SSCOP_OUT_DISC] = "outgoing disconnection pending",
    [SSCOP_OUT_RESYNC] = "outgoing resynchronization pending",
    [SSCOP_IN_RESYNC] = "incoming resynchronization pending",
    [SSCOP_OUT_RECOV] = "outgoing recovery pending",
    [SSCOP_RECOV_RESP] = "recovery response pending",
    [SSCOP_IN_RECOV] = "incoming recovery pending",
    [SSCOP_READY] = "data transfer ready",
};

const char *sscop_state_name(enum sscop_state state)
{
    return state >= SSCOP_IDLE && state <= SSCOP_READY ? state_names[state] : "?";
}
