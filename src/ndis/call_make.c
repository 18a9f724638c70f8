/* SPDX-License-Identifier: MIT */
/* Making a call: NdisClMakeCall to ProtocolClMakeCallComplete (API §8.6, §8.7). */
#include "ndis/handle.h"
#include "ndis/indication.h"
#include "ndis/party.h"
#include "ndis/report.h"
#include "ndis/watch.h"

static bool arguments_ok(const struct call *call, NDIS_HANDLE about, PCO_CALL_PARAMETERS parameters,
                         NDIS_HANDLE party_context, PNDIS_HANDLE party_handle)
{
    const char *missing = !parameters                      ? "CallParameters"
                          : party_context && !party_handle ? "NdisPartyHandle"
                                                           : NULL;
    if (missing)
        (void)call_breaks(call, RULE_ARGUMENT_NULL, about, NDIS_STATUS_INVALID_DATA, "%s is NULL",
                          missing);
    return !missing;
}

/* Checks that the VC may carry a call of this client. Caller holds the lock; released when the
 * answer is no. */
static bool may_make(const struct call *call, struct vc *vc, NDIS_HANDLE handle)
{
    if (!vc->af || !call_is_from(call, af_client(vc->af))) {
        vc_unlock(vc);
        (void)call_breaks(call, RULE_CL_NOT_OWNER, handle, NDIS_STATUS_FAILURE,
                          "the VC is another driver's");
        return false;
    }
    if (vc->creator != VC_BY_CLIENT) {
        vc_unlock(vc);
        (void)call_breaks(call, RULE_CL_MAKE_CALL_NOT_CREATOR, handle, NDIS_STATUS_FAILURE,
                          "the call manager created the VC for a call that came in");
        return false;
    }
    if (vc->told_failure && vc->call == CALL_IDLE) {
        vc_unlock(vc);
        (void)call_breaks(call, RULE_CL_INCOMING_CLOSE_VC_KEPT, handle, NDIS_STATUS_FAILURE,
                          "the last call on the VC was closed with a failure");
        return false;
    }
    const struct state_cell *cell = &vc_call_table[vc->call][CALL_CL_MAKE];
    if (cell->action != STATE_BREAKS)
        return true;
    (void)vc_refuse(call, vc, handle, cell, vc_call_names[vc->call], "make call");
    return false;
}

static NDIS_STATUS ask_to_make(const struct call *call, struct vc *vc, struct party *party,
                               NDIS_HANDLE party_handle, PCO_CALL_PARAMETERS parameters)
{
    const struct driver *cm = af_cm(vc->af);
    NDIS_HANDLE context = NULL;
    NDIS_STATUS status;
    if (operation_fails(call->host, &vc->call_op, FAULT_ProtocolCmMakeCall, &status))
        return status;
    struct watch watch = watch_parameters(call->host, parameters);
    watch_keep(&vc->call_op, &watch);
    struct visit visit = visit_begin(cm, "ProtocolCmMakeCall");
    status = af_cm_handlers(vc->af)->CmMakeCallHandler(vc->cm_context, parameters, party_handle,
                                                       &context);
    if (status == NDIS_STATUS_SUCCESS) {
        exec_lock_named(&vc->lock, "make call");
        const struct state_cell *cell = vc_activation_step(vc, VC_CM_MADE);
        vc_unlock(vc);
        if (cell->action == STATE_BREAKS)
            (void)visit_breaks(&visit, (enum rule_id)cell->rule, &vc->object, status,
                               "the handler answered SUCCESS");
        if (party && !context)
            (void)visit_breaks(&visit, RULE_CM_MAKE_CALL_CONTEXT_UNSET, &vc->object, status,
                               "*CallMgrPartyContext is still NULL");
    }
    watch_handler(&watch, &visit, RULE_PARAMETERS_CHANGED_FLAG, &vc->call_op);
    visit_end(&visit);
    /* Until operation_returned the call is ours, completed early or not. */
    if (party)
        context_from_handler(&party->cm_context, context, status);
    return operation_returned(call->host, &vc->call_op, &cm->module->owner, status);
}

/* NdisClMakeCall sets an outgoing call up on a VC that the client created.
 * CallParameters        where to and how; stay until the completion
 * ProtocolPartyContext  NULL: a point-to-point call; else a multipoint call whose first party this
 *                       is
 * NdisPartyHandle       receives the first party's handle, valid from success on; may be NULL for a
 *                       point-to-point call
 * returns               PENDING, then ProtocolClMakeCallComplete; or the final status: SUCCESS,
 *                       RESOURCES, FAILURE, what the call manager answered
 * IRQL                  <= DISPATCH_LEVEL
 * source                Learn: NdisClMakeCall */
