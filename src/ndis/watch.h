/* SPDX-License-Identifier: MIT */
/* A watch tells whether what a request lends its provider, call parameters or close data, was
 * changed before the request ended, and which rule that breaks (C61, C64, C79, C94).
 *
 * With the verifier only. It compares digests: taken when the request is made, when the handler
 * returns, and when the request is completed. In a simulated world it also looks whenever another
 * driver goes on, at the latest HOST_FOLLOWED requests of a host: there it knows who did it.
 * Constant time: of each variable part the first WATCH_BYTES_MAX bytes. */
#ifndef CONDIS_NDIS_WATCH_H
#define CONDIS_NDIS_WATCH_H

#include "ndis/enter.h"
#include "ndis/operation.h"

enum { WATCH_BYTES_MAX = 256 };

/* What was lent, on the stack of the function that asks the provider. */
struct watch {
    const void *lent;
    uint32_t size;   /* of close data; 0 for call parameters */
    uint32_t digest; /* never 0 while something is watched */
};

/* Adds a word to a digest. */
static inline uint64_t watch_mix(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return digest ^ digest >> 29;
}

/* A digest of close data, or with size 0 of call parameters; never 0. */
uint32_t watch_digest(const void *lent, uint32_t size);

/* Begins a watch on call parameters, or on close data (NULL and 0: nothing to watch). Without the
 * verifier nothing is watched: three digests for each party cost more than the rest. */
static inline struct watch watch_parameters(const struct host *host,
                                            const CO_CALL_PARAMETERS *parameters)
{
    return (struct watch){parameters, 0, host_verifies(host) ? watch_digest(parameters, 0) : 0};
}

static inline struct watch watch_data(const struct host *host, const void *data, UINT size)
{
    return (struct watch){data, size, size && host_verifies(host) ? watch_digest(data, size) : 0};
}

/* Simulated: looks from now on, until watch_forget, who changes what the operation lends. */
void watch_follow(struct operation *op);
void watch_forget(const struct operation *op);

/* The exec's `ran`: looks at all that is followed in the task's host. */
void watch_ran(struct exec_task *task);

/* Keeps the watch for the completion, too. Call between operation_begin and the handler. */
static inline void watch_keep(struct operation *op, const struct watch *watch)
{
    op->lent_size = watch->size;
    atomic_store_explicit(&op->digest, watch->digest, memory_order_relaxed);
    if (watch->digest && exec_current()->simulated)
        watch_follow(op);
}

/* Whether what was lent is not what it was, and carries no flag that allows it. */
static inline bool watch_changed(const struct watch *watch)
{
    return CONDIS_VERIFIER && watch->digest &&
           watch_digest(watch->lent, watch->size) != watch->digest;
}

/* The visited handler has returned: reports the rule if the parameters were changed in it without
 * CALL_PARAMETERS_CHANGED.
 * What it did is not told again when the request is completed.
 * rule  PARAMETERS_CHANGED_FLAG, or MCO_ACTIVATE_CHANGED for a miniport without a ROUND flag */
void watch_handler_changed(const struct watch *watch, const struct visit *visit, enum rule_id rule,
                           struct operation *op);
static inline void watch_handler(const struct watch *watch, const struct visit *visit,
                                 enum rule_id rule, struct operation *op)
{
    if (__builtin_expect(watch_changed(watch), 0))
        watch_handler_changed(watch, visit, rule, op);
}

/* Which rule was broken by the time that an operation is completed, and whose. */
struct watch_verdict {
    enum rule_id rule;         /* RULE_NONE: nothing was changed */
    const struct nt_owner *by; /* the driver at fault */
    bool seen;                 /* it was running when the change was made; else it had lent */
};

/* Judges what was lent, when a pended operation is completed; and what came with the completion
 * instead, once it is in op->parameters. The caller owns op->parameters. */
struct watch_verdict watch_lent(const struct operation *op);
struct watch_verdict watch_given(const struct operation *op);

/* Reports a verdict, if there is one. about may be NULL. */
void watch_report(struct host *host, const struct watch_verdict *verdict, const char *function,
                  struct object *about);

#endif
