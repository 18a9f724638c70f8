/* SPDX-License-Identifier: MIT */
#include "ndis/overdue.h"

#include "ndis/netbufferpool.h"
#include "ndis/oid.h"
#include "ndis/report.h"
#include "ndis/sap.h"
#include "ndis/world.h"

#include <inttypes.h>

/* What a class of pended things may take, and what it breaks when it takes longer. */
struct overdue_class {
    uint64_t limit_100ns; /* 0: for ever */
    enum rule_id rule;
};

/* One look at everything. What came due after `last` and until `now` is told. */
struct look {
    struct host *host;
    uint64_t last_100ns;
    uint64_t now_100ns;
    uint64_t next_100ns; /* the earliest that is due later */
};

/* ---- judging one thing ---- */

static bool came_due(struct look *look, uint64_t since_100ns, uint64_t limit_100ns)
{
    uint64_t due = since_100ns + limit_100ns;
    if (due > look->now_100ns && due < look->next_100ns)
        look->next_100ns = due;
    return due > look->last_100ns && due <= look->now_100ns;
}

/* Between two tasks of a simulated world nobody else runs, and nothing may be locked. A module's
 * memory stays until the host ends. */
static const struct nt_owner *owner_of(struct host *host, uint16_t index)
{
    bool locks = host->exec->world->kind == EXEC_LIVE;
    if (locks)
        exec_lock(&host->lock);
    const struct module *m = host->modules;
    while (m && m->owner.index != index)
        m = m->next;
    if (locks)
        exec_unlock(&host->lock);
    return m ? &m->owner : NULL;
}

static void tell(const struct look *look, enum rule_id rule, const struct nt_owner *owner,
                 const char *function, struct object *about, uint64_t since_100ns)
{
    uint64_t ms = (look->now_100ns - since_100ns) / EXEC_MS;
    report_owner_break(look->host, owner, rule, function, about, NDIS_STATUS_PENDING,
                       "pended for %" PRIu64 ".%03" PRIu64 " s", ms / 1000, ms % 1000);
}

/* ---- requests ---- */

static void look_at_operation(struct look *look, struct object *object, const struct operation *op,
                              const struct overdue_class *class)
{
    struct object_event pended;
    if (!class->limit_100ns || operation_state(op) != OPERATION_WAITING ||
        !operation_pended(object, op, &pended))
        return;
    if (came_due(look, pended.time_100ns, class->limit_100ns) &&
        operation_state(op) == OPERATION_WAITING)
        tell(look, class->rule, owner_of(look->host, pended.driver),
             operation_rows[op->kind].handler, object, pended.time_100ns);
}

static void look_at_object(struct look *look, struct object *object)
{
    const struct condis_world *world = look->host->world;
    const struct overdue_class oid = {OVERDUE_OID_S * EXEC_SECOND, RULE_OID_TOO_LONG};
    const struct overdue_class other = {world->options.pending_ms * EXEC_MS, RULE_PEND_TOO_LONG};
    switch (object->kind) {
    case OBJECT_OID:
        look_at_operation(look, object, &((struct oid *)object)->op, &oid);
        break;
    case OBJECT_PARTY:
        look_at_operation(look, object, &((struct party *)object)->op, &other);
        break;
    case OBJECT_VC:
        look_at_operation(look, object, &((struct vc *)object)->call_op, &other);
        look_at_operation(look, object, &((struct vc *)object)->qos_op, &other);
        look_at_operation(look, object, &((struct vc *)object)->activation_op, &other);
        break;
    case OBJECT_SAP:
        look_at_operation(look, object, &((struct sap *)object)->op, &other);
        break;
    case OBJECT_AF:
        look_at_operation(look, object, &((struct af *)object)->op, &other);
        look_at_operation(look, object, &((struct af *)object)->notify, &other);
        break;
    default:
        look_at_operation(look, object, &((struct binding *)object)->op, &other);
        break;
    }
}

