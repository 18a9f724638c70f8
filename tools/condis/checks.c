/* SPDX-License-Identifier: MIT */
#include "checks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Finds a word in a list that NULL ends; -1 when it is not there. */
static int word_index(const char *const *words, const char *value)
{
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], value))
            return i;
    return -1;
}

const char *checks_take_policy(void *settings, const char *value)
{
    static const char *const words[] = {"report", "stop", "debug", NULL};
    struct checks *checks = settings;
    int index = word_index(words, value);
    if (index < 0)
        return "it is one of report, stop, debug";
    checks->policy = (enum condis_violation_policy)index;
    checks->policy_given = true;
    return NULL;
}

const char *checks_take_verifier(void *settings, const char *value)
{
    static const char *const words[] = {"off", "on", NULL};
    struct checks *checks = settings;
    int index = word_index(words, value);
    if (index < 0)
        return "it is on or off";
    checks->verifier = index == 1;
    checks->verifier_given = true;
    return NULL;
}

/* A whole number without a sign. */
static bool is_number(const char *value, uint64_t max, uint64_t *number)
{
    char *end;
    errno = 0;
    unsigned long long got = strtoull(value, &end, 10);
    *number = got;
    return !errno && !*end && value[0] >= '0' && value[0] <= '9' && got <= max;
}

const char *checks_take_pool(void *settings, const char *value)
{
    static const char *const words[] = {"plain", "guards", "pages", NULL};
    struct checks *checks = settings;
    int index = word_index(words, value);
    if (index < 0)
        return "it is one of plain, guards, pages";
    checks->pool = (enum condis_pool)(CONDIS_POOL_PLAIN + index);
    checks->pool_given = true;
    return NULL;
}

const char *checks_take_pending(void *settings, const char *value)
{
    struct checks *checks = settings;
    uint64_t ms;
    if (!is_number(value, UINT32_MAX, &ms))
        return "a number of milliseconds from 0 to 4294967295";
    checks->pending_ms = (uint32_t)ms;
    checks->pending_given = true;
    return NULL;
}

const char *checks_take_stop_at(void *settings, const char *value)
{
    struct checks *checks = settings;
    uint64_t step;
    if (!is_number(value, UINT64_MAX, &step) || step == 0)
        return "a step is a number from 1, as a report names it";
    checks->stop_at = step;
    return NULL;
}

void checks_apply(const struct checks *checks, struct condis_script_options *options)
{
    options->policy = checks->policy_given ? &checks->policy : NULL;
    options->verifier = checks->verifier_given ? &checks->verifier : NULL;
    options->pool = checks->pool_given ? &checks->pool : NULL;
    options->pending_ms = checks->pending_given ? &checks->pending_ms : NULL;
    options->stop_at = checks->stop_at;
}
