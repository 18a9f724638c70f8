/* SPDX-License-Identifier: MIT */
#include <assert.h>

#include "link/link_inside.h"

#define PIECE_COUNT_MAX 256u            /* of one write */
#define WRITE_BYTES     (1024u * 1024u) /* of one write; more than a socket takes at once */

void frames_append(struct frames *frames, struct link_frame *frame)
{
    if (frames->last)
        frames->last->next = frame;
    else
        frames->first = frame;
    frames->last = frame;
}

void frames_join(struct frames *frames, struct frames *from)
{
    if (!from->first)
        return;
    frames_append(frames, from->first);
    frames->last = from->last;
}

/* ---- out ---- */

static void frame_done(struct link *link, struct link_frame *frame, enum link_result result)
{
    if (frame == &link->control.frame) {
        exec_lock(&link->lock);
        link->control.busy = false;
        exec_unlock(&link->lock);
        return;
    }
    if (result == LINK_SENT) {
        count(&link->counts.frames_out, 1);
        count(&link->counts.bytes_out, frame->payload_bytes);
    } else {
        count(&link->counts.frames_failed, 1);
    }
    link->calls.sent(link->context, frame, result);
}

void link_fail_all(struct link *link)
{
    struct link_frame *frame = link->writing.first;
    link->writing = (struct frames){0};
    link->written_bytes = 0;
    while (frame) {
        struct link_frame *next = frame->next;
        frame_done(link, frame, LINK_DOWN);
        frame = next;
    }
}

static enum link_direction other_direction(enum link_direction direction)
{
    return direction == LINK_USER_TO_NETWORK ? LINK_NETWORK_TO_USER : LINK_USER_TO_NETWORK;
}

static struct link_capture_frame captured(const struct link *link, enum link_direction direction)
{
    return (struct link_capture_frame){.direction = direction,
                                       .time = exec_system_time(link->exec->world)};
}

/* Writes pieces of a frame from its byte `skip` on (header included). returns their number, and
 * their bytes in *bytes. */
static uint32_t frame_pieces(const struct link_frame *frame, uint32_t skip, struct iovec *out,
                             uint32_t room, uint32_t *bytes)
{
    uint32_t piece_count = 0;
    *bytes = 0;
    if (skip < ATMTCP_HEADER_BYTES) {
        out[0].iov_base = (void *)(uintptr_t)(frame->header + skip);
        out[0].iov_len = *bytes = ATMTCP_HEADER_BYTES - skip;
        piece_count = 1;
        skip = ATMTCP_HEADER_BYTES;
    }
    uint32_t payload_at = skip - ATMTCP_HEADER_BYTES;
    if (piece_count == room || payload_at == frame->payload_bytes)
        return piece_count;
    uint32_t end =
        piece_count + frame->fill(frame, payload_at, out + piece_count, room - piece_count);
    assert(end <= room);
    for (; piece_count < end && payload_at < frame->payload_bytes; piece_count++) {
        uint32_t left = frame->payload_bytes - payload_at;
        if (out[piece_count].iov_len > left)
            out[piece_count].iov_len = left;
        payload_at += (uint32_t)out[piece_count].iov_len;
        *bytes += (uint32_t)out[piece_count].iov_len;
    }
    return piece_count;
}

/* The pieces of a frame may be more than fit at once; a capture of such a frame is cut. */
static void capture_out(struct link *link, const struct link_frame *frame)
{
    struct iovec pieces[PIECE_COUNT_MAX];
    uint32_t bytes;
    if (!link->capture || frame == &link->control.frame)
        return;
    struct link_capture_frame shown = captured(link, link->direction);
    shown.vpi = frame->header[1];
    shown.vci = (uint16_t)(frame->header[2] << 8 | frame->header[3]);
    uint32_t piece_count =
        frame_pieces(frame, ATMTCP_HEADER_BYTES, pieces, PIECE_COUNT_MAX, &bytes);
    link_capture_write(link->capture, &shown, pieces, piece_count);
}

/* The wire took `bytes`: the frames that are whole by that are done. */
static void link_written(struct link *link, size_t bytes)
{
    struct frames done = {0};
    while (bytes > 0) {
        struct link_frame *frame = link->writing.first;
        assert(frame); /* the wire takes no more than it was offered */
        size_t left = ATMTCP_HEADER_BYTES + frame->payload_bytes - link->written_bytes;
        if (bytes < left) {
            link->written_bytes += (uint32_t)bytes;
            break;
        }
        bytes -= left;
        link->written_bytes = 0;
        link->writing.first = frame->next;
        if (!frame->next)
            link->writing.last = NULL;
        frame->next = NULL;
        frames_append(&done, frame);
    }
    for (struct link_frame *frame = done.first, *next; frame; frame = next) {
        next = frame->next;
        capture_out(link, frame);
        frame_done(link, frame, LINK_SENT);
    }
}

