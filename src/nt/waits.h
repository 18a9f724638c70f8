/* SPDX-License-Identifier: MIT */
/* What the files of the waitable objects share: a dispatcher object seen as an exec_waitable. */
#ifndef CONDIS_NT_WAITS_H
#define CONDIS_NT_WAITS_H

#include "nt/windows.h"

/* The waitable that lives inside a dispatcher object's header. */
static inline struct exec_waitable *nt_waitable(void *object)
{
    return (struct exec_waitable *)object;
}

/* A Windows timeout as a duration from now: NULL is for ever, negative relative, positive a system
 * time. */
uint64_t nt_timeout(PLARGE_INTEGER timeout);

#endif
