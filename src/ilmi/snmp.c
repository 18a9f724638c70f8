/* SPDX-License-Identifier: MIT */
#include "ilmi/snmp.h"

#include <assert.h>
#include <string.h>

#define TAG_INTEGER  0x02u
#define TAG_OCTETS   0x04u
#define TAG_OBJECT   0x06u
#define TAG_SEQUENCE 0x30u
#define TAG_ADDRESS  0x40u
#define TAG_TICKS    0x43u

static const uint8_t community[4] = {'I', 'L', 'M', 'I'};

int snmp_name_compare(const struct snmp_name *a, const struct snmp_name *b)
{
    uint32_t common = a->arc_count < b->arc_count ? a->arc_count : b->arc_count;
    for (uint32_t i = 0; i < common; i++)
        if (a->arcs[i] != b->arcs[i])
            return a->arcs[i] < b->arcs[i] ? -1 : 1;
    return a->arc_count == b->arc_count ? 0 : a->arc_count < b->arc_count ? -1 : 1;
}

/* ---- decoding ---- */

struct in {
    const uint8_t *at;
    const uint8_t *end;
};

static size_t in_left(const struct in *in)
{
    return (size_t)(in->end - in->at);
}

/* Takes one element off: its contents. Lengths take at most two octets after the first. */
static bool in_take(struct in *in, uint32_t *tag, struct in *contents)
{
    if (in_left(in) < 2)
        return false;
    *tag = *in->at++;
    size_t bytes = *in->at++;
    if (bytes & 0x80) {
        size_t length_bytes = bytes & 0x7f;
        if (length_bytes < 1 || length_bytes > 2 || in_left(in) < length_bytes)
            return false;
        bytes = 0;
        while (length_bytes-- > 0)
            bytes = bytes << 8 | *in->at++;
    }
    if (in_left(in) < bytes)
        return false;
    *contents = (struct in){in->at, in->at + bytes};
    in->at += bytes;
    return true;
}

static bool in_take_tag(struct in *in, uint32_t tag, struct in *contents)
{
    uint32_t found;
    return in_take(in, &found, contents) && found == tag;
}

/* A two's complement number that lies between the limits, in its shortest form. */
static bool in_number(const struct in *contents, int64_t min, int64_t max, int64_t *out)
{
    size_t bytes = in_left(contents);
    if (bytes < 1 || bytes > 5)
        return false;
    const uint8_t *at = contents->at;
    if (bytes > 1 && ((at[0] == 0 && !(at[1] & 0x80)) || (at[0] == 0xff && at[1] & 0x80)))
        return false;
    int64_t number = at[0] & 0x80 ? -1 : 0;
    for (size_t i = 0; i < bytes; i++)
        number = (int64_t)((uint64_t)number << 8 | at[i]);
    *out = number;
    return number >= min && number <= max;
}

static bool in_integer(struct in *in, int32_t *out)
{
    struct in contents;
    int64_t number;
    if (!in_take_tag(in, TAG_INTEGER, &contents) ||
        !in_number(&contents, INT32_MIN, INT32_MAX, &number))
        return false;
    *out = (int32_t)number;
    return true;
}

static bool in_arc(struct in *in, uint32_t *out)
{
    uint64_t arc = 0;
    bool first = true;
    while (in->at < in->end) {
        uint8_t octet = *in->at++;
        if (first && octet == 0x80)
            return false; /* not the shortest form */
        first = false;
        arc = arc << 7 | (octet & 0x7f);
        if (arc > UINT32_MAX)
            return false;
        if (!(octet & 0x80)) {
            *out = (uint32_t)arc;
            return true;
        }
    }
    return false;
}

static bool in_name(struct in contents, struct snmp_name *out)
{
    uint32_t arc;
    if (!in_arc(&contents, &arc))
        return false;
    out->arcs[0] = arc < 80 ? arc / 40 : 2;
    out->arcs[1] = arc - out->arcs[0] * 40;
    for (out->arc_count = 2; contents.at < contents.end; out->arc_count++)
        if (out->arc_count == SNMP_ARC_COUNT_MAX || !in_arc(&contents, &out->arcs[out->arc_count]))
            return false;
    return true;
}