void link_flush(struct link *link)
{
    struct iovec pieces[PIECE_COUNT_MAX];
    while (link->writing.first && !link->blocked) {
        uint32_t piece_count = 0;
        size_t offered = 0;
        uint32_t skip = link->written_bytes, bytes;
        for (struct link_frame *frame = link->writing.first;
             frame && piece_count < PIECE_COUNT_MAX && offered < WRITE_BYTES; frame = frame->next) {
            piece_count += frame_pieces(frame, skip, pieces + piece_count,
                                        PIECE_COUNT_MAX - piece_count, &bytes);
            offered += bytes;
            if (bytes < ATMTCP_HEADER_BYTES + frame->payload_bytes - skip)
                break; /* its other pieces go first next time */
            skip = 0;
        }
        count(&link->counts.writes, 1);
        ssize_t taken = link->ops->write(link->wire, pieces, piece_count);
        if (taken < 0) {
            link_lose(link, "the connection was lost while writing");
            return;
        }
        link->blocked = (size_t)taken < offered;
        link_written(link, (size_t)taken);
    }
}

void link_wire_writable(struct link *link)
{
    link->blocked = false;
    if (atomic_load(&link->up))
        link_flush(link);
}

static uint32_t control_fill(const struct link_frame *frame, uint32_t skip_bytes, struct iovec *out,
                             uint32_t room)
{
    (void)room;
    const struct link_control *control = EXEC_CONTAINER(frame, const struct link_control, frame);
    out[0].iov_base = (void *)(uintptr_t)(control->text + skip_bytes);
    out[0].iov_len = sizeof(control->text) - skip_bytes;
    return 1;
}

void link_send_control(struct link *link, const struct atmtcp_control *control)
{
    exec_lock(&link->lock);
    struct link_control *mine = &link->control;
    if (!mine->busy && atomic_load(&link->up)) {
        mine->busy = true;
        mine->frame.next = NULL;
        mine->frame.fill = control_fill;
        mine->frame.payload_bytes = (uint32_t)atmtcp_control_write(mine->text, control, "ubr,aal5");
        atmtcp_header_write(mine->frame.header, 0, 0, mine->frame.payload_bytes);
        frames_append(&link->queue, &mine->frame);
        link_post(link);
    }
    exec_unlock(&link->lock);
}

/* ---- in ---- */

void link_want(struct link *link)
{
    bool wanted = atomic_load(&link->up) && !link->wake_owed && !link->ending;
    if (wanted == link->reading)
        return;
    link->reading = wanted;
    link->ops->want(link->wire, wanted);
}

static void link_control_arrived(struct link *link, const struct atmtcp_view *view)
{
    uint8_t text[ATMTCP_CONTROL_TEXT_MAX];
    uint32_t bytes = atmtcp_view_copy(view, text, sizeof(text));
    struct atmtcp_control control = atmtcp_control_parse(text, bytes);
    count(&link->counts.controls_in, 1);
    if (control.kind == ATMTCP_CONTROL_UNKNOWN)
        count(&link->counts.controls_unknown, 1);
}

static void link_frame_arrived(struct link *link, const struct atmtcp_view *view)
{
    if (link->capture) {
        struct link_capture_frame shown = captured(link, other_direction(link->direction));
        struct iovec pieces[ATMTCP_PIECE_COUNT_MAX];
        shown.vpi = view->vpi;
        shown.vci = view->vci;
        for (uint32_t i = 0; i < view->piece_count; i++)
            pieces[i] = (struct iovec){(void *)(uintptr_t)view->pieces[i].bytes,
                                       view->pieces[i].byte_count};
        link_capture_write(link->capture, &shown, pieces, view->piece_count);
    }
    count(&link->counts.frames_in, 1);
    count(&link->counts.bytes_in, view->payload_bytes);
    link->calls.receive(link->context, view);
}

uint8_t *link_wire_room(struct link *link, size_t *room_bytes)
{
    bool wakes = false;
    if (!atomic_load(&link->up) || link->wake_owed || link->ending)
        return NULL;
    uint8_t *room = atmtcp_reader_room(&link->reader, room_bytes, &wakes);
    if (room)
        return room;
    if (wakes) {
        link->wake_owed = true;
        count(&link->counts.stalls, 1);
        link_want(link);
    } else {
        link_lose(link, "no memory to read into");
    }
    return NULL;
}

bool link_wire_filled(struct link *link, size_t byte_count)
{
    struct atmtcp_view view;
    enum atmtcp_result result = ATMTCP_MORE;
    count(&link->counts.reads, 1);
    atmtcp_reader_filled(&link->reader, byte_count);
    while (!atomic_load(&link->closing) &&
           (result = atmtcp_read(&link->reader, &view)) == ATMTCP_FRAME) {
        if (atmtcp_view_is_control(&view))
            link_control_arrived(link, &view);
        else
            link_frame_arrived(link, &view);
    }
    if (result == ATMTCP_MORE)
        return true;
    if (result != ATMTCP_FRAME) {
        count(&link->counts.broken, 1);
        link_lose(link, atmtcp_result_name(result));
    }
    return false;
}
