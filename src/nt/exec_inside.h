/* SPDX-License-Identifier: MIT */
/* The inside of the executive: what exec.c, cpu.c, waitable.c and work.c share, and what the live
 * and the simulated half each fill in. Nobody outside the executive's own files includes it. */
#ifndef CONDIS_NT_EXEC_INSIDE_H
#define CONDIS_NT_EXEC_INSIDE_H

#include <setjmp.h>

#include "nt/exec.h"
#include "nt/raw_lock.h"
#include "nt/wheel.h"

#define EXEC_WORKERS_MAX  256u /* pool threads or fibers of one exec                          */
#define EXEC_FREED_PLACES 1024u
#define EXEC_FREED_BLOCKS 64u /* pool blocks that a processor keeps after they were freed */
#define EXEC_END_LIMIT    (10 * EXEC_SECOND) /* how long exec_destroy waits                   */

struct exec_inner;
struct exec_world_inner;

/* One processor: what is queued to it and who has it. Counters stand on lines of their own, because
 * any processor may queue and only this one runs. */
struct exec_cpu {
    struct exec_inner *exec;
    struct exec_world_inner *world;
    uint32_t number;
    uint32_t turn;            /* kind that runs next: 0 items, 1 DPCs, 2 timers             */
    struct exec_item *batch;  /* taken from the inbox, oldest first                         */
    struct exec_task *task;   /* runs the items, DPCs and timers                            */
    struct exec_task *holder; /* simulated: the task that has it for itself                 */
    uint64_t done;            /* how many items and DPCs ran                                */
    _Atomic(struct exec_timer *) running_timer;
    struct raw_lock lock __attribute__((aligned(64))); /* guards the following               */
    struct exec_link dpcs;
    struct exec_link expired;
    uint64_t armed; /* live: when the loop will look at the wheel; UINT64_MAX: never         */
    _Atomic uint32_t driver_count; /* drivers' timers and DPCs in the lists and the wheel */
    struct wheel wheel;
    _Atomic(struct exec_item *) inbox __attribute__((aligned(64))); /* newest first          */
    _Atomic uint64_t queued;  /* how many items and DPCs were queued                        */
    _Atomic uint64_t removed; /* how many of them were taken out again                      */
    _Atomic uint32_t gate;    /* live: see live_gate.c                                      */
    struct live_cpu *live;
    _Atomic uint64_t done_seen __attribute__((aligned(64))); /* done, for other threads      */
    _Atomic uint32_t freed_next __attribute__((aligned(64)));
    _Atomic uint8_t freed_places[EXEC_FREED_PLACES]; /* how many of them hash to each: pool.c   */
    _Atomic(void *) freed[EXEC_FREED_BLOCKS]; /* pool.c's                                    */
};

/* One host's executive. */
struct exec_inner {
    struct exec head;
    struct exec_world_inner *world;
    struct exec_link link; /* in world->execs                                                */
    struct exec_cpu *cpus;
    _Atomic uint32_t next_processor;
    _Atomic uint64_t work_queued;
    _Atomic uint64_t work_done;
    _Atomic uint32_t threads_alive;
    struct raw_lock work_lock;    /* simulated; live uses the pool's mutex                    */
    struct exec_work *work_first; /* queued work, oldest first                               */
    struct exec_work *work_last;
    struct live_pool *pool;
    struct sim_exec *sim;
};

/* A system thread. */
struct exec_thread {
    struct exec_waitable ended;
    _Atomic uint32_t reference_count;
    struct exec_inner *exec;
    struct nt_owner *owner;
    void (*run)(void *context);
    void *context;
};

/* What the two halves do differently. */
struct exec_backend {
    bool (*world_begin)(struct exec_world_inner *world, const struct exec_world_options *options);
    void (*world_end)(struct exec_world_inner *world);
    uint64_t (*now)(const struct exec_world_inner *world);
    uint64_t (*now_coarse)(const struct exec_world_inner *world);
    uint64_t (*system_time)(const struct exec_world_inner *world);
    uint32_t (*choose)(struct exec_world_inner *world, uint32_t count, const char *what);
    enum exec_idle (*run_until_idle)(struct exec_world_inner *world, uint64_t limit);
    bool (*exec_begin)(struct exec_inner *exec);
    /* Wait until the exec is quiet, then end its tasks; returns how many could not be ended. */
    uint32_t (*exec_end)(struct exec_inner *exec);
    struct exec_task *(*attach)(struct exec_inner *exec);
    void (*detach)(struct exec_task *task);
    void (*cpu_take)(struct exec_task *task);
    void (*cpu_give)(struct exec_task *task);
    void (*kick)(struct exec_cpu *cpu); /* something is queued to it                    */
    void (*work_push)(struct exec_inner *exec, struct exec_work *work);
    bool (*thread_start)(struct exec_thread *thread);
    /* Block until wake_task or the deadline; may come back early for no reason.
     * Returns false when nothing can ever wake the task. */
    bool (*block)(struct exec_task *task, uint64_t deadline, const char *function);
    void (*wake)(struct exec_task *task);
    void (*stall)(struct exec_task *task, uint64_t duration);
};

