/* SPDX-License-Identifier: MIT */
/* The tables of call.def and party.def as data. */
#include "uni/inside.h"

/* clang-format off */

#define SEND_NOTHING          0
#define SEND_SETUP            UNI_SETUP
#define SEND_CALL_PROCEEDING  UNI_CALL_PROCEEDING
#define SEND_ALERTING         UNI_ALERTING
#define SEND_CONNECT          UNI_CONNECT
#define SEND_CONNECT_ACK      UNI_CONNECT_ACKNOWLEDGE
#define SEND_NOTIFY           UNI_NOTIFY
#define SEND_RELEASE          UNI_RELEASE
#define SEND_RELEASE_COMPLETE UNI_RELEASE_COMPLETE
#define SEND_STATUS_ENQUIRY   UNI_STATUS_ENQUIRY
#define SEND_ADD_PARTY        UNI_ADD_PARTY
#define SEND_ADD_PARTY_ACK    UNI_ADD_PARTY_ACKNOWLEDGE
#define SEND_ADD_PARTY_REJECT UNI_ADD_PARTY_REJECT
#define SEND_PARTY_ALERTING   UNI_PARTY_ALERTING
#define SEND_DROP_PARTY       UNI_DROP_PARTY
#define SEND_DROP_PARTY_ACK   UNI_DROP_PARTY_ACKNOWLEDGE
#define UNI_EVENT_NOBODY      (-1)
#define UNI_ANY               STOP_ANY
#define NEXT_SAME             STATE_SAME

const struct row uni_party_table[PARTY_STATE_COUNT][PARTY_EVENT_COUNT] = {
#define ROW(state, event, stop, start, send, tell, next, source) \
    [state][event] = {ROW_DO, UNI_##stop, UNI_##start, SEND_##send, UNI_EVENT_##tell, next, source},
#define IGNORE(state, event, why) [state][event] = {.kind = ROW_IGNORE, .source = why},
#define PEER(state, event)        [state][event] = {.kind = ROW_PEER},
#define REFUSE(state, event)      [state][event] = {.kind = ROW_REFUSE},
#define NEVER(state, event)       [state][event] = {.kind = ROW_NEVER},
#include "uni/party.def"
};

enum { SIDE_U = UNI_USER, SIDE_N = UNI_NETWORK };

#define NEXT_0  0
#define NEXT_1  1
#define NEXT_3  3
#define NEXT_4  4
#define NEXT_6  6
#define NEXT_7  7
#define NEXT_8  8
#define NEXT_9  9
#define NEXT_10 10
#define NEXT_11 11
#define NEXT_12 12

const struct row uni_call_table[2][CALL_STATE_COUNT][CALL_EVENT_COUNT] = {
#define ROW(side, state, event, stop, start, send, tell, next, source) \
    [SIDE_##side][state][CALL_##event] = {ROW_DO, UNI_##stop, UNI_##start, SEND_##send, \
                                          UNI_EVENT_##tell, NEXT_##next, source},
#define IGNORE(side, state, event) [SIDE_##side][state][CALL_##event] = {.kind = ROW_IGNORE},
#define PEER(side, state, event)   [SIDE_##side][state][CALL_##event] = {.kind = ROW_PEER},
#define REFUSE(side, state, event) [SIDE_##side][state][CALL_##event] = {.kind = ROW_REFUSE},
#define NEVER(side, state, event)  [SIDE_##side][state][CALL_##event] = {.kind = ROW_NEVER},
#include "uni/call.def"
};
