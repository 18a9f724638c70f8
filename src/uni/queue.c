/* SPDX-License-Identifier: MIT */
#include "uni/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 8, ROOM_MIN = 16384 };

static size_t padded(size_t byte_count)
{
    return (byte_count + ALIGN - 1) / ALIGN * ALIGN;
}

/* Room for byte_count more octets in one piece; false without memory, with nothing changed. */
static bool buffer_reserve(struct buffer *buffer, size_t byte_count)
{
    const size_t used = buffer->tail - buffer->head;

    if (buffer->room - buffer->tail >= byte_count)
        return true;
    if (used + byte_count <= buffer->room / 2) {
        if (used > 0)
            memmove(buffer->bytes, buffer->bytes + buffer->head, used);
        buffer->head = 0;
        buffer->tail = used;
        return true;
    }
    size_t room = buffer->room ? buffer->room : ROOM_MIN;

    while (room < 2 * (used + byte_count))
        room *= 2;
    uint8_t *const bytes = malloc(room);
    if (!bytes)
        return false;
    if (used > 0)
        memcpy(bytes, buffer->bytes + buffer->head, used);
    free(buffer->bytes);
    *buffer = (struct buffer){bytes, 0, used, room};
    return true;
}

/* Every frame at its largest, every event with the frame that is being fed. */
bool uni_queues_reserve(struct uni *uni, size_t frame_count, size_t event_count)
{
    const size_t frame_bytes = padded(sizeof(uint32_t) + UNI_MESSAGE_BYTES_MAX);
    const size_t event_bytes = sizeof(struct stored_event) + padded(uni->frame_bytes);

    return buffer_reserve(&uni->frames, frame_count * frame_bytes) &&
           buffer_reserve(&uni->events, event_count * event_bytes);
}

/* Frames of STATUS ENQUIRY, and events without octets. */
bool uni_queues_reserve_short(struct uni *uni, size_t frame_count, size_t event_count)
{
    return buffer_reserve(&uni->frames, frame_count * 32) &&
           buffer_reserve(&uni->events, event_count * sizeof(struct stored_event));
}

void uni_queue_frame(struct uni *uni, const uint8_t *bytes, size_t byte_count)
{
    struct buffer *const buffer = &uni->frames;
    const uint32_t length = (uint32_t)byte_count;

    assert(buffer->room - buffer->tail >= padded(sizeof(length) + byte_count));
    memcpy(buffer->bytes + buffer->tail, &length, sizeof(length));
    memcpy(buffer->bytes + buffer->tail + sizeof(length), bytes, byte_count);
    buffer->tail += padded(sizeof(length) + byte_count);
}

void uni_queue_event(struct uni *uni, const struct uni_event *event)
{
    struct buffer *const buffer = &uni->events;
    struct stored_event stored = {.event = *event};

    if (event->message)
        stored.frame_bytes = (uint32_t)uni->frame_bytes;
    assert(buffer->room - buffer->tail >= sizeof(stored) + padded(stored.frame_bytes));
    memcpy(buffer->bytes + buffer->tail, &stored, sizeof(stored));
    buffer->tail += sizeof(stored);
    if (stored.frame_bytes > 0)
        memcpy(buffer->bytes + buffer->tail, uni->frame, stored.frame_bytes);
    buffer->tail += padded(stored.frame_bytes);
}

void uni_queues_drop_frames(struct uni *uni)
{
    uni->frames.head = uni->frames.tail = 0;
}

void uni_queues_free(struct uni *uni)
{
    free(uni->frames.bytes);
    free(uni->events.bytes);
}

bool uni_take_frame(struct uni *uni, struct uni_frame *frame)
{
    struct buffer *const buffer = &uni->frames;
    uint32_t length;

    if (uni->link_state != 3 || buffer->head == buffer->tail)
        return false;
    memcpy(&length, buffer->bytes + buffer->head, sizeof(length));
    *frame = (struct uni_frame){buffer->bytes + buffer->head + sizeof(length), length};
    buffer->head += padded(sizeof(length) + length);
    if (buffer->head == buffer->tail)
        buffer->head = buffer->tail = 0;
    uni->counters.frames_out++;
    return true;
}

bool uni_take_event(struct uni *uni, struct uni_event *event)
{
    struct buffer *const buffer = &uni->events;
    struct stored_event stored;

    if (buffer->head == buffer->tail)
        return false;
    memcpy(&stored, buffer->bytes + buffer->head, sizeof(stored));
    buffer->head += sizeof(stored);
    *event = stored.event;
    if (event->message) {
        /* A copy: the owner may hand its views back in a request, which moves the buffer. */
        memcpy(uni->taken_bytes, buffer->bytes + buffer->head, stored.frame_bytes);
        uni_decode(&uni->taken, uni->taken_bytes, stored.frame_bytes);
        uni_check(&uni->taken, uni->config.version, uni_direction_in(uni));
        event->message = &uni->taken;
        buffer->head += padded(stored.frame_bytes);
    }
    if (buffer->head == buffer->tail)
        buffer->head = buffer->tail = 0;
    return true;
}
