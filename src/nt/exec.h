/* SPDX-License-Identifier: MIT */
/* The executive stands for the Windows kernel: processors, interrupt levels, locks, deferred calls,
 * timers, work, threads, waits and time, for one host. It has two implementations behind this one
 * interface: live (operating-system threads, libuv loops, real time) and simulated (fibers on one
 * thread, virtual time, every choice drawn from one seed).
 *
 * A world owns the clock, the seed and the sinks; an exec is one host's processors inside a world;
 * a task is one running piece of code (a thread or a fiber). exec_attach makes a thread of the host
 * program one. Times are in 100 ns since the world began, unless a name says otherwise. Structures
 * here are intrusive: their memory is the caller's and lent to the executive while queued. */
#ifndef CONDIS_NT_EXEC_H
#define CONDIS_NT_EXEC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nt/list.h"
#include "nt/strategy.h"

/* 0: a build without the verifier, to measure what it costs where it is off (bench/turns.sh). */
#ifndef CONDIS_VERIFIER
#define CONDIS_VERIFIER 1
#endif

struct nt_owner;
struct stack_store;
struct faults;
struct rules;
struct trace;
struct exec;
struct exec_world;
struct exec_cpu;
struct exec_task;
struct exec_thread;
struct exec_waitable;

enum exec_kind {
    EXEC_LIVE = 1,
    EXEC_SIMULATED,
};

#define EXEC_PASSIVE        0u
#define EXEC_APC            1u
#define EXEC_DISPATCH       2u
#define EXEC_MS             10000ull    /* one millisecond, in 100 ns steps            */
#define EXEC_SECOND         10000000ull /* one second, in 100 ns steps                 */
#define EXEC_FOREVER        UINT64_MAX  /* as a timeout: no end                        */
#define EXEC_TIMER_UNPLACED UINT16_MAX  /* exec_timer.processor of one that was never set */
#define EXEC_ANY_PROCESSOR  UINT32_MAX  /* as a processor: the caller's own, or the next in turn */
#define EXEC_PROCESSORS     64u         /* no exec has more                            */

/* ---- world ------------------------------------------------------------------------------- */

struct exec_world_options {
    enum exec_kind kind;
    uint64_t seed;        /* simulated: of every choice                    */
    uint64_t system_time; /* simulated: 100 ns since 1601 when it begins; 0 = 2026-01-01 */
    uint64_t steps_max;   /* simulated: points without time going on before the world
                                             is stopped as a livelock; 0 = 100 million     */
    uint64_t stop_at;     /* simulated: call `stop` when this step begins; 0: never     */
    const struct exec_strategy *strategy; /* simulated: NULL = the seeded random walk      */
    void *strategy_self;                  /* passed to the strategy; borrowed              */
    struct rules *rules;                  /* the world's rules sink; borrowed, may be NULL */
    struct trace *trace;                  /* the world's trace; borrowed, may be NULL      */
    void *user;                           /* the host program's; borrowed                  */
    /* Hears what drivers print, one line a call without its newline, any IRQL, any thread; NULL:
     * standard error. It must not wait. */
    void (*print)(struct exec *exec, const char *line);
    /* Called once, by the task that goes on at the step stop_at, on its stack. It must not wait. */
    void (*stop)(struct exec_world *world);
};

/* What everybody may read of a world; the implementation's part follows behind it. */
struct exec_world {
    enum exec_kind kind;
    uint64_t seed;
    struct rules *rules;
    struct trace *trace;
    _Atomic(struct faults *) faults; /* what makes drivers' calls fail; NULL: nothing does */
    void *user;
    void (*print)(struct exec *exec, const char *line);
    void (*stop)(struct exec_world *world);
    uint64_t step; /* simulated: how often it was decided who runs; names a moment of the run */
    uint64_t stop_at;
    /* Simulated: called when time passes watch_at, between two tasks: it may report and set
     * watch_at anew, nothing else. NULL: never. */
    void (*watch)(struct exec_world *world);
    uint64_t watch_at;
    /* Simulated: called when a task has run and another will, or the same for another driver: what
     * has changed since the last time is the doing of task->owner. It may look, nothing else. */
    void (*ran)(struct exec_task *task);
    uint8_t pool;               /* enum nt_pool_mode */
    struct stack_store *stacks; /* of what is allocated, with the verifier; NULL: none are kept */
    _Atomic bool stopped; /* a deadlock or livelock ended it: waits fail, locks no longer exclude */
    void *slots[4]; /* others' state of this world, zeros at first; 0: the media of src/link */
    _Atomic uint64_t moment; /* exec_moment_pass */
};

