/* SPDX-License-Identifier: MIT */
#include "ndis/show.h"

#include "ndis/bind.h"
#include "ndis/netbufferpool.h"
#include "ndis/oid.h"
#include "ndis/report.h"
#include "ndis/sap.h"
#include "ndis/world.h"

#include <stdlib.h>
#include <string.h>

enum { SHOW_LISTS_MAX = 256 }; /* net buffer lists that are shown one by one */

/* Whom a picture is taken of, and where it goes. */
struct show {
    struct host *host;
    uint64_t now_100ns;
    json_t *pended; /* array */
};

static const char *const activation_creators[] = {
    [VC_BY_CLIENT] = "client",
    [VC_BY_CM] = "call manager",
    [VC_BY_MCM] = "miniport call manager",
};

/* ---- looking at memory that others write ---- */

/* Copies an object that is alive, whole and of one life; false: it is dead, or changed lives. Its
 * memory is of its kind until the host ends (slab.h), whoever writes to it meanwhile. The checkers
 * are told to look away: no lock would do, because the one that counts may be held for ever. */
__attribute__((no_sanitize("thread", "address"))) static bool peek(const struct object *object,
                                                                   void *copy, size_t bytes)
{
    uint32_t life = atomic_load_explicit(&object->life, memory_order_acquire);
    if (!(life & 1))
        return false;
    const volatile uint64_t *from = (const volatile uint64_t *)(const void *)object;
    uint64_t *to = copy;
    for (size_t i = 0; i < bytes / sizeof *to; i++)
        to[i] = from[i];
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&object->life, memory_order_relaxed) == life;
}

#define PEEK(at, copy) peek((const struct object *)(const void *)(at), (copy), sizeof *(copy))

/* ---- names ---- */

