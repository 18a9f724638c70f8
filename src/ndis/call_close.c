/* SPDX-License-Identifier: MIT */
/* Closing a call, by the client or by the other end (API §8.10). */
#include "ndis/handle.h"
#include "ndis/indication.h"
#include "ndis/party.h"
#include "ndis/report.h"
#include "ndis/watch.h"

/* ---- by the client ----------------------------------------------------------------------- */

/* A refusal: the rule and what was seen. RULE_NONE: go on. */
struct refusal {
    enum rule_id rule;
    const char *why;
};

/* Whether the party argument fits the call (C85, C86, C91). Caller holds the lock. */
static struct refusal party_refusal(const struct vc *vc, NDIS_HANDLE party_handle,
                                    const struct party *party)
{
    if (!vc->multipoint)
        return party_handle ? (struct refusal){RULE_CL_CLOSE_POINT_PARTY,
                                               "the call was made without a party"}
                            : (struct refusal){RULE_NONE, NULL};
    if (!party_handle)
        return (struct refusal){RULE_CL_CLOSE_NEEDS_PARTY, "the call is a multipoint call"};
    if (!party || party->vc != vc || !handle_still_names(party_handle, &party->object))
        return (struct refusal){RULE_PARTY_NOT_ON_VC, "the party is not one of this call"};
    const struct state_cell *cell = &party_table[party->state][PARTY_CL_CLOSE];
    if (cell->action == STATE_BREAKS)
        return (struct refusal){(enum rule_id)cell->rule, party_state_names[party->state]};
    if (vc->party_count != 1 && !party->incoming_drop &&
        vc->told_party_count == vc->party_count - 1)
        return (struct refusal){RULE_CL_INCOMING_DROP_UNANSWERED,
                                "the others left, and were not dropped"};
    if (vc->party_count != 1)
        return (struct refusal){RULE_CL_CLOSE_LAST_PARTY, "other parties are still on the call"};
    return (struct refusal){RULE_NONE, NULL};
}

static struct refusal close_refusal(const struct call *call, const struct vc *vc,
                                    NDIS_HANDLE party_handle, const struct party *party)
{
    if (!vc->af || !call_is_from(call, af_client(vc->af)))
        return (struct refusal){RULE_CL_NOT_OWNER, "the VC is another driver's"};
    const struct state_cell *cell = &vc_call_table[vc->call][CALL_CL_CLOSE];
    if (cell->action == STATE_BREAKS) {
        bool make_failed =
            vc->call == CALL_IDLE && vc->creator == VC_BY_CLIENT &&
            atomic_load_explicit(&vc->call_op.kind, memory_order_relaxed) == OP_MAKE_CALL;
        bool withdrawn = vc->call == CALL_IDLE && vc->withdrawn;
        return (struct refusal){make_failed ? RULE_CL_CLOSE_FAILED_CALL
                                : withdrawn ? RULE_CL_VC_NOT_OFFERED
                                            : (enum rule_id)cell->rule,
                                vc_call_names[vc->call]};
    }
    if (atomic_load(&vc->sends_out))
        return (struct refusal){RULE_CL_CLOSE_SENDS_BACK, "sends have not come back"};
    return party_refusal(vc, party_handle, party);
}

static NDIS_STATUS ask_to_close(const struct call *call, struct vc *vc, NDIS_HANDLE party_context,
                                PVOID data, UINT size)
{
    const struct driver *cm = af_cm(vc->af);
    struct visit visit = visit_begin(cm, "ProtocolCmCloseCall");
    visit_gives(&visit, vc->cm_context, RULE_CONTEXT_FREED_EARLY, &vc->object);
    visit_gives(&visit, party_context, RULE_CONTEXT_FREED_EARLY, &vc->object);
    NDIS_STATUS status =
        af_cm_handlers(vc->af)->CmCloseCallHandler(vc->cm_context, party_context, data, size);
    if (status == NDIS_STATUS_SUCCESS) {
        exec_lock_named(&vc->lock, "close call");
        uint8_t activation = vc->activation;
        vc_unlock(vc);
        const struct state_cell *cell = &vc_activation_table[activation][VC_CM_CLOSED];
        if (cell->action == STATE_BREAKS)
            (void)visit_breaks(&visit, (enum rule_id)cell->rule, &vc->object, status,
                               "the VC is %s", vc_activation_names[activation]);
    }
    visit_end(&visit);
    /* Until operation_returned the VC stays: its close is at most completed early. */
    if (status == NDIS_STATUS_PENDING)
        atomic_store_explicit(&vc->close_pended, exec_moment_pass(call->task),
                              memory_order_release);
    return operation_returned(call->host, &vc->call_op, &cm->module->owner, status);
}

