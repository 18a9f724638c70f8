/* SPDX-License-Identifier: MIT */
#include "ndis/bind.h"
#include "ndis/af.h"
#include "ndis/enter.h"
#include "ndis/handle.h"
#include "ndis/leak.h"
#include "ndis/operation_ends.h"
#include "ndis/neglect.h"
#include "ndis/report.h"

#include <string.h>

/* ---- the object ---- */

struct bind *bind_take(struct driver *driver, struct adapter *adapter, struct binding *binding)
{
    struct host *host = adapter->host;
    struct bind *bind =
        (struct bind *)slab_take(&host->slabs[OBJECT_BIND], exec_current()->processor);
    if (!bind)
        return NULL;
    memset((char *)bind + sizeof(bind->object), 0, sizeof(*bind) - sizeof(bind->object));
    bind->host = host;
    bind->driver = driver;
    bind->adapter = adapter;
    bind->binding = binding;
    bind->binding_handle = binding ? binding->handle : NULL;
    bind->status = NDIS_STATUS_PENDING;
    exec_waitable_init(&bind->done, EXEC_EVENT_NOTIFICATION, 0);
    exec_waitable_init(&bind->closed, EXEC_EVENT_NOTIFICATION, 0);
    return bind;
}

void bind_publish(struct bind *bind)
{
    slab_publish(&bind->object);
    bind->handle = handle_of(bind->host, &bind->object);
}

void bind_release(struct bind *bind)
{
    struct slab *slab = &bind->host->slabs[OBJECT_BIND];
    if (object_alive(&bind->object))
        slab_release(slab, &bind->object);
    else
        slab_untake(slab, &bind->object);
}

/* ---- waiting for the driver's answer ---- */

/* The three operations of a bind request end alike: whoever asked is woken. */
static void answered(struct host *host, struct operation *op)
{
    struct bind *bind = (struct bind *)operation_object(op);
    exec_lock(&host->lock);
    bind->status = op->status;
    operation_end(op);
    bool abandoned = bind->abandoned;
    if (!abandoned)
        exec_signal_set(host->exec->world, &bind->done);
    exec_unlock(&host->lock);
    if (abandoned)
        bind_release(bind);
}

void operation_end_BIND(struct host *host, struct operation *op, bool told)
{
    (void)told;
    answered(host, op);
}

void operation_end_UNBIND(struct host *host, struct operation *op, bool told)
{
    (void)told;
    answered(host, op);
}

void operation_end_NET_PNP_EVENT(struct host *host, struct operation *op, bool told)
{
    (void)told;
    answered(host, op);
}

/* Waits until the driver has answered for good.
 * returns  false when it never did (reported): the request is the driver's from here */
static bool wait_for_answer(struct bind *bind)
{
    struct host *host = bind->host;
    const char *handler = operation_rows[bind->op.kind].handler;
    exec_wait_one(&bind->done, host->pnp_wait_100ns, handler);
    exec_lock(&host->lock);
    bool answer_came = !operation_running(&bind->op);
    bind->abandoned = !answer_came;
    exec_unlock(&host->lock);
    if (!answer_came) {
        bind->driver->module->tainted = true;
        if (!bind->binding || !neglect_report(host, bind->binding, NULL, NULL))
            report_owner_break(host, &bind->driver->module->owner, RULE_PEND_NEVER_COMPLETED,
                               handler, &bind->object, NDIS_STATUS_PENDING,
                               "no completion came within %u ms",
                               (unsigned)(host->pnp_wait_100ns / EXEC_MS));
    }
    return answer_came;
}

/* Takes the request off its binding: the driver can no longer refer to it. */
static void let_binding_go(struct bind *bind)
{
    struct host *host = bind->host;
    exec_lock(&host->lock);
    if (bind->binding) {
        bind->binding->bind = NULL;
        bind->binding = NULL;
    }
    exec_unlock(&host->lock);
}