/* What is no UTF-8, as a file's name may be, is no JSON: its bytes become question marks. */
static json_t *text_json(const char *text)
{
    char plain[MODULE_NAME_BYTES * 2];
    json_t *value = json_string(text);
    if (value)
        return value;
    snprintf(plain, sizeof plain, "%s", text);
    for (char *c = plain; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    return json_string(plain);
}

static json_t *object_name(const struct object *object)
{
    char text[64];
    if (!object)
        return json_null();
    snprintf(text, sizeof text, "%s %u", object_kind_text((enum object_kind)object->kind),
             object->index);
    return json_string(text);
}

static json_t *driver_name(const struct driver *driver)
{
    return driver ? text_json(driver->module->owner.name) : json_null();
}

static json_t *adapter_name(const struct adapter *adapter)
{
    return adapter ? text_json(adapter->name) : json_null();
}

static const char *name_of_owner(const struct host *host, uint16_t index)
{
    for (const struct module *m = host->modules; m; m = m->next)
        if (m->owner.index == index)
            return m->owner.name;
    for (const struct module *m = host->retired; m; m = m->next)
        if (m->owner.index == index)
            return m->owner.name;
    return index ? "an unloaded driver" : "NDIS";
}

/* ---- history ---- */

static double ms_of(uint64_t time_100ns)
{
    return (double)time_100ns / (double)EXEC_MS;
}

static json_t *event_json(const struct show *show, const struct object_event *event,
                          const char *what)
{
    return json_pack("{s:f, s:s, s:o, s:i}", "time_ms", ms_of(event->time_100ns), "what", what,
                     "driver", text_json(name_of_owner(show->host, event->driver)), "processor",
                     (int)event->processor);
}

static json_t *history_of(const struct show *show, const struct object *copy)
{
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost;
    uint32_t count = object_history(copy, events, &lost);
    json_t *history = json_array();
    for (uint32_t i = 0; i < count; i++) {
        const struct object_event *event = &events[i];
        char text[96];
        snprintf(text, sizeof text, "%s%s%s",
                 event->operation ? operation_rows[event->operation].name : "",
                 event->operation ? " " : "", object_mark_text((enum object_mark)event->mark));
        json_array_append_new(history, event_json(show, event, text));
    }
    return history;
}

/* ---- what is pended ---- */

/* Whose handler it is, of an operation on what belongs to an AF (NULL: to none) and an adapter. */
static const struct driver *handler_of(const char *handler, const struct af *af_at,
                                       const struct adapter *adapter)
{
    struct af af;
    bool is_miniport = strncmp(handler, "Miniport", 8) == 0;
    if (is_miniport || !af_at || !PEEK(af_at, &af))
        return is_miniport && adapter ? adapter->driver : NULL;
    if (strncmp(handler, "ProtocolCl", 10) == 0)
        return af.binding ? af.binding->driver : NULL;
    return af.call_manager ? af.call_manager->driver : af.adapter ? af.adapter->driver : NULL;
}

/* What the driver that has the request would call, which driver that is, and for how long.
 * asked    whose handler it is; NULL: it is looked up by the AF and the adapter */
static void show_operation(struct show *show, const struct object *copy, const struct operation *op,
                           const struct af *af, const struct adapter *adapter,
                           const struct driver *asked)
{
    static const char *const states[] = {
        [OPERATION_CALLING] = "in the handler", [OPERATION_FILLING] = "being completed",
        [OPERATION_EARLY] = "completed early",  [OPERATION_WAITING] = "pended",
        [OPERATION_COMPLETED] = "not told yet",
    };
    enum operation_state state = operation_state(op);
    struct object_event since = {0};
    json_t *driver = NULL;
    if (state == OPERATION_IDLE || op->kind == OP_NONE || op->kind >= OP_KIND_COUNT)
        return;
    const struct operation_row *row = &operation_rows[op->kind];
    bool known = state != OPERATION_COMPLETED;
    if (state == OPERATION_WAITING) {
        known = operation_pended(copy, op, &since);
        driver = known ? text_json(name_of_owner(show->host, since.driver)) : NULL;
    } else if (known) {
        since.time_100ns = op->begun_100ns;
        driver = driver_name(asked ? asked : handler_of(row->handler, af, adapter));
    }
    json_array_append_new(
        show->pended, json_pack("{s:o, s:s, s:s, s:s, s:o, s:o}", "object", object_name(copy),
                                "request", row->request, "handler", row->handler, "state",
                                states[state], "driver", driver ? driver : json_null(), "age_ms",
                                known && show->now_100ns >= since.time_100ns
                                    ? json_real(ms_of(show->now_100ns - since.time_100ns))
                                    : json_null()));
}

/* ---- each kind ---- */

static json_t *show_driver(struct show *show, const struct object *object)
{
    struct driver driver;
    (void)show;
    if (!PEEK(object, &driver))
        return NULL;
    uint64_t bytes;
    uint64_t count = nt_owner_count(&driver.module->owner, NT_KINDS, &bytes);
    return json_pack("{s:o, s:s, s:b, s:b, s:s, s:I, s:I}", "driver", driver_name(&driver), "kind",
                     driver.is_miniport ? "miniport" : "protocol", "call_manager",
                     (int)driver.handlers.has_call_manager, "client",
                     (int)driver.handlers.has_client, "state",
                     driver.state == DRIVER_RUNNING       ? "running"
                     : driver.state == DRIVER_REGISTERING ? "registering"
                                                          : "deregistering",
                     "allocations", (json_int_t)count, "bytes", (json_int_t)bytes);
}

static json_t *show_adapter(struct show *show, const struct object *object)
{
    static const char *const states[ADAPTER_STATE_COUNT] = {
        [ADAPTER_INITIALIZING] = "initializing", [ADAPTER_PAUSED] = "paused",
        [ADAPTER_RESTARTING] = "restarting",     [ADAPTER_RUNNING] = "running",
        [ADAPTER_PAUSING] = "pausing",           [ADAPTER_HALTING] = "halting",
    };
    struct adapter adapter;
    int families = 0;
    if (!PEEK(object, &adapter))
        return NULL;
    for (int i = 0; i < ADAPTER_AF_COUNT; i++)
        families += adapter.families[i].family.AddressFamily != 0;
    show_operation(show, &adapter.object, &adapter.op, NULL, &adapter, NULL);
    return json_pack("{s:o, s:o, s:o, s:s, s:i}", "adapter", object_name(&adapter.object), "name",
                     adapter_name(&adapter), "miniport", driver_name(adapter.driver), "state",
                     states[adapter.state % ADAPTER_STATE_COUNT], "families", families);
}

static json_t *show_binding(struct show *show, const struct object *object)
{
    static const char *const states[BINDING_STATE_COUNT] = {
        [BINDING_OPENING] = "opening",
        [BINDING_OPEN] = "open",
        [BINDING_CLOSING] = "closing",
    };
    struct binding binding;
    if (!PEEK(object, &binding))
        return NULL;
    show_operation(show, &binding.object, &binding.op, NULL, binding.adapter, NULL);
    return json_pack("{s:o, s:o, s:o, s:s, s:I, s:I, s:I, s:o}", "binding",
                     object_name(&binding.object), "driver", driver_name(binding.driver), "adapter",
                     adapter_name(binding.adapter), "state",
                     states[binding.state % BINDING_STATE_COUNT], "afs",
                     (json_int_t)binding.af_count, "vcs", (json_int_t)binding.vc_count, "oids",
                     (json_int_t)binding.oid_count, "history", history_of(show, &binding.object));
}

/* What NDIS asks a protocol about an adapter: it is there until that is answered. */
static json_t *show_bind(struct show *show, const struct object *object)
{
    struct bind bind;
    if (!PEEK(object, &bind))
        return NULL;
    show_operation(show, &bind.object, &bind.op, NULL, NULL, bind.driver);
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "bind", object_name(&bind.object), "driver",
                     driver_name(bind.driver), "adapter", adapter_name(bind.adapter), "binding",
                     object_name(bind.binding ? &bind.binding->object : NULL), "history",
                     history_of(show, &bind.object));
}