/* Create a world. options are copied. Returns the world, or NULL (no memory).
 * A simulated world belongs to the thread that created it: only that thread may use it. */
struct exec_world *exec_world_create(const struct exec_world_options *options);

/* End a world whose execs are destroyed. */
void exec_world_destroy(struct exec_world *world);

/* Draw one of `count` answers (count >= 1) to the question `what` (a literal).
 * Simulated: from the seed. Live: 0. */
uint32_t exec_choose(struct exec_world *world, uint32_t count, const char *what);

/* Simulated: hold the schedule (what is usual happens, nobody is asked), or let it go again. For
 * what a scenario does not want explored. Live: nothing. */
void exec_hold(struct exec_world *world, bool held);

enum exec_idle {
    EXEC_IDLE,       /* nothing is queued and nobody can run                                */
    EXEC_TIME_LIMIT, /* the limit came first                                                */
    EXEC_STOPPED,    /* the world was stopped by a deadlock or livelock, which was reported */
};

/* Let the world run until it is idle. Caller: a host-program task at PASSIVE, no lock held.
 * limit    how much time may pass: virtual (simulated) or real (live); EXEC_FOREVER for none
 * Simulated: idle means that nobody can run and no timer is set; a periodic timer needs a limit.
 * Live: idle means that no item, DPC or work is queued or running; timers that have not expired
 * do not count. */
enum exec_idle exec_run_until_idle(struct exec_world *world, uint64_t limit);

/* ---- exec -------------------------------------------------------------------------------- */

struct exec_options {
    const char *name;         /* copied                                                    */
    uint32_t index;           /* the host's number in its world                            */
    uint32_t processor_count; /* 1..EXEC_PROCESSORS; 0 = 2                                 */
    void *user;               /* back pointer to the ndis host; borrowed                   */
};

/* What everybody may read of an exec; the implementation's part follows behind it. */
struct exec {
    struct exec_world *world;
    const char *name;
    uint32_t index;
    uint32_t processor_count;
    void *user;
    void (*idle_hook)(struct exec_task *task); /* see exec_set_idle_hook                   */
};

/* Create the processors of one host. Returns the exec, or NULL (no memory, no threads). */
struct exec *exec_create(struct exec_world *world, const struct exec_options *options);

/* End an exec: what is queued runs, then its threads are joined. Timers must be cancelled,
 * host-program tasks detached (the caller's own may stay attached to another exec of the world).
 * Returns how many system threads or work items did not end (live: within 10 s): 0 is the clean
 * answer; otherwise its memory stays behind for them. */
uint32_t exec_destroy(struct exec *exec);

/* Have `hook` called with the current task before it blocks in a wait, sleep or join at PASSIVE on
 * this exec. ndis drains its queued deliveries there. NULL removes it. Set before anything runs. */
void exec_set_idle_hook(struct exec *exec, void (*hook)(struct exec_task *task));

/* The libuv loop of a live processor, to be used only on that processor (from an exec_item);
 * NULL when simulated. A uv callback runs at PASSIVE and raises itself with exec_set_irql. */
struct uv_loop_s *exec_loop(struct exec *exec, uint32_t processor);

/* ---- task -------------------------------------------------------------------------------- */

enum exec_task_kind {
    EXEC_TASK_HOST,      /* a thread of the host program (simulated: the boot fiber)       */
    EXEC_TASK_PROCESSOR, /* runs a processor's items, DPCs and timers                      */
    EXEC_TASK_WORKER,    /* runs work                                                      */
    EXEC_TASK_THREAD,    /* a system thread                                                */
};

/* The fields are for the task itself to read; those marked (w) also for it to write. */
struct exec_task {
    struct exec *exec;      /* the host it acts for                                       */
    struct exec_cpu *cpu;   /* that processor                                             */
    struct nt_owner *owner; /* (w) the driver it is inside; NULL: none                    */
    void *slots[2];         /* (w) ndis                                                   */
    uint32_t delivering;    /* (w) ndis                                                   */
    uint32_t visits;        /* (w) ndis: handlers of drivers that it is inside, one in another */
    uint32_t locks_held;    /* exec_locks it holds now                                    */
    uint16_t processor;     /* number of its processor in exec                            */
    uint8_t irql;           /* 0 PASSIVE, 1 APC, 2 DISPATCH, up to 15; exec_set_irql writes it */
    uint8_t irql_floor;     /* it may not go below this (DISPATCH inside a DPC)           */
    uint8_t kind;           /* enum exec_task_kind                                        */
    bool simulated;
    bool observed; /* its world is simulated or has a trace: whoever enters or leaves asks those */
    uint32_t id;   /* number in the world, in order of creation                  */
    uint64_t point_count;       /* simulated: points and questions that it came to            */
    uint64_t since;             /* exec_moment_reached: what it can know of                   */
    struct exec_thread *thread; /* the system thread it is, or NULL                        */
};

