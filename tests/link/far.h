/* SPDX-License-Identifier: MIT */
/* What tests of links share: one end that counts what it is told, and frames with a pattern. The
 * callbacks run on other stacks or threads than the test, so they use assert, not cmocka's. */
#ifndef CONDIS_TESTS_LINK_FAR_H
#define CONDIS_TESTS_LINK_FAR_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "link/link.h"

#define FAR_KEPT_MAX 256

struct far {
    struct link *_Atomic link;
    _Atomic unsigned received;
    _Atomic unsigned sent;
    _Atomic unsigned failed;
    _Atomic unsigned ups;
    _Atomic unsigned downs;
    _Atomic unsigned closed;
    _Atomic uint64_t received_bytes;
    bool keep;            /* keep the views of all frames */
    bool echo;            /* send each frame back on VCI + 1 */
    unsigned again_count; /* send so many anew from `sent` */
    unsigned kept_count;
    struct atmtcp_view kept[FAR_KEPT_MAX];
    uint64_t last_at;
    uint16_t last_vci;
    struct exec *exec;
    struct exec_waitable *told; /* signalled by every callback; NULL: nobody waits */
};

static inline void far_tell(const struct far *far)
{
    if (far->told)
        (void)exec_signal_set(far->exec->world, far->told);
}

struct far_frame {
    struct link_frame frame;
    uint32_t piece_bytes; /* payload is offered in pieces of this many */
    uint8_t payload[];
};

static inline uint8_t far_octet(uint16_t vci, uint32_t i)
{
    return (uint8_t)(vci * 5u + i * 11u + (i >> 7));
}

static inline uint32_t far_fill(const struct link_frame *frame, uint32_t skip_bytes,
                                struct iovec *out, uint32_t room)
{
    const struct far_frame *mine = (const struct far_frame *)(const void *)frame;
    uint32_t count = 0;
    assert(room > 0);
    assert(skip_bytes < frame->payload_bytes);
    while (count < room && skip_bytes < frame->payload_bytes) {
        uint32_t to = (skip_bytes / mine->piece_bytes + 1) * mine->piece_bytes;
        out[count].iov_base = (void *)(uintptr_t)(mine->payload + skip_bytes);
        out[count++].iov_len = to - skip_bytes; /* the last may reach past the end */
        skip_bytes = to;
    }
    return count;
}

static inline struct far_frame *far_frame_create(uint16_t vci, uint32_t bytes, uint32_t piece_bytes)
{
    struct far_frame *frame = malloc(sizeof(*frame) + bytes + piece_bytes);
    assert(frame);
    frame->frame = (struct link_frame){.fill = far_fill, .payload_bytes = bytes};
    frame->piece_bytes = piece_bytes;
    for (uint32_t i = 0; i < bytes; i++)
        frame->payload[i] = far_octet(vci, i);
    return frame;
}

static inline void far_send(struct far *far, uint16_t vci, uint32_t bytes, uint32_t piece_bytes)
{
    link_send(far->link, &far_frame_create(vci, bytes, piece_bytes)->frame, 0, vci);
}

static inline void far_receive(void *context, const struct atmtcp_view *view)
{
    struct far *far = context;
    static _Thread_local uint8_t copy[ATMTCP_FRAME_BYTES_MAX];
    assert(exec_current()->irql == EXEC_DISPATCH);
    assert(exec_current()->exec == far->exec);
    assert(atmtcp_view_copy(view, copy, sizeof(copy)) == view->payload_bytes);
    for (uint32_t i = 0; i < view->payload_bytes; i++)
        assert(copy[i] == far_octet(view->vci, i));
    far->last_vci = view->vci;
    far->last_at = exec_now(far->exec->world);
    if (far->keep) {
        assert(far->kept_count < FAR_KEPT_MAX);
        atmtcp_view_hold(view);
        far->kept[far->kept_count++] = *view;
    }
    if (far->echo)
        far_send(far, (uint16_t)(view->vci + 1), view->payload_bytes, 4096);
    far->received_bytes += view->payload_bytes;
    far->received++;
    far_tell(far);
}

static inline void far_sent(void *context, struct link_frame *frame, enum link_result result)
{
    struct far *far = context;
    assert(exec_current()->irql == EXEC_DISPATCH);
    if (far->again_count > 0) {
        far->again_count--;
        link_send(far->link, frame, 0, 32);
    } else {
        free(frame);
    }
    if (result == LINK_SENT)
        far->sent++;
    else
        far->failed++;
    far_tell(far);
}

static inline void far_changed(void *context, bool up, const char *reason)
{
    struct far *far = context;
    assert(up == !reason);
    if (up)
        far->ups++;
    else
        far->downs++;
    far_tell(far);
}

static inline void far_closed(void *context)
{
    struct far *far = context;
    far->link = NULL;
    far->closed++;
    far_tell(far);
}

static const struct link_calls far_calls = {far_receive, far_sent, far_changed, far_closed};

static inline struct link_options far_options(struct far *far, struct exec *exec)
{
    if (far->exec != exec)
        far->exec = exec;
    return (struct link_options){.exec = exec, .calls = &far_calls, .context = far};
}

#endif
