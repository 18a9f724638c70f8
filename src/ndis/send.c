/* SPDX-License-Identifier: MIT */
/* Sending on a VC: from a client or call manager to the miniport and back (API §8.15). Lists are
 * handed on as they are: nothing is copied, nothing allocated. */
#include "ndis/handle.h"
#include "ndis/netbufferlist.h"
#include "ndis/report.h"
#include "ndis/vc.h"
#include "nt/fault.h"

/* A chain of lists that grows at its end. */
struct chain {
    PNET_BUFFER_LIST first;
    PNET_BUFFER_LIST *end;
    uint32_t count;
};

static void chain_add(struct chain *chain, PNET_BUFFER_LIST nbl)
{
    if (!chain->first)
        chain->end = &chain->first;
    *chain->end = nbl;
    chain->end = &NET_BUFFER_LIST_NEXT_NBL(nbl);
    NET_BUFFER_LIST_NEXT_NBL(nbl) = NULL;
    chain->count++;
}

static void trace_lists(const struct call *call, enum trace_kind kind, const struct vc *vc,
                        uint32_t count)
{
    if (__builtin_expect(!trace_on(call->host->trace), 1))
        return;
    struct trace_event event = report_event(call->host, kind, &vc->object);
    event.flags = TRACE_HAS_ARG0;
    event.arg[0] = count;
    event.what = call->function;
    event.source = "API 8.15";
    trace_emit(call->host->trace, &event);
}

static void check_dispatch_flag(const struct call *call, NDIS_HANDLE handle, bool flag)
{
    if (__builtin_expect(flag && call->task->irql != DISPATCH_LEVEL, 0))
        (void)call_breaks(call, RULE_DISPATCH_FLAG_WRONG, handle, NDIS_STATUS_SUCCESS,
                          "the DISPATCH_LEVEL flag is set at IRQL %u", call->task->irql);
}

/* Who sent on a VC and hears of the end: its client, or its call manager. */
struct sender {
    const struct driver *driver;
    NDIS_HANDLE context;
    CO_SEND_NET_BUFFER_LISTS_COMPLETE_HANDLER complete;
};

static struct sender client_of(const struct vc *vc)
{
    const struct binding *b = vc->af->binding;
    return (struct sender){b->driver, vc->client_context,
                           b->handlers->co_protocol.CoSendNetBufferListsCompleteHandler};
}

static struct sender call_manager_of(const struct vc *vc)
{
    const struct binding *b = vc->af ? vc->af->call_manager : vc->creator_binding;
    return (struct sender){b->driver, vc->cm_context,
                           b->handlers->co_protocol.CoSendNetBufferListsCompleteHandler};
}

static void give_back(const struct sender *sender, struct chain *lists, ULONG flags)
{
    if (!lists->first)
        return;
    assert(sender->driver);
    struct visit visit = visit_begin(sender->driver, "ProtocolCoSendNetBufferListsComplete");
    sender->complete(sender->context, lists->first, flags);
    visit_end(&visit);
}

/* Refuses a whole send: every list that is the sender's comes back with the status. */
static void refuse(const struct sender *sender, PNET_BUFFER_LIST lists, NDIS_STATUS status)
{
    struct chain back = {0};
    PNET_BUFFER_LIST next;
    for (PNET_BUFFER_LIST nbl = lists; nbl; nbl = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(nbl);
        NET_BUFFER_LIST_STATUS(nbl) = status;
        chain_add(&back, nbl);
    }
    give_back(sender, &back, 0);
}

/* Whether the caller may send on the VC now, and who it is. Caller holds the lock; released when
 * the answer is no, in which case the rule, if one was broken, is reported. */