static json_t *family_name(const CO_ADDRESS_FAMILY *family)
{
    static const char *const names[] = {"none", "Q2931", "PSCHED", "L2TP",
                                        "IRDA", "1394",  "PPP",    "INFINIBAND"};
    char text[32];
    NDIS_AF number = family->AddressFamily & ~CO_ADDRESS_FAMILY_PROXY;
    bool proxy = (family->AddressFamily & CO_ADDRESS_FAMILY_PROXY) != 0;
    const char *name = number < sizeof names / sizeof names[0] ? names[number]
                       : number == CO_ADDRESS_FAMILY_TAPI      ? "TAPI"
                                                               : NULL;
    if (name)
        snprintf(text, sizeof text, "%s%s", name, proxy ? " proxy" : "");
    else
        snprintf(text, sizeof text, "unknown 0x%x", (unsigned)family->AddressFamily);
    return json_string(text);
}

static json_t *show_af(struct show *show, const struct object *object)
{
    struct af af;
    const struct af *self = (const void *)object;
    if (!PEEK(object, &af))
        return NULL;
    show_operation(show, &af.object, &af.op, self, af.adapter, NULL);
    show_operation(show, &af.object, &af.notify, self, af.adapter, NULL);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:I, s:I, s:I, s:o}", "af",
                     object_name(&af.object), "adapter", adapter_name(af.adapter), "client",
                     driver_name(af.binding ? af.binding->driver : NULL), "call_manager",
                     driver_name(af.call_manager ? af.call_manager->driver
                                 : af.adapter    ? af.adapter->driver
                                                 : NULL),
                     "family", family_name(&af.family), "state",
                     af_state_names[af.state % AF_STATE_COUNT], "notified", (int)af.notified,
                     "saps", (json_int_t)af.sap_count, "vcs", (json_int_t)af.vc_count, "calls",
                     (json_int_t)af.call_count, "history", history_of(show, &af.object));
}

static json_t *show_sap(struct show *show, const struct object *object)
{
    struct sap sap;
    if (!PEEK(object, &sap))
        return NULL;
    show_operation(show, &sap.object, &sap.op, sap.af, NULL, NULL);
    return json_pack("{s:o, s:o, s:s, s:o}", "sap", object_name(&sap.object), "af",
                     object_name(&sap.af->object), "state",
                     sap_state_names[sap.state % SAP_STATE_COUNT], "history",
                     history_of(show, &sap.object));
}

