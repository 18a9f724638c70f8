/* SPDX-License-Identifier: MIT */
/* Random scripts: two ends, hostile wire, no state that cannot be left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "script.h"

static void whatever_is_asked_and_carried_both_ends_end_empty(void **state)
{
    uint8_t orders[400];
    uint64_t seed = 88172645463325252u;

    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        for (unsigned i = 0; i < sizeof(orders); i++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            orders[i] = (uint8_t)(seed >> 32);
        }
        script_run(orders, sizeof(orders));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_asked_and_carried_both_ends_end_empty),
    };

    return cmocka_run_group_tests_name("uni/control", tests, NULL, NULL);
}