/* NdisClCloseCall ends a call, and with it the last party of a multipoint one.
 * NdisPartyHandle  the last party; NULL for a point-to-point call; dead at the call
 * Buffer, Size     close data for the other end, or NULL and 0; stays until the completion
 * returns          PENDING, then ProtocolClCloseCallComplete; or the final status: SUCCESS,
 *                  INVALID_DATA (no close data on this medium), FAILURE when it may not be closed
 * IRQL             <= DISPATCH_LEVEL
 * source           Learn: NdisClCloseCall */
NDIS_STATUS NTAPI NdisClCloseCall(NDIS_HANDLE NdisVcHandle, NDIS_HANDLE NdisPartyHandle,
                                  PVOID Buffer, UINT Size)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    if (!close_data_ok(&call, NdisVcHandle, Buffer, Size))
        return NDIS_STATUS_INVALID_PARAMETER;
    struct party *party = NULL;
    if (NdisPartyHandle) {
        party =
            (struct party *)call_resolve(&call, NdisPartyHandle, OBJECT_PARTY, "NdisPartyHandle");
        if (!party)
            return NDIS_STATUS_FAILURE;
    }
    struct vc *vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return NDIS_STATUS_FAILURE;
    struct refusal refusal = close_refusal(&call, vc, NdisPartyHandle, party);
    if (refusal.rule != RULE_NONE) {
        NDIS_HANDLE about = NdisPartyHandle ? NdisPartyHandle : NdisVcHandle;
        vc_unlock(vc);
        return call_breaks(&call, refusal.rule, about, NDIS_STATUS_FAILURE, "%s", refusal.why);
    }
    vc->call_op.before = vc->call;
    atomic_store_explicit(&vc->close_pended, 0, memory_order_relaxed);
    vc_call_step(vc, CALL_CL_CLOSE);
    vc->call_party = party;
    NDIS_HANDLE party_context = NULL;
    if (party) {
        party_step(party, PARTY_CL_CLOSE);
        party_context = party->cm_context;
    }
    operation_begin(&vc->call_op, OP_CLOSE_CALL, Buffer);
    struct watch watch = watch_data(call.host, Buffer, Size);
    watch_keep(&vc->call_op, &watch);
    vc_unlock(vc);
    return ask_to_close(&call, vc, party_context, Buffer, Size);
}

void operation_end_CLOSE_CALL(struct host *host, struct operation *op, bool told)
{
    struct vc *vc = (struct vc *)operation_object(op);
    exec_lock_named(&vc->lock, "close call");
    NDIS_STATUS status = op->status;
    bool closed = status == NDIS_STATUS_SUCCESS;
    struct party *party = vc->call_party;
    NDIS_HANDLE context = vc->client_context;
    NDIS_HANDLE party_context = party ? party->client_context : NULL;
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    operation_end(op);
    vc->call_party = NULL;
    vc_call_step(vc, closed ? CALL_CLOSED : CALL_CLOSE_FAILED);
    if (party)
        party_step(party, closed ? PARTY_CLOSED : PARTY_CLOSE_FAILED);
    if (closed) {
        vc->multipoint = false;
        vc->withdrawn = vc->creator != VC_BY_CLIENT;
    }
    /* Until the client's handler has returned its creator's delete waits, so the VC stays. */
    bool hold = told && closed && vc->creator != VC_BY_CLIENT;
    vc->close_answered = hold;
    vc_unlock(vc);
    if (!told)
        return;
    struct visit visit = visit_begin(client, "ProtocolClCloseCallComplete");
    visit_gives(&visit, context, RULE_CL_CLOSE_FREED_EARLY, &vc->object);
    visit_gives(&visit, party_context, RULE_CL_CLOSE_FREED_EARLY, &vc->object);
    handlers->ClCloseCallCompleteHandler(status, context, party_context);
    visit_end(&visit);
    if (!hold)
        return;
    exec_lock_named(&vc->lock, "close call told");
    bool gone = vc->delete_wanted;
    vc->close_answered = false;
    vc_unlock(vc);
    if (gone)
        vc_delete_after_close(host, vc);
}

/* From here on the call manager may delete a VC of its own, whenever the client gets to hear. */
static void close_answered(struct vc *vc)
{
    exec_lock_named(&vc->lock, "close call");
    vc->close_answered = vc->creator != VC_BY_CLIENT;
    vc_unlock(vc);
}

