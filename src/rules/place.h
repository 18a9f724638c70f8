/* SPDX-License-Identifier: MIT */
/* A place is where an address of code lies in its source: function, file and line, looked up in
 * debug information (elfutils' libdw) only when it is printed. */
#ifndef CONDIS_RULES_PLACE_H
#define CONDIS_RULES_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { PLACE_NAME_BYTES = 96, PLACE_FILE_BYTES = 256 };

struct place {
    char function[PLACE_NAME_BYTES]; /* "" when nothing knows the name */
    char file[PLACE_FILE_BYTES];     /* below the working directory without it; "" when unknown */
    int line;
    bool inlined;                  /* into the place that follows */
    char module[PLACE_NAME_BYTES]; /* file name of the object; "" for an address outside of all */
    uint64_t offset;               /* in the function, or in the module when it has no name */
};

/* Look up addresses, in order. Allocates; takes a thread of its own for the while, because libdw
 * needs more stack than a fiber or a signal's stack has.
 * address  of code; for a return address pass the byte before it
 * max      places that fit; an address with inlined functions has several, the innermost first
 * first    NULL, or address_count + 1 numbers: the places of address[i] are first[i] to
 *          first[i + 1] - 1
 * returns  how many places were filled */
unsigned places_of(const void *const *address, unsigned address_count, struct place *place,
                   unsigned max, unsigned *first);

/* Write "AddParty at first.c:23", without debug information "AddParty+0x1a", or "first.so+0x11f9".
 * No address is printed. */
void place_print(FILE *file, const struct place *place);

/* Say that the object file mapped at `base` is a copy of `path`, whose own file may be gone. */
void place_name_image(const void *base, const char *path);

/* The object file at `base` is unmapped now. */
void place_forget_image(const void *base);

#endif