extern _Thread_local struct exec_task *exec_current_task __attribute__((tls_model("initial-exec")));

/* The task that runs now; NULL on a thread that is not attached. */
static inline struct exec_task *exec_current(void)
{
    return exec_current_task;
}

/* Make the calling thread a task of `exec`. processor: below exec->processor_count, or
 * EXEC_ANY_PROCESSOR for the next in turn. Simulated: only the world's own thread, whose stack is
 * the boot fiber. A thread attaches once; see exec_switch. Returns the task, NULL: no memory. */
struct exec_task *exec_attach(struct exec *exec, uint32_t processor);

/* Undo exec_attach: at PASSIVE, no lock held. */
void exec_detach(void);

/* Let the calling host-program task act for another exec of the same world from now on; its
 * processor number is kept modulo the new count. At PASSIVE. Returns the exec it acted for. */
struct exec *exec_switch(struct exec *exec);

/* Simulated: let the seed choose who runs next; live: nothing. `what` is a literal that names the
 * point. Any IRQL. */
void exec_preempt_simulated(struct exec_task *task, const char *what);
static inline void exec_preempt(const char *what)
{
    struct exec_task *task = exec_current_task;
    if (task && task->simulated)
        exec_preempt_simulated(task, what);
}

/* Simulated: the task goes on as another driver from here. */
static inline void exec_changes_owner(struct exec_task *task)
{
    if (task->simulated && task->exec->world->ran)
        task->exec->world->ran(task);
}

/* ---- what a task can know of ------------------------------------------------------------- */

/* Two tasks that act at the same moment cross: neither can know of the other. A moment has passed
 * for a task once it began a routine (an item, a DPC, a timer, work, a thread) or returned from a
 * wait afterwards; until then it may act on what it read before. */

/* The task that calls has reached the present: it knows of every moment that has passed. */
static inline void exec_moment_reached(struct exec_task *task)
{
    task->since = atomic_load_explicit(&task->exec->world->moment, memory_order_acquire);
}

/* Something happened that others will know of. returns its number, from 1; the calling task knows
 * of it at once, others when their `since` is not below it */
static inline uint64_t exec_moment_pass(struct exec_task *task)
{
    task->since =
        atomic_fetch_add_explicit(&task->exec->world->moment, 1, memory_order_acq_rel) + 1;
    return task->since;
}

/* ---- IRQL -------------------------------------------------------------------------------- */

void exec_cpu_take(struct exec_task *task);
void exec_cpu_give(struct exec_task *task);

/* Set the current task's IRQL, up or down (never below its floor), and return the old one.
 * At DISPATCH and above the task has its processor for itself: raising may wait for the one who has
 * it; lowering lets DPCs run. Breaks no rule by itself: KeRaiseIrql and KeLowerIrql judge. */
static inline uint8_t exec_set_irql(uint8_t irql)
{
    struct exec_task *task = exec_current_task;
    uint8_t old = task->irql;
    if (irql < task->irql_floor)
        irql = task->irql_floor;
    if (old < EXEC_DISPATCH && irql >= EXEC_DISPATCH)
        exec_cpu_take(task);
    task->irql = irql;
    if (old >= EXEC_DISPATCH && irql < EXEC_DISPATCH)
        exec_cpu_give(task);
    return old;
}

/* ---- lock -------------------------------------------------------------------------------- */

/* A spin lock: 8 bytes, lives inside a KSPIN_LOCK. Zero is a free lock (this is the one structure
 * here that zeros do initialise); else the owner. Does not change the IRQL: what it guards is short
 * and never inside a driver, or the caller raised (KeAcquireSpinLock does). */
struct exec_lock {
    _Atomic uintptr_t owner;
};

#define EXEC_LOCK_FREE                                                                             \
    {                                                                                              \
        0                                                                                          \
    }