static bool in_value(uint32_t tag, const struct in *contents, struct snmp_binding *out)
{
    struct snmp_name name;
    size_t bytes = in_left(contents);
    out->type = (enum snmp_type)tag;
    out->octets = contents->at;
    out->octet_count = (uint32_t)bytes;
    switch (tag) {
    case SNMP_INTEGER:
        out->octet_count = 0;
        return in_number(contents, INT32_MIN, INT32_MAX, &out->number);
    case SNMP_COUNTER:
    case SNMP_GAUGE:
    case SNMP_TICKS:
        out->octet_count = 0;
        return in_number(contents, 0, UINT32_MAX, &out->number);
    case SNMP_NULL:
        return bytes == 0;
    case SNMP_OBJECT:
        return in_name(*contents, &name);
    case SNMP_ADDRESS:
        return bytes == 4;
    case SNMP_OCTETS:
    case SNMP_OPAQUE:
        return true;
    default:
        return false;
    }
}

static bool in_bindings(struct in *pdu, struct snmp_message *out)
{
    struct in list, binding, contents;
    uint32_t tag;
    if (!in_take_tag(pdu, TAG_SEQUENCE, &list) || in_left(pdu) > 0)
        return false;
    for (; in_left(&list) > 0; out->binding_count++) {
        if (out->binding_count == SNMP_BINDING_COUNT_MAX ||
            !in_take_tag(&list, TAG_SEQUENCE, &binding) ||
            !in_take_tag(&binding, TAG_OBJECT, &contents))
            return false;
        struct snmp_binding *to = &out->bindings[out->binding_count];
        *to = (struct snmp_binding){.type = SNMP_NULL};
        if (!in_name(contents, &to->name) || !in_take(&binding, &tag, &contents) ||
            !in_value(tag, &contents, to) || in_left(&binding) > 0)
            return false;
    }
    return true;
}

static bool in_trap(struct in *pdu, struct snmp_message *out)
{
    struct in contents;
    int64_t ticks;
    if (!in_take_tag(pdu, TAG_OBJECT, &contents) || !in_name(contents, &out->enterprise) ||
        !in_take_tag(pdu, TAG_ADDRESS, &contents) || in_left(&contents) != 4 ||
        !in_integer(pdu, &out->generic_trap) || !in_integer(pdu, &out->specific_trap) ||
        !in_take_tag(pdu, TAG_TICKS, &contents) || !in_number(&contents, 0, UINT32_MAX, &ticks))
        return false;
    out->ticks = (uint32_t)ticks;
    return true;
}

bool snmp_decode(const uint8_t *octets, size_t octet_count, struct snmp_message *out)
{
    struct in in = {octets, octets + octet_count}, message, contents, pdu;
    uint32_t tag;
    int32_t version;
    out->binding_count = 0;
    if (octet_count > SNMP_MESSAGE_BYTES_MAX || !in_take_tag(&in, TAG_SEQUENCE, &message) ||
        in_left(&in) > 0 || !in_integer(&message, &version) || version != 0 ||
        !in_take_tag(&message, TAG_OCTETS, &contents) || in_left(&contents) != sizeof(community) ||
        memcmp(contents.at, community, sizeof(community)) != 0 || !in_take(&message, &tag, &pdu) ||
        in_left(&message) > 0 || tag < SNMP_GET || tag > SNMP_TRAP)
        return false;
    out->pdu = (enum snmp_pdu)tag;
    out->request_id = out->error_status = out->error_index = 0;
    out->generic_trap = out->specific_trap = 0;
    out->ticks = out->enterprise.arc_count = 0;
    if (out->pdu == SNMP_TRAP
            ? !in_trap(&pdu, out)
            : !in_integer(&pdu, &out->request_id) || !in_integer(&pdu, &out->error_status) ||
                  !in_integer(&pdu, &out->error_index))
        return false;
    return in_bindings(&pdu, out);
}

/* ---- encoding: from the end to the beginning, so that each length is known when it is due ---- */

