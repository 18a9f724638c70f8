/* SPDX-License-Identifier: MIT */
/* Any octets are decoded without a crash; what was decoded encodes, and is the same afterwards. */
#include <assert.h>

#include "uni/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct uni_message message, again;
    static uint8_t out[UNI_MESSAGE_BYTES_MAX];
    static char text[512];

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
