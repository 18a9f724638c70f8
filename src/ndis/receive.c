/* SPDX-License-Identifier: MIT */
/* Receiving on a VC: from the miniport to the client or call manager and back (API §8.15). */
#include "ndis/handle.h"
#include "ndis/netbufferlist.h"
#include "ndis/report.h"
#include "ndis/vc.h"

/* Who receives on a VC: its client; on a signalling VC the call manager. */
struct receiver {
    const struct binding *binding;
    NDIS_HANDLE context;
};

static struct receiver receiver_of(const struct vc *vc)
{
    if (vc->af)
        return (struct receiver){vc->af->binding, vc->client_context};
    return (struct receiver){vc->creator_binding, vc->cm_context};
}

static void give_to_miniport(const struct adapter *adapter, PNET_BUFFER_LIST lists, ULONG flags)
{
    const struct driver *miniport = adapter->driver;
    if (!lists)
        return;
    struct visit visit = visit_begin(miniport, "MiniportReturnNetBufferLists");
    miniport->miniport.ReturnNetBufferListsHandler(adapter->context, lists, flags);
    visit_end(&visit);
}

/* Takes the lists that may go up out of a chain.
 * returns  their chain; *count how many, *seen how many there were at all */
static PNET_BUFFER_LIST judge(const struct call *call, struct vc *vc, NDIS_HANDLE handle,
                              PNET_BUFFER_LIST lists, bool resources, ULONG *count, ULONG *seen)
{
    struct nt_owner *holder =
        (struct nt_owner *)(uintptr_t)&receiver_of(vc).binding->driver->module->owner;
    PNET_BUFFER_LIST first = NULL;
    PNET_BUFFER_LIST *end = &first;
    PNET_BUFFER_LIST next;
    *count = 0;
    *seen = 0;
    for (PNET_BUFFER_LIST nbl = lists; nbl; nbl = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(nbl);
        (*seen)++;
        if (!nbl_check_indicate(call, nbl, handle, vc, resources, holder))
            continue;
        *end = nbl;
        end = &NET_BUFFER_LIST_NEXT_NBL(nbl);
        (*count)++;
    }
    *end = NULL;
    return first;
}

/* The lists of a RESOURCES indication are the miniport's again when the handler returns. */
static void take_back(PNET_BUFFER_LIST lists)
{
    for (PNET_BUFFER_LIST nbl = lists; nbl; nbl = NET_BUFFER_LIST_NEXT_NBL(nbl))
        (void)nbl_set_state(nbl, NBL_STATE_LENT, NBL_STATE_OWNED, NULL, NULL);
}

static void trace_receive(const struct call *call, enum trace_kind kind, const struct vc *vc,
                          ULONG count)
{
    if (__builtin_expect(!trace_on(call->host->trace), 1))
        return;
    struct trace_event event = report_event(call->host, kind, vc ? &vc->object : NULL);
    event.flags = TRACE_HAS_ARG0;
    event.arg[0] = count;
    event.what = call->function;
    event.source = "API 8.15";
    trace_emit(call->host->trace, &event);
}

/* Finds the VC of an indication and counts one receive on it, which holds a deactivation off.
 * returns  NULL after the report when nothing may be received: the lists go straight back */
static struct vc *begin_receive(const struct call *call, NDIS_HANDLE handle)
{
    struct vc *vc = vc_lock(call, handle);
    if (!vc)
        return NULL;
    if (!call_is_from(call, vc->adapter->driver)) {
        vc_unlock(vc);
        (void)call_breaks(call, RULE_MCO_NOT_OWN_VC, handle, NDIS_STATUS_FAILURE,
                          "the VC is not the caller's to receive on");
        return NULL;
    }
    static const struct state_cell closed = BREAKS(VC_TRANSFER_AFTER_CLOSE, CLOSING);
    const struct state_cell *cell = vc_activation_step(vc, VC_RECEIVE);
    if (cell->action == STATE_GO && vc_was_closed(vc))
        cell = &closed;
    if (cell->action == STATE_BREAKS) {
        (void)vc_refuse(call, vc, handle, cell, vc_activation_names[vc->activation], "receive");
        return NULL;
    }
    atomic_fetch_add(&vc->receives_out, 1);
    vc_unlock(vc);
    return vc;
}

/* Lists that nobody takes go back to the miniport that calls, if it asked for them back. */
static void turn_away(const struct call *call, PNET_BUFFER_LIST lists, bool resources)
{
    struct adapter *adapter = NULL;
    exec_lock(&call->host->lock);
    for (struct adapter *a = call->host->adapters; a && !adapter; a = a->next)
        if (call_is_from(call, a->driver))
            adapter = a;
    exec_unlock(&call->host->lock);
    if (adapter && !resources)
        give_to_miniport(adapter, lists, 0);
}

