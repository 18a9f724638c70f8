/* SPDX-License-Identifier: MIT */
/* A host is one simulated computer as NDIS sees it: its objects, drivers and adapters. */
#ifndef CONDIS_NDIS_HOST_H
#define CONDIS_NDIS_HOST_H

#include "ndis/slab.h"
#include "nt/exec.h"
#include "rules/rules.h"
#include "trace/trace.h"

#include <condis/host.h>
#include <ndis.h>

struct adapter;
struct module;
struct settings;

enum { HOST_SLOT_COUNT = 4, HOST_NAME_BYTES = 32, HOST_PNP_WAIT_S = 30 };

enum { HOST_FOLLOWED = 8 };

/* A pended request of a simulated world, and who changed last what it lends: watch.c. */
struct followed {
    struct operation *op;      /* NULL: none */
    const struct nt_owner *by; /* NULL: nobody yet, or no driver */
    uint32_t digest;           /* of what it lends, as last looked at */
};

struct host {
    struct exec *exec;
    struct condis_world *world;
    struct trace *trace;        /* the world's; NULL when off */
    struct rules *rules;        /* the world's */
    uint16_t index;             /* in its world; part of every handle */
    uint8_t completion;         /* enum condis_completion */
    bool verifier;              /* the world's option: what costs more than it is worth without */
    struct raw_lock pools_lock; /* guards pool_slot.pool against netbuffer_pools_visit */
    uint64_t pnp_wait_100ns;    /* how long a driver may take over a bind, unbind, event or pause */
    char name[HOST_NAME_BYTES];
    struct slab slabs[OBJECT_KIND_COUNT];
    struct exec_timer overdue; /* live, with the verifier: overdue.c's */
    uint64_t looked_100ns;     /* until when overdue.c has told what is overdue */
    struct exec_lock lock;     /* guards the lists below, and adapters' lists of bindings and AFs */
    struct module *modules;
    struct module *retired; /* unloaded ones: reports and stray code may still name them */
    struct exec_mutex pnp;  /* one bind, unbind, start or stop at a time; waited for at PASSIVE */
    struct adapter *adapters;
    struct host *next;     /* in its world */
    uint32_t module_count; /* ever loaded; numbers the owners from 1 */
    struct raw_lock untold_lock;
    struct operation *untold; /* completions that wait to be told; operation.c */
    struct followed followed[HOST_FOLLOWED];
    uint32_t followed_next;        /* its place, modulo HOST_FOLLOWED */
    uint32_t followed_count;       /* how many places are taken */
    _Atomic uint32_t sap_order;    /* how many SAPs were ever registered */
    _Atomic uint32_t untold_count; /* those, and what workers are about to tell */
    void *slots[HOST_SLOT_COUNT];
};

/* Whether the verifier is on. */
static inline bool host_verifies(const struct host *host)
{
    return CONDIS_VERIFIER && host->verifier;
}

/* The host that the running code acts for. Code that runs on no task of an executive (a thread
 * that a driver made behind our back) cannot call NDIS: asserted. */
static inline struct host *host_current(void)
{
    struct exec_task *task = exec_current();
    assert(task && "NDIS was called from a thread that belongs to no host");
    return task->exec->user;
}

/* A host-program thread's stay in a host. Lives on its stack. */
struct host_entry {
    struct exec *before;    /* that the thread acted for; NULL: it was no task */
    struct nt_owner *owner; /* that it was inside */
    bool switched;
};

/* Makes the calling thread a task of the host, outside every driver, until host_leave. Nests.
 * returns  false when memory is short: nothing has changed */
bool host_enter(struct host *host, struct host_entry *entry);
void host_leave(const struct host_entry *entry);

/* Pointers that client libraries linked with us hang on a host, one number each. */
enum host_slot {
    HOST_SLOT_CLIENT,   /* src/client */
    HOST_SLOT_NBL_POOL, /* netbufferpool.c: the pool of clones that name none */
    HOST_SLOT_NB_POOL,  /* netbufferpool.c: the pool of their NET_BUFFERs */
};

/* The same for code outside src/ndis, which knows the public name only. */
void **ndis_host_slot(struct condis_host *host, enum host_slot slot);
struct condis_host *ndis_host_current(void);
struct exec *ndis_host_exec(struct condis_host *host);

/* Enters and leaves a driver from outside NDIS: between the two, calls count as that driver's.
 * For client libraries that act as their own driver on a host-program thread. */
struct nt_owner *ndis_driver_enter(NDIS_HANDLE NdisDriverHandle);
void ndis_driver_leave(struct nt_owner *before);

/* The settings behind a driver, adapter or binding handle, as NdisOpenConfigurationEx takes it;
 * NULL when the handle names none of them. Lives as long as the object. */
struct settings *ndis_settings_of(NDIS_HANDLE handle);

/* The executive of the host that an adapter handle belongs to; NULL when it names no adapter. */
struct exec *ndis_adapter_exec(NDIS_HANDLE MiniportAdapterHandle);

static inline struct condis_host *host_public(struct host *host)
{
    return (struct condis_host *)host;
}

static inline struct host *host_private(struct condis_host *host)
{
    return (struct host *)host;
}

#endif
