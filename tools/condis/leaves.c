/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "leaves.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "status.h"
#include "stream.h"

static const char *const leaf_state_names[] = {
    [LEAF_NAMED] = "named",     [LEAF_ADDING] = "adding",   [LEAF_ACTIVE] = "active",
    [LEAF_REFUSED] = "refused", [LEAF_DROPPED] = "dropped", [LEAF_COMPLETE] = "complete",
    [LEAF_ENOUGH] = "enough",   [LEAF_LEFT] = "left",       [LEAF_CLOSED] = "closed",
};

static bool leaf_is_over(const struct leaf *leaf)
{
    return leaf->state >= LEAF_REFUSED;
}

static struct leaf *find(struct leaves *leaves, const struct condis_address *address)
{
    for (size_t i = 0; i < leaves->count; i++) {
        struct leaf *leaf = leaves->at[i];
        if (!leaf_is_over(leaf) && !memcmp(&leaf->address, address, sizeof *address))
            return leaf;
    }
    return NULL;
}

struct leaf *leaves_find(struct leaves *leaves, const char *text)
{
    struct condis_address address;
    return condis_address_parse(text, &address, NULL) ? find(leaves, &address) : NULL;
}

struct leaf *leaves_append(struct leaves *leaves, const char *text)
{
    struct condis_address address;
    struct condis_error error;
    if (!condis_address_parse(text, &address, &error)) {
        command_refuse("%s", error.text);
        return NULL;
    }
    if (find(leaves, &address)) {
        command_refuse("%s is in the call already", text);
        return NULL;
    }
    struct leaf **more = reallocarray(leaves->at, leaves->count + 1, sizeof(*more));
    if (more)
        leaves->at = more;
    struct leaf *leaf = more ? calloc(1, sizeof *leaf) : NULL;
    if (!leaf) {
        command_refuse("no memory");
        return NULL;
    }
    leaf->address = address;
    leaf->added.poke_fd = leaf->dropped.poke_fd = leaves->poke_fd;
    condis_address_format(&address, leaf->name);
    leaves->at[leaves->count++] = leaf;
    return leaf;
}

size_t leaves_in(const struct leaves *leaves, enum leaf_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < leaves->count; i++)
        count += leaves->at[i]->state == state;
    return count;
}

void leaf_asked_done(void *context, condis_status status)
{
    struct leaf_asked *asked = context;
    int poke_fd = asked->poke_fd;
    asked->status = status;
    atomic_store(&asked->done, true);
    eventfd_write(poke_fd, 1);
}

void leaf_ask_add(struct leaf *leaf, struct condis_call *call)
{
    leaf->state = LEAF_ADDING;
    leaf->added.open = true;
    condis_status status = condis_party_add_async(call, &leaf->address, leaf, &leaf->party,
                                                  leaf_asked_done, &leaf->added);
    if (status != CONDIS_PENDING) {
        leaf->party = NULL;
        leaf_asked_done(&leaf->added, status);
    }
}

void leaf_ask_drop(struct leaves *leaves, struct leaf *leaf, const char *words)
{
    if (leaf->state != LEAF_ACTIVE || leaf->dropped.open) {
        session_say(leaves->session, "%s is %s", leaf->name,
                    leaf->dropped.open ? "being dropped already" : leaf_state_names[leaf->state]);
        return;
    }
    char *copy = strdup(words);
    if (!copy) {
        command_refuse("no memory");
        return;
    }
    free(leaf->words);
    leaf->words = copy;
    size_t bytes = strlen(copy);
    leaf->dropped.open = true;
    atomic_store(&leaf->dropped.done, false);
    condis_status status = condis_party_drop_async(leaf->party, bytes ? copy : NULL, bytes,
                                                   leaf_asked_done, &leaf->dropped);
    if (status != CONDIS_PENDING)
        leaf_asked_done(&leaf->dropped, status);
}

/* --- Looking -------------------------------------------------------------------------------- */

static void look_added(struct leaves *leaves, struct leaf *leaf, uint64_t sent_bytes)
{
    leaf->added.open = false;
    leaf->status = leaf->added.status;
    leaf->from_byte = leaf->to_byte = sent_bytes;
    leaf->state = leaf->status == CONDIS_SUCCESS ? LEAF_ACTIVE : LEAF_REFUSED;
    if (leaf->state == LEAF_ACTIVE)
        session_say(leaves->session, "%s joined at byte %" PRIu64, leaf->name, sent_bytes);
    else
        session_say(leaves->session, "%s could not be added: %s", leaf->name,
                    condis_status_name(leaf->status));
}

static void look_dropped(struct leaves *leaves, struct leaf *leaf, uint64_t sent_bytes)
{
    condis_status status = leaf->dropped.status;
    leaf->dropped.open = false;
    if (status == CONDIS_SUCCESS) {
        struct condis_party_info info;
        condis_party_info(leaf->party, &info);
        if (info.left_by_itself)
            return; /* it was faster: looked at as one that left */
        leaf->state = LEAF_DROPPED;
        leaf->to_byte = sent_bytes;
        session_say(leaves->session, "%s was dropped at byte %" PRIu64, leaf->name, sent_bytes);
    } else if (status == NDIS_STATUS_FAILURE && leaves_in(leaves, LEAF_ACTIVE) == 1) {
        session_say(leaves->session, "%s is the last leaf: `close` ends the call", leaf->name);
    } else if (status == NDIS_STATUS_INVALID_DATA) {
        session_say(leaves->session,
                    "%s stays: the signalling carries no close data; drop it "
                    "without words",
                    leaf->name);
    } else {
        session_say(leaves->session, "%s is not dropped: %s", leaf->name,
                    condis_status_name(status));
    }
}

