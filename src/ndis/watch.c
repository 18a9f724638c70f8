/* SPDX-License-Identifier: MIT */
#include "ndis/watch.h"

#include "ndis/party.h"
#include "ndis/report.h"

#include <string.h>

static uint64_t add_bytes(uint64_t digest, const void *data, size_t bytes)
{
    const UCHAR *at = data;
    if (bytes > WATCH_BYTES_MAX)
        bytes = WATCH_BYTES_MAX;
    for (; bytes >= sizeof(uint64_t); at += sizeof(uint64_t), bytes -= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        digest = watch_mix(digest, word);
    }
    uint64_t rest = bytes;
    memcpy(&rest, at, bytes);
    return watch_mix(digest, rest);
}

static uint64_t add_specific(uint64_t digest, const CO_SPECIFIC_PARAMETERS *specific)
{
    digest = watch_mix(digest, (uint64_t)specific->ParamType << 32 | specific->Length);
    return add_bytes(digest, specific->Parameters, specific->Length);
}

/* Everything but Flags, where a changer says that it changed. */
static uint64_t digest_parameters(const CO_CALL_PARAMETERS *parameters)
{
    const CO_CALL_MANAGER_PARAMETERS *manager = parameters->CallMgrParameters;
    const CO_MEDIA_PARAMETERS *media = parameters->MediaParameters;
    uint64_t digest = watch_mix(1, (manager != NULL) | (uint64_t)(media != NULL) << 1);
    if (manager) {
        digest = add_bytes(digest, &manager->Transmit, sizeof(manager->Transmit));
        digest = add_bytes(digest, &manager->Receive, sizeof(manager->Receive));
        digest = add_specific(digest, &manager->CallMgrSpecific);
    }
    if (media) {
        digest = watch_mix(digest, (uint64_t)media->Flags << 32 | media->ReceivePriority);
        digest = watch_mix(digest, media->ReceiveSizeHint);
        digest = add_specific(digest, &media->MediaSpecific);
    }
    return digest;
}

uint32_t watch_digest(const void *lent, uint32_t size)
{
    uint64_t digest = size ? add_bytes(1, lent, size) : digest_parameters(lent);
    return (uint32_t)(digest >> 32) | 1;
}

/* ---- who did it -------------------------------------------------------------------------- */

static struct followed *followed_of(struct host *host, const struct operation *op)
{
    for (uint32_t i = 0; i < HOST_FOLLOWED && host->followed_count; i++)
        if (host->followed[i].op == op)
            return &host->followed[i];
    return NULL;
}

static void stop_following(struct host *host, struct followed *followed)
{
    followed->op = NULL;
    host->followed_count--;
}

void watch_follow(struct operation *op)
{
    struct host *host = host_current();
    watch_forget(op); /* an earlier request of it, which was abandoned */
    struct followed *place = &host->followed[host->followed_next++ % HOST_FOLLOWED];
    host->followed_count += place->op == NULL;
    *place = (struct followed){op, NULL, op->digest};
}

void watch_forget(const struct operation *op)
{
    struct host *host = host_current();
    struct followed *followed = followed_of(host, op);
    if (followed)
        stop_following(host, followed);
}

/* What a sweep took away was not completed: it is not looked at again. */
static void look(struct host *host, struct followed *followed, const struct nt_owner *owner)
{
    const struct operation *op = followed->op;
    if (!object_alive(operation_object(op)) || !operation_running(op)) {
        stop_following(host, followed);
        return;
    }
    uint32_t digest = watch_digest(op->parameters, op->lent_size);
    if (digest != followed->digest)
        followed->by = owner;
    followed->digest = digest;
}

void watch_ran(struct exec_task *task)
{
    struct host *host = task->exec->user;
    if (!host || !host->followed_count)
        return;
    for (uint32_t i = 0; i < HOST_FOLLOWED; i++)
        if (host->followed[i].op)
            look(host, &host->followed[i], task->owner);
}

/* ---- what it breaks ---------------------------------------------------------------------- */

static bool says_so(const CO_CALL_PARAMETERS *parameters)
{
    return (parameters->Flags & CALL_PARAMETERS_CHANGED) != 0;
}

static bool may_round(const CO_CALL_PARAMETERS *parameters)
{
    const CO_MEDIA_PARAMETERS *media = parameters->MediaParameters;
    return media && (media->Flags & (ROUND_UP_FLOW | ROUND_DOWN_FLOW)) != 0;
}

static const char *what_of(enum rule_id rule)
{
    switch (rule) {
    case RULE_CL_PARAMETERS_CHANGED:
        return "the call parameters changed while the request was pended";
    case RULE_CLOSE_DATA_CHANGED:
        return "the close data changed before the request was over";
    case RULE_MCO_ACTIVATE_CHANGED:
        return "the parameters changed and their Flags have no ROUND flag";
    default:
        return "the call parameters changed and Flags lacks CALL_PARAMETERS_CHANGED";
    }
}

