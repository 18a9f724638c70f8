/* SPDX-License-Identifier: MIT */
#include "saal/sscf.h"

#define DO(event_, state_, ask_, tell_, next_)                                                     \
    [SSCF_##state_][SSCF_##event_] = {                                                             \
        .kind = SSCF_ROW_DO,                                                                       \
        .ask = SSCF_ASK_##ask_,                                                                    \
        .tell = SAAL_##tell_,                                                                      \
        .next = SSCF_##next_,                                                                      \
    },
#define DISCARD(event_, state_)                                                                    \
    [SSCF_##state_][SSCF_##event_] = {.kind = SSCF_ROW_DISCARD, .next = SSCF_##state_},
#define NEVER(event_, state_) [SSCF_##state_][SSCF_##event_] = {.kind = SSCF_ROW_NEVER},

const struct sscf_row sscf_table[SSCF_STATE_COUNT][SSCF_EVENT_COUNT] = {
#include "saal/sscf.def"
};

const char *const sscf_event_names[SSCF_EVENT_COUNT] = {
    [SSCF_AAL_ESTABLISH_REQUEST] = "AAL-ESTABLISH.request",
    [SSCF_AAL_RELEASE_REQUEST] = "AAL-RELEASE.request",
    [SSCF_AAL_DATA_REQUEST] = "AAL-DATA.request",
    [SSCF_AAL_UNITDATA_REQUEST] = "AAL-UNITDATA.request",
    [SSCF_AA_ESTABLISH_INDICATION] = "AA-ESTABLISH.indication",
    [SSCF_AA_ESTABLISH_CONFIRM] = "AA-ESTABLISH.confirm",
    [SSCF_AA_RELEASE_INDICATION] = "AA-RELEASE.indication",
    [SSCF_AA_RELEASE_CONFIRM] = "AA-RELEASE.confirm",
    [SSCF_AA_DATA_INDICATION] = "AA-DATA.indication",
    [SSCF_AA_RESYNC_INDICATION] = "AA-RESYNC.indication",
    [SSCF_AA_RESYNC_CONFIRM] = "AA-RESYNC.confirm",
    [SSCF_AA_RECOVER_INDICATION] = "AA-RECOVER.indication",
    [SSCF_AA_UNITDATA_INDICATION] = "AA-UNITDATA.indication",
};

const char *sscf_state_name(enum sscf_state state)
{
    static const char *const names[SSCF_STATE_COUNT] = {
        [SSCF_RELEASED] = "released",
        [SSCF_AWAIT_ESTABLISH] = "awaiting establish",
        [SSCF_AWAIT_RELEASE] = "awaiting release",
        [SSCF_ESTABLISHED] = "established",
        [SSCF_RESYNC] = "resynchronizing",
    };
    return state >= SSCF_RELEASED && state <= SSCF_RESYNC ? names[state] : "?";
}