void exec_lock_contended(struct exec_lock *lock, struct exec_task *task, const char *function);
void exec_unlock_special(struct exec_lock *lock, struct exec_task *task, const char *function);

/* Take the lock; `function` is the name a report shows (a literal).
 * Taking a lock that this task holds breaks LOCK_RECURSIVE and returns at once; a cycle of tasks
 * that wait for each other breaks LOCK_DEADLOCK and stops a simulated world.
 * Simulated: a preemption point before; the task cannot run while another has the lock, and keeps
 * its processor for itself while it holds one. */
static inline void exec_lock_named(struct exec_lock *lock, const char *function)
{
    struct exec_task *task = exec_current_task;
    uintptr_t free = 0;
    if (task && !task->simulated &&
        atomic_compare_exchange_strong_explicit(&lock->owner, &free, (uintptr_t)task,
                                                memory_order_acquire, memory_order_relaxed))
        task->locks_held++;
    else
        exec_lock_contended(lock, task, function);
}

/* Release the lock. By one who does not hold it: breaks LOCK_NOT_OWNER, nothing changes.
 * Simulated: a preemption point after. */
static inline void exec_unlock_named(struct exec_lock *lock, const char *function)
{
    struct exec_task *task = exec_current_task;
    if (task && !task->simulated &&
        atomic_load_explicit(&lock->owner, memory_order_relaxed) == (uintptr_t)task) {
        task->locks_held -= task->locks_held != 0; /* zeroed when it was left held */
        atomic_store_explicit(&lock->owner, 0, memory_order_release);
    } else {
        exec_unlock_special(lock, task, function);
    }
}

#define exec_lock(lock)   exec_lock_named((lock), __func__)
#define exec_unlock(lock) exec_unlock_named((lock), __func__)

/* Take the lock if it is free. Returns whether it was taken. */
bool exec_lock_try(struct exec_lock *lock);

/* Say whether the current task holds the lock. */
static inline bool exec_lock_is_mine(struct exec_lock *lock)
{
    struct exec_task *task = exec_current_task;
    return task && atomic_load_explicit(&lock->owner, memory_order_relaxed) == (uintptr_t)task;
}

/* ---- items and DPCs ---------------------------------------------------------------------- */

/* An item runs once, at DISPATCH on a processor, with no driver as owner. Cannot be cancelled.
 * `run` may post the item again or free it. */
struct exec_item {
    struct exec_item *next;
    void (*run)(struct exec_item *item);
};

/* Post an item that is not posted. processor: below processor_count, or EXEC_ANY_PROCESSOR: the
 * caller's when it is a task of this exec, else 0. Any IRQL, any task of the world, or (live) any
 * thread. Items from one task to one processor run in order. */
void exec_post(struct exec *exec, uint32_t processor, struct exec_item *item);

enum exec_call_kind {
    EXEC_CALL_RUN = 1, /* call `run`                                                       */
    EXEC_CALL_DRIVER,  /* a driver's routine: the noun's file calls it with Windows' arguments */
};

/* A DPC: 64 bytes, lives inside a KDPC. Fill with exec_dpc_init or KeInitializeDpc. */
struct exec_dpc {
    uint8_t kind;            /* enum exec_call_kind                                         */
    uint8_t importance;      /* Windows' KDPC_IMPORTANCE; 2 (high) goes first               */
    uint16_t target;         /* processor + 1, or 0: the one that queues it                 */
    _Atomic uint32_t queued; /* 0, or processor + 1                                         */
    struct exec_link link;
    union {
        void (*run)(struct exec_dpc *dpc);
        void *routine;
    };
    void *context;
    void *argument1;
    void *argument2;
    struct nt_owner *owner; /* the driver that made it                                     */
};

/* Fill a DPC whose `run` is ours; owner is taken from the current task. */
void exec_dpc_init(struct exec_dpc *dpc, void (*run)(struct exec_dpc *dpc), void *context);

/* Queue the DPC to its target processor of `exec`, or the caller's. The arguments are stored only
 * when it was not queued. Returns whether it was queued by this call. Any IRQL. */
bool exec_dpc_queue(struct exec *exec, struct exec_dpc *dpc, void *argument1, void *argument2);

/* Take the DPC out of its queue. Returns whether it was queued; false: it was not, runs or ran. */
bool exec_dpc_remove(struct exec *exec, struct exec_dpc *dpc);

