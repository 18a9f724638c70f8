/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ilmi/ilmi_inside.h"

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value ? value : otherwise;
}

struct ilmi *ilmi_create(const struct ilmi_options *options)
{
    struct ilmi *ilmi = calloc(1, sizeof(*ilmi));
    if (!ilmi)
        return NULL;
    struct ilmi_options *own = &ilmi->options;
    *own = *options;
    own->uni_version = or_default(own->uni_version, 4);
    own->port_id = or_default(own->port_id, 1);
    own->probe_ms = or_default(own->probe_ms, 1000);
    own->poll_ms = or_default(own->poll_ms, 5000);
    own->answer_ms = or_default(own->answer_ms, 1000);
    own->missed_count_max = or_default(own->missed_count_max, 4);
    own->address_count_max = or_default(own->address_count_max, 64);
    own->esi_count_max = or_default(own->esi_count_max, 16);
    ilmi->addresses = calloc(own->address_count_max, sizeof(*ilmi->addresses));
    ilmi->esis = calloc(own->esi_count_max, sizeof(*ilmi->esis));
    if (ilmi->addresses && ilmi->esis)
        return ilmi;
    ilmi_destroy(ilmi);
    return NULL;
}

void ilmi_destroy(struct ilmi *ilmi)
{
    free(ilmi->addresses);
    free(ilmi->esis);
    free(ilmi);
}

/* ---- rows ---- */

struct ilmi_row *ilmi_find(struct ilmi_row *rows, uint32_t count, const uint8_t *octets,
                           uint32_t octet_count)
{
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].used && memcmp(rows[i].octets, octets, octet_count) == 0)
            return &rows[i];
    return NULL;
}

struct ilmi_row *ilmi_free_row(struct ilmi_row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!rows[i].used)
            return &rows[i];
    return NULL;
}

/* Whether a row is in force or not; one that nobody wants goes when that was told. */
static void row_set(struct ilmi *ilmi, struct ilmi_row *row, bool registered)
{
    row->registered = registered;
    ilmi->untold = true;
    if (!registered && !row->wanted && !row->told)
        row->used = false;
}

static bool want_address(struct ilmi *ilmi, const uint8_t *address, bool full)
{
    uint32_t count = ilmi->options.address_count_max;
    struct ilmi_row *row = ilmi_find(ilmi->addresses, count, address, ILMI_ADDRESS_BYTES);
    if (!row) {
        row = ilmi_free_row(ilmi->addresses, count);
        if (!row)
            return false;
        *row = (struct ilmi_row){.used = true};
        memcpy(row->octets, address, ILMI_ADDRESS_BYTES);
    }
    row->wanted = true;
    row->full = row->full || full;
    return true;
}

static bool want_esi(struct ilmi *ilmi, const uint8_t *prefix, const struct ilmi_esi *esi)
{
    uint8_t address[ILMI_ADDRESS_BYTES];
    memcpy(address, prefix, ILMI_PREFIX_BYTES);
    memcpy(address + ILMI_PREFIX_BYTES, esi->octets, sizeof(esi->octets));
    return want_address(ilmi, address, false);
}

void ilmi_prefix_given(struct ilmi *ilmi, const uint8_t *prefix)
{
    for (uint32_t i = 0; i < ilmi->esi_count; i++)
        (void)want_esi(ilmi, prefix, &ilmi->esis[i]); /* without room it stays unregistered */
}

void ilmi_prefix_taken(struct ilmi *ilmi, const uint8_t *prefix)
{
    for (uint32_t i = 0; i < ilmi->options.address_count_max; i++) {
        struct ilmi_row *row = &ilmi->addresses[i];
        if (!row->used || row->full || memcmp(row->octets, prefix, ILMI_PREFIX_BYTES) != 0)
            continue;
        row->wanted = false;
        row_set(ilmi, row, false);
    }
}

/* ---- asking ---- */

void ilmi_row_name(const struct snmp_name *column, const uint8_t *octets, uint32_t octet_count,
                   struct snmp_name *out)
{
    *out = *column;
    out->arcs[out->arc_count++] = 0; /* the port: this one */
    out->arcs[out->arc_count++] = octet_count;
    for (uint32_t i = 0; i < octet_count; i++)
        out->arcs[out->arc_count++] = octets[i];
}

