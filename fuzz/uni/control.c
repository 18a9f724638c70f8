/* SPDX-License-Identifier: MIT */
/* Two ends run a script that the fuzzer writes (tests/uni/script.h): no assertion fails, no call or
 * party is left behind. */
#include "../../tests/uni/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && size <= 4096)
        script_run(data, size);
    return 0;
}