extern const struct exec_backend exec_live;
extern const struct exec_backend exec_simulated;

struct exec_world_inner {
    struct exec_world head;
    const struct exec_backend *backend;
    struct raw_lock execs_lock;
    struct exec_link execs;
    struct exec_link driver_waits; /* tasks that wait inside a driver */
    _Atomic uint32_t driver_wait_count;
    struct raw_lock wait_lock; /* guards every waitable of the world                         */
    _Atomic uint32_t next_task_id;
    uint64_t live_start;
    bool abandoned; /* live: an exec with threads that did not end was destroyed */
    struct sim *sim;
};

/* A task with what the halves share behind it; the first member of each half's own task. */
struct exec_task_inner {
    struct exec_task head;
    struct exec_waiter *waiters; /* what it waits for now                                    */
    uint32_t waiter_count;
    bool wait_all;
    struct exec_link driver_wait; /* in world->driver_waits */
    uint32_t wait_index;          /* the object that ended the wait                           */
    _Atomic uint32_t woken;       /* set with the wait lock held                              */
    jmp_buf *bottom;              /* a system thread's: where exec_thread_exit goes           */
};

static inline struct exec_world_inner *world_inner(const struct exec_world *world)
{
    return (struct exec_world_inner *)(uintptr_t)world;
}

static inline struct exec_inner *exec_inner(const struct exec *exec)
{
    return (struct exec_inner *)(uintptr_t)exec;
}

static inline struct exec_task_inner *task_inner(struct exec_task *task)
{
    return (struct exec_task_inner *)(void *)task;
}

static inline const struct exec_backend *task_backend(const struct exec_task *task)
{
    return world_inner(task->exec->world)->backend;
}

/* Make a task act on a processor of an exec. */
void task_place(struct exec_task *task, struct exec_inner *exec, uint32_t processor);

/* Run one item, DPC or timer of this processor, with the current task (its own) at DISPATCH.
 * Returns false when there is none. */
bool cpu_run_one(struct exec_cpu *cpu);

/* Say whether cpu_run_one has something to run. */
bool cpu_has_work(struct exec_cpu *cpu);

/* Move the processor's time on to `now`: due timers become expired. Returns whether some did. */
bool cpu_advance(struct exec_cpu *cpu, uint64_t now);

/* End the waits of drivers for objects in memory that goes away. Returns how many. */
uint32_t wait_sweep(struct exec_world_inner *world, uintptr_t start, uintptr_t end);

/* Take a timer or DPC that is queued out of its list; the processor's lock is held. */
void cpu_timer_unlink(struct exec_cpu *cpu, struct exec_timer *timer);
void cpu_dpc_unlink(struct exec_cpu *cpu, struct exec_dpc *dpc);

/* Forget what a task waits for that will never run again. */
void wait_abandon(struct exec_task_inner *task);

/* The next processor in turn, for a task without a wish. */
uint32_t processor_in_turn(struct exec_inner *exec);

/* Take the oldest work out of the queue (work_lock or the pool's mutex held); NULL: none. */
struct exec_work *work_take(struct exec_inner *exec);
void work_append(struct exec_inner *exec, struct exec_work *work);

/* Run work on the current task, which is a worker. */
void work_run(struct exec_inner *exec, struct exec_work *work);

/* Run a thread's routine on the current task, then mark it ended; the thread may be gone then. */
void thread_run(struct exec_thread *thread);

/* How much was ever done, and how much was ever queued: items, DPCs and work. Both only grow, and
 * what is done was queued before; so when `done` is read first and the sums are equal, there was a
 * moment in between at which nothing was under way. */
uint64_t exec_done(struct exec_inner *exec);
uint64_t exec_queued(struct exec_inner *exec);

/* Say whether something of the exec is queued or runs, or a thread of it has not ended. */
bool exec_busy(struct exec_inner *exec);

/* Call a driver's routine with Windows' arguments (dpc.c, timer.c, workitem.c). */
void nt_dpc_call(const struct exec_dpc *copy, struct exec_dpc *dpc);
void nt_timer_call(struct exec_timer *timer);
void nt_work_call(struct exec_work *copy);

#endif