bool ilmi_send(struct ilmi *ilmi, const struct snmp_message *message)
{
    if (ilmi->frame_count == ILMI_FRAME_COUNT_MAX) {
        ilmi->counts.frames_dropped++;
        return false;
    }
    uint32_t at = (ilmi->frame_first + ilmi->frame_count) % ILMI_FRAME_COUNT_MAX;
    ilmi->frames[at].octet_count = snmp_encode(message, ilmi->frames[at].octets);
    if (ilmi->frames[at].octet_count == 0)
        return false;
    ilmi->frame_count++;
    ilmi->counts.frames_out++;
    return true;
}

static void send_cold_start(struct ilmi *ilmi)
{
    struct snmp_message trap = {.pdu = SNMP_TRAP, .generic_trap = SNMP_COLD_START};
    trap.enterprise = (struct snmp_name){8, {1, 3, 6, 1, 4, 1, 353, 2}};
    (void)ilmi_send(ilmi, &trap);
}

static void ask(struct ilmi *ilmi, uint64_t now_ms, enum ilmi_asked what,
                struct snmp_message *message)
{
    ilmi->last_id = ilmi->last_id == INT32_MAX ? 1 : ilmi->last_id + 1;
    message->request_id = ilmi->asked_id = ilmi->last_id;
    ilmi->asked = what;
    ilmi->answer_by_ms =
        now_ms + (ilmi->connected ? ilmi->options.answer_ms : ilmi->options.probe_ms);
    (void)ilmi_send(ilmi, message); /* one that finds no room counts as unanswered */
}

static void ask_poll(struct ilmi *ilmi, uint64_t now_ms)
{
    struct snmp_message message = {.pdu = SNMP_GET, .binding_count = 2};
    message.bindings[0] = (struct snmp_binding){.name = ilmi_port_id, .type = SNMP_NULL};
    message.bindings[1] = (struct snmp_binding){.name = ilmi_system_id, .type = SNMP_NULL};
    ask(ilmi, now_ms, ILMI_ASKED_POLL, &message);
}

static void ask_set(struct ilmi *ilmi, uint64_t now_ms, enum ilmi_asked what, uint32_t index,
                    bool valid)
{
    bool prefix = what == ILMI_ASKED_PREFIX;
    const struct ilmi_row *row = prefix ? &ilmi->prefixes[index] : &ilmi->addresses[index];
    struct snmp_message message = {.pdu = SNMP_SET, .binding_count = 1};
    struct snmp_binding *binding = &message.bindings[0];
    binding->type = SNMP_INTEGER;
    binding->number = valid ? ILMI_VALID : ILMI_INVALID;
    ilmi_row_name(prefix ? &ilmi_prefix_status : &ilmi_address_status, row->octets,
                  prefix ? ILMI_PREFIX_BYTES : ILMI_ADDRESS_BYTES, &binding->name);
    ilmi->asked_index = index;
    ilmi->asked_valid = valid;
    ask(ilmi, now_ms, what, &message);
}

/* Asks for the next row that is not as it is wanted. returns false: there is none. */
static bool ask_row(struct ilmi *ilmi, uint64_t now_ms, enum ilmi_asked what,
                    const struct ilmi_row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!rows[i].used || rows[i].refused || rows[i].wanted == rows[i].registered)
            continue;
        ask_set(ilmi, now_ms, what, i, rows[i].wanted);
        return true;
    }
    return false;
}

/* Does what is due, one question at a time. The network registers prefixes, the user addresses. */
static void step(struct ilmi *ilmi, uint64_t now_ms)
{
    if (!ilmi->running || ilmi->asked != ILMI_ASKED_NOTHING)
        return;
    if (now_ms >= ilmi->poll_at_ms) {
        ask_poll(ilmi, now_ms);
        return;
    }
    if (!ilmi->connected)
        return;
    if (ilmi->options.side == ILMI_NETWORK)
        (void)ask_row(ilmi, now_ms, ILMI_ASKED_PREFIX, ilmi->prefixes, ILMI_PREFIX_COUNT_MAX);
    else
        (void)ask_row(ilmi, now_ms, ILMI_ASKED_ADDRESS, ilmi->addresses,
                      ilmi->options.address_count_max);
}