/* ---- net buffer lists ---- */

static bool look_at_list(void *context, struct block *block)
{
    struct look *look = context;
    struct nbl_block *b = (struct nbl_block *)block;
    enum nbl_state state = (enum nbl_state)atomic_load(&b->state);
    if (state != NBL_STATE_SENT && state != NBL_STATE_INDICATED)
        return true;
    bool sent = state == NBL_STATE_SENT;
    uint64_t since = atomic_load_explicit(&b->since_100ns, memory_order_relaxed);
    uint64_t limit = (sent ? OVERDUE_SEND_S : OVERDUE_RECEIVE_S) * EXEC_SECOND;
    if (came_due(look, since, limit) && (enum nbl_state)atomic_load(&b->state) == state)
        tell(look, sent ? RULE_SEND_TOO_LONG : RULE_RECEIVE_TOO_LONG, b->holder,
             sent ? "MiniportCoSendNetBufferLists" : "ProtocolCoReceiveNetBufferLists", b->vc,
             since);
    return true;
}

/* ---- everything ---- */

/* The soonest that something can be due that is not pended yet. */
static uint64_t shortest(const struct condis_world *world)
{
    uint64_t shortest = OVERDUE_OID_S * EXEC_SECOND;
    uint64_t other = world->options.pending_ms * EXEC_MS;
    return other && other < shortest ? other : shortest;
}

/* returns  when to look again */
static uint64_t look_at_host(struct host *host, uint64_t now_100ns)
{
    static const uint8_t kinds[] = {OBJECT_OID, OBJECT_PARTY, OBJECT_VC,
                                    OBJECT_SAP, OBJECT_AF,    OBJECT_BINDING};
    struct look look = {host, host->looked_100ns, now_100ns, now_100ns + shortest(host->world)};
    for (size_t i = 0; i < sizeof(kinds); i++) {
        struct slab *slab = &host->slabs[kinds[i]];
        uint32_t carved = atomic_load(&slab->carved);
        for (uint32_t index = 0; index < carved; index++) {
            struct object *object = slab_at(slab, index);
            if (object && object_alive(object))
                look_at_object(&look, object);
        }
    }
    netbuffer_pools_visit(host, look_at_list, &look);
    host->looked_100ns = now_100ns;
    return look.next_100ns;
}

static void time_passed(struct exec_world *exec)
{
    struct condis_world *world = exec->user;
    uint64_t now = exec_now(exec);
    uint64_t next = now + shortest(world);
    for (struct host *host = world->hosts; host; host = host->next) {
        uint64_t due = look_at_host(host, now);
        if (due < next)
            next = due;
    }
    exec->watch_at = next;
}

static void timer_expired(struct exec_timer *timer)
{
    struct host *host = EXEC_CONTAINER(timer, struct host, overdue);
    uint64_t next = look_at_host(host, exec_now(host->exec->world));
    exec_timer_set(host->exec, timer, next, 0, 0);
}

void overdue_begin_world(struct condis_world *world)
{
    if (!world->options.verifier || world->exec->kind != EXEC_SIMULATED)
        return;
    world->exec->watch = time_passed;
    world->exec->watch_at = shortest(world);
}

void overdue_begin(struct host *host)
{
    if (!host->world->options.verifier || host->exec->world->kind != EXEC_LIVE)
        return;
    exec_timer_init(&host->overdue, timer_expired);
    exec_timer_set(host->exec, &host->overdue, exec_now(host->exec->world) + shortest(host->world),
                   0, 0);
}

void overdue_end(struct host *host)
{
    if (!host->world->options.verifier || host->exec->world->kind != EXEC_LIVE)
        return;
    do { /* an expiry that runs may set it again */
        (void)exec_timer_cancel(host->exec, &host->overdue);
        exec_timer_flush(host->exec, &host->overdue);
    } while (exec_timer_is_set(host->exec, &host->overdue));
}