static void close_call_complete(enum edge edge, const char *function, NDIS_STATUS Status,
                                NDIS_HANDLE NdisVcHandle, NDIS_HANDLE NdisPartyHandle)
{
    struct call call = edge_begin(edge, function);
    struct vc *vc = (struct vc *)operation_resolve(&call, NdisVcHandle, OBJECT_VC, "NdisVcHandle",
                                                   offsetof(struct vc, call_op), OP_CLOSE_CALL);
    if (!vc || !vc_check_cm(&call, vc, edge, NdisVcHandle))
        return;
    exec_lock_named(&vc->lock, function);
    bool closing = vc->call == CALL_CLOSING;
    const struct party *party = vc->call_party;
    bool fits = NdisPartyHandle == (party ? handle_of(call.host, &party->object) : NULL);
    enum vc_activation activation = (enum vc_activation)vc->activation;
    vc_unlock(vc);
    if (closing) {
        if (!fits)
            (void)call_breaks(&call, RULE_COMPLETE_WRONG_HANDLE, NdisPartyHandle, Status,
                              "NdisPartyHandle is not the one that is being closed");
        const struct state_cell *cell = &vc_activation_table[activation][VC_CM_CLOSED];
        if (Status == NDIS_STATUS_SUCCESS && cell->action == STATE_BREAKS)
            (void)call_breaks(&call, (enum rule_id)cell->rule, NdisVcHandle, Status, "the VC is %s",
                              vc_activation_names[activation]);
        if (Status == NDIS_STATUS_SUCCESS)
            close_answered(vc);
    }
    (void)operation_complete(call.host, &vc->call_op, OP_CLOSE_CALL, Status, function, NULL, NULL);
}

/* NdisCmCloseCallComplete ends a close that ProtocolCmCloseCall pended.
 * NdisPartyHandle  the last party of a multipoint call; NULL otherwise
 * effects          SUCCESS: the VC is deactivated by now, and the party handle dead at the call
 * IRQL             <= DISPATCH_LEVEL
 * source           Learn: NdisCmCloseCallComplete; API §10, K3 */
VOID NTAPI NdisCmCloseCallComplete(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                   NDIS_HANDLE NdisPartyHandle)
{
    close_call_complete(EDGE_STAND_ALONE, "NdisCmCloseCallComplete", Status, NdisVcHandle,
                        NdisPartyHandle);
}

/* The same for a miniport call manager. source: Learn: NdisMCmCloseCallComplete */
VOID NTAPI NdisMCmCloseCallComplete(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                    NDIS_HANDLE NdisPartyHandle)
{
    close_call_complete(EDGE_INTEGRATED, "NdisMCmCloseCallComplete", Status, NdisVcHandle,
                        NdisPartyHandle);
}

/* ---- by the other end -------------------------------------------------------------------- */

static void tell_of_close(const struct driver *client,
                          const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers, NDIS_HANDLE context,
                          NDIS_STATUS status, PVOID data, UINT size)
{
    struct visit visit = visit_begin(client, "ProtocolClIncomingCloseCall");
    handlers->ClIncomingCloseCallHandler(status, context, data, size);
    visit_end(&visit);
}

void vc_told(struct host *host, NDIS_HANDLE NdisVcHandle)
{
    struct vc *vc = (struct vc *)handle_resolve(host, NdisVcHandle, OBJECT_VC, NULL);
    if (!vc)
        return;
    exec_lock_named(&vc->lock, "call told");
    if (!handle_still_names(NdisVcHandle, &vc->object)) {
        vc_unlock(vc);
        return;
    }
    vc->telling = false;
    struct indication *waiting = vc->deferred;
    vc->deferred = NULL;
    bool tell = waiting && vc->call == CALL_CONNECTED;
    if (tell) {
        vc_call_step(vc, CALL_CM_INCOMING_CLOSE);
        vc->told_failure = waiting->status != NDIS_STATUS_SUCCESS;
        object_mark(&vc->object, MARK_TOLD, 0);
    }
    NDIS_HANDLE context = vc->client_context;
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    vc_unlock(vc);
    if (tell)
        tell_of_close(client, handlers, context, waiting->status, indication_data(waiting),
                      waiting->size);
    indication_free(waiting);
}

/* What is to be done with an incoming close. Caller holds the lock. */
enum incoming_close {
    CLOSE_TELL,
    CLOSE_LATER,   /* the client has not heard yet that the call stands */
    CLOSE_CROSSED, /* the client is closing at this moment: that is the answer */
    CLOSE_REFUSED,
};