/* ---- coming and going ---- */

static void forget_rows(struct ilmi *ilmi, struct ilmi_row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!rows[i].used)
            continue;
        rows[i].refused = rows[i].refused_told = false;
        row_set(ilmi, &rows[i], false);
    }
}

/* What was registered either way is gone, as the peer does not know it any more. */
static void forget(struct ilmi *ilmi)
{
    if (ilmi->options.side == ILMI_USER) /* addresses under prefixes come again with those */
        for (uint32_t i = 0; i < ILMI_PREFIX_COUNT_MAX; i++)
            if (ilmi->prefixes[i].used)
                ilmi_prefix_taken(ilmi, ilmi->prefixes[i].octets);
    forget_rows(ilmi, ilmi->prefixes, ILMI_PREFIX_COUNT_MAX);
    forget_rows(ilmi, ilmi->addresses, ilmi->options.address_count_max);
    ilmi->asked = ILMI_ASKED_NOTHING;
    ilmi->missed_count = 0;
}

static void begin(struct ilmi *ilmi, uint64_t now_ms)
{
    ilmi->connected = false;
    ilmi->peer_known = false;
    ilmi->untold = true;
    ilmi->poll_at_ms = now_ms;
    forget(ilmi);
    send_cold_start(ilmi);
}

void ilmi_start(struct ilmi *ilmi, uint64_t now_ms)
{
    if (ilmi->running)
        return;
    ilmi->running = true;
    ilmi->started_ms = now_ms;
    begin(ilmi, now_ms);
    step(ilmi, now_ms);
}

void ilmi_stop(struct ilmi *ilmi, uint64_t now_ms)
{
    (void)now_ms;
    ilmi->running = false;
    ilmi->connected = false;
    ilmi->untold = true;
    ilmi->frame_count = 0;
    forget(ilmi);
}

uint64_t ilmi_deadline_ms(const struct ilmi *ilmi)
{
    if (!ilmi->running)
        return ILMI_NEVER_MS;
    return ilmi->asked != ILMI_ASKED_NOTHING ? ilmi->answer_by_ms : ilmi->poll_at_ms;
}

void ilmi_expire(struct ilmi *ilmi, uint64_t now_ms)
{
    if (!ilmi->running || now_ms < ilmi_deadline_ms(ilmi))
        return;
    if (ilmi->asked != ILMI_ASKED_NOTHING) {
        ilmi->asked = ILMI_ASKED_NOTHING;
        ilmi->counts.answers_missed++;
        ilmi->poll_at_ms = now_ms; /* a poll asks whether anybody is there at all */
        if (++ilmi->missed_count >= ilmi->options.missed_count_max && ilmi->connected)
            begin(ilmi, now_ms);
    }
    step(ilmi, now_ms);
}

/* ---- what arrives ---- */

/* A peer with another name than before is another, and knows nothing. */
static bool peer_changed(struct ilmi *ilmi, const struct snmp_message *answer)
{
    const struct snmp_binding *port = &answer->bindings[0], *id = &answer->bindings[1];
    if (answer->error_status || answer->binding_count < 2 || id->type != SNMP_OCTETS ||
        id->octet_count != ILMI_ESI_BYTES)
        return false;
    bool changed =
        ilmi->peer_known && memcmp(ilmi->peer.system_id, id->octets, ILMI_ESI_BYTES) != 0;
    ilmi->peer_known = true;
    memcpy(ilmi->peer.system_id, id->octets, ILMI_ESI_BYTES);
    ilmi->peer.port_id = port->type == SNMP_INTEGER ? (uint32_t)port->number : 0;
    return changed;
}

static void poll_answered(struct ilmi *ilmi, uint64_t now_ms, const struct snmp_message *answer)
{
    ilmi->poll_at_ms = now_ms + ilmi->options.poll_ms;
    if (peer_changed(ilmi, answer)) {
        begin(ilmi, now_ms);
    } else if (!ilmi->connected) {
        ilmi->connected = true;
        ilmi->untold = true;
    }
}

