/* SPDX-License-Identifier: MIT */
/* The waiting side of a simulated spin lock: what lock.c asks of the simulated scheduler. */
#ifndef CONDIS_NT_LOCK_INSIDE_H
#define CONDIS_NT_LOCK_INSIDE_H

#include "nt/exec.h"

/* Let others run until the lock is free (or the world is stopped, which a deadlock does). */
void sim_lock_wait(struct exec_task *task, struct exec_lock *lock, const char *function);

/* The lock is free: who waits for it can run; the processor is shared again if nothing holds it. */
void sim_lock_released(struct exec_task *task, struct exec_lock *lock);

#endif
