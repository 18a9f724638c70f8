/* SPDX-License-Identifier: MIT */
#include "ndis/neglect.h"

#include "ndis/handle.h"
#include "ndis/oid.h"
#include "ndis/party.h"
#include "ndis/report.h"
#include "ndis/sap.h"

/* One neglect: which rule, whose, and where it should have been seen to. */
struct neglect {
    enum rule_id rule;
    const struct driver *by;
    const char *function;
    bool pends; /* a request was not completed yet */
};

static const struct neglect no_neglect = {.rule = RULE_NONE};

static bool pends(const struct operation *op)
{
    return operation_state(op) == OPERATION_WAITING;
}

static struct neglect never_completed(const struct operation *op, const struct driver *provider)
{
    enum rule_id rule =
        op->kind == OP_MAKE_CALL ? RULE_CM_MAKE_CALL_NEVER_COMPLETED : RULE_PEND_NEVER_COMPLETED;
    return (struct neglect){rule, provider, operation_rows[op->kind].handler, true};
}

static struct neglect owes(enum rule_id rule, const struct driver *by, const char *function)
{
    return (struct neglect){rule, by, function, false};
}

static struct neglect of_party(const struct party *party)
{
    const struct vc *vc = party_vc(party);
    if (pends(&party->op))
        return never_completed(&party->op, af_cm(vc->af));
    if (party->incoming_drop && party->state == PARTY_ACTIVE && vc->call == CALL_CONNECTED)
        return owes(RULE_CL_INCOMING_DROP_UNANSWERED, af_client(vc->af),
                    "ProtocolClIncomingDropParty");
    return no_neglect;
}

static struct neglect of_vc(const struct vc *vc)
{
    if (pends(&vc->activation_op))
        return never_completed(&vc->activation_op, vc->adapter->driver);
    if (!vc->af)
        return no_neglect;
    if (pends(&vc->qos_op))
        return never_completed(&vc->qos_op, af_cm(vc->af));
    if (pends(&vc->call_op))
        return never_completed(
            &vc->call_op, vc->call_op.kind == OP_INCOMING_CALL ? af_client(vc->af) : af_cm(vc->af));
    if (vc->call == CALL_ACCEPTED)
        return owes(RULE_CM_ACCEPTED_UNANSWERED, af_cm(vc->af), "ProtocolCmIncomingCallComplete");
    if (vc->call == CALL_TOLD)
        return owes(RULE_CL_INCOMING_CLOSE_UNANSWERED, af_client(vc->af),
                    "ProtocolClIncomingCloseCall");
    if (vc->told_failure && vc->call == CALL_IDLE && vc->creator == VC_BY_CLIENT)
        return owes(RULE_CL_INCOMING_CLOSE_VC_KEPT, af_client(vc->af),
                    "ProtocolClIncomingCloseCall");
    return no_neglect;
}

static struct neglect of_af(const struct af *af)
{
    if (pends(&af->op))
        return never_completed(&af->op, af_cm(af));
    if (pends(&af->notify) && !af->notify_by_close)
        return owes(RULE_CL_NOTIFY_CLOSE_UNANSWERED, af_client(af), "ProtocolClNotifyCloseAf");
    return no_neglect;
}

static struct neglect of_oid(const struct oid *oid)
{
    return pends(&oid->op) && oid->target ? never_completed(&oid->op, oid->target) : no_neglect;
}

static struct neglect neglect_of(const struct object *object)
{
    switch (object->kind) {
    case OBJECT_PARTY:
        return of_party((const struct party *)object);
    case OBJECT_VC:
        return of_vc((const struct vc *)object);
    case OBJECT_SAP: {
        const struct sap *sap = (const struct sap *)object;
        return pends(&sap->op) ? never_completed(&sap->op, af_cm(sap->af)) : no_neglect;
    }
    case OBJECT_AF:
        return of_af((const struct af *)object);
    default:
        return of_oid((const struct oid *)object);
    }
}

/* What an object hangs on. */
static struct af *af_of(const struct object *object)
{
    switch (object->kind) {
    case OBJECT_PARTY:
        return party_vc((const struct party *)object)->af;
    case OBJECT_VC:
        return ((const struct vc *)object)->af;
    case OBJECT_SAP:
        return ((const struct sap *)object)->af;
    case OBJECT_AF:
        return (struct af *)(uintptr_t)object;
    default:
        return ((const struct oid *)object)->af;
    }
}

static struct binding *binding_of(const struct object *object)
{
    switch (object->kind) {
    case OBJECT_VC:
        return ((const struct vc *)object)->creator_binding;
    case OBJECT_OID:
        return ((const struct oid *)object)->binding;
    default:
        return NULL;
    }
}

struct place {
    struct host *host;
    struct binding *binding;
    const struct adapter *adapter;
    const struct driver *by;
    uint32_t count;
};

static bool is_here(const struct place *place, const struct af *af, const struct binding *own)
{
    if (place->binding)
        return own == place->binding ||
               (af && (af->binding == place->binding || af->call_manager == place->binding));
    const struct adapter *adapter = af ? af->adapter : own ? own->adapter : NULL;
    return !place->adapter || adapter == place->adapter;
}

static void excuse(struct af *af, struct binding *own)
{
    if (own)
        own->excused = true;
    if (!af)
        return;
    af->excused = true;
    af->binding->excused = true;
    if (af->call_manager)
        af->call_manager->excused = true;
}

/* Who waited for it went without: then what is missing is theirs, which is told elsewhere. A client
 * is waited for by its call manager, which has no binding when it is the adapter's own. */
static bool asker_left(const struct neglect *neglect, const struct af *af,
                       const struct binding *own)
{
    const struct binding *asker = af ? af->binding : own;
    if (af && neglect->by == af_client(af))
        asker = af->call_manager;
    if (!neglect->pends && neglect->rule != RULE_CL_NOTIFY_CLOSE_UNANSWERED)
        return false;
    return asker && asker->blamed;
}

static void look_at(struct place *place, struct object *object)
{
    struct af *af = af_of(object);
    struct binding *own = binding_of(object);
    if (!is_here(place, af, own) || (af && af->excused))
        return;
    struct neglect neglect = neglect_of(object);
    if (neglect.rule == RULE_NONE || asker_left(&neglect, af, own) ||
        (place->by && place->by != neglect.by))
        return;
    report_owner_break(place->host, &neglect.by->module->owner, neglect.rule, neglect.function,
                       object, NDIS_STATUS_PENDING, "it is still so when the end has come");
    neglect.by->module->tainted = true;
    excuse(af, own);
    place->count++;
}

uint32_t neglect_report(struct host *host, struct binding *binding, const struct adapter *adapter,
                        const struct driver *by)
{
    static const uint8_t order[] = {OBJECT_OID, OBJECT_PARTY, OBJECT_VC, OBJECT_SAP, OBJECT_AF};
    struct place place = {host, binding, adapter, by, 0};
    for (size_t i = 0; i < sizeof(order); i++) {
        struct slab *slab = &host->slabs[order[i]];
        uint32_t carved = atomic_load(&slab->carved);
        for (uint32_t index = 0; index < carved; index++) {
            struct object *object = slab_at(slab, index);
            if (object && object_alive(object))
                look_at(&place, object);
        }
    }
    return place.count;
}
