/* SPDX-License-Identifier: MIT */
/* The stream is how `condis call` puts a file into service data units, and how `condis answer`
 * knows that nothing is missing.
 *
 * Each unit begins with 16 octets: 0xC0 "DS1", one octet of kind (1 data, 2 end), three of zero,
 * and eight, the most significant first, with the place of its first byte in the stream; an end has
 * the place behind the last byte. Data follow. A leaf that is added later begins with the unit that
 * comes first. A unit that begins otherwise, or whose place is over STREAM_PLACE_MAX, is not of
 * this format, and all of it is data.
 *
 * A leaf that has seen the end hangs up. Its close data is a report: "complete 0..1500", or
 * "lost 12 of 0..1500". One that wants no more before the end reports "enough 0..700". Where close
 * data cannot be carried, a leaf that has everything hangs up without, and one that lacks something
 * stays until it is dropped. */
#ifndef CONDIS_TOOL_STREAM_H
#define CONDIS_TOOL_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STREAM_HEADER_BYTES = 16,
    STREAM_REPORT_BYTES = 80, /* the longest report, with its terminating zero */
};

/* No file is longer, and no unit behind it makes the places begin at zero again. */
#define STREAM_PLACE_MAX ((uint64_t)INT64_MAX)

enum stream_kind {
    STREAM_OTHER, /* not of this format */
    STREAM_DATA,
    STREAM_END,
};

/* Writes a header. place is where the data begin in the stream, or end. */
void stream_header_put(uint8_t header[STREAM_HEADER_BYTES], enum stream_kind kind, uint64_t place);

/* What one leaf has got. Begins as {0}. */
struct stream_reader {
    bool begun;
    bool ended;
    uint64_t first; /* the place of the first byte that came, or should have */
    uint64_t next;  /* the place behind the last */
    uint64_t lost_bytes;
};

/* Takes note of one unit.
 * head        its first STREAM_HEADER_BYTES bytes, or all of a shorter one; borrowed until return
 * unit_bytes  of the whole unit
 * skip_bytes  set to how many of its bytes are no data: 0 or STREAM_HEADER_BYTES */
enum stream_kind stream_reader_take(struct stream_reader *reader, const uint8_t *head,
                                    size_t unit_bytes, size_t *skip_bytes);

/* Whether the end came and nothing before it is missing. */
bool stream_reader_complete(const struct stream_reader *reader);

/* Writes the report of a leaf that hangs up. returns its length. */
size_t stream_report(const struct stream_reader *reader, char report[STREAM_REPORT_BYTES]);

/* Whether close data is the report of a leaf that has everything, or of one that lacks nothing and
 * wants no more. */
bool stream_report_complete(const void *data, size_t bytes);
bool stream_report_enough(const void *data, size_t bytes);

#endif
