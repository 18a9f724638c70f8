/* SPDX-License-Identifier: MIT */
/* Any octets are decoded without a crash; what was decoded encodes, and is the same afterwards. Any
 * message, made by the generator of the tests from the same octets as its seed, encodes and decodes
 * to itself. */
#include <assert.h>
#include <string.h>

#include "../../tests/uni/generate.h"

#include "uni/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_generated(const uint8_t *data, size_t size)
{
    static struct generator generator;
    static struct uni_message message, again;
    static uint8_t out[UNI_MESSAGE_BYTES_MAX];
    uint64_t seed = size;

    for (size_t i = 0; i < size; i++)
        seed = (seed ^ data[i]) * UINT64_C(0x100000001b3);
    generator_init(&generator, seed);
    generate_anything(&generator, &message);
    const size_t length = uni_encode(&message, out);

    if (length == 0)
        return;
    enum uni_decode_result result = uni_decode(&again, out, length);

    assert(result == UNI_DECODE_OK && again.fault_count == 0);
    assert(uni_message_equal(&message, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct uni_message message, again;
    static uint8_t out[UNI_MESSAGE_BYTES_MAX];
    static char text[512];

    check_generated(data, size);
    if (uni_decode(&message, data, size) != UNI_DECODE_OK)
        return 0;
    const size_t length = uni_encode(&message, out);

    assert(length >= UNI_HEADER_BYTES);
    assert(uni_decode(&again, out, length) == UNI_DECODE_OK);
    assert(again.fault_count == 0);
    assert(uni_message_equal(&message, &again));
    uni_print(&message, text, sizeof(text));
    for (int variant = 0; variant < 4; variant++) {
        again = message;
        const struct uni_verdict verdict =
            uni_check(&again, variant & 1 ? UNI_40 : UNI_31,
                      variant & 2 ? UNI_NETWORK_TO_USER : UNI_USER_TO_NETWORK);

        assert(verdict.reaction == UNI_PROCESS || verdict.reaction == UNI_IGNORE ||
               verdict.cause != 0);
        assert(uni_encode(&again, out) >= UNI_HEADER_BYTES);
    }
    return 0;
}
