/* SPDX-License-Identifier: MIT */
/* The simulated half of the executive from the inside: sim.c decides who runs, sim_exec.c says what
 * the processors', workers' and threads' fibers do. */
#ifndef CONDIS_NT_SIM_INSIDE_H
#define CONDIS_NT_SIM_INSIDE_H

#include "nt/exec_inside.h"
#include "nt/fiber.h"
#include "nt/random.h"

enum sim_state {
    SIM_READY,   /* can run, if nobody else has its processor for itself                    */
    SIM_WAITING, /* in exec_wait                                                            */
    SIM_STALLED, /* in exec_stall: keeps its processor                                      */
    SIM_LOCKED,  /* wants a spin lock that another has                                      */
    SIM_PARKED,  /* a processor or worker with nothing to do                                */
    SIM_IDLING,  /* the boot fiber in exec_run_until_idle                                   */
    SIM_DEAD,    /* ended; the next fiber that runs frees it                                */
};

struct sim_task {
    struct exec_task_inner inner;
    struct fiber fiber;
    struct sim *sim;
    enum sim_state state;
    uint32_t ready_index;       /* in sim->ready while SIM_READY                            */
    uint64_t ready_stamp;       /* when it became so, or was last made to stand back        */
    bool stuck;                 /* its wait can never end                                   */
    uint64_t due;               /* when it goes on at the latest                            */
    struct exec_link link;      /* in sleepers, lock_waiters or parked workers              */
    struct exec_link exec_link; /* in sim_exec.tasks                                        */
    struct exec_lock *lock;     /* what it wants while SIM_LOCKED                           */
    const char *function;       /* what it called when it blocked                           */
    void (*main)(struct sim_task *task);
    void *argument;
};

/* The simulated part of an exec. */
struct sim_exec {
    struct exec_link tasks; /* every fiber of the exec                             */
    struct exec_link parked_workers;
    uint32_t worker_count;
    uint32_t work_turn; /* whose turn it is to have the next work: a processor's        */
};

/* The simulated part of a world: one thread's fibers and their time. */
struct sim {
    struct exec_world_inner *world;
    struct fiber_pool pool;
    struct sim_task boot; /* the host program's own stack                        */
    bool boot_attached;
    struct sim_task *running;
    struct sim_task *dead;
    struct sim_task **ready; /* room for every task, so that waking cannot fail     */
    struct exec_task **candidates;
    uint32_t ready_count;
    uint32_t task_count;
    uint32_t capacity;
    struct exec_link sleepers; /* by due time, then by when they came                 */
    struct exec_link lock_waiters;
    uint64_t now;
    uint64_t system_time_start;
    uint64_t steps; /* since time last went on                             */
    uint64_t steps_max;
    uint64_t ready_stamp; /* the next one                                                  */
    uint32_t burst;       /* points at which the running task went on though others could run */
    bool held;            /* exec_hold: what is usual happens                              */
    const struct exec_strategy *strategy;
    void *strategy_self;
    struct nt_random random;
    struct exec_inner *idle_exec; /* idling ends when this one is quiet; NULL: when all are */
    uint64_t idle_deadline;
    enum exec_idle idle_result;
};

static inline struct sim_task *sim_task(struct exec_task *task)
{
    return (struct sim_task *)(void *)task;
}

/* Hold the schedule, or let it go. */
static inline void sim_hold(struct sim *sim, bool held)
{
    sim->held = held;
}

/* Make room in the scheduler for one more task. Returns false: no memory. */
bool sim_reserve(struct sim *sim);

/* Add a ready fiber of `exec` that calls main. Returns NULL: no memory. */
struct sim_task *sim_task_create(struct exec_inner *exec, enum exec_task_kind kind,
                                 uint32_t processor, void (*main)(struct sim_task *task),
                                 void *argument);

/* Make a task that is not ready so. */
void sim_make_ready(struct sim_task *task);

/* Stop the running task in `state` until something makes it ready. */
void sim_suspend(struct sim_task *task, enum sim_state state, uint64_t due, const char *what);

/* Let the boot fiber idle until the world (or `exec`) is quiet, or until the deadline. */
enum exec_idle sim_idle(struct sim *sim, struct exec_inner *exec, uint64_t deadline);

/* Take a task that does not run out of the scheduler and free it. */
void sim_task_discard(struct sim_task *task);

/* The backend's functions that live in sim_wait.c. */
void sim_cpu_take(struct exec_task *task);
void sim_cpu_give(struct exec_task *task);
bool sim_block(struct exec_task *task, uint64_t deadline, const char *function);
void sim_wake(struct exec_task *task);
void sim_stall(struct exec_task *task, uint64_t duration);

/* The backend's functions that live in sim_exec.c. */
bool sim_exec_begin(struct exec_inner *exec);
uint32_t sim_exec_end(struct exec_inner *exec);
void sim_kick(struct exec_cpu *cpu);
void sim_work_push(struct exec_inner *exec, struct exec_work *work);
bool sim_thread_start(struct exec_thread *thread);

#endif
