/* SPDX-License-Identifier: MIT */
/* A conformance case is a scenario of the suite (conformance/): one short story that shows some
 * obligations. Its first comment says which, for whom, and what it needs; this reads it. */
#ifndef CONDIS_TOOL_CONFORMANCE_H
#define CONDIS_TOOL_CONFORMANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CASE_OBLIGATION_MAX 130 /* C1 to C130 */

/* What a case cannot do without. */
enum case_need {
    NEEDS_NOTHING,
    NEEDS_PEER,    /* somebody at the other end of the medium */
    NEEDS_LEAF,    /* an address that the client under verification calls */
    NEEDS_ADDRESS, /* one at which it takes calls */
};

struct conformance_case {
    char *name; /* "cm_last_party" */
    char *path;
    char *says; /* one sentence */
    bool obligations[CASE_OBLIGATION_MAX + 1];
    bool for_client; /* else for call managers of either edge */
    enum case_need need;
    bool faults;    /* worth a sweep of faults */
    bool schedules; /* worth an exploration */
};

struct conformance {
    char *directory;
    struct conformance_case *cases; /* by name */
    size_t count;
};

/* Finds the suite beside the command (build tree, or installed) or where CONDIS_CONFORMANCE says,
 * and reads every case's header. error: one line, error_bytes long.
 * returns false: there is none, or a header says what nobody understands (file and line named) */
bool conformance_find(struct conformance *out, char *error, size_t error_bytes);
void conformance_free(struct conformance *suite);

/* Writes "C1 C2 C95", terminated, as much as there is room for. */
void case_obligations(const struct conformance_case *self, char *text, size_t text_bytes);

const char *case_need_text(enum case_need need);

#endif