/* NdisMCoIndicateReceiveNetBufferLists hands received lists to the VC's client, or on a signalling
 * VC to its call manager.
 * NetBufferLists  out until MiniportReturnNetBufferLists; with NDIS_RECEIVE_FLAGS_RESOURCES only
 *                 until the function returns
 * IRQL            <= DISPATCH_LEVEL
 * source          Learn: NdisMCoIndicateReceiveNetBufferLists */
VOID NTAPI NdisMCoIndicateReceiveNetBufferLists(NDIS_HANDLE NdisVcHandle,
                                                PNET_BUFFER_LIST NetBufferLists,
                                                ULONG NumberOfNetBufferLists, ULONG CoReceiveFlags)
{
    struct call call = call_begin(__func__, RULE_Irql_MCO_Function, LEVEL_UP_TO_DISPATCH);
    bool resources = (CoReceiveFlags & NDIS_RECEIVE_FLAGS_RESOURCES) != 0;
    bool at_dispatch = (CoReceiveFlags & NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL) != 0;
    if (at_dispatch && call.task->irql != DISPATCH_LEVEL)
        (void)call_breaks(&call, RULE_DISPATCH_FLAG_WRONG, NdisVcHandle, NDIS_STATUS_SUCCESS,
                          "the DISPATCH_LEVEL flag is set at IRQL %u", call.task->irql);
    struct vc *vc = begin_receive(&call, NdisVcHandle);
    if (!vc) {
        turn_away(&call, NetBufferLists, resources);
        return;
    }
    ULONG count;
    ULONG seen;
    PNET_BUFFER_LIST lists =
        judge(&call, vc, NdisVcHandle, NetBufferLists, resources, &count, &seen);
    if (seen != NumberOfNetBufferLists)
        (void)call_breaks(&call, RULE_RECEIVE_COUNT, NdisVcHandle, NDIS_STATUS_SUCCESS,
                          "NumberOfNetBufferLists is %u, the chain has %u", NumberOfNetBufferLists,
                          seen);
    if (!resources)
        atomic_fetch_add(&vc->receives_out, count);
    if (lists) {
        struct receiver receiver = receiver_of(vc);
        trace_receive(&call, TRACE_RECEIVE, vc, count);
        struct visit visit =
            visit_begin(receiver.binding->driver, "ProtocolCoReceiveNetBufferLists");
        receiver.binding->handlers->co_protocol.CoReceiveNetBufferListsHandler(
            receiver.binding->context, receiver.context, lists, count, CoReceiveFlags);
        visit_end(&visit);
        if (resources)
            take_back(lists);
    }
    atomic_fetch_sub(&vc->receives_out, 1);
}

/* NdisReturnNetBufferLists gives received lists back to the miniport.
 * NetBufferLists  move from the protocol; each was indicated without RESOURCES
 * IRQL            <= DISPATCH_LEVEL
 * source          Learn: NdisReturnNetBufferLists */
VOID NTAPI NdisReturnNetBufferLists(NDIS_HANDLE NdisBindingHandle, PNET_BUFFER_LIST NetBufferLists,
                                    ULONG ReturnFlags)
{
    struct call call = call_begin(__func__, RULE_Irql_SendRcv_Function, LEVEL_UP_TO_DISPATCH);
    struct binding *binding = (struct binding *)call_resolve(&call, NdisBindingHandle,
                                                             OBJECT_BINDING, "NdisBindingHandle");
    if (!binding)
        return;
    if ((ReturnFlags & NDIS_RETURN_FLAGS_DISPATCH_LEVEL) && call.task->irql != DISPATCH_LEVEL)
        (void)call_breaks(&call, RULE_DISPATCH_FLAG_WRONG, NdisBindingHandle, NDIS_STATUS_SUCCESS,
                          "the DISPATCH_LEVEL flag is set at IRQL %u", call.task->irql);
    PNET_BUFFER_LIST first = NULL;
    PNET_BUFFER_LIST *end = &first;
    PNET_BUFFER_LIST next;
    ULONG count = 0;
    for (PNET_BUFFER_LIST nbl = NetBufferLists; nbl; nbl = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(nbl);
        struct vc *vc = nbl_vc(nbl);
        if (!nbl_check_return(&call, nbl))
            continue;
        /* Before the miniport has it: then it may finish the VC's deactivation at once (C57). */
        atomic_fetch_sub(&vc->receives_out, 1);
        *end = nbl;
        end = &NET_BUFFER_LIST_NEXT_NBL(nbl);
        count++;
    }
    *end = NULL;
    if (!first)
        return;
    trace_receive(&call, TRACE_RECEIVE_RETURN, NULL, count);
    give_to_miniport(binding->adapter, first, ReturnFlags);
}
