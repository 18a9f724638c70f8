/* SPDX-License-Identifier: MIT */
/* A rule is one documented obligation of a driver: what it asks, what breaks it, how to mend that.
 * The rows of docs/rules.md, for programs. */
#ifndef CONDIS_RULES_H
#define CONDIS_RULES_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every text is one line in static storage. */
struct condis_rule {
    const char *name;     /* "PEND_ONCE" */
    unsigned obligation;  /* n of Cn; 0: a rule of the executive or of Microsoft's SDV */
    const char *function; /* whom it binds */
    const char *severity; /* "note", "warning" or "violation" */
    const char *says;     /* what the contract asks */
    const char *remedy;   /* what the driver's author does */
    const char *source;   /* the title of the page, or the SDV rule */
    const char *mistake;  /* what a driver does that breaks it; NULL: nothing can see it */
    const char *almost;   /* what comes close and is right; NULL: nothing can see it */
    const char *unseen;   /* why no check at run time can see it; NULL: there is one */
};

/* Gets a rule by its place in the table.
 * returns  false when index is beyond the last one: *out is unchanged */
bool condis_rule_at(size_t index, struct condis_rule *out);

/* Gets a rule by its name, with or without "RULE_" before it; letters of either case.
 * returns  false when no rule has that name: *out is unchanged */
bool condis_rule_find(const char *name, struct condis_rule *out);

#ifdef __cplusplus
}
#endif

#endif