/* A leaf that hung up, was lost, or went with the call. The last one may have taken the call with
 * it; then its words came with the call's end. */
static void look_gone(struct leaves *leaves, struct leaf *leaf, struct condis_call *call,
                      uint64_t sent_bytes, bool ended)
{
    struct condis_party_info info;
    struct condis_call_info call_info;
    condis_party_info(leaf->party, &info);
    condis_call_info(call, &call_info);
    bool over = call_info.state == CONDIS_CALL_CLOSED;
    if (info.state != CONDIS_PARTY_GONE && !over)
        return;
    bool by_call = !info.left_by_itself && call_info.closed_by_remote;
    const void *data = by_call && !info.close_bytes ? call_info.close_data : info.close_data;
    size_t bytes = by_call && !info.close_bytes ? call_info.close_bytes : info.close_bytes;
    leaf->status = info.left_by_itself ? info.status : call_info.status;
    leaf->to_byte = sent_bytes;
    session_quote(leaf->said, sizeof leaf->said, data, bytes);
    bool by_itself = info.left_by_itself || by_call;
    bool silent = bytes == 0 && leaf->status == CONDIS_SUCCESS;
    if (by_itself && ((silent && ended) || stream_report_complete(data, bytes)))
        leaf->state = LEAF_COMPLETE;
    else if (by_itself && stream_report_enough(data, bytes))
        leaf->state = LEAF_ENOUGH;
    else
        leaf->state = by_itself ? LEAF_LEFT : LEAF_CLOSED;
    session_say(leaves->session, "%s %s%s%s%s%s", leaf->name,
                leaf->state == LEAF_COMPLETE ? "has everything"
                : leaf->state == LEAF_ENOUGH ? "has enough"
                : leaf->state == LEAF_LEFT   ? "left: "
                                             : "was there until the close",
                leaf->state == LEAF_LEFT ? condis_status_name(leaf->status) : "",
                *leaf->said ? " (" : "", leaf->said, *leaf->said ? ")" : "");
}

void leaves_look(struct leaves *leaves, struct condis_call *call, uint64_t sent_bytes, bool ended)
{
    for (size_t i = 0; i < leaves->count; i++) {
        struct leaf *leaf = leaves->at[i];
        if (leaf->added.open && atomic_load(&leaf->added.done))
            look_added(leaves, leaf, sent_bytes);
        if (leaf->dropped.open && atomic_load(&leaf->dropped.done))
            look_dropped(leaves, leaf, sent_bytes);
        if (leaf->state == LEAF_ACTIVE && !leaf->dropped.open)
            look_gone(leaves, leaf, call, sent_bytes, ended);
    }
}

/* --- Telling -------------------------------------------------------------------------------- */

bool leaves_all_well(const struct leaves *leaves, bool closed_counts)
{
    for (size_t i = 0; i < leaves->count; i++) {
        enum leaf_state state = leaves->at[i]->state;
        if (state != LEAF_COMPLETE && state != LEAF_ENOUGH && state != LEAF_DROPPED &&
            !(state == LEAF_CLOSED && closed_counts))
            return false;
    }
    return true;
}

static uint64_t leaf_to_byte(const struct leaf *leaf, uint64_t sent_bytes)
{
    return leaf->state == LEAF_ACTIVE ? sent_bytes : leaf->to_byte;
}

void leaves_say(struct leaves *leaves, uint64_t sent_bytes)
{
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = leaves->at[i];
        char text[CONDIS_ADDRESS_TEXT_BYTES + 64];
        snprintf(text, sizeof text, "%-12s %-9s %" PRIu64 "..%" PRIu64, leaf->name,
                 leaf_state_names[leaf->state], leaf->from_byte, leaf_to_byte(leaf, sent_bytes));
        session_say(leaves->session, "%s%s%s", text, *leaf->said ? "  " : "", leaf->said);
    }
}

json_t *leaves_json(const struct leaves *leaves, uint64_t sent_bytes)
{
    json_t *array = json_array();
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = leaves->at[i];
        json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:I, s:I, s:s}", "address",
                                               leaf->name, "state", leaf_state_names[leaf->state],
                                               "status", condis_status_name(leaf->status),
                                               "from_byte", (json_int_t)leaf->from_byte, "to_byte",
                                               (json_int_t)leaf_to_byte(leaf, sent_bytes),
                                               "close_data", leaf->said));
    }
    return array;
}

void leaves_free(struct leaves *leaves)
{
    for (size_t i = 0; i < leaves->count; i++) {
        free(leaves->at[i]->words);
        free(leaves->at[i]);
    }
    free(leaves->at);
    *leaves = (struct leaves){0};
}