struct out {
    uint8_t bytes[SNMP_MESSAGE_BYTES_MAX];
    size_t at;
    bool full;
};

static void out_octet(struct out *out, uint32_t octet)
{
    if (out->at == 0)
        out->full = true;
    else
        out->bytes[--out->at] = (uint8_t)octet;
}

static void out_octets(struct out *out, const uint8_t *octets, size_t count)
{
    while (count > 0)
        out_octet(out, octets[--count]);
}

/* Closes an element whose contents end at `end`. */
static void out_head(struct out *out, uint32_t tag, size_t end)
{
    size_t bytes = end - out->at;
    out_octet(out, (uint32_t)bytes & 0xff);
    if (bytes > 0xff) {
        out_octet(out, (uint32_t)(bytes >> 8));
        out_octet(out, 0x82);
    } else if (bytes > 0x7f) {
        out_octet(out, 0x81);
    }
    out_octet(out, tag);
}

static void out_number(struct out *out, uint32_t tag, int64_t number)
{
    size_t end = out->at;
    bool more = true;
    while (more) {
        uint32_t octet = (uint32_t)number & 0xff;
        out_octet(out, octet);
        number >>= 8;
        more = number != (octet & 0x80 ? -1 : 0);
    }
    out_head(out, tag, end);
}

static void out_name(struct out *out, const struct snmp_name *name)
{
    size_t end = out->at;
    assert(name->arc_count >= 2);
    for (uint32_t i = name->arc_count; i > 1; i--) {
        uint64_t arc = name->arcs[i - 1];
        if (i == 2)
            arc += (uint64_t)name->arcs[0] * 40;
        out_octet(out, arc & 0x7f);
        while (arc >>= 7)
            out_octet(out, 0x80 | (arc & 0x7f));
    }
    out_head(out, TAG_OBJECT, end);
}

static void out_binding(struct out *out, const struct snmp_binding *binding)
{
    size_t end = out->at;
    switch (binding->type) {
    case SNMP_INTEGER:
    case SNMP_COUNTER:
    case SNMP_GAUGE:
    case SNMP_TICKS:
        out_number(out, binding->type, binding->number);
        break;
    default:
        out_octets(out, binding->octets, binding->octet_count);
        out_head(out, binding->type, end);
        break;
    }
    out_name(out, &binding->name);
    out_head(out, TAG_SEQUENCE, end);
}

static void out_trap(struct out *out, const struct snmp_message *message)
{
    static const uint8_t no_address[4] = {0};
    out_number(out, TAG_TICKS, message->ticks);
    out_number(out, TAG_INTEGER, message->specific_trap);
    out_number(out, TAG_INTEGER, message->generic_trap);
    size_t end = out->at;
    out_octets(out, no_address, sizeof(no_address));
    out_head(out, TAG_ADDRESS, end);
    out_name(out, &message->enterprise);
}

size_t snmp_encode(const struct snmp_message *message, uint8_t bytes[SNMP_MESSAGE_BYTES_MAX])
{
    struct out out = {.at = SNMP_MESSAGE_BYTES_MAX};
    size_t end = out.at;
    assert(message->binding_count <= SNMP_BINDING_COUNT_MAX);
    for (uint32_t i = message->binding_count; i > 0; i--)
        out_binding(&out, &message->bindings[i - 1]);
    out_head(&out, TAG_SEQUENCE, end);
    if (message->pdu == SNMP_TRAP) {
        out_trap(&out, message);
    } else {
        out_number(&out, TAG_INTEGER, message->error_index);
        out_number(&out, TAG_INTEGER, message->error_status);
        out_number(&out, TAG_INTEGER, message->request_id);
    }
    out_head(&out, message->pdu, end);
    size_t community_end = out.at;
    out_octets(&out, community, sizeof(community));
    out_head(&out, TAG_OCTETS, community_end);
    out_number(&out, TAG_INTEGER, 0);
    out_head(&out, TAG_SEQUENCE, end);
    if (out.full)
        return 0;
    memcpy(bytes, out.bytes + out.at, end - out.at);
    return end - out.at;
}
