/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Wireshark takes what begins with 4 or 6 for IP. */
static const uint8_t stream_magic[4] = {0xC0, 'D', 'S', '1'};
static const char stream_complete[] = "complete ";
static const char stream_enough[] = "enough ";

void stream_header_put(uint8_t header[STREAM_HEADER_BYTES], enum stream_kind kind, uint64_t place)
{
    assert(kind == STREAM_DATA || kind == STREAM_END);
    memset(header, 0, STREAM_HEADER_BYTES);
    memcpy(header, stream_magic, sizeof stream_magic);
    header[4] = (uint8_t)kind;
    for (int i = 0; i < 8; i++)
        header[8 + i] = (uint8_t)(place >> (56 - 8 * i));
}

static enum stream_kind header_take(const uint8_t *head, size_t bytes, uint64_t *place)
{
    if (bytes < STREAM_HEADER_BYTES || memcmp(head, stream_magic, sizeof stream_magic) != 0)
        return STREAM_OTHER;
    if ((head[4] != STREAM_DATA && head[4] != STREAM_END) || head[5] || head[6] || head[7])
        return STREAM_OTHER;
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | head[8 + i];
    if (value > STREAM_PLACE_MAX)
        return STREAM_OTHER;
    *place = value;
    return (enum stream_kind)head[4];
}

enum stream_kind stream_reader_take(struct stream_reader *reader, const uint8_t *head,
                                    size_t unit_bytes, size_t *skip_bytes)
{
    uint64_t place = reader->next; /* data of another format lie where they come */
    enum stream_kind kind = header_take(head, unit_bytes, &place);
    *skip_bytes = kind == STREAM_OTHER ? 0 : STREAM_HEADER_BYTES;
    if (!reader->begun) {
        reader->begun = true;
        reader->first = reader->next = place;
    }
    if (place > reader->next) {
        reader->lost_bytes += place - reader->next;
        reader->next = place;
    }
    reader->next += unit_bytes - *skip_bytes;
    if (kind == STREAM_END)
        reader->ended = true;
    return kind;
}

bool stream_reader_complete(const struct stream_reader *reader)
{
    return reader->ended && reader->lost_bytes == 0;
}

size_t stream_report(const struct stream_reader *reader, char report[STREAM_REPORT_BYTES])
{
    int length;
    if (reader->lost_bytes == 0)
        length =
            snprintf(report, STREAM_REPORT_BYTES, "%s%" PRIu64 "..%" PRIu64,
                     reader->ended ? stream_complete : stream_enough, reader->first, reader->next);
    else
        length = snprintf(report, STREAM_REPORT_BYTES, "lost %" PRIu64 " of %" PRIu64 "..%" PRIu64,
                          reader->lost_bytes, reader->first, reader->next);
    assert(length > 0 && length < STREAM_REPORT_BYTES);
    return (size_t)length;
}

static bool begins_with(const void *data, size_t bytes, const char *word)
{
    size_t length = strlen(word);
    return bytes > length && memcmp(data, word, length) == 0;
}

bool stream_report_complete(const void *data, size_t bytes)
{
    return begins_with(data, bytes, stream_complete);
}

bool stream_report_enough(const void *data, size_t bytes)
{
    return begins_with(data, bytes, stream_enough);
}