static bool is_closing(const struct bind *bind)
{
    struct host *host = bind->host;
    exec_lock(&host->lock);
    bool closing = bind->binding && bind->binding->state == BINDING_CLOSING;
    exec_unlock(&host->lock);
    return closing;
}

/* Ends whatever of the binding is left when the bind failed or the unbind is over. */
static void end_leftovers(struct bind *bind)
{
    struct host *host = bind->host;
    const char *handler = operation_rows[bind->op.kind].handler;
    if (is_closing(bind))
        exec_wait_one(&bind->closed, host->pnp_wait_100ns, handler);
    exec_lock(&host->lock);
    struct binding *binding = bind->binding;
    exec_unlock(&host->lock);
    if (!binding)
        return;
    bind->driver->module->tainted = true;
    binding->blamed |= !bind->abandoned; /* it did not wait for what is out */
    uint32_t left = leak_sweep_binding(binding, handler);
    if (!left && !binding->excused)
        report_left(host, &bind->driver->module->owner, RULE_LEAK_BINDING, handler,
                    &binding->object, slab_stack(&host->slabs[OBJECT_BINDING], &binding->object),
                    "NdisCloseAdapterEx did not end the binding");
    leak_count(host, 1);
    adapter_forget_families(binding->adapter, binding);
    binding_release(binding);
}

/* ---- bind ---- */

/* The newest revision that the driver's version knows. */
static void fill_header(NDIS_OBJECT_HEADER *header, UCHAR minor_version)
{
    header->Type = NDIS_OBJECT_TYPE_BIND_PARAMETERS;
    if (minor_version >= 20) {
        header->Revision = NDIS_BIND_PARAMETERS_REVISION_3;
        header->Size = (USHORT)NDIS_SIZEOF_BIND_PARAMETERS_REVISION_3;
    } else if (minor_version >= 1) {
        header->Revision = NDIS_BIND_PARAMETERS_REVISION_2;
        header->Size = (USHORT)NDIS_SIZEOF_BIND_PARAMETERS_REVISION_2;
    } else {
        header->Revision = NDIS_BIND_PARAMETERS_REVISION_1;
        header->Size = (USHORT)NDIS_SIZEOF_BIND_PARAMETERS_REVISION_1;
    }
}

static void fill_parameters(struct bind *bind)
{
    NDIS_BIND_PARAMETERS *p = &bind->parameters;
    struct adapter *adapter = bind->adapter;
    const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES *g = &adapter->general;
    fill_header(&p->Header, bind->driver->protocol.MinorNdisVersion);
    p->PowerManagementCapabilitiesEx = g->PowerManagementCapabilitiesEx;
    p->ProtocolSection = &bind->driver->module->registry_path;
    p->AdapterName = &adapter->unicode_name;
    p->BoundAdapterName = &adapter->unicode_name;
    p->MediaType = g->MediaType;
    p->PhysicalMediumType = g->PhysicalMediumType;
    p->MtuSize = g->MtuSize;
    p->MaxXmitLinkSpeed = g->MaxXmitLinkSpeed;
    p->XmitLinkSpeed = g->XmitLinkSpeed;
    p->MaxRcvLinkSpeed = g->MaxRcvLinkSpeed;
    p->RcvLinkSpeed = g->RcvLinkSpeed;
    p->MediaConnectState = g->MediaConnectState;
    p->MediaDuplexState = g->MediaDuplexState;
    p->LookaheadSize = g->LookaheadSize;
    p->PowerManagementCapabilities = g->PowerManagementCapabilities;
    p->SupportedPacketFilters = g->SupportedPacketFilters;
    p->MaxMulticastListSize = g->MaxMulticastListSize;
    p->MacAddressLength = g->MacAddressLength;
    memcpy(p->CurrentMacAddress, g->CurrentMacAddress, sizeof(p->CurrentMacAddress));
    p->RcvScaleCapabilities = g->RecvScaleCapabilities;
    p->BoundIfIndex = adapter->object.index + 1;
    p->LowestIfIndex = adapter->object.index + 1;
    p->BoundIfNetluid.Value = adapter->object.index + 1;
    p->LowestIfNetluid.Value = adapter->object.index + 1;
    p->AccessType = g->AccessType;
    p->DirectionType = g->DirectionType;
    p->ConnectionType = g->ConnectionType;
    p->IfType = g->IfType;
    p->IfConnectorPresent = g->IfConnectorPresent;
    p->DataBackFillSize = g->DataBackFillSize;
    p->ContextBackFillSize = g->ContextBackFillSize;
    p->MacOptions = g->MacOptions;
}

