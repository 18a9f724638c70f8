/* SPDX-License-Identifier: MIT */
#include "ndis/binding.h"
#include "ndis/bind.h"
#include "ndis/enter.h"
#include "ndis/handle.h"
#include "ndis/neglect.h"
#include "ndis/operation_ends.h"
#include "ndis/status_copy.h"
#include "ndis/vc.h"
#include "ndis/world.h"

#include <stdlib.h>
#include <string.h>

/* ---- the object ---- */

struct binding *binding_new(struct bind *bind, NDIS_HANDLE ProtocolBindingContext)
{
    struct host *host = bind->host;
    struct adapter *adapter = bind->adapter;
    struct slab *slab = &host->slabs[OBJECT_BINDING];
    struct binding *binding = (struct binding *)slab_take(slab, exec_current()->processor);
    if (!binding)
        return NULL;
    memset((char *)binding + sizeof(binding->object), 0,
           sizeof(*binding) - sizeof(binding->object));
    binding->adapter = adapter;
    binding->driver = bind->driver;
    binding->handlers = &bind->driver->handlers;
    binding->context = ProtocolBindingContext;
    binding->state = BINDING_OPENING;
    binding->paused = true;
    atomic_store(&binding->users, 1);
    binding->unbind = bind_take(bind->driver, adapter, NULL);
    if (!binding->unbind) {
        slab_untake(slab, &binding->object);
        return NULL;
    }
    slab_publish(&binding->object);
    binding->handle = handle_of(host, &binding->object);
    object_mark(&binding->object, MARK_CREATED, OP_NONE);
    exec_lock(&host->lock);
    binding->bind = bind;
    bind->binding = binding;
    bind->binding_handle = binding->handle;
    struct binding **last = &adapter->bindings;
    while (*last)
        last = &(*last)->next;
    *last = binding;
    exec_unlock(&host->lock);
    return binding;
}

void binding_release(struct binding *binding)
{
    struct host *host = binding->adapter->host;
    exec_lock(&host->lock);
    struct binding **at = &binding->adapter->bindings;
    while (*at && *at != binding)
        at = &(*at)->next;
    if (*at)
        *at = binding->next;
    if (binding->bind) {
        binding->bind->binding = NULL;
        exec_signal_set(host->exec->world, &binding->bind->closed);
        binding->bind = NULL;
    }
    struct bind *unbind = binding->unbind;
    binding->unbind = NULL;
    exec_unlock(&host->lock);
    if (unbind)
        bind_release(unbind);
    status_copies_free(binding);
    free(binding->own_handlers);
    binding->own_handlers = NULL;
    binding->handlers = &binding->driver->handlers;
    object_mark(&binding->object, MARK_DEAD, OP_NONE);
    slab_release(&host->slabs[OBJECT_BINDING], &binding->object);
}

/* ---- users ---- */

bool binding_is_leaving(struct binding *binding)
{
    struct host *host = binding->adapter->host;
    exec_lock(&host->lock);
    bool leaving =
        binding->state == BINDING_CLOSING || (binding->bind && binding->bind->op.kind == OP_UNBIND);
    exec_unlock(&host->lock);
    return leaving;
}

bool binding_hold(struct binding *binding)
{
    uint32_t users = atomic_load(&binding->users);
    while (users > 0)
        if (atomic_compare_exchange_weak(&binding->users, &users, users + 1))
            return true;
    return false;
}

static void finish_close(struct exec_work *work)
{
    struct binding *binding = work->context;
    exec_current()->owner = NULL;
    operation_complete(host_current(), &binding->op, OP_CLOSE_ADAPTER, NDIS_STATUS_SUCCESS,
                       "NdisCloseAdapterEx", NULL, NULL);
}

void binding_let_go(struct binding *binding)
{
    if (atomic_fetch_sub(&binding->users, 1) != 1)
        return;
    struct host *host = binding->adapter->host;
    exec_work_init(&binding->work, finish_close, binding);
    exec_work_queue(host->exec, &binding->work);
}

