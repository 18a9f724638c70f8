/* SPDX-License-Identifier: MIT */
#include "link/atmtcp.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

uint32_t atmtcp_view_copy(const struct atmtcp_view *view, uint8_t *out, uint32_t room)
{
    uint32_t done = 0;
    for (uint32_t i = 0; i < view->piece_count && done < room; i++) {
        uint32_t bytes = view->pieces[i].byte_count;
        if (bytes > room - done)
            bytes = room - done;
        memcpy(out + done, view->pieces[i].bytes, bytes);
        done += bytes;
    }
    return done;
}

void atmtcp_header_write(uint8_t out[ATMTCP_HEADER_BYTES], uint16_t vpi, uint16_t vci,
                         uint32_t payload_bytes)
{
    assert(payload_bytes <= ATMTCP_FRAME_BYTES_MAX);
    out[0] = (uint8_t)(vpi >> 8);
    out[1] = (uint8_t)vpi;
    out[2] = (uint8_t)(vci >> 8);
    out[3] = (uint8_t)vci;
    out[4] = 0;
    out[5] = 0;
    out[6] = (uint8_t)(payload_bytes >> 8);
    out[7] = (uint8_t)payload_bytes;
}

const char *atmtcp_result_name(enum atmtcp_result result)
{
    static const char *const names[] = {
        [ATMTCP_FRAME] = "frame",
        [ATMTCP_MORE] = "more bytes needed",
        [ATMTCP_TOO_LONG] = "length over 65535",
        [ATMTCP_KERNEL_BLOCK] = "a control block of the kernel",
        [ATMTCP_BAD_VPI] = "VPI over 255",
    };
    return names[result];
}

void atmtcp_reader_init(struct atmtcp_reader *reader, struct block_pool *pool)
{
    *reader = (struct atmtcp_reader){.pool = pool, .broken = ATMTCP_FRAME};
}

void atmtcp_reader_end(struct atmtcp_reader *reader)
{
    if (reader->first)
        block_release(reader->first);
    if (reader->second)
        block_release(reader->second);
    atmtcp_reader_init(reader, reader->pool);
}

/* Nothing waits in the first block: go to the next one, or use it again when nobody else has it. */
static void reader_advance(struct atmtcp_reader *reader)
{
    if (!reader->first || reader->begin_bytes < reader->first_bytes)
        return;
    if (reader->second) {
        block_release(reader->first);
        reader->first = reader->second;
        reader->first_bytes = reader->second_bytes;
        reader->begin_bytes = reader->second_begin_bytes;
        reader->second = NULL;
        reader->second_bytes = 0;
        reader->second_begin_bytes = 0;
    } else if (block_is_mine(reader->first)) {
        reader->begin_bytes = 0;
        reader->first_bytes = 0;
    } else if (reader->first_bytes == reader->first->room_bytes) {
        block_release(reader->first);
        reader->first = NULL;
    }
}

uint8_t *atmtcp_reader_room(struct atmtcp_reader *reader, size_t *room_bytes, bool *wakes)
{
    assert(reader->broken == ATMTCP_FRAME);
    *wakes = false;
    reader_advance(reader);
    if (!reader->first) {
        reader->first = block_pool_take(reader->pool, wakes);
        if (!reader->first)
            return NULL;
        assert(reader->first->room_bytes >= ATMTCP_BLOCK_BYTES_MIN);
        reader->begin_bytes = 0;
        reader->first_bytes = 0;
    }
    if (reader->first_bytes < reader->first->room_bytes) {
        *room_bytes = reader->first->room_bytes - reader->first_bytes;
        return reader->first->bytes + reader->first_bytes;
    }
    if (!reader->second) {
        reader->second = block_pool_take(reader->pool, wakes);
        if (!reader->second)
            return NULL;
        reader->second_bytes = 0;
        reader->second_begin_bytes = 0;
    }
    *room_bytes = reader->second->room_bytes - reader->second_bytes;
    assert(*room_bytes > 0); /* a block is longer than any frame, so one ends before it does */
    return reader->second->bytes + reader->second_bytes;
}

void atmtcp_reader_filled(struct atmtcp_reader *reader, size_t byte_count)
{
    if (reader->first_bytes < reader->first->room_bytes) {
        assert(byte_count <= reader->first->room_bytes - reader->first_bytes);
        reader->first_bytes += (uint32_t)byte_count;
    } else {
        assert(reader->second);
        assert(byte_count <= reader->second->room_bytes - reader->second_bytes);
        reader->second_bytes += (uint32_t)byte_count;
    }
}

/* Which octet comes at_bytes after the parsed ones; it is there. */
static uint8_t reader_peek(const struct atmtcp_reader *reader, uint32_t at_bytes)
{
    uint32_t in_first = reader->first_bytes - reader->begin_bytes;
    if (at_bytes < in_first)
        return reader->first->bytes[reader->begin_bytes + at_bytes];
    assert(reader->second);
    return reader->second->bytes[at_bytes - in_first];
}

static void view_add(struct atmtcp_view *view, struct block *block, uint32_t from, uint32_t bytes)
{
    if (bytes > 0)
        view->pieces[view->piece_count++] =
            (struct atmtcp_piece){block->bytes + from, bytes, block};
}

/* The bytes after the header, wherever they lie; moves past them. The second block becomes the
 * first only with the next call, so that the view stays good until then. */