/* Wait until every DPC that was queued before has run. At PASSIVE. */
void exec_dpc_flush(struct exec *exec);

/* ---- timers ------------------------------------------------------------------------------ */

/* A timer: 40 bytes, lives inside a KTIMER. */
struct exec_timer {
    uint64_t due;
    struct exec_link link;
    union {
        void (*run)(struct exec_timer *timer); /* at DISPATCH on `processor`, owner NULL   */
        void *dpc;                             /* EXEC_CALL_DRIVER: a KTIMER's             */
    };
    uint16_t processor;
    uint8_t kind;       /* enum exec_call_kind                                          */
    uint8_t place;      /* where it is: 0 nowhere, 1.. in the wheel, 255 expired        */
    uint32_t period_ms; /* 0: once                                                      */
};

/* Fill a timer whose `run` is ours. */
void exec_timer_init(struct exec_timer *timer, void (*run)(struct exec_timer *timer));

/* Set the timer to expire at `due` (since the world began; the past means at once), on a processor
 * of `exec` (or EXEC_ANY_PROCESSOR), and then every period_ms. One that is set is set anew. `run`
 * may set it again or free it (a periodic one: after exec_timer_cancel). Returns whether it was
 * set. */
bool exec_timer_set(struct exec *exec, struct exec_timer *timer, uint64_t due, uint32_t period_ms,
                    uint32_t processor);

/* Stop the timer. Returns whether it was set (or expired with `run` not yet begun, which then will
 * not begin). False: `run` may be running on another processor; exec_timer_flush waits for that. */
bool exec_timer_cancel(struct exec *exec, struct exec_timer *timer);

/* Say whether the timer is set. */
bool exec_timer_is_set(struct exec *exec, struct exec_timer *timer);

/* Say whether an expiry of the timer is running on another processor at this moment. */
bool exec_timer_is_running(struct exec *exec, struct exec_timer *timer);

/* Wait until no expiry of the timer is running. At PASSIVE; after exec_timer_cancel. */
void exec_timer_flush(struct exec *exec, struct exec_timer *timer);

/* How a wait ended. */
enum exec_wait_result {
    EXEC_WAIT_SIGNALLED,
    EXEC_WAIT_TIMEOUT,
    EXEC_WAIT_FORBIDDEN, /* the caller may not block here; the rule was reported           */
    EXEC_WAIT_STOPPED,   /* can never end: simulated deadlock (reported), or a stopped world */
};

/* ---- work and threads -------------------------------------------------------------------- */

/* Work runs once, at PASSIVE, on a pool thread (simulated: a fiber). 32 bytes, lives inside a
 * WORK_QUEUE_ITEM. `run` may queue it again or free it. */
struct exec_work {
    struct exec_work *next; /* NULL: not queued                                           */
    uintptr_t owner_kind;   /* struct nt_owner *, bit 0: EXEC_CALL_DRIVER                 */
    union {
        void (*run)(struct exec_work *work);
        void *routine;
    };
    void *context;
};

/* Fill work whose `run` is ours; owner is taken from the current task. */
void exec_work_init(struct exec_work *work, void (*run)(struct exec_work *work), void *context);

/* Queue the work. Returns false, with nothing changed, when it is queued already. Any IRQL. */
bool exec_work_queue(struct exec *exec, struct exec_work *work);

/* Work that is queued when its delay has passed. */
struct exec_delayed_work {
    struct exec_work work;
    struct exec_timer timer;
    struct exec *exec;
};

/* Fill delayed work, as exec_work_init. */
void exec_delayed_work_init(struct exec_delayed_work *delayed, void (*run)(struct exec_work *work),
                            void *context);
/* Queue it after `delay`. Returns false when it waits already. */
bool exec_delayed_work_queue(struct exec *exec, struct exec_delayed_work *delayed, uint64_t delay);
/* Stop it before it is queued. Returns whether it was waiting. */
bool exec_delayed_work_cancel(struct exec_delayed_work *delayed);

/* Create a system thread that calls run(context) at PASSIVE with the caller's owner.
 * Returns a counted reference, ended with exec_thread_release; NULL: no memory. At PASSIVE. */
struct exec_thread *exec_thread_create(struct exec *exec, void (*run)(void *context),
                                       void *context);