/* The binding works from here: restarted, offered to and offering (API §8.1). */
static void begin_service(struct binding *binding)
{
    struct adapter *adapter = binding->adapter;
    bind_tell_event(binding, NetEventRestart, NULL, 0);
    binding->paused = false;
    if (binding->handlers->has_call_manager)
        adapter_offer_families(adapter, binding);
    if (binding->handlers->has_client)
        af_offer_all(binding);
}

static void finish_bind(struct bind *bind, NDIS_STATUS status)
{
    struct host *host = bind->host;
    exec_lock(&host->lock);
    struct binding *binding = bind->binding;
    bool open = binding && binding->state == BINDING_OPEN;
    exec_unlock(&host->lock);
    if (status == NDIS_STATUS_SUCCESS && open) {
        let_binding_go(bind);
        begin_service(binding);
        return;
    }
    if (status == NDIS_STATUS_SUCCESS)
        report_owner_break(host, &bind->driver->module->owner, RULE_DRIVER_BAD_STATUS,
                           "ProtocolBindAdapterEx", &bind->object, status,
                           "a bind succeeds only with the adapter open");
    end_leftovers(bind);
    let_binding_go(bind);
}

void bind_protocol(struct driver *driver, struct adapter *adapter)
{
    struct bind *bind = bind_take(driver, adapter, NULL);
    if (!bind)
        return; /* as if the driver had answered RESOURCES */
    bind_publish(bind);
    fill_parameters(bind);
    operation_begin(&bind->op, OP_BIND, &bind->parameters);
    struct visit visit = visit_begin(driver, "ProtocolBindAdapterEx");
    NDIS_STATUS status =
        driver->protocol.BindAdapterHandlerEx(driver->context, bind->handle, &bind->parameters);
    visit_end(&visit);
    operation_returned(adapter->host, &bind->op, &driver->module->owner, status);
    if (!wait_for_answer(bind)) {
        end_leftovers(bind);
        return;
    }
    finish_bind(bind, bind->status);
    bind_release(bind);
}

/* ---- unbind ---- */

static void ask_to_unbind(struct bind *bind)
{
    struct driver *driver = bind->driver;
    NDIS_HANDLE context = bind->binding->context;
    operation_begin(&bind->op, OP_UNBIND, NULL);
    struct visit visit = visit_begin(driver, "ProtocolUnbindAdapterEx");
    NDIS_STATUS status = driver->protocol.UnbindAdapterHandlerEx(bind->handle, context);
    visit_end(&visit);
    if (status != NDIS_STATUS_SUCCESS && status != NDIS_STATUS_PENDING) {
        visit_breaks(&visit, RULE_UNBIND_FAILED, &bind->object, status, "it goes on as success");
        status = NDIS_STATUS_SUCCESS;
    }
    if (status == NDIS_STATUS_SUCCESS && is_closing(bind))
        visit_breaks(&visit, RULE_UNBIND_EARLY, &bind->object, status,
                     "NdisCloseAdapterEx is pended still");
    operation_returned(bind->host, &bind->op, &driver->module->owner, status);
}

