/* SPDX-License-Identifier: MIT */
/* The live half of the executive from the inside: live.c is the world and its tasks, live_cpu.c the
 * processors' loops, live_gate.c who has a processor for itself, live_pool.c workers, threads. */
#ifndef CONDIS_NT_LIVE_INSIDE_H
#define CONDIS_NT_LIVE_INSIDE_H

#include "nt/exec_inside.h"

/* Make a task for a thread of this exec; the thread sets exec_current_task. NULL: no memory. */
struct exec_task *live_task_create(struct exec_inner *exec, enum exec_task_kind kind,
                                   uint32_t processor);
void live_task_free(struct exec_task *task);

/* Processors: one thread with a loop each. */
bool live_cpus_begin(struct exec_inner *exec);
void live_cpus_end(struct exec_inner *exec);
void live_kick(struct exec_cpu *cpu);

/* The gate of a processor. */
void live_cpu_take(struct exec_task *task);
void live_cpu_give(struct exec_task *task);

/* Workers and system threads. */
bool live_pool_begin(struct exec_inner *exec);
void live_pool_end(struct exec_inner *exec);
void live_work_push(struct exec_inner *exec, struct exec_work *work);
/* A worker blocks in its work, or goes on: others take its place meanwhile. */
void live_pool_blocks(struct exec_inner *exec);
void live_pool_unblocks(struct exec_inner *exec);
bool live_thread_start(struct exec_thread *thread);

/* Sleep while *word is value, at most timeout; may return early. */
void live_futex_wait(_Atomic uint32_t *word, uint32_t value, uint64_t timeout);
void live_futex_wake(_Atomic uint32_t *word, int count);

#endif
