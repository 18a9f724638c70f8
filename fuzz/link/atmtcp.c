/* SPDX-License-Identifier: MIT */
/* The atmtcp reader fed with any stream in any pieces: it neither crashes nor invents bytes, and
 * what it yields, encoded again, is the stream up to where it stands. The first octet of the input
 * gives the length of the pieces. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "link/atmtcp.h"

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void on_wake(void *context)
{
    (void)context;
}

/* Checks a frame against the stream at `at`; returns its bytes there. */
static size_t check_frame(const struct atmtcp_view *view, const uint8_t *at, size_t left_bytes)
{
    static uint8_t frame[ATMTCP_BLOCK_BYTES_MIN];
    atmtcp_header_write(frame, view->vpi, view->vci, view->payload_bytes);
    require(atmtcp_view_copy(view, frame + ATMTCP_HEADER_BYTES, ATMTCP_FRAME_BYTES_MAX) ==
            view->payload_bytes);
    size_t bytes = ATMTCP_HEADER_BYTES + view->payload_bytes;
    require(bytes <= left_bytes);
    require(memcmp(frame, at, bytes) == 0);
    if (atmtcp_view_is_control(view))
        (void)atmtcp_control_parse(frame + ATMTCP_HEADER_BYTES, view->payload_bytes);
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t step = data[0] ? data[0] : 65536;
    data++, size--;
    struct block_pool *pool = block_pool_create(ATMTCP_BLOCK_BYTES_MIN, 2, on_wake, NULL);
    struct atmtcp_reader reader;
    struct atmtcp_view view;
    enum atmtcp_result result = ATMTCP_MORE;
    size_t fed = 0, taken = 0;
    atmtcp_reader_init(&reader, pool);
    while (fed < size && result == ATMTCP_MORE) {
        size_t room = 0;
        bool wakes;
        uint8_t *at = atmtcp_reader_room(&reader, &room, &wakes);
        require(at && room > 0);
        size_t now = size - fed;
        now = now < step ? now : step;
        now = now < room ? now : room;
        memcpy(at, data + fed, now);
        fed += now;
        atmtcp_reader_filled(&reader, now);
        while ((result = atmtcp_read(&reader, &view)) == ATMTCP_FRAME)
            taken += check_frame(&view, data + taken, fed - taken);
    }
    atmtcp_reader_end(&reader);
    require(block_pool_out_count(pool) == 0);
    (void)block_pool_end(pool);
    return 0;
}
