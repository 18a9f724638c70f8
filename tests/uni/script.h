/* SPDX-License-Identifier: MIT */
/* A script is octets read as orders to two unis: requests, frames carried, lost, twice or changed,
 * links cut, time. Whatever they say, nothing may break, and in the end nothing may be left. */
#ifndef CONDIS_TESTS_UNI_SCRIPT_H
#define CONDIS_TESTS_UNI_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

/* Run it, let all timers expire, and prove that both ends are empty and agree (asserts). */
void script_run(const uint8_t *orders, size_t order_count);

#endif