/* Take one more reference. Returns how many there are now. */
uint32_t exec_thread_hold(struct exec_thread *thread);
/* Give a reference back; the last one after its end frees the thread. Returns how many are left. */
uint32_t exec_thread_release(struct exec_thread *thread);
/* End the calling system thread; does not return. */
_Noreturn void exec_thread_exit(void);
/* What is signalled when the thread has ended; valid while a reference is held. */
struct exec_waitable *exec_thread_waitable(struct exec_thread *thread);
/* Wait until the thread has ended. At PASSIVE. Returns as exec_wait. */
enum exec_wait_result exec_thread_join(struct exec_thread *thread);

/* ---- waits ------------------------------------------------------------------------------- */

enum exec_waitable_kind {
    EXEC_EVENT_NOTIFICATION = 0xe1,    /* stays signalled until cleared                    */
    EXEC_EVENT_SYNCHRONIZATION = 0xe2, /* one waiter takes the signal                      */
    EXEC_SEMAPHORE = 0xe3,             /* signal counts                                    */
    EXEC_MUTEX = 0xe4,                 /* owned; the first bytes of a struct exec_mutex    */
    EXEC_TIMER_NOTIFICATION = 0xe5,
    EXEC_TIMER_SYNCHRONIZATION = 0xe6,
    EXEC_THREAD = 0xe7,
};

/* What can be waited for: 24 bytes, lives inside a DISPATCHER_HEADER. No resources: it needs no
 * end, but nobody may wait for it when its memory goes. */
struct exec_waitable {
    uint8_t kind;
    uint8_t reserved[3];
    _Atomic int32_t signal; /* > 0: signalled                                             */
    struct exec_link waiters;
};

/* A mutex: 48 bytes, lives inside a KMUTEX. Recursive. */
struct exec_mutex {
    struct exec_waitable waitable; /* signal: 1 free, 0 and below: held 1 - signal times   */
    void *reserved[2];
    struct exec_task *owner;
};

/* Fill a waitable. signal: events 0 or 1; semaphores the count. */
void exec_waitable_init(struct exec_waitable *object, enum exec_waitable_kind kind, int32_t signal);
/* Fill a free mutex. */
void exec_mutex_init(struct exec_mutex *mutex);

/* Wait until one (all = false) or all of `count` objects (1..64) are signalled, and take their
 * signals.
 * timeout  from now; 0 only looks; EXEC_FOREVER
 * index    NULL, or where the number of the object that ended the wait goes (all = false)
 * function the name that a report shows (a literal)
 * Blocking (timeout not 0) at DISPATCH or above or with an exec_lock held breaks WAIT_AT_DISPATCH,
 * and simulated a wait that nothing can end breaks WAIT_FOREVER. The idle hook runs before the task
 * blocks. */
enum exec_wait_result exec_wait(struct exec_waitable *const *objects, uint32_t count, bool all,
                                uint64_t timeout, uint32_t *index, const char *function);

/* exec_wait for one object. */
static inline enum exec_wait_result exec_wait_one(struct exec_waitable *object, uint64_t timeout,
                                                  const char *function)
{
    return exec_wait(&object, 1, false, timeout, NULL, function);
}

/* Set or clear an event, timer or thread. Each returns the signal before. Any
 * IRQL up to DISPATCH; live: any thread. */
int32_t exec_signal_set(struct exec_world *world, struct exec_waitable *object);
int32_t exec_signal_clear(struct exec_world *world, struct exec_waitable *object);
/* Add to a semaphore, at most to `limit`. Returns the count before, or -1 and no change. */
int32_t exec_semaphore_release(struct exec_world *world, struct exec_waitable *semaphore,
                               int32_t adjustment, int32_t limit);
/* Release a mutex once. Returns 0, or -1 when the current task does not own it. */
int32_t exec_mutex_release(struct exec_world *world, struct exec_mutex *mutex);

/* Let time pass. At PASSIVE, else WAIT_AT_DISPATCH and no sleep. Returns TIMEOUT when it passed. */
enum exec_wait_result exec_sleep(uint64_t duration, const char *function);

/* Keep the processor busy, any IRQL. Simulated: virtual time passes and other processors run. */
void exec_stall(uint64_t duration);

/* ---- time -------------------------------------------------------------------------------- */

/* Time since the world began: simulated virtual, live monotonic. */
uint64_t exec_now(const struct exec_world *world);

/* The same, cheap and up to some milliseconds late when live; for history marks. */
uint64_t exec_now_coarse(const struct exec_world *world);

/* System time: 100 ns since 1601-01-01 UTC. */
uint64_t exec_system_time(const struct exec_world *world);

#endif
