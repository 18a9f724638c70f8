/* SPDX-License-Identifier: MIT */
/* Any row of units: the reader neither crashes nor passes the end of one, its places never go back,
 * its report fits, and only a reader that lacks nothing reports so. The header that it would write
 * for a place reads back as that place. */
#include "../../tools/condis/stream.h"

#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_header(uint64_t place, enum stream_kind kind)
{
    uint8_t header[STREAM_HEADER_BYTES];
    struct stream_reader reader = {0};
    size_t skip_bytes;
    stream_header_put(header, kind, place);
    require(stream_reader_take(&reader, header, sizeof header, &skip_bytes) == kind);
    require(skip_bytes == sizeof header && reader.first == place && reader.next == place);
    require(stream_reader_complete(&reader) == (kind == STREAM_END));
}

static void take(struct stream_reader *reader, const uint8_t *octets, size_t bytes)
{
    size_t head_bytes = bytes < STREAM_HEADER_BYTES ? bytes : STREAM_HEADER_BYTES, skip_bytes = 99;
    uint8_t *head = malloc(head_bytes ? head_bytes : 1); /* of just this size */
    require(head != NULL);
    if (head_bytes > 0)
        memcpy(head, octets, head_bytes);
    uint64_t lost_bytes = reader->lost_bytes;
    enum stream_kind kind = stream_reader_take(reader, head, bytes, &skip_bytes);
    free(head);
    require(skip_bytes == (kind == STREAM_OTHER ? 0 : STREAM_HEADER_BYTES));
    require(skip_bytes <= bytes && reader->begun);
    require(reader->lost_bytes >= lost_bytes && reader->next >= reader->first);
    require(kind != STREAM_END || reader->ended);
    if (reader->next <= STREAM_PLACE_MAX)
        check_header(reader->next, kind == STREAM_END ? STREAM_END : STREAM_DATA);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream_reader reader = {0};
    char report[STREAM_REPORT_BYTES];
    for (size_t at = 0; at < size;) {
        size_t bytes = data[at++];
        bytes = bytes < size - at ? bytes : size - at;
        take(&reader, data + at, bytes);
        at += bytes;
    }
    size_t length = stream_report(&reader, report);
    require(length == strlen(report));
    require(stream_report_complete(report, length) == stream_reader_complete(&reader));
    (void)stream_report_complete(data, size);
    return 0;
}
