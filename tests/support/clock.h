/* SPDX-License-Identifier: MIT */
/* The world that a test program runs in: one program serves both, its first argument says which. */
#ifndef CONDIS_TESTS_CLOCK_H
#define CONDIS_TESTS_CLOCK_H

#include <condis/host.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads "live" or "simulated"; ends the program when it is neither. */
static inline enum condis_clock clock_argument(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "live") == 0)
        return CONDIS_LIVE;
    if (argc > 1 && strcmp(argv[1], "simulated") == 0)
        return CONDIS_SIMULATED;
    fprintf(stderr, "%s: the first argument has to be live or simulated\n", argv[0]);
    exit(2);
}

#endif
