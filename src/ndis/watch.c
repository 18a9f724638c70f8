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
                           struct object *about)
{
    bool allowed =
        rule == RULE_MCO_ACTIVATE_CHANGED ? may_round(watch->lent) : says_so(watch->lent);
    if (!allowed)
        (void)visit_breaks(visit, rule, about, NDIS_STATUS_SUCCESS, "%s", what_of(rule));
}

/* The driver that lent: the client of the call. */
static const struct nt_owner *lender(const struct operation *op)
{
    const struct object *object = operation_object(op);
    const struct vc *vc = object->kind == OBJECT_PARTY ? party_vc((const struct party *)object)
                                                       : (const struct vc *)object;
    return &af_client(vc->af)->module->owner;
}

/* The rule that a change of what was lent breaks, when it is seen at the completion. */
static enum rule_id late_rule(const struct operation *op)
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
        return says_so(parameters) ? RULE_NONE : RULE_CL_PARAMETERS_CHANGED;
    }
}

struct watch_verdict watch_lent(const struct operation *op)
{
    struct watch watch = {op->parameters, op->lent_size, op->digest};
    if (__builtin_expect(!watch_changed(&watch), 1))
        return (struct watch_verdict){RULE_NONE, NULL};
    enum rule_id rule = late_rule(op);
    bool lent = rule == RULE_CL_PARAMETERS_CHANGED || rule == RULE_CLOSE_DATA_CHANGED;
    return (struct watch_verdict){rule, lent ? lender(op) : exec_current()->owner};
}

struct watch_verdict watch_given(const struct operation *op)
{
    const struct watch watch = {op->parameters, op->lent_size, op->digest};
    bool activates = op->kind == OP_ACTIVATE_VC;
    if (op->lent_size || __builtin_expect(!watch_changed(&watch), 1) ||
        (activates ? may_round(op->parameters) : says_so(op->parameters)))
        return (struct watch_verdict){RULE_NONE, NULL};
    return (struct watch_verdict){activates ? RULE_MCO_ACTIVATE_CHANGED
                                            : RULE_PARAMETERS_CHANGED_FLAG,
                                  exec_current()->owner};
}

void watch_report(struct host *host, const struct watch_verdict *verdict, const char *function,
                  struct object *about)
{
    if (__builtin_expect(verdict->rule != RULE_NONE, 0))
        report_owner_break(host, verdict->by, verdict->rule, function, about, NDIS_STATUS_SUCCESS,
                           "%s", what_of(verdict->rule));
}
