/* SPDX-License-Identifier: MIT */
/* The phases of `condis call`, from the first leaf that is dialled to the last report. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "caller.h"

#define CALL_PROGRESS_MS 1000
#define CALL_NETWORK_MS  1000 /* after so long it is said that none has answered */
#define CALL_TURN_MS     100

uint64_t caller_sent_bytes(struct caller *caller)
{
    return atomic_load(&caller->source.sent_bytes);
}

void caller_over(struct caller *caller, enum ending ending)
{
    caller->phase = PHASE_OVER;
    caller->ending = ending;
}

/* --- Dialling ------------------------------------------------------------------------------- */

static void on_party_left(void *context, struct condis_party *party, condis_status status,
                          const void *close_data, size_t close_bytes)
{
    (void)party, (void)status, (void)close_data, (void)close_bytes;
    eventfd_write(((struct caller *)context)->poke_fd, 1);
}

static void on_closed(void *context, struct condis_call *call, condis_status status,
                      const void *close_data, size_t close_bytes)
{
    (void)call, (void)status, (void)close_data, (void)close_bytes;
    eventfd_write(((struct caller *)context)->poke_fd, 1);
}

/* Makes the call to the next leaf of --to; the phase is over when there is none. */
static void dial(struct caller *caller)
{
    if (caller->dialled == caller->leaves.count) {
        caller_over(caller, ENDING_LOST);
        return;
    }
    struct leaf *leaf = caller->leaves.at[caller->dialled];
    const struct session_settings *session = &caller->settings.session;
    struct condis_call_options options = {
        .to = leaf->address,
        .has_from = session->has_address,
        .from = session->address,
        .multipoint = true,
        .transmit = {.token_rate_bytes_s = (uint32_t)(caller->settings.rate_bits_s / 8),
                     .peak_bandwidth_bytes_s = (uint32_t)(caller->settings.rate_bits_s / 8),
                     .sdu_bytes_max = STREAM_HEADER_BYTES + caller->settings.chunk_bytes},
        .events = {.on_party_left = on_party_left, .on_closed = on_closed, .context = caller},
        .party_context = leaf,
    };
    if (caller->settings.rate_bits_s / 8 > UINT32_MAX)
        options.transmit.token_rate_bytes_s = options.transmit.peak_bandwidth_bytes_s = 0;
    leaf->state = LEAF_ADDING;
    leaf->added.open = true;
    condis_status status = condis_call_make_async(caller->session.af, &options, &caller->call,
                                                  &leaf->party, leaf_asked_done, &leaf->added);
    if (status != CONDIS_PENDING) {
        caller->call = NULL;
        leaf_asked_done(&leaf->added, status);
    }
}

/* The dialled leaf has answered: the call is made, or the next one is dialled. */
static void dial_look(struct caller *caller)
{
    struct leaf *leaf = caller->leaves.at[caller->dialled];
    if (!atomic_load(&leaf->added.done))
        return;
    leaves_look(&caller->leaves, caller->call, 0, false);
    if (leaf->state == LEAF_REFUSED) {
        condis_call_release(caller->call);
        caller->call = NULL;
        leaf->party = NULL;
        caller->dialled++;
        dial(caller);
        return;
    }
    for (size_t i = caller->dialled + 1; i < caller->leaves.count; i++)
        leaf_ask_add(caller->leaves.at[i], caller->call);
    caller->phase = PHASE_ADDING;
}

/* --- The phases ----------------------------------------------------------------------------- */

static void sending_begin(struct caller *caller)
{
    caller->source.call = caller->call;
    caller->phase = PHASE_SENDING;
    caller->said_100ns = condis_world_now_100ns(caller->session.world);
    if (!source_begin(&caller->source)) {
        command_refuse("nothing can be sent: %s", strerror(errno));
        caller_over(caller, ENDING_FILE);
    }
}

static void source_look(struct caller *caller)
{
    switch ((enum source_state)atomic_load(&caller->source.state)) {
    case SOURCE_IDLE:
    case SOURCE_SENDING:
        break;
    case SOURCE_SENT:
        caller->phase = PHASE_REPORTING;
        caller->deadline_100ns =
            condis_world_now_100ns(caller->session.world) + CALL_REPORT_MS * 10000ull;
        session_say(&caller->session, "all %" PRIu64 " bytes are sent", caller_sent_bytes(caller));
        break;
    case SOURCE_STOPPED: /* the call is closing: it is closed soon */
        break;
    case SOURCE_FAILED:
        if (caller->source.error)
            command_refuse("%s: %s", caller->settings.send, strerror(caller->source.error));
        else
            command_refuse("sending failed: %s", condis_status_name(caller->source.status));
        caller_over(caller, caller->source.error ? ENDING_FILE : ENDING_LOST);
        break;
    }
}

static void phase_look(struct caller *caller)
{
    struct condis_call_info info;
    if (caller->phase == PHASE_DIALLING)
        return dial_look(caller);
    leaves_look(&caller->leaves, caller->call, caller_sent_bytes(caller),
                atomic_load(&caller->source.end_sent));
    condis_call_info(caller->call, &info);
    if (caller->phase == PHASE_ADDING && leaves_in(&caller->leaves, LEAF_ADDING) == 0)
        sending_begin(caller);
    if (caller->phase == PHASE_SENDING)
        source_look(caller);
    if (info.state != CONDIS_CALL_CLOSED && caller->phase != PHASE_REPORTING)
        return;
    bool late = caller->phase == PHASE_REPORTING &&
                condis_world_now_100ns(caller->session.world) > caller->deadline_100ns;
    if (info.state != CONDIS_CALL_CLOSED && !late)
        return;
    /* The last leaf takes the call along: it may have had enough. */
    bool all = atomic_load(&caller->source.end_sent) || leaves_all_well(&caller->leaves, false);
    caller_over(caller, all ? ENDING_STREAM : ENDING_LOST);
}

static void progress_say(struct caller *caller)
{
    uint64_t now = condis_world_now_100ns(caller->session.world);
    if (caller->phase != PHASE_SENDING || now - caller->said_100ns < CALL_PROGRESS_MS * 10000ull)
        return;
    caller->said_100ns = now;
    session_say(&caller->session, "%" PRIu64 " bytes sent", caller_sent_bytes(caller));
    leaves_say(&caller->leaves, caller_sent_bytes(caller));
}

/* Whom the call goes to is the network's to say: without one nothing happens for a while. */
static void network_look(struct caller *caller)
{
    uint64_t waited = condis_world_now_100ns(caller->session.world) - caller->begun_100ns;
    session_look(&caller->session,
                 caller->phase == PHASE_DIALLING && waited >= CALL_NETWORK_MS * 10000ull);
}

void caller_turns(struct caller *caller)
{
    caller->begun_100ns = condis_world_now_100ns(caller->session.world);
    dial(caller);
    while (caller->phase != PHASE_OVER) {
        struct pollfd fds[] = {{.fd = caller->session.around->stop_fd, .events = POLLIN},
                               {.fd = caller->poke_fd, .events = POLLIN},
                               {.fd = caller->in_fd, .events = POLLIN}};
        eventfd_t count;
        /* What begins to end pokes; that it has ended is looked for. */
        poll(fds, 3, CALL_TURN_MS);
        if (fds[1].revents)
            eventfd_read(caller->poke_fd, &count);
        network_look(caller);
        phase_look(caller);
        if (caller->phase != PHASE_OVER && fds[2].revents)
            typed_take(caller);
        if (caller->phase != PHASE_OVER && fds[0].revents)
            caller_over(caller, ENDING_STOPPED);
        progress_say(caller);
    }
}
