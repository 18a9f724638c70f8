/* SPDX-License-Identifier: MIT */
#include "leg.h"

const struct leg_row leg_table[HUBSIG_STATES][HUBSIG_EVENTS] = {
#define ROW(state, event, timer, send, tell, next, source)                                         \
    [state][event] = {LEG_ROW, timer, send, tell, next, source},
#define REFUSAL(state, event, kind, source)                                                        \
    [state][event] = {kind, TIMER_KEEP, SEND_NOTHING, HUBSIG_TELL_NOTHING, state, source},
#define BAD(state, event, source)   REFUSAL(state, event, LEG_BAD, source)
#define PEER(state, event, source)  REFUSAL(state, event, LEG_PEER, source)
#define LATE(state, event, source)  REFUSAL(state, event, LEG_LATE, source)
#define NEVER(state, event, source) REFUSAL(state, event, LEG_NEVER, source)
#include "leg_table.def"
};

const char *hubsig_state_name(enum hubsig_state state)
{
    static const char *const names[] = {
#define STATE(name, meaning) #name,
#include "state.def"
    };
    return names[state];
}

const char *hubsig_event_name(enum hubsig_event event)
{
    static const char *const names[] = {
#define EVENT(name, meaning) #name,
#include "event.def"
    };
    return names[event];
}
