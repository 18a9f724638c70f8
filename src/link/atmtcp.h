/* SPDX-License-Identifier: MIT */
/* The framing of atmtcp: AAL SDUs on a byte stream, each behind a header of eight octets (VPI, VCI,
 * length, in network order). Sans-I/O: the reader asks where the next bytes go, says how many came,
 * and takes frames out; a frame is a view into the blocks that the bytes were read into.
 *
 * Frames on 0/0 are control text between Linux hosts. It is parsed and never answered.
 * Source: SIG 1.1 to 1.5 (linux-atm's atmtcp; IANA port 2812). */
#ifndef CONDIS_LINK_ATMTCP_H
#define CONDIS_LINK_ATMTCP_H

#include "link/block.h"

#define ATMTCP_PORT             2812
#define ATMTCP_HEADER_BYTES     8u
#define ATMTCP_FRAME_BYTES_MAX  65535u /* of an SDU */
#define ATMTCP_VPI_MAX          255u
#define ATMTCP_BLOCK_BYTES_MIN  (ATMTCP_HEADER_BYTES + ATMTCP_FRAME_BYTES_MAX)
#define ATMTCP_PIECE_COUNT_MAX  2u /* a frame ends in the block it begins in, or in the next */
#define ATMTCP_CONTROL_TEXT_MAX 128u

/* Bytes of one frame that lie in one block. */
struct atmtcp_piece {
    const uint8_t *bytes;
    uint32_t byte_count;
    struct block *block;
};

/* One frame: where its payload is. An empty frame has no pieces. */
struct atmtcp_view {
    uint16_t vpi;
    uint16_t vci;
    uint32_t payload_bytes;
    uint32_t piece_count;
    struct atmtcp_piece pieces[ATMTCP_PIECE_COUNT_MAX];
};

/* Keeps a view's bytes until atmtcp_view_release; any thread may do either. */
static inline void atmtcp_view_hold(const struct atmtcp_view *view)
{
    for (uint32_t i = 0; i < view->piece_count; i++)
        block_hold(view->pieces[i].block);
}

static inline void atmtcp_view_release(const struct atmtcp_view *view)
{
    for (uint32_t i = 0; i < view->piece_count; i++)
        block_release(view->pieces[i].block);
}

/* Copies the payload, at most `room` bytes of it, to `out`. returns how many. */
uint32_t atmtcp_view_copy(const struct atmtcp_view *view, uint8_t *out, uint32_t room);

/* Says whether a view is control text. */
static inline bool atmtcp_view_is_control(const struct atmtcp_view *view)
{
    return view->vpi == 0 && view->vci == 0;
}

/* Writes the header of a frame of payload_bytes (0..ATMTCP_FRAME_BYTES_MAX, asserted). */
void atmtcp_header_write(uint8_t out[ATMTCP_HEADER_BYTES], uint16_t vpi, uint16_t vci,
                         uint32_t payload_bytes);

enum atmtcp_result {
    ATMTCP_FRAME,        /* *view is the next frame, borrowed until the next call of the reader  */
    ATMTCP_MORE,         /* what was read holds no further whole frame                           */
    ATMTCP_TOO_LONG,     /* a length over the limit: the stream cannot be followed; close it     */
    ATMTCP_KERNEL_BLOCK, /* a control block of the Linux kernel, never for TCP: close it */
    ATMTCP_BAD_VPI,      /* a VPI over 255: no atmtcp peer, or out of step; close it             */
};

/* The name of a result, for logs. */
const char *atmtcp_result_name(enum atmtcp_result result);

/* The reading end of a stream. */
struct atmtcp_reader {
    struct block_pool *pool;     /* borrowed */
    struct block *first;         /* holds the next byte to be parsed; NULL: none */
    struct block *second;        /* where a frame that begins in `first` goes on */
    uint32_t begin_bytes;        /* in first: parsed up to here */
    uint32_t first_bytes;        /* in first: filled up to here */
    uint32_t second_bytes;       /* in second: filled up to here */
    uint32_t second_begin_bytes; /* in second: parsed up to here, once first is used up */
    enum atmtcp_result broken;   /* ATMTCP_FRAME: not broken */
};

/* Begins at the start of a stream. pool: its blocks have at least ATMTCP_BLOCK_BYTES_MIN bytes,
 * of which the reader itself holds at most two. */
void atmtcp_reader_init(struct atmtcp_reader *reader, struct block_pool *pool);

/* Lets go of what was read; atmtcp_reader_init may follow. */
void atmtcp_reader_end(struct atmtcp_reader *reader);

/* Asks where the next bytes of the stream go. Call it after atmtcp_read returned ATMTCP_MORE.
 * room_bytes  how many fit there, at least 1
 * wakes       as block_pool_take has it, when NULL is returned
 * returns     the place, the reader's own; NULL: no block is free now */
uint8_t *atmtcp_reader_room(struct atmtcp_reader *reader, size_t *room_bytes, bool *wakes);

/* Says that byte_count bytes (at most the room) were put there. */
void atmtcp_reader_filled(struct atmtcp_reader *reader, size_t byte_count);

/* Takes the next frame out. A broken stream stays broken: the same result comes again. */
enum atmtcp_result atmtcp_read(struct atmtcp_reader *reader, struct atmtcp_view *view);

enum atmtcp_control_kind {
    ATMTCP_CONTROL_UNKNOWN, /* not understood: ignored, as the Linux tool does */
    ATMTCP_CONTROL_OPEN,    /* "O vpi.vci itf.vpi.vci qos": the peer opened a VC */
    ATMTCP_CONTROL_CLOSE,   /* "C vpi.vci": the peer closed it */
};

/* What a frame on 0/0 says. The QoS of an open is advice and not kept. */
struct atmtcp_control {
    enum atmtcp_control_kind kind;
    uint16_t vpi;
    uint16_t vci;
};

/* Parses control text, which has no NUL. */
struct atmtcp_control atmtcp_control_parse(const uint8_t *bytes, size_t text_bytes);

/* Writes control text. control: OPEN or CLOSE. qos: the linux-atm notation ("ubr,aal5"); for an
 * open only. returns the text's bytes without a NUL; 0: longer than ATMTCP_CONTROL_TEXT_MAX. */
size_t atmtcp_control_write(uint8_t out[ATMTCP_CONTROL_TEXT_MAX],
                            const struct atmtcp_control *control, const char *qos);

#endif