struct binding *binding_next(struct adapter *adapter, struct binding *current)
{
    struct host *host = adapter->host;
    exec_lock(&host->lock);
    struct binding *next = current ? current->next : adapter->bindings;
    while (next && (next->state != BINDING_OPEN || !binding_hold(next)))
        next = next->next;
    exec_unlock(&host->lock);
    if (current)
        binding_let_go(current);
    return next;
}

struct binding *binding_resolve(const struct call *call, NDIS_HANDLE NdisBindingHandle)
{
    struct object *slot = handle_kind(NdisBindingHandle) == OBJECT_BINDING
                              ? handle_slot(call->host, NdisBindingHandle)
                              : NULL;
    if (slot && object_generation(slot) == handle_generation(NdisBindingHandle) &&
        (!object_alive(slot) || ((struct binding *)slot)->state == BINDING_CLOSING)) {
        call_breaks(call, RULE_BINDING_HANDLE_DEAD, NdisBindingHandle, NDIS_STATUS_FAILURE,
                    "NdisCloseAdapterEx was called on it");
        return NULL;
    }
    struct binding *binding = (struct binding *)call_resolve(call, NdisBindingHandle,
                                                             OBJECT_BINDING, "NdisBindingHandle");
    if (binding && !call_is_from(call, binding->driver)) {
        call_breaks(call, RULE_HANDLE_FOREIGN, NdisBindingHandle, NDIS_STATUS_FAILURE,
                    "the binding belongs to driver %s", binding->driver->module->name);
        return NULL;
    }
    return binding;
}

/* ---- open ---- */

static NDIS_STATUS open_status(const struct binding *binding)
{
    return binding->refused ? nt_fault_status(FAULT_ProtocolOpenAdapterCompleteEx)
                            : NDIS_STATUS_SUCCESS;
}

/* Whether an open or close is answered later, by a worker, or at once. */
static bool pends(const struct host *host, const char *what)
{
    if (host->completion == CONDIS_COMPLETE_MIXED)
        return exec_choose(host->exec->world, 2, what) == 0;
    return host->completion == CONDIS_COMPLETE_PENDING;
}

static void finish_open(struct exec_work *work)
{
    struct binding *binding = work->context;
    exec_current()->owner = NULL;
    operation_complete(host_current(), &binding->op, OP_OPEN_ADAPTER, open_status(binding),
                       "NdisOpenAdapterEx", NULL, NULL);
}

void operation_end_OPEN_ADAPTER(struct host *host, struct operation *op, bool told)
{
    struct binding *binding = (struct binding *)operation_object(op);
    NDIS_HANDLE context = binding->context;
    const struct driver *driver = binding->driver;
    NDIS_STATUS status = op->status;
    exec_lock(&host->lock);
    if (status == NDIS_STATUS_SUCCESS)
        binding->state = BINDING_OPEN;
    operation_end(op);
    exec_unlock(&host->lock);
    if (status != NDIS_STATUS_SUCCESS)
        binding_release(binding);
    if (!told)
        return;
    struct visit visit = visit_begin(driver, "ProtocolOpenAdapterCompleteEx");
    driver->protocol.OpenAdapterCompleteHandlerEx(context, status);
    visit_end(&visit);
}

/* Chooses the first of the driver's media that the adapter has. */
static bool choose_medium(const struct adapter *adapter, const NDIS_OPEN_PARAMETERS *parameters,
                          UINT *index)
{
    for (UINT i = 0; i < parameters->MediumArraySize; i++)
        if (parameters->MediumArray[i] == adapter->general.MediaType) {
            *index = i;
            return true;
        }
    return false;
}

