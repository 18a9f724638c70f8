/* SPDX-License-Identifier: MIT */
#include "ndis/leak.h"
#include "ndis/handle.h"
#include "ndis/leakcontext.h"
#include "ndis/module.h"
#include "ndis/neglect.h"
#include "ndis/netbufferpool.h"
#include "ndis/oid.h"
#include "ndis/report.h"
#include "ndis/sap.h"
#include "ndis/world.h"
#include "nt/pool.h"

#include <inttypes.h>
#include <stdlib.h>

void leak_count(struct host *host, uint64_t count)
{
    atomic_fetch_add(&host->world->leak_count, count);
}

/* ---- allocations ---- */

enum { LEAK_GROUPS = 32 };

/* Leaks of one kind from one place: one report, however many there are. */
struct leak_group {
    const void *made_by; /* the account's caller, or its stack: the same for the same place */
    const void *place;
    const struct stack *stack;
    struct leak_context context; /* the first of them that was an object's; RULE_NONE: none was */
    uint64_t count;
    uint64_t bytes;
    uint32_t tag;
    enum rule_id rule; /* when it was no object's context */
    uint8_t kind;
    char detail[64];
};

struct leak_groups {
    uint32_t count;
    uint64_t unlisted; /* in more places than there are groups */
    struct leak_contexts contexts;
    struct leak_group groups[LEAK_GROUPS];
};

static const uint16_t leak_rules[NT_KINDS] = {
    [NT_POOL] = RULE_LEAK_MEMORY,
    [NT_LOOKASIDE] = RULE_LEAK_LOOKASIDE,
    [NT_TIMER] = RULE_LEAK_TIMER,
    [NT_WORK_ITEM] = RULE_LEAK_WORKITEM,
    [NT_THREAD] = RULE_LEAK_THREAD,
    [NT_RW_LOCK] = RULE_LEAK_LOCK,
    [NT_MDL] = RULE_LEAK_MDL,
    [NT_NBL_POOL] = RULE_LEAK_NBL_POOL,
    [NT_NBL] = RULE_LEAK_NBL,
    [NT_NB] = RULE_LEAK_NET_BUFFER,
    [NT_CONFIGURATION] = RULE_LEAK_CONFIGURATION,
    [NT_REFERENCE] = RULE_LEAK_HANDLE,
};

/* A pool cannot be freed while something of it is out: that is what was forgotten, then. */
static enum rule_id rule_of_pool(struct netbuffer_pool *pool)
{
    if (!netbuffer_pool_out_count(pool))
        return RULE_LEAK_NBL_POOL;
    return pool->is_list ? RULE_LEAK_NBL : RULE_LEAK_NET_BUFFER;
}

static void begin_group(struct leak_group *g, const struct nt_account *account)
{
    *g = (struct leak_group){.made_by = account->caller, .kind = account->kind};
    g->tag = account->tag;
    g->rule = (enum rule_id)leak_rules[account->kind];
    if (account->kind == NT_POOL && account->tag == VC_INSTANCE_NAME_TAG)
        g->rule = RULE_INSTANCE_NAME_LEAKED;
    if (account->has_stack) {
        g->stack = account->stack;
        g->place = g->stack && g->stack->count ? g->stack->frame[0] : NULL;
    } else {
        g->place = account->caller;
    }
    if (account->kind != NT_NBL_POOL)
        return;
    struct netbuffer_pool *pool = netbuffer_pool_of_account(account);
    g->rule = rule_of_pool(pool);
    const struct stack *of_list = netbuffer_pool_describe(pool, g->detail, sizeof(g->detail));
    if (of_list)
        g->stack = of_list; /* a list that is out keeps the pool: it says more */
}

static void group_leak(void *context, const struct nt_account *account)
{
    struct leak_groups *all = context;
    struct leak_group *g = all->groups;
    while (g < all->groups + all->count &&
           (g->made_by != account->caller || g->kind != account->kind))
        g++;
    if (g == all->groups + LEAK_GROUPS) {
        all->unlisted++;
        return;
    }
    if (g == all->groups + all->count) {
        begin_group(g, account);
        all->count++;
    }
    g->count++;
    g->bytes += account->bytes;
    if (account->kind == NT_POOL && g->context.rule == RULE_NONE)
        g->context = leak_context_in(&all->contexts, nt_pool_block(account), account->bytes);
}

/* A pool tag reads like text from its lowest byte on. */
static void tag_text(uint32_t tag, char text[5])
{
    for (int i = 0; i < 4; i++) {
        char c = (char)(tag >> (8 * i) & 0xff);
        text[i] = c >= ' ' && c < 0x7f ? c : '.';
    }
    text[4] = 0;
}