NDIS_STATUS NTAPI NdisClMakeCall(NDIS_HANDLE NdisVcHandle, PCO_CALL_PARAMETERS CallParameters,
                                 NDIS_HANDLE ProtocolPartyContext, PNDIS_HANDLE NdisPartyHandle)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    if (!arguments_ok(&call, NdisVcHandle, CallParameters, ProtocolPartyContext, NdisPartyHandle))
        return NDIS_STATUS_INVALID_DATA;
    struct vc *vc = vc_lock(&call, NdisVcHandle);
    if (!vc)
        return NDIS_STATUS_FAILURE;
    if (!may_make(&call, vc, NdisVcHandle))
        return NDIS_STATUS_FAILURE;
    if (nt_fault(FAULT_NdisClMakeCall)) {
        vc_unlock(vc);
        return nt_fault_status(FAULT_NdisClMakeCall);
    }
    struct party *party = NULL;
    if (ProtocolPartyContext) {
        party = party_new(vc, ProtocolPartyContext);
        if (!party) {
            vc_unlock(vc);
            return NDIS_STATUS_RESOURCES;
        }
    }
    vc_call_step(vc, CALL_CL_MAKE);
    vc->multipoint = party != NULL;
    vc->call_party = party;
    NDIS_HANDLE party_handle = NULL;
    if (party) {
        party_handle = party_publish(party);
        object_mark(&party->object, MARK_CREATED, OP_MAKE_CALL);
    }
    operation_begin(&vc->call_op, OP_MAKE_CALL, CallParameters);
    vc_unlock(vc);
    if (NdisPartyHandle)
        *NdisPartyHandle = party_handle;
    NDIS_STATUS status = ask_to_make(&call, vc, party, party_handle, CallParameters);
    if (status != NDIS_STATUS_SUCCESS && status != NDIS_STATUS_PENDING && NdisPartyHandle)
        *NdisPartyHandle = NULL;
    return status;
}

/* What the client must be told in its own time: other threads of the call manager wait for it. */
struct made {
    NDIS_STATUS status;
    NDIS_HANDLE context;
    NDIS_HANDLE vc_handle;
    struct party *party;
    NDIS_HANDLE party_handle;
    PCO_CALL_PARAMETERS parameters;
    const struct driver *client;
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers;
};

/* Applies the outcome to VC and party. */
static struct made settle(struct host *host, struct vc *vc, struct operation *op)
{
    struct made made;
    exec_lock_named(&vc->lock, "make call");
    struct party *party = vc->call_party;
    made.status = op->status;
    made.context = vc->client_context;
    made.parameters = op->parameters;
    made.vc_handle = handle_of(host, &vc->object);
    made.party = party;
    made.party_handle = NULL;
    made.client = af_client(vc->af);
    made.handlers = af_client_handlers(vc->af);
    operation_end(op);
    vc->call_party = NULL;
    bool stands = made.status == NDIS_STATUS_SUCCESS;
    vc_call_step(vc, stands ? CALL_MADE : CALL_MAKE_FAILED);
    if (stands) {
        vc->telling = true;
        vc->activation_known = vc->activation_count;
    } else {
        vc->multipoint = false;
    }
    if (party && stands) {
        made.party_handle = handle_of(host, &party->object);
        party_joined(party);
    } else if (party) {
        party_step(party, PARTY_ADD_FAILED);
    }
    vc_unlock(vc);
    return made;
}

void operation_end_MAKE_CALL(struct host *host, struct operation *op, bool told)
{
    struct vc *vc = (struct vc *)operation_object(op);
    struct made made = settle(host, vc, op);
    if (told) {
        struct visit visit = visit_begin(made.client, "ProtocolClMakeCallComplete");
        made.handlers->ClMakeCallCompleteHandler(made.status, made.context, made.party_handle,
                                                 made.parameters);
        visit_end(&visit);
    }
    if (made.status != NDIS_STATUS_SUCCESS)
        return;
    if (made.party_handle)
        party_told(host, vc, made.party, made.party_handle);
    vc_told(host, made.vc_handle);
}