static NDIS_STATUS check_open(const struct call *call, const struct bind *bind,
                              const NDIS_OPEN_PARAMETERS *p, const NDIS_HANDLE *out)
{
    if (!p || !out || !p->AdapterName || !p->MediumArray || !p->SelectedMediumIndex)
        return call_breaks(call, RULE_ARGUMENT_NULL, bind->handle, NDIS_STATUS_FAILURE,
                           "OpenParameters, NdisBindingHandle or a field they need is NULL");
    if (p->Header.Type != NDIS_OBJECT_TYPE_OPEN_PARAMETERS || p->Header.Revision < 1 ||
        p->Header.Size < NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1)
        return call_breaks(call, RULE_ARGUMENT_HEADER, bind->handle, NDIS_STATUS_FAILURE,
                           "OpenParameters: type 0x%02X revision %u size %u", p->Header.Type,
                           p->Header.Revision, p->Header.Size);
    if (!wide_equal(p->AdapterName, &bind->adapter->unicode_name))
        return NDIS_STATUS_ADAPTER_NOT_FOUND;
    return NDIS_STATUS_SUCCESS;
}

/* The bind that the caller is in; NULL after C127 was reported. */
static struct bind *open_bind(const struct call *call, NDIS_HANDLE context,
                              const struct driver *driver)
{
    struct bind *bind = (struct bind *)handle_resolve(call->host, context, OBJECT_BIND, NULL);
    bool here = bind && bind->op.kind == OP_BIND && operation_running(&bind->op) &&
                bind->driver == driver && !bind->binding;
    if (here)
        return bind;
    call_breaks(call, RULE_OPEN_ADAPTER_CONTEXT, context, NDIS_STATUS_FAILURE,
                bind && bind->binding ? "this bind has opened its adapter already"
                                      : "BindContext is not that of a bind that runs");
    return NULL;
}

/* Opens the adapter that a protocol is asked to bind to.
 * NdisProtocolHandle      the caller's registration
 * ProtocolBindingContext  handed to the callbacks of the binding
 * OpenParameters          borrowed until the open completes
 * BindContext             as ProtocolBindAdapterEx got it
 * NdisBindingHandle       receives the handle; not to be read before the open completes
 * returns  SUCCESS; PENDING, then ProtocolOpenAdapterCompleteEx; ADAPTER_NOT_FOUND;
 *          UNSUPPORTED_MEDIA; RESOURCES; FAILURE outside ProtocolBindAdapterEx (C127)
 * IRQL     PASSIVE_LEVEL
 * source   Learn: NdisOpenAdapterEx; API §2.1 */
NDIS_STATUS NTAPI NdisOpenAdapterEx(NDIS_HANDLE NdisProtocolHandle,
                                    NDIS_HANDLE ProtocolBindingContext,
                                    PNDIS_OPEN_PARAMETERS OpenParameters, NDIS_HANDLE BindContext,
                                    PNDIS_HANDLE NdisBindingHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_PASSIVE);
    struct driver *driver = (struct driver *)call_resolve(&call, NdisProtocolHandle, OBJECT_DRIVER,
                                                          "NdisProtocolHandle");
    if (!driver || call.task->irql != PASSIVE_LEVEL)
        return NDIS_STATUS_FAILURE;
    if (!call_is_from(&call, driver))
        return call_breaks(&call, RULE_HANDLE_FOREIGN, NdisProtocolHandle, NDIS_STATUS_FAILURE,
                           "the registration belongs to driver %s", driver->module->name);
    struct bind *bind = open_bind(&call, BindContext, driver);
    if (!bind)
        return NDIS_STATUS_FAILURE;
    NDIS_STATUS status = check_open(&call, bind, OpenParameters, NdisBindingHandle);
    if (status != NDIS_STATUS_SUCCESS)
        return status;
    if (!choose_medium(bind->adapter, OpenParameters, OpenParameters->SelectedMediumIndex))
        return NDIS_STATUS_UNSUPPORTED_MEDIA;
    struct binding *binding =
        nt_fault(FAULT_NdisOpenAdapterEx) ? NULL : binding_new(bind, ProtocolBindingContext);
    if (!binding)
        return NDIS_STATUS_RESOURCES;
    binding->refused = nt_fault(FAULT_ProtocolOpenAdapterCompleteEx);
    *NdisBindingHandle = binding->handle;
    operation_begin(&binding->op, OP_OPEN_ADAPTER, OpenParameters);
    if (!pends(call.host, "open adapter"))
        return operation_returned(call.host, &binding->op, NULL, open_status(binding));
    exec_work_init(&binding->work, finish_open, binding);
    operation_returned(call.host, &binding->op, NULL, NDIS_STATUS_PENDING);
    exec_work_queue(call.host->exec, &binding->work);
    return NDIS_STATUS_PENDING;
}