static void set_answered(struct ilmi *ilmi, struct ilmi_row *row, const struct snmp_message *answer)
{
    if (!row->used)
        return; /* it went while the question was under way */
    if (!ilmi->asked_valid) {
        row_set(ilmi, row, false);
    } else if (answer->error_status == SNMP_NO_ERROR) {
        row_set(ilmi, row, true);
    } else {
        row->refused = true;
        ilmi->untold = true;
    }
}

static void answer_arrived(struct ilmi *ilmi, uint64_t now_ms, const struct snmp_message *answer)
{
    enum ilmi_asked asked = ilmi->asked;
    if (asked == ILMI_ASKED_NOTHING || answer->request_id != ilmi->asked_id) {
        ilmi->counts.answers_stray++;
        return;
    }
    ilmi->asked = ILMI_ASKED_NOTHING;
    ilmi->missed_count = 0;
    if (asked == ILMI_ASKED_POLL)
        poll_answered(ilmi, now_ms, answer);
    else
        set_answered(ilmi,
                     asked == ILMI_ASKED_PREFIX ? &ilmi->prefixes[ilmi->asked_index]
                                                : &ilmi->addresses[ilmi->asked_index],
                     answer);
}

/* The peer knows nothing: everything is registered again. What was asked before may have come to
 * nobody, so a poll asks anew, at once. */
static void peer_began(struct ilmi *ilmi, uint64_t now_ms)
{
    forget(ilmi);
    ilmi->poll_at_ms = now_ms;
}

void ilmi_feed(struct ilmi *ilmi, uint64_t now_ms, const uint8_t *octets, size_t octet_count)
{
    struct snmp_message message;
    if (!ilmi->running)
        return;
    ilmi->counts.frames_in++;
    if (!snmp_decode(octets, octet_count, &message)) {
        ilmi->counts.frames_bad++;
        return;
    }
    if (message.pdu == SNMP_RESPONSE)
        answer_arrived(ilmi, now_ms, &message);
    else if (message.pdu != SNMP_TRAP)
        ilmi_answer(ilmi, now_ms, &message);
    else if (message.generic_trap == SNMP_COLD_START)
        peer_began(ilmi, now_ms);
    step(ilmi, now_ms);
}

/* ---- what is taken out and put in ---- */

size_t ilmi_take_frame(struct ilmi *ilmi, uint8_t out[ILMI_FRAME_BYTES_MAX])
{
    if (ilmi->frame_count == 0)
        return 0;
    const struct ilmi_frame *frame = &ilmi->frames[ilmi->frame_first];
    memcpy(out, frame->octets, frame->octet_count);
    ilmi->frame_first = (ilmi->frame_first + 1) % ILMI_FRAME_COUNT_MAX;
    ilmi->frame_count--;
    return frame->octet_count;
}

static bool take_row_event(struct ilmi_row *rows, uint32_t count, enum ilmi_event_kind kind,
                           enum ilmi_event_kind gone, bool goes, struct ilmi_event *out)
{
    for (uint32_t i = 0; i < count; i++) {
        struct ilmi_row *row = &rows[i];
        if (!row->used)
            continue;
        memcpy(out->octets, row->octets, ILMI_ADDRESS_BYTES);
        if (goes && row->told && !row->registered) {
            row->told = false;
            row->used = row->wanted;
            out->kind = gone;
            return true;
        }
        if (!goes && !row->told && row->registered) {
            row->told = true;
            out->kind = kind;
            return true;
        }
        if (!goes && row->refused && !row->refused_told) {
            row->refused_told = true;
            out->kind = ILMI_ADDRESS_REFUSED;
            return true;
        }
    }
    return false;
}

static bool take_rows_event(struct ilmi *ilmi, bool goes, struct ilmi_event *out)
{
    /* the network knows its own prefixes */
    uint32_t prefix_count = ilmi->options.side == ILMI_USER ? ILMI_PREFIX_COUNT_MAX : 0;
    return take_row_event(ilmi->prefixes, prefix_count, ILMI_PREFIX, ILMI_PREFIX_GONE, goes, out) ||
           take_row_event(ilmi->addresses, ilmi->options.address_count_max, ILMI_ADDRESS,
                          ILMI_ADDRESS_GONE, goes, out);
}