void bind_undo(struct binding *binding)
{
    struct host *host = binding->adapter->host;
    struct bind *bind = binding->unbind;
    bind_tell_event(binding, NetEventPause, NULL, 0);
    binding->paused = true;
    bind_publish(bind);
    bind->binding = binding;
    bind->binding_handle = binding->handle;
    exec_lock(&host->lock);
    binding->unbind = NULL;
    binding->bind = bind;
    exec_unlock(&host->lock);
    ask_to_unbind(bind);
    bool answer_came = wait_for_answer(bind);
    end_leftovers(bind);
    let_binding_go(bind);
    if (answer_came)
        bind_release(bind);
}

/* ---- the driver's completions ---- */

/* Finds a request that the driver completes, and names what is wrong when it does not wait.
 * returns  NULL after a rule was reported */
static struct bind *completed_bind(const struct call *call, NDIS_HANDLE handle,
                                   enum operation_kind kind, enum rule_id once,
                                   enum rule_id unasked, const char *parameter)
{
    struct bind *slot =
        handle_kind(handle) == OBJECT_BIND ? (struct bind *)handle_slot(call->host, handle) : NULL;
    bool same = slot && object_generation(&slot->object) == handle_generation(handle);
    if (same && !object_alive(&slot->object) && slot->op.kind != kind)
        same = false; /* the context of another request, which is over */
    if (!same || (object_alive(&slot->object) && slot->op.kind != kind)) {
        struct bind *bind = (struct bind *)call_resolve(call, handle, OBJECT_BIND, parameter);
        if (bind)
            call_breaks(call, unasked, handle, NDIS_STATUS_FAILURE, "the context is that of a %s",
                        operation_rows[bind->op.kind].name);
        return NULL;
    }
    enum operation_state state = operation_state(&slot->op);
    bool waits =
        object_alive(&slot->object) && (state == OPERATION_CALLING || state == OPERATION_WAITING);
    if (waits && call_is_from(call, slot->driver))
        return slot;
    enum rule_id rule = waits ? RULE_COMPLETE_FOREIGN : slot->op.answered ? unasked : once;
    call_breaks(call, rule, handle, NDIS_STATUS_FAILURE, "no %s of this driver waits here",
                operation_rows[kind].name);
    return NULL;
}

/* Completes a ProtocolBindAdapterEx that returned PENDING.
 * BindAdapterContext  as the callback got it; dead from here
 * Status   final; a failure when everything of the bind is undone already
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisCompleteBindAdapterEx; C14 */
VOID NTAPI NdisCompleteBindAdapterEx(NDIS_HANDLE BindAdapterContext, NDIS_STATUS Status)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    struct bind *bind = completed_bind(&call, BindAdapterContext, OP_BIND, RULE_BIND_COMPLETE_ONCE,
                                       RULE_BIND_COMPLETE_UNASKED, "BindAdapterContext");
    if (bind)
        operation_complete(call.host, &bind->op, OP_BIND, Status, __func__, NULL, NULL);
}

/* Completes a ProtocolUnbindAdapterEx that returned PENDING; it cannot fail.
 * UnbindContext  as the callback got it; dead from here
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisCompleteUnbindAdapterEx; C14, C104 */
VOID NTAPI NdisCompleteUnbindAdapterEx(NDIS_HANDLE UnbindContext)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    struct bind *bind = completed_bind(&call, UnbindContext, OP_UNBIND, RULE_UNBIND_COMPLETE_ONCE,
                                       RULE_UNBIND_COMPLETE_UNASKED, "UnbindContext");
    if (!bind)
        return;
    if (is_closing(bind))
        call_breaks(&call, RULE_UNBIND_EARLY, UnbindContext, NDIS_STATUS_SUCCESS,
                    "NdisCloseAdapterEx is pended still");
    operation_complete(call.host, &bind->op, OP_UNBIND, NDIS_STATUS_SUCCESS, __func__, NULL, NULL);
}
