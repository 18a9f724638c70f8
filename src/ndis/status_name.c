/* SPDX-License-Identifier: MIT */
#include <condis/call.h>

#include <ndis.h>

#include <stdio.h>
#include <string.h>

struct status_name {
    uint32_t number;
    const char *text;
};

static const struct status_name status_names[] = {
#define STATUS(name, number) {number, "NDIS_STATUS_" #name},
#include "ndis/status_name.def"
#undef STATUS
};

/* The numbers are Windows'; our headers must agree. CONDIS_TIMEOUT is not one of NDIS's. */
#define NDIS_STATUS_TIMEOUT CONDIS_TIMEOUT
#define STATUS(name, number)                                                                       \
    _Static_assert((uint32_t)NDIS_STATUS_##name == number, "NDIS_STATUS_" #name);
#include "ndis/status_name.def"
#undef STATUS

enum {
    STATUS_NAME_COUNT = sizeof status_names / sizeof *status_names,
    STATUS_PREFIX_LENGTH = sizeof "NDIS_STATUS_" - 1,
    STATUS_TEXTS = 4, /* numbers that one thread can look at together */
};

const char *condis_status_name(condis_status status)
{
    static _Thread_local char texts[STATUS_TEXTS][12];
    static _Thread_local unsigned next;
    size_t low = 0;
    size_t high = STATUS_NAME_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (status_names[middle].number == (uint32_t)status)
            return status_names[middle].text;
        if (status_names[middle].number < (uint32_t)status)
            low = middle + 1;
        else
            high = middle;
    }
    char *text = texts[next++ % STATUS_TEXTS];
    snprintf(text, sizeof *texts, "0x%08X", (unsigned)status);
    return text;
}

bool condis_status_parse(const char *name, condis_status *out)
{
    for (size_t i = 0; i < STATUS_NAME_COUNT; i++) {
        const char *text = status_names[i].text;
        if (strcmp(name, text) == 0 || strcmp(name, text + STATUS_PREFIX_LENGTH) == 0) {
            *out = (condis_status)status_names[i].number;
            return true;
        }
    }
    return false;
}
