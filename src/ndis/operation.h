/* SPDX-License-Identifier: MIT */
/* An operation is one request that is called, maybe pended, and completed once.
 *
 *            handler returns PENDING                provider completes
 *   CALLING ------------------------> WAITING ---------------------------+
 *      |  \                                                              v
 *      |   \  provider completes first (legal)      handler returns   COMPLETED --> requester told
 *      |    +------------------------------> EARLY ----------------------^           --> IDLE
 *      |                                      (PENDING is the only legal answer then, C2)
 *      +--- handler returns a final status: DIRECT hosts return it, PENDING hosts tell the
 *      requester
 *
 * This file is the only implementation of that. What differs between the twenty-odd requests is a
 * row of operations.def plus one `end` each (what the status does to the object, and the
 * requester's callback), which the noun's file provides. */
#ifndef CONDIS_NDIS_OPERATION_H
#define CONDIS_NDIS_OPERATION_H

#include "ndis/object.h"
#include "nt/fault.h"

#include <ndis.h>
#include <stddef.h>

struct call;
struct exec_task;
struct host;
struct nt_owner;

enum operation_kind {
    OP_NONE,
#define OPERATION(kind, noun, slot, asked, handler, finished, told, final, level) OP_##kind,
#include "ndis/operations.def"
#undef OPERATION
    OP_KIND_COUNT
};

enum operation_state {
    OPERATION_IDLE,      /* nothing is asked; kind names the last one */
    OPERATION_CALLING,   /* inside the provider's handler */
    OPERATION_FILLING,   /* being completed: its results are written, for a few instructions */
    OPERATION_EARLY,     /* completed, but the handler has not returned yet */
    OPERATION_WAITING,   /* the handler pended */
    OPERATION_COMPLETED, /* the status is final; the requester will be told */
};

/* Lives inside the object it works on, so asking allocates nothing. 32 bytes. */
struct operation {
    _Atomic uint8_t state; /* enum operation_state */
    _Atomic uint8_t kind;  /* enum operation_kind; of the last one while idle */
    _Atomic uint8_t
        answered;       /* the handler itself gave the final status: no completion may follow */
    uint8_t before;     /* the object's state to go back to when the provider refuses */
    NDIS_STATUS status; /* the final one, from COMPLETED on */
    PVOID parameters; /* borrowed from the requester until it is told: CO_CALL_PARAMETERS, CO_SAP */
    uint32_t lent_size;      /* of close data in parameters; 0: they are no bytes */
    _Atomic uint32_t digest; /* of what parameters lends, watch.h; 0: nobody watches */
    union {
        uint64_t begun_100ns;   /* until the handler returns: when it was asked */
        struct operation *next; /* from COMPLETED on: the task's queue of deliveries */
    };
};

/* What the documentation and the nouns say of one kind. */
struct operation_row {
    const char *name;       /* "ADD_PARTY" */
    const char *request;    /* "NdisClAddParty" */
    const char *handler;    /* "ProtocolCmAddParty" */
    const char *completion; /* "NdisCmAddPartyComplete" */
    const char *told;       /* "ProtocolClAddPartyComplete" */
    bool self;              /* a final answer may be returned to the requester (SELF) */
    bool passive;           /* the requester must be told at PASSIVE_LEVEL (C124) */
    size_t object_offset;   /* from the operation back to its object */
    /* From the operation to a struct exec_work in the same object, for rows that are told at
     * PASSIVE_LEVEL: nothing is allocated when a completion comes at DISPATCH_LEVEL. */
    ptrdiff_t work_offset;
    /* Applies op->status to the object, releases it if that is its end, and, when `told`, calls the
     * requester's completion. With told false the requester runs its own completion (SELF). Copies
     * what it needs first: op may be gone when it returns. Called without locks. */
    void (*end)(struct host *host, struct operation *op, bool told);
};

extern const struct operation_row operation_rows[OP_KIND_COUNT];

/* Starts an operation on an object: state IDLE becomes CALLING. The caller holds the object's lock
 * and its state table allowed the request, so a running operation here is our bug (asserted).
 * parameters  borrowed from the requester until it is told; may be NULL */
void operation_begin(struct operation *op, enum operation_kind kind, PVOID parameters);

/* The object that an operation, running or last run, lives in. */
static inline struct object *operation_object(const struct operation *op);

/* The provider's handler answered. Call without locks. op may be gone afterwards.
 * provider the driver whose handler it was, for the history; NULL: NDIS itself
 * returns  what the request returns to its caller: PENDING, or the final status when the host
 *          completes directly or the row is FINAL */
NDIS_STATUS operation_returned(struct host *host, struct operation *op,
                               const struct nt_owner *provider, NDIS_STATUS status);

/* Whether the injector answers in the provider's place. Asked between operation_begin and the
 * visit, without locks; the provider never hears of the request. op may be gone when it is true.
 * status  set when true: what the request returns to its caller */