static void report_group(struct host *host, struct module *module, const struct leak_group *g)
{
    char place[128];
    char tag[5];
    bool of_object = g->context.rule != RULE_NONE;
    module_describe_address(module, g->place, place, sizeof(place));
    tag_text(g->tag, tag);
    report_left(host, &module->owner, of_object ? g->context.rule : g->rule, "DriverUnload",
                g->context.object, g->stack,
                "%s%" PRIu64 " of kind %s, %" PRIu64 " bytes%s%s, allocated at %s%s%s",
                of_object ? "its context was left: " : "", g->count,
                nt_kind_name((enum nt_kind)g->kind), g->bytes, g->tag ? ", tag " : "",
                g->tag ? tag : "", place, g->detail[0] ? ": " : "", g->detail);
}

uint64_t leak_report_module(struct host *host, struct module *module)
{
    struct leak_groups *all = calloc(1, sizeof(*all));
    if (!all)
        return nt_owner_count(&module->owner, NT_KINDS, NULL);
    if (nt_owner_count(&module->owner, NT_POOL, NULL))
        leak_contexts_gather(&all->contexts, host);
    uint64_t count = nt_owner_report_leaks(&module->owner, group_leak, all);
    for (uint32_t i = 0; i < all->count && !module->excused; i++)
        report_group(host, module, &all->groups[i]);
    if (all->unlisted && !module->excused)
        report_owner_break(host, &module->owner, RULE_LEAK_MEMORY, "DriverUnload", NULL,
                           NDIS_STATUS_SUCCESS, "%" PRIu64 " more in further places",
                           all->unlisted);
    leak_contexts_free(&all->contexts);
    free(all);
    leak_count(host, count);
    return count;
}

/* ---- objects ---- */

/* What of an object tells where it hangs and whose it is. */
struct hook {
    const struct af *af;
    const struct adapter *adapter;
    const struct binding *binding; /* the one it hangs on directly, when it has no AF */
    const struct driver *owner;
};

static struct hook hook_of_vc(const struct vc *vc)
{
    struct hook hook = {vc->af, vc->adapter, vc->creator_binding, vc->adapter->driver};
    if (vc->creator == VC_BY_CLIENT)
        hook.owner = af_client(vc->af);
    else if (vc->creator == VC_BY_CM)
        hook.owner = vc->creator_binding->driver;
    return hook;
}

static struct hook hook_of(const struct object *object)
{
    switch (object->kind) {
    case OBJECT_PARTY: {
        const struct vc *vc = ((const struct party *)object)->vc;
        return (struct hook){vc->af, vc->adapter, vc->creator_binding, af_client(vc->af)};
    }
    case OBJECT_VC:
        return hook_of_vc((const struct vc *)object);
    case OBJECT_SAP: {
        const struct af *af = ((const struct sap *)object)->af;
        return (struct hook){af, af->adapter, af->binding, af_client(af)};
    }
    case OBJECT_AF: {
        const struct af *af = (const struct af *)object;
        return (struct hook){af, af->adapter, af->binding, af_client(af)};
    }
    case OBJECT_OID: {
        const struct oid *oid = (const struct oid *)object;
        return (struct hook){oid->af, oid->adapter, oid->binding, oid->requester};
    }
    default: {
        const struct binding *binding = (const struct binding *)object;
        return (struct hook){NULL, binding->adapter, binding, binding->driver};
    }
    }
}

/* A sweep of everything that hangs on a binding, an adapter, or (both NULL) the host. */
struct sweep {
    struct host *host;
    const struct binding *binding;
    const struct adapter *adapter;
    const char *function;
    uint32_t count;
};

static bool hangs_here(const struct sweep *sweep, const struct hook *hook)
{
    if (sweep->binding)
        return hook->binding == sweep->binding ||
               (hook->af &&
                (hook->af->binding == sweep->binding || hook->af->call_manager == sweep->binding));
    return !sweep->adapter || hook->adapter == sweep->adapter;
}