static json_t *show_vc(struct show *show, const struct object *object)
{
    struct vc vc;
    if (!PEEK(object, &vc))
        return NULL;
    show_operation(show, &vc.object, &vc.call_op, vc.af, vc.adapter, NULL);
    show_operation(show, &vc.object, &vc.qos_op, vc.af, vc.adapter, NULL);
    show_operation(show, &vc.object, &vc.activation_op, vc.af, vc.adapter, NULL);
    return json_pack(
        "{s:o, s:o, s:o, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:o}", "vc", object_name(&vc.object),
        "af", object_name(vc.af ? &vc.af->object : NULL), "adapter", adapter_name(vc.adapter),
        "creator", activation_creators[vc.creator <= VC_BY_MCM ? vc.creator : VC_BY_CLIENT],
        "activation", vc_activation_names[vc.activation % VC_ACTIVATION_COUNT], "call",
        vc_call_names[vc.call % CALL_STATE_COUNT], "multipoint", (int)vc.multipoint, "parties",
        (json_int_t)vc.party_count, "sends_out", (json_int_t)vc.sends_out, "receives_out",
        (json_int_t)vc.receives_out, "history", history_of(show, &vc.object));
}

static json_t *show_party(struct show *show, const struct object *object)
{
    struct party party;
    if (!PEEK(object, &party))
        return NULL;
    const struct vc *vc = party_vc(&party);
    show_operation(show, &party.object, &party.op, vc ? vc->af : NULL, vc ? vc->adapter : NULL,
                   NULL);
    return json_pack("{s:o, s:o, s:s, s:b, s:o}", "party", object_name(&party.object), "vc",
                     object_name(vc ? &vc->object : NULL), "state",
                     party_state_names[party.state % PARTY_STATE_COUNT], "leaf_left",
                     (int)party.incoming_drop, "history", history_of(show, &party.object));
}

static json_t *show_oid(struct show *show, const struct object *object)
{
    struct oid oid;
    if (!PEEK(object, &oid))
        return NULL;
    show_operation(show, &oid.object, &oid.op, NULL, NULL, oid.target);
    return json_pack("{s:o, s:o, s:o, s:o, s:b, s:o}", "request", object_name(&oid.object),
                     "adapter", adapter_name(oid.adapter), "asked_by", driver_name(oid.requester),
                     "asked", driver_name(oid.target), "queued", (int)oid.deferred, "history",
                     history_of(show, &oid.object));
}

/* ---- net buffer lists ---- */

/* What is copied of a list while its pool is kept; everything else is made of it afterwards. */
struct list_copy {
    enum nbl_state state;
    const struct nt_owner *allocator;
    const struct nt_owner *holder;
    const struct vc *vc;
    uint64_t since_100ns;
    uint32_t moves_written;
    uint64_t moves[NBL_MOVES_KEPT];
};

struct list_copies {
    uint64_t count; /* with those that there was no room for */
    struct list_copy list[SHOW_LISTS_MAX];
};

/* A list that is out, where it is and since when; its block is the pool's until the pool ends. */
__attribute__((no_sanitize("thread", "address"))) static bool copy_list(void *context,
                                                                        struct block *block)
{
    struct list_copies *copies = context;
    const struct nbl_block *b = (const struct nbl_block *)(const void *)block;
    enum nbl_state state = (enum nbl_state)atomic_load_explicit(&b->state, memory_order_relaxed);
    if (state == NBL_STATE_FREE || copies->count++ >= SHOW_LISTS_MAX)
        return true;
    struct list_copy *copy = &copies->list[copies->count - 1];
    copy->state = state;
    copy->allocator = b->allocator;
    copy->holder = b->holder;
    copy->vc = b->vc;
    copy->since_100ns = atomic_load_explicit(&b->since_100ns, memory_order_relaxed);
    copy->moves_written = atomic_load_explicit(&b->moves_written, memory_order_relaxed);
    for (int i = 0; i < NBL_MOVES_KEPT; i++)
        copy->moves[i] = atomic_load_explicit(&b->moves[i], memory_order_relaxed);
    return true;
}