void watch_handler_changed(const struct watch *watch, const struct visit *visit, enum rule_id rule,
                           struct operation *op)
{
    bool allowed =
        rule == RULE_MCO_ACTIVATE_CHANGED ? may_round(watch->lent) : says_so(watch->lent);
    exec_changes_owner(visit->task);
    const struct followed *seen = followed_of(visit->task->exec->user, op);
    if (seen && seen->by && seen->by != visit->task->owner)
        return; /* another driver did it, on another processor: told at the completion */
    atomic_store_explicit(&op->digest, watch_digest(watch->lent, watch->size),
                          memory_order_relaxed);
    if (!allowed)
        (void)visit_breaks(visit, rule, operation_object(op), NDIS_STATUS_SUCCESS, "%s",
                           what_of(rule));
}

/* The driver that lent: the client of the call. */
static const struct nt_owner *lender(const struct operation *op)
{
    const struct object *object = operation_object(op);
    const struct vc *vc = object->kind == OBJECT_PARTY ? party_vc((const struct party *)object)
                                                       : (const struct vc *)object;
    return &af_client(vc->af)->module->owner;
}

/* The rule that a change of what was lent breaks, when it is seen at the completion.
 * by  who changed it; NULL: not known */
static enum rule_id late_rule(const struct operation *op, const struct nt_owner *by)
{
    const CO_CALL_PARAMETERS *parameters = op->parameters;
    switch ((enum operation_kind)atomic_load_explicit(&op->kind, memory_order_relaxed)) {
    case OP_CLOSE_CALL:
    case OP_DROP_PARTY:
        return RULE_CLOSE_DATA_CHANGED;
    case OP_ACTIVATE_VC:
        return may_round(parameters) ? RULE_NONE : RULE_MCO_ACTIVATE_CHANGED;
    case OP_INCOMING_CALL:
        return says_so(parameters) ? RULE_NONE : RULE_PARAMETERS_CHANGED_FLAG;
    default:
        return says_so(parameters)       ? RULE_NONE
               : !by || by == lender(op) ? RULE_CL_PARAMETERS_CHANGED
                                         : RULE_PARAMETERS_CHANGED_FLAG;
    }
}

struct watch_verdict watch_lent(const struct operation *op)
{
    struct watch watch = {op->parameters, op->lent_size, op->digest};
    if (__builtin_expect(!watch_changed(&watch), 1))
        return (struct watch_verdict){RULE_NONE, NULL, false};
    struct exec_task *task = exec_current();
    const struct followed *seen = followed_of(task->exec->user, op);
    if (seen)
        exec_changes_owner(task); /* what it did before it completes is its own doing */
    const struct nt_owner *by = seen ? seen->by : NULL;
    enum rule_id rule = late_rule(op, by);
    if (by)
        return (struct watch_verdict){rule, by, true};
    bool lent = rule == RULE_CL_PARAMETERS_CHANGED || rule == RULE_CLOSE_DATA_CHANGED;
    return (struct watch_verdict){rule, lent ? lender(op) : task->owner, false};
}

struct watch_verdict watch_given(const struct operation *op)
{
    const struct watch watch = {op->parameters, op->lent_size, op->digest};
    bool activates = op->kind == OP_ACTIVATE_VC;
    if (op->lent_size || __builtin_expect(!watch_changed(&watch), 1) ||
        (activates ? may_round(op->parameters) : says_so(op->parameters)))
        return (struct watch_verdict){RULE_NONE, NULL, false};
    return (struct watch_verdict){activates ? RULE_MCO_ACTIVATE_CHANGED
                                            : RULE_PARAMETERS_CHANGED_FLAG,
                                  exec_current()->owner, true};
}

void watch_report(struct host *host, const struct watch_verdict *verdict, const char *function,
                  struct object *about)
{
    if (__builtin_expect(verdict->rule == RULE_NONE, 1))
        return;
    const struct nt_owner *by = verdict->by;
    const struct nt_owner *completes = exec_current()->owner;
    const char *what = what_of(verdict->rule);
    if (verdict->seen)
        report_owner_break(host, by, verdict->rule, function, about, NDIS_STATUS_SUCCESS,
                           "%s: while %s ran", what, by->name);
    else if (completes && by && completes != by)
        report_owner_break(host, by, verdict->rule, function, about, NDIS_STATUS_SUCCESS,
                           "%s: after the handler returned, when %s, who lent it, and %s had it",
                           what, by->name, completes->name);
    else
        report_owner_break(host, by, verdict->rule, function, about, NDIS_STATUS_SUCCESS, "%s",
                           what);
}