/* An AF that outlives its call manager is the call manager's neglect (C102), else the client's. */
static enum rule_id rule_of(const struct sweep *sweep, const struct object *object,
                            const struct driver **at_fault)
{
    static const uint16_t rules[OBJECT_KIND_COUNT] = {
        [OBJECT_PARTY] = RULE_LEAK_PARTY,     [OBJECT_VC] = RULE_LEAK_VC,
        [OBJECT_SAP] = RULE_LEAK_SAP,         [OBJECT_AF] = RULE_LEAK_AF,
        [OBJECT_OID] = RULE_LEAK_OID_REQUEST, [OBJECT_BINDING] = RULE_LEAK_BINDING,
    };
    if (object->kind == OBJECT_AF) {
        const struct af *af = (const struct af *)object;
        bool of_cm = sweep->binding ? af->call_manager == sweep->binding : sweep->adapter != NULL;
        if (of_cm) {
            *at_fault = af_cm(af);
            return af->notify.kind == OP_NOTIFY_CLOSE_AF ? RULE_CM_NOTIFY_CLOSE_PENDING
                                                         : RULE_CM_NOTIFY_CLOSE_MISSING;
        }
    }
    return (enum rule_id)rules[object->kind];
}

/* They never heard that the object ended, so they may still hold what belonged to it. */
static void excuse_modules(const struct hook *hook)
{
    hook->adapter->driver->module->excused = true;
    hook->owner->module->excused = true;
    if (!hook->af)
        return;
    af_client(hook->af)->module->excused = true;
    af_cm(hook->af)->module->excused = true;
}

/* The bindings of an AF that is taken away may be closed: it holds neither up any more. */
static void let_bindings_go(const struct af *af)
{
    atomic_fetch_sub(&af->binding->af_count, 1);
    if (af->call_manager)
        atomic_fetch_sub(&af->call_manager->af_count, 1);
}

/* Whether the leak follows from that of something on it, which has been told. Tells the same to
 * what the object hangs on. */
static bool follows(const struct object *object, const struct hook *hook)
{
    bool told = false;
    if (object->kind == OBJECT_VC)
        told = ((const struct vc *)object)->leak_told;
    else if (object->kind == OBJECT_AF)
        told = ((const struct af *)object)->leak_told;
    if (object->kind == OBJECT_PARTY)
        party_vc((const struct party *)object)->leak_told = true;
    if (hook->af && object->kind != OBJECT_AF)
        ((struct af *)(uintptr_t)hook->af)->leak_told = true;
    return told;
}

static void end_object(struct sweep *sweep, struct object *object, const struct hook *hook)
{
    const struct driver *at_fault = hook->owner;
    enum rule_id rule = rule_of(sweep, object, &at_fault);
    at_fault->module->tainted = true;
    bool excused = (hook->af && hook->af->excused) || (hook->binding && hook->binding->excused);
    if (!excused && !follows(object, hook))
        report_left(sweep->host, &at_fault->module->owner, rule, sweep->function, object,
                    slab_stack(&sweep->host->slabs[object->kind], object),
                    "it is still there and is taken away now");
    excuse_modules(hook);
    if (object->kind == OBJECT_AF)
        let_bindings_go((const struct af *)object);
    object_mark(object, MARK_DEAD, OP_NONE);
    slab_release(&sweep->host->slabs[object->kind], object);
    sweep->count++;
}

/* Objects before what they hang on. */
static const uint8_t sweep_order[] = {OBJECT_OID, OBJECT_PARTY, OBJECT_VC, OBJECT_SAP, OBJECT_AF};

static void sweep_kind(struct sweep *sweep, enum object_kind kind)
{
    struct slab *slab = &sweep->host->slabs[kind];
    uint32_t carved = atomic_load(&slab->carved);
    for (uint32_t index = 0; index < carved; index++) {
        struct object *object = slab_at(slab, index);
        if (!object || !object_alive(object))
            continue;
        struct hook hook = hook_of(object);
        if (hangs_here(sweep, &hook))
            end_object(sweep, object, &hook);
    }
}

static uint32_t sweep_all(struct sweep *sweep)
{
    (void)neglect_report(sweep->host, (struct binding *)(uintptr_t)sweep->binding, sweep->adapter,
                         NULL);
    for (size_t i = 0; i < sizeof(sweep_order); i++)
        sweep_kind(sweep, (enum object_kind)sweep_order[i]);
    leak_count(sweep->host, sweep->count);
    return sweep->count;
}

uint32_t leak_sweep_binding(struct binding *binding, const char *function)
{
    struct sweep sweep = {binding->adapter->host, binding, NULL, function, 0};
    return sweep_all(&sweep);
}

uint32_t leak_sweep_adapter(struct adapter *adapter, const char *function)
{
    struct sweep sweep = {adapter->host, NULL, adapter, function, 0};
    return sweep_all(&sweep);
}

uint32_t leak_sweep_host(struct host *host)
{
    struct sweep sweep = {host, NULL, NULL, "DriverUnload", 0};
    sweep_kind(&sweep, OBJECT_BINDING);
    return sweep_all(&sweep);
}