/* Oldest first. The first that is kept of a list's life may be of the life before. */
static json_t *moves_of(const struct show *show, const struct list_copy *list)
{
    json_t *history = json_array();
    uint32_t written = list->moves_written;
    uint32_t count = written < NBL_MOVES_KEPT ? written : (uint32_t)NBL_MOVES_KEPT;
    for (uint32_t nth = written - count; nth != written; nth++) {
        struct object_event move = object_mark_read(list->moves[nth % NBL_MOVES_KEPT]);
        json_array_append_new(history,
                              event_json(show, &move, nbl_state_text((enum nbl_state)move.mark)));
    }
    return history;
}

static json_t *list_json(const struct show *show, const struct list_copy *list)
{
    bool out = list->state != NBL_STATE_OWNED;
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "state", nbl_state_text(list->state),
                     "allocated_by",
                     list->allocator ? text_json(list->allocator->name) : json_null(), "held_by",
                     list->holder ? text_json(list->holder->name) : json_null(), "vc",
                     object_name(out && list->vc ? &list->vc->object : NULL), "age_ms",
                     out && show->now_100ns >= list->since_100ns
                         ? json_real(ms_of(show->now_100ns - list->since_100ns))
                         : json_null(),
                     "history", moves_of(show, list));
}

static json_t *show_lists(struct show *show)
{
    json_t *lists = json_array();
    struct list_copies *copies = calloc(1, sizeof *copies);
    if (!copies)
        return lists;
    netbuffer_pools_visit(show->host, copy_list, copies);
    uint64_t shown = copies->count < SHOW_LISTS_MAX ? copies->count : (uint64_t)SHOW_LISTS_MAX;
    for (uint64_t i = 0; i < shown; i++)
        json_array_append_new(lists, list_json(show, &copies->list[i]));
    if (copies->count > shown)
        json_array_append_new(lists, json_pack("{s:s, s:I}", "state", "and more", "lists",
                                               (json_int_t)(copies->count - shown)));
    free(copies);
    return lists;
}

/* ---- the whole ---- */

static const struct {
    const char *name;
    uint8_t kind;
    json_t *(*show)(struct show *show, const struct object *object);
} kinds[] = {
    {"drivers", OBJECT_DRIVER, show_driver},
    {"adapters", OBJECT_ADAPTER, show_adapter},
    {"bindings", OBJECT_BINDING, show_binding},
    {"binds", OBJECT_BIND, show_bind},
    {"afs", OBJECT_AF, show_af},
    {"saps", OBJECT_SAP, show_sap},
    {"vcs", OBJECT_VC, show_vc},
    {"parties", OBJECT_PARTY, show_party},
    {"oids", OBJECT_OID, show_oid},
};

static json_t *show_host(struct host *host)
{
    static const char *const completions[] = {"pending", "direct", "mixed"};
    struct show show = {host, exec_now(host->exec->world), json_array()};
    json_t *picture =
        json_pack("{s:o, s:i, s:s, s:f}", "host", text_json(host->name), "processors",
                  (int)host->exec->processor_count, "completion", completions[host->completion % 3],
                  "time_ms", ms_of(show.now_100ns));
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct slab *slab = &host->slabs[kinds[i].kind];
        uint32_t carved = atomic_load(&slab->carved);
        json_t *rows = json_array();
        for (uint32_t index = 0; index < carved; index++) {
            const struct object *object = slab_at(slab, index);
            json_t *row = object ? kinds[i].show(&show, object) : NULL;
            if (row)
                json_array_append_new(rows, row);
        }
        json_object_set_new(picture, kinds[i].name, rows);
    }
    json_object_set_new(picture, "pended", show.pended);
    json_object_set_new(picture, "nbls", show_lists(&show));
    return picture;
}

json_t *show_world(struct condis_world *world)
{
    json_t *hosts = json_array();
    pthread_mutex_lock(&world->mutex); /* a host does not go while it is looked at */
    for (struct host *host = world->hosts; host; host = host->next)
        json_array_append_new(hosts, show_host(host));
    pthread_mutex_unlock(&world->mutex);
    return json_pack("{s:o}", "hosts", hosts);
}

bool condis_world_show(struct condis_world *world, FILE *out, bool json)
{
    json_t *picture = show_world(world);
    if (!picture)
        return false;
    if (json) {
        json_dumpf(picture, out, JSON_INDENT(2));
        fputc('\n', out);
    } else {
        show_print(picture, out);
    }
    json_decref(picture);
    return !ferror(out);
}
