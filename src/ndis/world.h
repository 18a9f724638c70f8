/* SPDX-License-Identifier: MIT */
/* A world, as NDIS keeps it: the executive's world, the sinks for rules and trace, the hosts. */
#ifndef CONDIS_NDIS_WORLD_H
#define CONDIS_NDIS_WORLD_H

#include "ndis/host.h"

#include <pthread.h>

struct condis_world {
    struct exec_world *exec;
    struct trace *trace;
    struct rules rules;
    struct condis_world_options options;
    pthread_mutex_t mutex; /* guards hosts and host_index_last */
    struct host *hosts;
    uint16_t host_index_last;
    _Atomic uint32_t module_count; /* ever loaded: their numbers are unique in the world */
    _Atomic uint64_t leak_count;
    _Atomic uint64_t expected_met_count;
    _Atomic uint64_t expected_unmet_count;
    _Atomic uint32_t expected[RULE_ID_COUNT]; /* expectations still open */
};

/* Has an injector decide which calls of the world's drivers fail.
 * faults  outlives the world; NULL: none fail */
void ndis_world_set_faults(struct condis_world *world, struct faults *faults);

/* Fills *error (may be NULL) with one line. returns  false, so that callers can return it */
bool error_say(struct condis_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes text as UTF-16 into a buffer and describes it; what does not fit is cut off.
 * text      UTF-8; a malformed byte becomes U+FFFD
 * capacity  characters of the buffer, the terminating zero among them */
void wide_from_text(UNICODE_STRING *wide, WCHAR *buffer, size_t capacity, const char *text);

/* The printable ASCII of a UTF-16 string, '?' for the rest; always terminated. */
void wide_to_text(const UNICODE_STRING *wide, char *text, size_t text_bytes);

/* Whether two strings are equal, ASCII letters compared without case. */
bool wide_equal(const UNICODE_STRING *a, const UNICODE_STRING *b);

#endif