static void reader_cut(struct atmtcp_reader *reader, struct atmtcp_view *view)
{
    uint32_t in_first = reader->first_bytes - reader->begin_bytes;
    uint32_t skip = ATMTCP_HEADER_BYTES, all = ATMTCP_HEADER_BYTES + view->payload_bytes;
    if (all <= in_first) {
        view_add(view, reader->first, reader->begin_bytes + skip, view->payload_bytes);
        reader->begin_bytes += all;
        return;
    }
    uint32_t skip_first = skip < in_first ? skip : in_first;
    view_add(view, reader->first, reader->begin_bytes + skip_first, in_first - skip_first);
    uint32_t skip_second = skip - skip_first;
    view_add(view, reader->second, skip_second, all - in_first - skip_second);
    reader->begin_bytes = reader->first_bytes; /* of the first block nothing is left */
    reader->second_begin_bytes = all - in_first;
}

static enum atmtcp_result header_fault(uint16_t vpi, uint32_t payload_bytes)
{
    if (payload_bytes == UINT32_MAX)
        return ATMTCP_KERNEL_BLOCK; /* SIG 1.3 */
    if (payload_bytes > ATMTCP_FRAME_BYTES_MAX)
        return ATMTCP_TOO_LONG;
    return vpi > ATMTCP_VPI_MAX ? ATMTCP_BAD_VPI : ATMTCP_FRAME;
}

enum atmtcp_result atmtcp_read(struct atmtcp_reader *reader, struct atmtcp_view *view)
{
    if (reader->broken != ATMTCP_FRAME)
        return reader->broken;
    if (reader->begin_bytes == reader->first_bytes && reader->second)
        reader_advance(reader);
    uint32_t have = reader->first_bytes - reader->begin_bytes + reader->second_bytes;
    if (have < ATMTCP_HEADER_BYTES)
        return ATMTCP_MORE;
    uint8_t octets[ATMTCP_HEADER_BYTES];
    for (uint32_t i = 0; i < ATMTCP_HEADER_BYTES; i++)
        octets[i] = reader_peek(reader, i);
    *view = (struct atmtcp_view){.vpi = (uint16_t)(octets[0] << 8 | octets[1]),
                                 .vci = (uint16_t)(octets[2] << 8 | octets[3])};
    view->payload_bytes = (uint32_t)octets[4] << 24 | (uint32_t)octets[5] << 16 |
                          (uint32_t)octets[6] << 8 | octets[7];
    reader->broken = header_fault(view->vpi, view->payload_bytes);
    if (reader->broken != ATMTCP_FRAME)
        return reader->broken;
    if (have - ATMTCP_HEADER_BYTES < view->payload_bytes)
        return ATMTCP_MORE;
    reader_cut(reader, view);
    return ATMTCP_FRAME;
}

/* ---- control text ---- */

struct text {
    const uint8_t *at;
    const uint8_t *end;
};

static bool text_number(struct text *text, uint32_t max, uint16_t *out)
{
    uint32_t value = 0;
    const uint8_t *begin = text->at;
    while (text->at < text->end && *text->at >= '0' && *text->at <= '9') {
        value = value * 10 + (uint32_t)(*text->at++ - '0');
        if (value > max)
            return false;
    }
    *out = (uint16_t)value;
    return text->at > begin;
}

static bool text_is(struct text *text, char character)
{
    if (text->at == text->end || *text->at != (uint8_t)character)
        return false;
    text->at++;
    return true;
}

struct atmtcp_control atmtcp_control_parse(const uint8_t *bytes, size_t text_bytes)
{
    const struct atmtcp_control unknown = {.kind = ATMTCP_CONTROL_UNKNOWN};
    struct text text = {bytes, bytes + text_bytes};
    struct atmtcp_control control = {0};
    bool opens = text_is(&text, 'O');
    if (!opens && !text_is(&text, 'C'))
        return unknown;
    if (!text_is(&text, ' ') || !text_number(&text, ATMTCP_VPI_MAX, &control.vpi) ||
        !text_is(&text, '.') || !text_number(&text, UINT16_MAX, &control.vci))
        return unknown;
    control.kind = opens ? ATMTCP_CONTROL_OPEN : ATMTCP_CONTROL_CLOSE;
    if (!opens)
        return text.at == text.end ? control : unknown;
    uint16_t itf, vpi, vci;
    if (!text_is(&text, ' ') || !text_number(&text, UINT16_MAX, &itf) || !text_is(&text, '.') ||
        !text_number(&text, ATMTCP_VPI_MAX, &vpi) || !text_is(&text, '.') ||
        !text_number(&text, UINT16_MAX, &vci) || !text_is(&text, ' ') || text.at == text.end)
        return unknown;
    return control;
}

size_t atmtcp_control_write(uint8_t out[ATMTCP_CONTROL_TEXT_MAX],
                            const struct atmtcp_control *control, const char *qos)
{
    assert(control->kind != ATMTCP_CONTROL_UNKNOWN);
    char text[ATMTCP_CONTROL_TEXT_MAX + 1];
    int bytes;
    if (control->kind == ATMTCP_CONTROL_OPEN)
        bytes = snprintf(text, sizeof(text), "O %u.%u 0.%u.%u %s", control->vpi, control->vci,
                         control->vpi, control->vci, qos);
    else
        bytes = snprintf(text, sizeof(text), "C %u.%u", control->vpi, control->vci);
    if (bytes < 0 || (size_t)bytes >= sizeof(text))
        return 0;
    memcpy(out, text, (size_t)bytes);
    return (size_t)bytes;
}