bool ilmi_take_event(struct ilmi *ilmi, struct ilmi_event *out)
{
    *out = (struct ilmi_event){.kind = ILMI_LOST};
    if (!ilmi->untold)
        return false;
    if (take_rows_event(ilmi, true, out))
        return true;
    if (ilmi->connected != ilmi->connected_told) {
        ilmi->connected_told = ilmi->connected;
        *out = (struct ilmi_event){.kind = ilmi->connected ? ILMI_CONNECTED : ILMI_LOST};
        return true;
    }
    if (take_rows_event(ilmi, false, out))
        return true;
    ilmi->untold = false;
    return false;
}

bool ilmi_add_prefix(struct ilmi *ilmi, uint64_t now_ms, const uint8_t prefix[ILMI_PREFIX_BYTES])
{
    assert(ilmi->options.side == ILMI_NETWORK);
    if (ilmi_find(ilmi->prefixes, ILMI_PREFIX_COUNT_MAX, prefix, ILMI_PREFIX_BYTES))
        return true;
    struct ilmi_row *row = ilmi_free_row(ilmi->prefixes, ILMI_PREFIX_COUNT_MAX);
    if (!row)
        return false;
    *row = (struct ilmi_row){.used = true, .wanted = true};
    memcpy(row->octets, prefix, ILMI_PREFIX_BYTES);
    step(ilmi, now_ms);
    return true;
}

bool ilmi_add_esi(struct ilmi *ilmi, uint64_t now_ms, const uint8_t octets[ILMI_ESI_BYTES],
                  uint8_t selector)
{
    assert(ilmi->options.side == ILMI_USER);
    struct ilmi_esi esi;
    memcpy(esi.octets, octets, ILMI_ESI_BYTES);
    esi.octets[ILMI_ESI_BYTES] = selector;
    for (uint32_t i = 0; i < ilmi->esi_count; i++)
        if (memcmp(&ilmi->esis[i], &esi, sizeof(esi)) == 0)
            return true;
    if (ilmi->esi_count == ilmi->options.esi_count_max)
        return false;
    ilmi->esis[ilmi->esi_count++] = esi;
    for (uint32_t i = 0; i < ILMI_PREFIX_COUNT_MAX; i++)
        if (ilmi->prefixes[i].used && ilmi->prefixes[i].registered)
            (void)want_esi(ilmi, ilmi->prefixes[i].octets, &esi);
    step(ilmi, now_ms);
    return true;
}

bool ilmi_add_address(struct ilmi *ilmi, uint64_t now_ms, const uint8_t address[ILMI_ADDRESS_BYTES])
{
    assert(ilmi->options.side == ILMI_USER);
    bool added = want_address(ilmi, address, true);
    step(ilmi, now_ms);
    return added;
}

bool ilmi_remove_address(struct ilmi *ilmi, uint64_t now_ms,
                         const uint8_t address[ILMI_ADDRESS_BYTES])
{
    assert(ilmi->options.side == ILMI_USER);
    struct ilmi_row *row =
        ilmi_find(ilmi->addresses, ilmi->options.address_count_max, address, ILMI_ADDRESS_BYTES);
    if (!row || !row->wanted)
        return false;
    row->wanted = row->full = row->refused = false;
    if (!row->registered)
        row_set(ilmi, row, false);
    step(ilmi, now_ms);
    return true;
}

void ilmi_poll(struct ilmi *ilmi, uint64_t now_ms)
{
    if (ilmi->running)
        ilmi->poll_at_ms = now_ms;
    step(ilmi, now_ms);
}

enum ilmi_peer_kind ilmi_peer(const struct ilmi *ilmi, struct ilmi_peer *peer)
{
    if (ilmi->peer_known)
        *peer = ilmi->peer;
    return ilmi->peer_known  ? ILMI_PEER_NAMED
           : ilmi->connected ? ILMI_PEER_NAMELESS
                             : ILMI_PEER_SILENT;
}

bool ilmi_is_connected(const struct ilmi *ilmi)
{
    return ilmi->connected;
}

void ilmi_statistics_read(const struct ilmi *ilmi, struct ilmi_statistics *out)
{
    *out = ilmi->counts;
}
