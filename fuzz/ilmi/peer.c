/* SPDX-License-Identifier: MIT */
/* ILMI fed with anything: decoding never reads past the end, what decodes encodes to what decodes
 * to the same octets, and an entity of either side goes on and keeps its frames within their limit.
 * The input is a row of messages, each behind an octet for the time and two for its length. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ilmi/ilmi.h"
#include "ilmi/snmp.h"

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_codec(const uint8_t *octets, size_t count)
{
    struct snmp_message message, again;
    uint8_t first[SNMP_MESSAGE_BYTES_MAX], second[SNMP_MESSAGE_BYTES_MAX];
    if (!snmp_decode(octets, count, &message))
        return;
    size_t bytes = snmp_encode(&message, first);
    require(bytes > 0 && bytes <= count);
    require(snmp_decode(first, bytes, &again));
    require(snmp_encode(&again, second) == bytes);
    require(memcmp(first, second, bytes) == 0);
}

static void drain(struct ilmi *ilmi)
{
    uint8_t frame[ILMI_FRAME_BYTES_MAX];
    struct ilmi_event event;
    struct snmp_message message;
    for (size_t bytes; (bytes = ilmi_take_frame(ilmi, frame)) > 0;)
        require(snmp_decode(frame, bytes, &message));
    while (ilmi_take_event(ilmi, &event))
        ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t esi[ILMI_ESI_BYTES] = {0, 0x20, 0xea, 0, 1, 1};
    static const uint8_t prefix[ILMI_PREFIX_BYTES] = {0x47, 0, 5};
    uint64_t now_ms = 1;
    if (size < 1)
        return 0;
    check_codec(data + 1, size - 1);
    struct ilmi_options options = {.side = data[0] & 1 ? ILMI_USER : ILMI_NETWORK,
                                   .address_count_max = 3};
    struct ilmi *ilmi = ilmi_create(&options);
    require(ilmi);
    if (options.side == ILMI_USER)
        require(ilmi_add_esi(ilmi, now_ms, esi, 0));
    else
        require(ilmi_add_prefix(ilmi, now_ms, prefix));
    ilmi_start(ilmi, now_ms);
    ilmi_feed(ilmi, now_ms, data + 1, size - 1);
    drain(ilmi);
    for (size_t at = 1; at + 3 <= size;) {
        size_t bytes = (size_t)data[at + 1] << 8 | data[at + 2];
        now_ms += (uint64_t)data[at] * 16;
        at += 3;
        bytes = bytes < size - at ? bytes : size - at;
        ilmi_expire(ilmi, now_ms);
        ilmi_feed(ilmi, now_ms, data + at, bytes);
        check_codec(data + at, bytes);
        drain(ilmi);
        at += bytes;
    }
    ilmi_stop(ilmi, now_ms);
    drain(ilmi);
    ilmi_destroy(ilmi);
    return 0;
}
