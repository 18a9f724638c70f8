/* SPDX-License-Identifier: MIT */
#include "message.h"

#include <string.h>

#define VERSION 1u

static const struct {
    const char *name;
    uint32_t parts;
} types[HUBSIG_TYPES] = {
#define MESSAGE(name, number, parts, event) [number] = {#name, (parts)},
#include "message.def"
#undef MESSAGE
};

const char *hubsig_type_name(enum hubsig_type type)
{
    return type > 0 && type < HUBSIG_TYPES ? types[type].name : "?";
}

uint32_t hubsig_type_parts(enum hubsig_type type)
{
    return types[type].parts;
}

static bool name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool hubsig_name_set(struct hubsig_name *name, const char *text, size_t length)
{
    memset(name, 0, sizeof(*name));
    if (length == 0 || length > HUBSIG_NAME_BYTES)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!name_character(text[i]))
            return false;
        name->text[i] = text[i];
    }
    name->length = (uint8_t)length;
    return true;
}

bool hubsig_name_equal(const struct hubsig_name *a, const struct hubsig_name *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

size_t hubsig_message_bytes(const struct hubsig_message *message)
{
    uint32_t parts = types[message->type].parts;
    size_t bytes = HUBSIG_HEADER_BYTES;
    if (parts & PART_OFFER)
        bytes += 16 + 2 * HUBSIG_ADDRESS_BYTES;
    if (parts & PART_FLOWS)
        bytes += 64;
    if (parts & PART_STATUS)
        bytes += 4;
    if (parts & PART_DATA)
        bytes += 4 + (size_t)message->data_bytes;
    return bytes;
}

struct writer {
    uint8_t *at;
};

static void put_number(struct writer *w, uint32_t value)
{
    w->at[0] = (uint8_t)(value >> 24);
    w->at[1] = (uint8_t)(value >> 16);
    w->at[2] = (uint8_t)(value >> 8);
    w->at[3] = (uint8_t)value;
    w->at += 4;
}

static void put_bytes(struct writer *w, const void *bytes, size_t count)
{
    if (count)
        memcpy(w->at, bytes, count);
    w->at += count;
}

static void put_name(struct writer *w, const struct hubsig_name *name)
{
    static const uint8_t zeros[3] = {0};
    put_bytes(w, &name->length, 1);
    put_bytes(w, name->text, HUBSIG_NAME_BYTES);
    put_bytes(w, zeros, sizeof(zeros));
}

static void put_flow(struct writer *w, const struct hubsig_flow *flow)
{
    for (int i = 0; i < 8; i++)
        put_number(w, flow->field[i]);
}

void hubsig_encode(const struct hubsig_message *message, uint8_t *out)
{
    struct writer w = {out};
    uint32_t parts = types[message->type].parts;
    const uint8_t first[4] = {'h', 's', VERSION, (uint8_t)message->type};
    put_bytes(&w, first, sizeof(first));
    put_number(&w, (uint32_t)hubsig_message_bytes(message));
    put_name(&w, &message->to);
    put_name(&w, &message->from);
    put_number(&w, message->to_ref);
    put_number(&w, message->from_ref);
    if (parts & PART_OFFER) {
        put_number(&w, message->multipoint ? 1 : 0);
        put_number(&w, message->channel);
        put_number(&w, message->endpoint);
        put_number(&w, message->element_count);
        put_bytes(&w, message->called, HUBSIG_ADDRESS_BYTES);
        put_bytes(&w, message->calling, HUBSIG_ADDRESS_BYTES);
    }
    if (parts & PART_FLOWS) {
        put_flow(&w, &message->forward);
        put_flow(&w, &message->backward);
    }
    if (parts & PART_STATUS)
        put_number(&w, message->status);
    if (parts & PART_DATA) {
        put_number(&w, message->data_bytes);
        put_bytes(&w, message->data, message->data_bytes);
    }
}

struct reader {
    const uint8_t *at;
    size_t left;
    bool bad; /* it ended too early */
};

static uint32_t get_number(struct reader *r)
{
    if (r->left < 4) {
        r->bad = true;
        return 0;
    }
    uint32_t value =
        (uint32_t)r->at[0] << 24 | (uint32_t)r->at[1] << 16 | (uint32_t)r->at[2] << 8 | r->at[3];
    r->at += 4;
    r->left -= 4;
    return value;
}

static void get_bytes(struct reader *r, void *out, size_t count)
{
    if (r->left < count) {
        r->bad = true;
        return;
    }
    memcpy(out, r->at, count);
    r->at += count;
    r->left -= count;
}

static void get_flow(struct reader *r, struct hubsig_flow *flow)
{
    for (int i = 0; i < 8; i++)
        flow->field[i] = get_number(r);
}

static bool name_read(const uint8_t *at, struct hubsig_name *name)
{
    if (!hubsig_name_set(name, (const char *)at + 1, at[0]))
        return false;
    for (size_t i = 1 + (size_t)name->length; i < 16; i++)
        if (at[i] != 0)
            return false;
    return true;
}

bool hubsig_decode_names(const uint8_t *bytes, size_t byte_count, struct hubsig_name *to,
                         struct hubsig_name *from)
{
    return byte_count >= HUBSIG_HEADER_BYTES && name_read(bytes + 8, to) &&
           name_read(bytes + 24, from);
}

static const char *offer_read(struct reader *r, struct hubsig_message *out)
{
    uint32_t flags = get_number(r);
    out->channel = get_number(r);
    out->endpoint = get_number(r);
    out->element_count = get_number(r);
    get_bytes(r, out->called, HUBSIG_ADDRESS_BYTES);
    get_bytes(r, out->calling, HUBSIG_ADDRESS_BYTES);
    if (r->bad)
        return "the offer is cut short";
    if (flags > 1)
        return "an unknown flag is set";
    out->multipoint = flags & 1;
    if (out->channel == 0)
        return "the channel is 0";
    if (out->type == HUBSIG_ADD_PARTY && !out->multipoint)
        return "a party is added to a point-to-point call";
    return NULL;
}

static const char *data_read(struct reader *r, struct hubsig_message *out)
{
    bool offer = types[out->type].parts & PART_OFFER;
    out->data_bytes = get_number(r);
    if (r->bad || out->data_bytes > r->left)
        return "the data is cut short";
    if (out->data_bytes > (offer ? HUBSIG_ELEMENT_BYTES_MAX : HUBSIG_CLOSE_BYTES_MAX))
        return "the data is too long";
    out->data = out->data_bytes ? r->at : NULL;
    r->at += out->data_bytes;
    r->left -= out->data_bytes;
    return NULL;
}

static const char *body_read(struct reader *r, struct hubsig_message *out)
{
    uint32_t parts = types[out->type].parts;
    const char *wrong = NULL;
    if (parts & PART_OFFER)
        wrong = offer_read(r, out);
    if (parts & PART_FLOWS) {
        get_flow(r, &out->forward);
        get_flow(r, &out->backward);
    }
    if (parts & PART_STATUS)
        out->status = get_number(r);
    if (!wrong && r->bad)
        wrong = "the body is cut short";
    if (!wrong && parts & PART_DATA)
        wrong = data_read(r, out);
    if (!wrong && r->left > 0)
        wrong = "bytes are left over";
    return wrong;
}

const char *hubsig_decode(const uint8_t *bytes, size_t byte_count, struct hubsig_message *out)
{
    memset(out, 0, sizeof(*out));
    if (byte_count < HUBSIG_HEADER_BYTES)
        return "shorter than a header";
    if (bytes[0] != 'h' || bytes[1] != 's')
        return "not a message of this signalling";
    if (bytes[2] != VERSION)
        return "of another version";
    if (bytes[3] == HUBSIG_NO_MESSAGE || bytes[3] >= HUBSIG_TYPES)
        return "no such message";
    if (!hubsig_decode_names(bytes, byte_count, &out->to, &out->from))
        return "a station's name is malformed";
    out->type = (enum hubsig_type)bytes[3];
    struct reader r = {bytes + 4, byte_count - 4, false};
    if (get_number(&r) != byte_count)
        return "its length is not the frame's";
    r = (struct reader){bytes + 40, byte_count - 40, false};
    out->to_ref = get_number(&r);
    out->from_ref = get_number(&r);
    bool offer = types[out->type].parts & PART_OFFER;
    if (offer != (out->to_ref == 0))
        return offer ? "an offer names a call" : "it names no call";
    if (offer && out->from_ref == 0)
        return "an offer without a reference";
    return body_read(&r, out);
}