static bool may_send(const struct call *call, struct vc *vc, NDIS_HANDLE handle,
                     struct sender *sender, NDIS_STATUS *status)
{
    bool by_client = vc->af && call_is_from(call, af_client(vc->af));
    bool integrated = vc_is_integrated(vc);
    *status = NDIS_STATUS_FAILURE;
    sender->driver = NULL;
    if (!by_client && (integrated || !call_is_from(call, vc_cm(vc)))) {
        enum rule_id rule = integrated && call_is_from(call, vc->adapter->driver)
                                ? RULE_MCM_USES_NDISCO
                                : RULE_CL_NOT_OWNER;
        vc_unlock(vc);
        (void)call_breaks(call, rule, handle, *status, "the VC is not the caller's to send on");
        return false;
    }
    *sender = by_client ? client_of(vc) : call_manager_of(vc);
    const struct state_cell *cell = &vc_activation_table[vc->activation][VC_SEND];
    const char *state = vc_activation_names[vc->activation];
    if (by_client && vc_call_table[vc->call][CALL_CL_SEND].action != STATE_GO) {
        static const struct state_cell closed = BREAKS(CL_SEND_AFTER_CLOSE, CLOSING);
        cell = vc_was_closed(vc) ? &closed : &vc_call_table[vc->call][CALL_CL_SEND];
        state = vc_call_names[vc->call];
    }
    if (cell->action != STATE_GO) {
        *status = vc_refuse(call, vc, handle, cell, state, "send");
        return false;
    }
    return true;
}

/* Judges each list; those that may go on are counted on the VC. */
static struct chain judge(const struct call *call, struct vc *vc, NDIS_HANDLE handle,
                          const struct sender *sender, PNET_BUFFER_LIST lists)
{
    struct chain good = {0};
    struct chain bad = {0};
    PNET_BUFFER_LIST next;
    struct nt_owner *miniport = &vc->adapter->driver->module->owner;
    for (PNET_BUFFER_LIST nbl = lists; nbl; nbl = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(nbl);
        if (__builtin_expect(nbl_check_send(call, nbl, handle, vc, miniport), 1)) {
            chain_add(&good, nbl);
        } else if (nbl_state(nbl) == NBL_STATE_FOREIGN) {
            NET_BUFFER_LIST_STATUS(nbl) = NDIS_STATUS_FAILURE;
            chain_add(&bad, nbl);
        }
    }
    give_back(sender, &bad, 0);
    return good;
}

/* NdisCoSendNetBufferLists sends lists on a VC.
 * NetBufferLists  move to NDIS until ProtocolCoSendNetBufferListsComplete, which always comes
 * SendFlags       NDIS_SEND_FLAGS_DISPATCH_LEVEL only at that level
 * IRQL            <= DISPATCH_LEVEL
 * source          Learn: NdisCoSendNetBufferLists */
