/* SPDX-License-Identifier: MIT */
/* What the files with Windows' functions share: the headers as a driver of the newest version sees
 * them, and the checks that belong to every function. */
#ifndef CONDIS_NT_WINDOWS_H
#define CONDIS_NT_WINDOWS_H

#ifndef NDIS_MINIPORT_DRIVER
#define NDIS_MINIPORT_DRIVER 1
#endif
#ifndef NDIS630_MINIPORT
#define NDIS630_MINIPORT 1
#endif
#include <ndis.h>

#include "nt/break.h"
#include "nt/exec.h"
#include "nt/owner.h"

/* The return address in the driver, for the account of what it allocates. */
#define NT_CALLER() __builtin_return_address(0)

/* Say whether the IRQL is at most `max`; else breaks IRQL_TOO_HIGH. */
bool nt_irql_max(uint8_t max, const char *function);

/* Say whether a required pointer is there; else breaks ARGUMENT_NULL. */
bool nt_not_null(const void *pointer, const char *function, const char *argument);

/* Put back the IRQL and judge the locks after a routine of a driver returned at another IRQL than
 * `irql` or with a lock that it did not hold before. */
void nt_routine_returned(const char *routine, uint8_t irql, uint32_t locks_held);

/* Cancel the timer objects of a driver. Returns how many were set. */
uint32_t nt_timers_stop(struct exec *exec, struct nt_owner *owner);

/* The absolute time (since the world began) of a Windows due time: negative is relative. */
uint64_t nt_due(const struct exec_world *world, LARGE_INTEGER due_time);

#endif