/* ---- close ---- */

void operation_end_CLOSE_ADAPTER(struct host *host, struct operation *op, bool told)
{
    struct binding *binding = (struct binding *)operation_object(op);
    NDIS_HANDLE context = binding->context;
    const struct driver *driver = binding->driver;
    (void)host;
    operation_end(op);
    binding_release(binding);
    if (!told)
        return;
    struct visit visit = visit_begin(driver, "ProtocolCloseAdapterCompleteEx");
    driver->protocol.CloseAdapterCompleteHandlerEx(context);
    visit_end(&visit);
}

/* What is registered or created on the AFs of a binding: the most telling thing left. */
static enum rule_id left_on_afs(struct host *host, const struct binding *binding)
{
    struct slab *slab = &host->slabs[OBJECT_AF];
    uint32_t carved = atomic_load(&slab->carved);
    enum rule_id rule = RULE_CLOSE_ADAPTER_AF_OPEN;
    for (uint32_t i = 0; i < carved; i++) {
        struct af *af = (struct af *)slab_at(slab, i);
        if (!af || !object_alive(&af->object) ||
            (af->binding != binding && af->call_manager != binding))
            continue;
        if (af->vc_count)
            return RULE_CLOSE_ADAPTER_VC_LEFT;
        if (af->sap_count)
            rule = RULE_CLOSE_ADAPTER_SAP_LEFT;
    }
    return rule;
}

/* Sends are out on VCs only, and keep them: those of the driver that closes. */
static uint32_t sends_out(struct host *host, const struct binding *binding)
{
    struct slab *slab = &host->slabs[OBJECT_VC];
    uint32_t carved = atomic_load(&slab->carved);
    uint32_t count = 0;
    for (uint32_t index = 0; index < carved; index++) {
        const struct vc *vc = (const struct vc *)slab_at(slab, index);
        if (vc && object_alive(&vc->object) &&
            (vc->af ? vc->af->binding : vc->creator_binding) == binding)
            count += atomic_load(&vc->sends_out);
    }
    return count;
}

static bool may_close(const struct call *call, struct binding *binding)
{
    enum rule_id rule = RULE_NONE;
    bool has_vcs = atomic_load(&binding->vc_count) || atomic_load(&binding->af_count);
    uint32_t sends = has_vcs ? sends_out(call->host, binding) : 0;
    if (sends)
        rule = RULE_CLOSE_ADAPTER_SENDS_OUT;
    else if (atomic_load(&binding->vc_count))
        rule = RULE_CM_SIGNALLING_VC_LEFT;
    else if (atomic_load(&binding->af_count))
        rule = left_on_afs(call->host, binding);
    else if (atomic_load(&binding->oid_count))
        rule = RULE_CLOSE_ADAPTER_OID_OUT;
    if (rule == RULE_NONE)
        return true;
    binding->blamed = true;
    if (neglect_report(call->host, binding, NULL, binding->driver) || binding->excused)
        return false; /* the rest follows from that */
    call_breaks(call, rule, binding->handle, NDIS_STATUS_FAILURE,
                "AFs %u, signalling VCs %u, OID requests %u, sends %u; the binding stays open",
                atomic_load(&binding->af_count), atomic_load(&binding->vc_count),
                atomic_load(&binding->oid_count), sends);
    return false;
}