static enum incoming_close judge_incoming_close(const struct vc *vc, uint64_t since)
{
    if (vc->deferred)
        return CLOSE_REFUSED;
    if (vc->telling && vc->call == CALL_CONNECTED)
        return CLOSE_LATER;
    if (vc->call == CALL_MAKING && vc_settled_untold(&vc->call_op, OP_MAKE_CALL))
        return CLOSE_LATER;
    if (vc_close_crosses(vc, since))
        return CLOSE_CROSSED;
    return vc_call_table[vc->call][CALL_CM_INCOMING_CLOSE].action == STATE_GO ? CLOSE_TELL
                                                                              : CLOSE_REFUSED;
}

static void dispatch_incoming_close(enum edge edge, const char *function, NDIS_STATUS CloseStatus,
                                    NDIS_HANDLE NdisVcHandle, PVOID Buffer, UINT Size)
{
    struct call call = edge_begin(edge, function);
    if (!close_data_ok(&call, NdisVcHandle, Buffer, Size))
        return;
    struct vc *vc = (struct vc *)call_resolve(&call, NdisVcHandle, OBJECT_VC, "NdisVcHandle");
    if (!vc || !vc_check_cm(&call, vc, edge, NdisVcHandle))
        return;
    vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return;
    enum incoming_close judgement = judge_incoming_close(vc, call.task->since);
    if (judgement == CLOSE_REFUSED) {
        const struct state_cell *cell = &vc_call_table[vc->call][CALL_CM_INCOMING_CLOSE];
        static const struct state_cell twice = BREAKS(CM_INCOMING_CLOSE_TWICE, FAILURE);
        static const struct state_cell rejected = BREAKS(CM_REJECTED_CLOSED, FAILURE);
        if (vc_was_rejected(vc))
            cell = &rejected;
        (void)vc_refuse(&call, vc, NdisVcHandle, cell->action == STATE_GO ? &twice : cell,
                        vc_call_names[vc->call], "incoming close");
        return;
    }
    NDIS_HANDLE context = vc->client_context;
    const struct driver *client = af_client(vc->af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(vc->af);
    if (judgement == CLOSE_TELL) {
        vc_call_step(vc, CALL_CM_INCOMING_CLOSE);
        vc->told_failure = CloseStatus != NDIS_STATUS_SUCCESS;
        object_mark(&vc->object, MARK_TOLD, 0);
    } else if (judgement == CLOSE_LATER) {
        vc->deferred = indication_new(CloseStatus, Buffer, Size);
    }
    vc_unlock(vc);
    if (judgement != CLOSE_TELL)
        return;
    struct watch watch = watch_data(call.host, Buffer, Size);
    tell_of_close(client, handlers, context, CloseStatus, Buffer, Size);
    if (watch_changed(&watch))
        (void)call_breaks(&call, RULE_CLOSE_DATA_CHANGED, NdisVcHandle, CloseStatus,
                          "the close data changed while the client was told");
}

/* NdisCmDispatchIncomingCloseCall tells a client that the other end, or the network, ended its
 * call.
 * CloseStatus   SUCCESS: an ordinary release; else what failed
 * Buffer, Size  the other end's close data, or NULL and 0; valid until the function returns
 * effects       ProtocolClIncomingCloseCall, which leads to one NdisClCloseCall; nothing when the
 *               client closes the call at this moment
 * IRQL          <= DISPATCH_LEVEL
 * source        Learn: NdisCmDispatchIncomingCloseCall */
VOID NTAPI NdisCmDispatchIncomingCloseCall(NDIS_STATUS CloseStatus, NDIS_HANDLE NdisVcHandle,
                                           PVOID Buffer, UINT Size)
{
    dispatch_incoming_close(EDGE_STAND_ALONE, "NdisCmDispatchIncomingCloseCall", CloseStatus,
                            NdisVcHandle, Buffer, Size);
}

/* The same for a miniport call manager. source: Learn: NdisMCmDispatchIncomingCloseCall */
VOID NTAPI NdisMCmDispatchIncomingCloseCall(NDIS_STATUS CloseStatus, NDIS_HANDLE NdisVcHandle,
                                            PVOID Buffer, UINT Size)
{
    dispatch_incoming_close(EDGE_INTEGRATED, "NdisMCmDispatchIncomingCloseCall", CloseStatus,
                            NdisVcHandle, Buffer, Size);
}
