/* SPDX-License-Identifier: MIT */
/* A sweep takes what a driver left queued off its processors, before the memory or the code that it
 * lies in or leads to goes away. */
#ifndef CONDIS_NT_SWEEP_H
#define CONDIS_NT_SWEEP_H

#include "nt/exec.h"

struct exec_swept {
    uint32_t timer_count;  /* KTIMERs that were set                                         */
    uint32_t dpc_count;    /* KDPCs that were queued                                        */
    uint32_t waiter_count; /* waits of drivers for an object in the memory; they ended      */
};

/* Sweep the KTIMERs, KDPCs and dispatcher objects inside `bytes` of memory at `start`. Cheap while
 * no driver has a KTIMER set, a KDPC queued or a wait going on. Any IRQL up to DISPATCH. */
struct exec_swept exec_sweep_memory(struct exec *exec, const void *start, size_t bytes);

/* Sweep the KDPCs that a driver initialised, and the KTIMERs that would queue them. */
struct exec_swept exec_sweep_owner(struct exec *exec, const struct nt_owner *owner);

#endif