/* Moves an open binding to closing. returns  false when it is not open, or the rule forbids it. */
static bool begin_close(const struct call *call, struct binding *binding)
{
    struct host *host = call->host;
    exec_lock(&host->lock);
    bool in_context = binding->bind != NULL;
    bool open = binding->state == BINDING_OPEN;
    if (open)
        binding->state = BINDING_CLOSING;
    exec_unlock(&host->lock);
    if (!open) {
        call_breaks(call, RULE_CALL_WRONG_PHASE, binding->handle, NDIS_STATUS_FAILURE,
                    "the open has not completed yet");
        return false;
    }
    if (!in_context)
        call_breaks(call, RULE_CLOSE_ADAPTER_CONTEXT, binding->handle, NDIS_STATUS_SUCCESS,
                    "neither a bind nor an unbind runs on it; it is closed all the same");
    return true;
}

/* Closes a binding.
 * NdisBindingHandle  dead to the caller from here (C41)
 * returns  SUCCESS; PENDING, then ProtocolCloseAdapterCompleteEx; FAILURE while AFs, SAPs, VCs, OID
 *          requests or sends are left on it (C103): it stays open
 * IRQL     PASSIVE_LEVEL, inside ProtocolUnbindAdapterEx or ProtocolBindAdapterEx
 * source   Learn: NdisCloseAdapterEx; API §2.1 */
NDIS_STATUS NTAPI NdisCloseAdapterEx(NDIS_HANDLE NdisBindingHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_PASSIVE);
    struct binding *binding = binding_resolve(&call, NdisBindingHandle);
    if (!binding || call.task->irql != PASSIVE_LEVEL)
        return NDIS_STATUS_FAILURE;
    operation_settle(call.host); /* closes that are completed though not yet told do not count */
    if (!may_close(&call, binding) || !begin_close(&call, binding))
        return NDIS_STATUS_FAILURE;
    adapter_forget_families(binding->adapter, binding);
    operation_begin(&binding->op, OP_CLOSE_ADAPTER, NULL);
    bool later = pends(call.host, "close adapter");
    exec_work_init(&binding->work, finish_close, binding);
    if (!later && atomic_fetch_sub(&binding->users, 1) == 1)
        return operation_returned(call.host, &binding->op, NULL, NDIS_STATUS_SUCCESS);
    /* Whoever is inside the driver for this binding finishes the close (binding_let_go). */
    operation_returned(call.host, &binding->op, NULL, NDIS_STATUS_PENDING);
    if (later)
        binding_let_go(binding);
    return NDIS_STATUS_PENDING;
}

/* ---- unbinding at the driver's wish ---- */

struct unbind_wish {
    struct exec_work work;
    NDIS_HANDLE handle;
};

static void unbind_now(struct exec_work *work)
{
    struct unbind_wish *wish = work->context;
    struct host *host = host_current();
    exec_current()->owner = NULL;
    pnp_lock(host);
    struct binding *binding =
        (struct binding *)handle_resolve(host, wish->handle, OBJECT_BINDING, NULL);
    if (binding && binding->state == BINDING_OPEN && !binding->bind)
        bind_undo(binding);
    pnp_unlock(host);
    free(wish);
}

/* Asks NDIS to unbind the caller from an adapter, from a worker.
 * NdisBindingHandle  may be dead when this returns
 * returns  SUCCESS, which does not promise that ProtocolUnbindAdapterEx follows; RESOURCES
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisUnbindAdapter; API §2.1 */
NDIS_STATUS NTAPI NdisUnbindAdapter(NDIS_HANDLE NdisBindingHandle)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    if (!binding_resolve(&call, NdisBindingHandle))
        return NDIS_STATUS_FAILURE;
    struct unbind_wish *wish = malloc(sizeof(*wish));
    if (!wish)
        return NDIS_STATUS_RESOURCES;
    wish->handle = NdisBindingHandle;
    exec_work_init(&wish->work, unbind_now, wish);
    exec_work_queue(call.host->exec, &wish->work);
    return NDIS_STATUS_SUCCESS;
}
