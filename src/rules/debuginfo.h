/* SPDX-License-Identifier: MIT */
/* Debug information of object files, read with elfutils' libdwfl and kept for the next question.
 * One thread at a time: place.c sees to it. */
#ifndef CONDIS_RULES_DEBUGINFO_H
#define CONDIS_RULES_DEBUGINFO_H

#include "rules/place.h"

/* Find function, file and line of an address, and the functions that are inlined there, the
 * innermost first.
 * path    the object file
 * base    where it is mapped
 * place   zeroed; module is left alone
 * returns how many were filled, at most max; 0 when there is no debug information */
unsigned debuginfo_places(const char *path, uintptr_t base, uintptr_t address, struct place *place,
                          unsigned max);

/* Drop what is kept of the object file that was mapped at `base`. */
void debuginfo_forget(uintptr_t base);

#endif