/* What a completion is judged by, as it was under the lock. */
struct making {
    bool now; /* a call is being made */
    bool multipoint;
    bool party_fits;
    const char *activation;
    const struct state_cell *made;
};

static struct making look(struct host *host, struct vc *vc, NDIS_HANDLE party_handle)
{
    exec_lock_named(&vc->lock, "make call complete");
    const struct party *party = vc->call_party;
    struct making making = {
        .now = vc->call == CALL_MAKING,
        .multipoint = vc->multipoint,
        .party_fits = !party || party_handle == handle_of(host, &party->object),
        .activation = vc_activation_names[vc->activation],
        .made = &vc_activation_table[vc->activation][VC_CM_MADE],
    };
    vc_unlock(vc);
    return making;
}

/* The arguments fit the call (C16) and the VC is active (C50). Reports what does not. */
static void check_made(const struct call *call, const struct making *making, NDIS_STATUS status,
                       NDIS_HANDLE vc_handle, NDIS_HANDLE party_handle, NDIS_HANDLE context)
{
    if (!making->multipoint && (party_handle || context))
        (void)call_breaks(call, RULE_CM_POINT_CALL_HAS_NO_PARTY, vc_handle, status,
                          "the call was made without a party");
    if (making->multipoint && status == NDIS_STATUS_SUCCESS && !context)
        (void)call_breaks(call, RULE_CM_MULTIPOINT_NEEDS_CONTEXT, vc_handle, status,
                          "CallMgrPartyContext is NULL");
    if (!making->party_fits)
        (void)call_breaks(call, RULE_COMPLETE_WRONG_HANDLE, party_handle, status,
                          "NdisPartyHandle is not the one of ProtocolCmMakeCall");
    if (status == NDIS_STATUS_SUCCESS && making->made->action == STATE_BREAKS)
        (void)call_breaks(call, (enum rule_id)making->made->rule, vc_handle, status, "the VC is %s",
                          making->activation);
}

static void make_call_complete(enum edge edge, const char *function, NDIS_STATUS Status,
                               NDIS_HANDLE NdisVcHandle, NDIS_HANDLE NdisPartyHandle,
                               NDIS_HANDLE CallMgrPartyContext, PCO_CALL_PARAMETERS CallParameters)
{
    struct call call = edge_begin(edge, function);
    struct vc *vc = (struct vc *)operation_resolve(&call, NdisVcHandle, OBJECT_VC, "NdisVcHandle",
                                                   offsetof(struct vc, call_op), OP_MAKE_CALL);
    if (!vc || !vc_check_cm(&call, vc, edge, NdisVcHandle))
        return;
    struct making making = look(call.host, vc, NdisPartyHandle);
    if (making.now)
        check_made(&call, &making, Status, NdisVcHandle, NdisPartyHandle, CallMgrPartyContext);
    struct party_results results = {CallMgrPartyContext, CallParameters};
    (void)operation_complete(call.host, &vc->call_op, OP_MAKE_CALL, Status, function, party_fill,
                             &results);
}

/* NdisCmMakeCallComplete ends a call's set-up that ProtocolCmMakeCall pended, failures included.
 * NdisPartyHandle, CallMgrPartyContext
 *          of the first party of a multipoint call; both NULL for a point-to-point call
 * effects  SUCCESS: only with the VC active. Failure: the party handle is dead at the call
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisCmMakeCallComplete */
VOID NTAPI NdisCmMakeCallComplete(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                  NDIS_HANDLE NdisPartyHandle, NDIS_HANDLE CallMgrPartyContext,
                                  PCO_CALL_PARAMETERS CallParameters)
{
    make_call_complete(EDGE_STAND_ALONE, "NdisCmMakeCallComplete", Status, NdisVcHandle,
                       NdisPartyHandle, CallMgrPartyContext, CallParameters);
}

/* The same for a miniport call manager. source: Learn: NdisMCmMakeCallComplete */
VOID NTAPI NdisMCmMakeCallComplete(NDIS_STATUS Status, NDIS_HANDLE NdisVcHandle,
                                   NDIS_HANDLE NdisPartyHandle, NDIS_HANDLE CallMgrPartyContext,
                                   PCO_CALL_PARAMETERS CallParameters)
{
    make_call_complete(EDGE_INTEGRATED, "NdisMCmMakeCallComplete", Status, NdisVcHandle,
                       NdisPartyHandle, CallMgrPartyContext, CallParameters);
}