bool operation_failed(struct host *host, struct operation *op, enum fault_point point,
                      NDIS_STATUS *status);
static inline bool operation_fails(struct host *host, struct operation *op, enum fault_point point,
                                   NDIS_STATUS *status)
{
    return nt_fault(point) && operation_failed(host, op, point, status);
}

/* The provider called the completion function. Call without locks. op may be gone afterwards.
 * kind      the kind that the called function completes
 * function  its name, for reports
 * before    called between acceptance and telling, while nobody else can see the operation, to
 *           record what came with the completion (contexts, parameters); it must not wait nor call
 *           out; may be NULL
 * returns   true when accepted: the requester was told, will be told when the handler returns, or
 *           at PASSIVE_LEVEL. false: a rule was broken (completed twice, never pended, PENDING as
 *           status), it was reported, and nothing changed. */
bool operation_complete(struct host *host, struct operation *op, enum operation_kind kind,
                        NDIS_STATUS status, const char *function,
                        void (*before)(struct operation *op, void *with), void *with);

/* A `before` that takes the parameters given with a completion, unless NULL. */
void operation_take_parameters(struct operation *op, void *parameters);

/* Reports a completion of an operation that is not running: PEND_ONCE when the last one was of this
 * kind and was completed, PEND_NOT_BOTH when its handler had answered for good, else
 * PEND_UNASKED. */
void operation_not_running(struct host *host, const struct operation *op, enum operation_kind kind,
                           const char *function);

/* Resolves the handle given to a completion function. A handle that died by the very operation that
 * is completed again is reported as that; any other dead handle as stale.
 * op_offset  from the object to its operation
 * returns    NULL after the rule was reported */
struct object *operation_resolve(const struct call *call, NDIS_HANDLE handle,
                                 enum object_kind object_kind, const char *parameter,
                                 size_t op_offset, enum operation_kind kind);

/* Undoes operation_begin when the request could not reach the provider. Caller holds the lock. */
void operation_abandon(struct operation *op);

static inline enum operation_state operation_state(const struct operation *op)
{
    return (enum operation_state)atomic_load_explicit(&op->state, memory_order_acquire);
}

static inline bool operation_running(const struct operation *op)
{
    return operation_state(op) != OPERATION_IDLE;
}

static inline struct object *operation_object(const struct operation *op)
{
    return (struct object *)((char *)(uintptr_t)op - operation_rows[op->kind].object_offset);
}

/* Keep a provider's context of an object: from its handler (C18), or from its completion (C16,
 * C17), which may run on another processor while the handler returns. What the completion said
 * stands. NULL says nothing.
 * status  what the handler returned: after a final one no completion may come, so that nobody else
 *         writes the slot unless the provider is wrong about its own context, too */
static inline void context_from_handler(NDIS_HANDLE _Atomic *slot, NDIS_HANDLE context,
                                        NDIS_STATUS status)
{
    NDIS_HANDLE unset = NULL;
    if (!context)
        return;
    if (status == NDIS_STATUS_PENDING)
        atomic_compare_exchange_strong(slot, &unset, context);
    else if (!atomic_load_explicit(slot, memory_order_relaxed))
        atomic_store_explicit(slot, context, memory_order_relaxed);
}

static inline void context_from_completion(NDIS_HANDLE _Atomic *slot, NDIS_HANDLE context)
{
    if (context)
        atomic_store(slot, context);
}

/* Marks a told operation idle. Called by `end` under the object's lock, before the object
 * may be released or asked again. */
static inline void operation_end(struct operation *op)
{
    atomic_store_explicit(&op->state, OPERATION_IDLE, memory_order_release);
}

/* Tells requesters whose deliveries were queued while another was being told on the same task.
 * Called by the outermost delivery and, as the executive's idle hook, before every blocking wait:
 * what is waited for may be in the queue. The queue is the host's, so that whoever needs an outcome
 * to be heard can see to it. */
void operation_drain(struct exec_task *task);

/* Sees to it that every completion made so far has been told, as far as the level allows: all of
 * them at PASSIVE_LEVEL, else those that need no worker. For requests that build on such an
 * outcome: a provider that completed a close may delete the VC at once, though its requester was
 * only queued. */
void operation_settle(struct host *host);

/* The same for one operation, which may be on its way from the queue to its requester right now. */
void operation_settle_one(struct host *host, struct operation *op, enum operation_kind kind);

/* Finds when, and by whom, the request that an operation waits for was pended, in the history of
 * its object (or of a copy of it). returns  false: it is not remembered */
bool operation_pended(const struct object *object, const struct operation *op,
                      struct object_event *pended);

/* Whether the operation has its final status though its requester has not heard it yet. */
static inline bool operation_is_untold(const struct operation *op, enum operation_kind kind)
{
    return operation_state(op) == OPERATION_COMPLETED &&
           atomic_load_explicit(&op->kind, memory_order_relaxed) == (uint8_t)kind;
}

#endif