VOID NTAPI NdisCoSendNetBufferLists(NDIS_HANDLE NdisVcHandle, PNET_BUFFER_LIST NetBufferLists,
                                    ULONG SendFlags)
{
    struct call call = call_begin(__func__, RULE_Irql_Connection_Function, LEVEL_UP_TO_DISPATCH);
    check_dispatch_flag(&call, NdisVcHandle, (SendFlags & NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0);
    struct vc *vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return;
    struct sender sender;
    NDIS_STATUS status;
    if (!may_send(&call, vc, NdisVcHandle, &sender, &status)) {
        if (sender.driver)
            refuse(&sender, NetBufferLists, status);
        return;
    }
    if (nt_fault(FAULT_NdisCoSendNetBufferLists)) {
        vc_unlock(vc);
        refuse(&sender, NetBufferLists, nt_fault_status(FAULT_NdisCoSendNetBufferLists));
        return;
    }
    /* Counted before the lock goes, so that a close of this client sees the send. */
    atomic_fetch_add(&vc->sends_out, 1);
    vc_unlock(vc);
    struct chain lists = judge(&call, vc, NdisVcHandle, &sender, NetBufferLists);
    if (!lists.first) {
        atomic_fetch_sub(&vc->sends_out, 1);
        return;
    }
    atomic_fetch_add(&vc->sends_out, lists.count - 1);
    trace_lists(&call, TRACE_SEND, vc, lists.count);
    const struct driver *miniport = vc->adapter->driver;
    struct visit visit = visit_begin(miniport, "MiniportCoSendNetBufferLists");
    miniport->handlers.co_miniport.CoSendNetBufferListsHandler(vc->miniport_context, lists.first,
                                                               SendFlags);
    visit_end(&visit);
}

/* NdisMCoSendNetBufferListsComplete gives sent lists back to whoever sent them.
 * NetBufferLists  move from the miniport to their senders; each with its Status
 * IRQL            <= DISPATCH_LEVEL
 * source          Learn: NdisMCoSendNetBufferListsComplete */
VOID NTAPI NdisMCoSendNetBufferListsComplete(NDIS_HANDLE NdisVcHandle,
                                             PNET_BUFFER_LIST NetBufferLists,
                                             ULONG SendCompleteFlags)
{
    struct call call = call_begin(__func__, RULE_Irql_MCO_Function, LEVEL_UP_TO_DISPATCH);
    check_dispatch_flag(&call, NdisVcHandle,
                        (SendCompleteFlags & NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL) != 0);
    struct vc *vc = (struct vc *)call_resolve(&call, NdisVcHandle, OBJECT_VC, "NdisVcHandle");
    if (!vc)
        return;
    if (!call_is_from(&call, vc->adapter->driver)) {
        (void)call_breaks(&call, RULE_MCO_NOT_OWN_VC, NdisVcHandle, NDIS_STATUS_FAILURE,
                          "the VC lives on an adapter of %s", vc->adapter->driver->module->name);
        return;
    }
    const struct nt_owner *client = vc->af ? &af_client(vc->af)->module->owner : NULL;
    struct chain to_client = {0};
    struct chain to_call_manager = {0};
    PNET_BUFFER_LIST next;
    for (PNET_BUFFER_LIST nbl = NetBufferLists; nbl; nbl = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(nbl);
        if (!nbl_check_complete(&call, nbl, NdisVcHandle, vc))
            continue;
        bool by_client = vc->af && (vc_is_integrated(vc) || nbl_allocator(nbl) == client);
        chain_add(by_client ? &to_client : &to_call_manager, nbl);
    }
    uint32_t count = to_client.count + to_call_manager.count;
    if (!count)
        return;
    trace_lists(&call, TRACE_SEND_COMPLETE, vc, count);
    struct sender first = vc->af ? client_of(vc) : (struct sender){0};
    struct sender second = to_call_manager.first ? call_manager_of(vc) : (struct sender){0};
    /* The sender may close the call when it hears: the VC is not touched afterwards. */
    atomic_fetch_sub(&vc->sends_out, count);
    give_back(&first, &to_client, SendCompleteFlags);
    give_back(&second, &to_call_manager, SendCompleteFlags);
}

/* NdisCancelSendNetBufferLists asks the miniport to give back sends that carry a cancel id.
 * IRQL    <= DISPATCH_LEVEL
 * source  Learn: NdisCancelSendNetBufferLists */
VOID NTAPI NdisCancelSendNetBufferLists(NDIS_HANDLE NdisBindingHandle, PVOID CancelId)
{
    struct call call = call_begin(__func__, RULE_Irql_SendRcv_Function, LEVEL_UP_TO_DISPATCH);
    struct binding *binding = (struct binding *)call_resolve(&call, NdisBindingHandle,
                                                             OBJECT_BINDING, "NdisBindingHandle");
    if (!binding)
        return;
    const struct driver *miniport = binding->adapter->driver;
    if (!miniport->miniport.CancelSendHandler)
        return;
    struct visit visit = visit_begin(miniport, "MiniportCancelSend");
    miniport->miniport.CancelSendHandler(binding->adapter->context, CancelId);
    visit_end(&visit);
}
