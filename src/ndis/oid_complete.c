/* SPDX-License-Identifier: MIT */
/* Completing: what a driver calls when it had pended a connection-oriented OID request. Which
 * function belongs to which callback is C19; that the arguments are the ones received, C20. */
#include "ndis/handle.h"
#include "ndis/oid_request.h"

#include <string.h>

/* Names why a request cannot be completed. */
static void not_out(const struct call *call, NDIS_HANDLE handle, NDIS_STATUS status)
{
    struct oid *slot =
        handle_kind(handle) == OBJECT_OID ? (struct oid *)handle_slot(call->host, handle) : NULL;
    if (!slot || object_generation(&slot->object) != handle_generation(handle)) {
        call_breaks(call, RULE_COMPLETE_WRONG_HANDLE, NULL, status,
                    "OidRequest is none that NDIS handed to a driver and that is still out");
        return;
    }
    enum rule_id rule = slot->op.answered ? RULE_OID_COMPLETE_AFTER_FINAL : RULE_OID_COMPLETE_ONCE;
    call_breaks(call, rule, handle, status, "the request is complete already");
}

/* Finds the request that is out for a completion. returns  NULL after the rule was reported. */
static struct oid *find_out(const struct call *call, const NDIS_OID_REQUEST *request,
                            NDIS_STATUS status)
{
    if (!request) {
        call_breaks(call, RULE_ARGUMENT_NULL, NULL, status, "OidRequest is NULL");
        return NULL;
    }
    NDIS_HANDLE handle = oid_remembered(request);
    struct oid *oid = (struct oid *)handle_resolve(call->host, handle, OBJECT_OID, NULL);
    if (!oid || oid->request != request) {
        not_out(call, handle, status);
        return NULL;
    }
    if (!call_is_from(call, oid->target)) {
        call_breaks(call, RULE_COMPLETE_FOREIGN, handle, status,
                    "the request was given to driver %s", oid->target->module->name);
        return NULL;
    }
    return oid;
}

/* The one function that completes a request, by the callback that took it. */
static const char *right_function(const struct oid *oid)
{
    if (oid->op.kind == OP_OID)
        return "NdisMOidRequestComplete";
    if (oid->op.kind == OP_MCO_OID)
        return "NdisMCoOidRequestComplete";
    bool target_is_mcm = oid->target->is_miniport;
    return target_is_mcm ? "NdisMCmOidRequestComplete" : "NdisCoOidRequestComplete";
}

/* Completes through the function called, which may be the wrong one of the family: that is
 * reported, and the request completes all the same, so that the requester does not hang on it. */
static void complete(const struct call *call, struct oid *oid, NDIS_STATUS status)
{
    const char *right = right_function(oid);
    if (strcmp(right, call->function) != 0)
        call_breaks(call, RULE_OID_COMPLETE_WRONG_FAMILY, oid->handle, status,
                    "%s belongs to the callback that took the request", right);
    operation_complete(call->host, &oid->op, (enum operation_kind)oid->op.kind, status,
                       call->function, NULL, NULL);
}

static void check_argument(const struct call *call, const struct oid *oid, NDIS_HANDLE given,
                           NDIS_HANDLE expected, const char *parameter)
{
    if (given != expected)
        call_breaks(call, RULE_OID_COMPLETE_ARGUMENTS, oid->handle, NDIS_STATUS_SUCCESS,
                    "%s is not the one of the request", parameter);
}

static void complete_co(const struct call *call, NDIS_HANDLE af, NDIS_HANDLE vc, NDIS_HANDLE party,
                        PNDIS_OID_REQUEST request, NDIS_STATUS status)
{
    struct oid *oid = find_out(call, request, status);
    if (!oid)
        return;
    if (oid->op.kind == OP_CO_OID) {
        check_argument(call, oid, af, oid->af_handle, "NdisAfHandle");
        check_argument(call, oid, party, oid->party_handle, "NdisPartyHandle");
    }
    check_argument(call, oid, vc, oid->vc_handle, "NdisVcHandle");
    complete(call, oid, status);
}

/* Completes an OID request that ProtocolCoOidRequest of a client or a stand-alone call manager
 * pended.
 * NdisAfHandle, NdisVcHandle, NdisPartyHandle, OidRequest  as received (C20)
 * Status   final
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisCoOidRequestComplete; API §2.5 */
VOID NTAPI NdisCoOidRequestComplete(NDIS_HANDLE NdisAfHandle, NDIS_HANDLE NdisVcHandle,
                                    NDIS_HANDLE NdisPartyHandle, PNDIS_OID_REQUEST OidRequest,
                                    NDIS_STATUS Status)
{
    struct call call = call_begin(__func__, RULE_Irql_Connection_Function, LEVEL_UP_TO_DISPATCH);
    complete_co(&call, NdisAfHandle, NdisVcHandle, NdisPartyHandle, OidRequest, Status);
}

/* The same for a miniport call manager.
 * source   Learn: NdisMCmOidRequestComplete; API §2.4 */
VOID NTAPI NdisMCmOidRequestComplete(NDIS_HANDLE NdisAfHandle, NDIS_HANDLE NdisVcHandle,
                                     NDIS_HANDLE NdisPartyHandle, PNDIS_OID_REQUEST OidRequest,
                                     NDIS_STATUS Status)
{
    struct call call = call_begin(__func__, RULE_Irql_MCM_Function, LEVEL_UP_TO_DISPATCH);
    complete_co(&call, NdisAfHandle, NdisVcHandle, NdisPartyHandle, OidRequest, Status);
}

/* Completes an OID request that MiniportCoOidRequest pended.
 * MiniportAdapterHandle, NdisMiniportVcHandle, Request  as received; the VC NULL when global
 * Status   final
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisMCoOidRequestComplete; API §2.6 */
VOID NTAPI NdisMCoOidRequestComplete(NDIS_HANDLE MiniportAdapterHandle,
                                     NDIS_HANDLE NdisMiniportVcHandle, PNDIS_OID_REQUEST Request,
                                     NDIS_STATUS Status)
{
    struct call call = call_begin(__func__, RULE_Irql_MCO_Function, LEVEL_UP_TO_DISPATCH);
    struct oid *oid = find_out(&call, Request, Status);
    if (!oid)
        return;
    check_argument(&call, oid, MiniportAdapterHandle, oid->adapter->handle,
                   "MiniportAdapterHandle");
    check_argument(&call, oid, NdisMiniportVcHandle, oid->vc_handle, "NdisMiniportVcHandle");
    if (oid->after_removal && Status != NDIS_STATUS_NOT_ACCEPTED)
        (void)call_breaks(&call, RULE_OID_AFTER_REMOVAL, oid->handle, Status,
                          "the device was removed before the request was made");
    complete(&call, oid, Status);
}

/* Completes an OID request that MiniportOidRequest pended.
 * MiniportAdapterHandle, OidRequest  as received
 * Status   final
 * IRQL     up to DISPATCH_LEVEL
 * source   Learn: NdisMOidRequestComplete */
VOID NTAPI NdisMOidRequestComplete(NDIS_HANDLE MiniportAdapterHandle, PNDIS_OID_REQUEST OidRequest,
                                   NDIS_STATUS Status)
{
    struct call call = call_begin(__func__, RULE_Irql_OID_Function, LEVEL_UP_TO_DISPATCH);
    struct oid *oid = find_out(&call, OidRequest, Status);
    if (!oid)
        return;
    check_argument(&call, oid, MiniportAdapterHandle, oid->adapter->handle,
                   "MiniportAdapterHandle");
    complete(&call, oid, Status);
}
