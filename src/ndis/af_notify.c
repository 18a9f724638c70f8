/* SPDX-License-Identifier: MIT */
/* Notifying: a call manager that unbinds, or halts, asks each client to close its AF (API
 * §8.14). */
#include "ndis/af_inside.h"

static NDIS_STATUS notify_close_af(enum edge edge, const char *function, NDIS_HANDLE NdisAfHandle)
{
    struct call call = call_begin(
        function, edge == EDGE_INTEGRATED ? RULE_Irql_MCM_Function : RULE_Irql_CallManager_Function,
        LEVEL_PASSIVE);
    struct af *af = (struct af *)call_resolve(&call, NdisAfHandle, OBJECT_AF, "NdisAfHandle");
    if (!af || !af_check_cm(&call, af, edge, NdisAfHandle))
        return NDIS_STATUS_FAILURE;
    if (operation_is_untold(&af->op, OP_OPEN_AF)) /* the client is about to hear that it is open */
        operation_settle_one(call.host, &af->op, OP_OPEN_AF);
    if (!af_lock(&call, af, NdisAfHandle))
        return NDIS_STATUS_FAILURE;
    const struct state_cell *cell = af_step(af, AF_CM_NOTIFY);
    if (cell->action == STATE_BREAKS)
        return af_refuse(&call, af, NdisAfHandle, cell, AF_CM_NOTIFY);
    if (operation_running(&af->notify)) {
        af_unlock(af);
        return call_breaks(&call, RULE_CM_NOTIFY_CLOSE_TWICE, NdisAfHandle, NDIS_STATUS_FAILURE,
                           "the AF was notified before");
    }
    af->notified = true;
    operation_begin(&af->notify, OP_NOTIFY_CLOSE_AF, NULL);
    const struct driver *client = af_client(af);
    if (af->state == AF_CLOSING) {
        /* The client closes it already: the notification ends when that does. */
        af->notify_by_close = true;
        NDIS_STATUS pending =
            operation_returned(call.host, &af->notify, &client->module->owner, NDIS_STATUS_PENDING);
        af_unlock(af);
        return pending;
    }
    NDIS_HANDLE context = af->client_context;
    af_unlock(af);
    struct visit visit = visit_begin(client, "ProtocolClNotifyCloseAf");
    NDIS_STATUS status = af_client_handlers(af)->ClNotifyCloseAfHandler(context);
    visit_end(&visit);
    return operation_returned(call.host, &af->notify, &client->module->owner, status);
}

void operation_end_NOTIFY_CLOSE_AF(struct host *host, struct operation *op, bool told)
{
    struct af *af = (struct af *)((char *)op - offsetof(struct af, notify));
    exec_lock_named(&af->lock, "notify close AF");
    NDIS_STATUS status = op->status;
    NDIS_HANDLE context = af->cm_context;
    const struct driver *cm = af_cm(af);
    const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS *handlers = af_cm_handlers(af);
    af->notify_by_close = false;
    operation_end(op);
    af_release_if_done(host, af);
    if (!told)
        return;
    struct visit visit = visit_begin(cm, "ProtocolCmNotifyCloseAfComplete");
    handlers->CmNotifyCloseAfCompleteHandler(context, status);
    visit_end(&visit);
}

/* NdisCmNotifyCloseAddressFamily asks the client of an open AF to close it, because the call
 * manager unbinds.
 * returns  SUCCESS: the client is done; PENDING, then ProtocolCmNotifyCloseAfComplete; FAILURE
 * IRQL     PASSIVE_LEVEL
 * source   Learn: NdisCmNotifyCloseAddressFamily */
NDIS_STATUS NTAPI NdisCmNotifyCloseAddressFamily(NDIS_HANDLE NdisAfHandle)
{
    return notify_close_af(EDGE_STAND_ALONE, "NdisCmNotifyCloseAddressFamily", NdisAfHandle);
}

/* The same for a miniport call manager that halts. source: Learn:
 * NdisMCmNotifyCloseAddressFamily */
NDIS_STATUS NTAPI NdisMCmNotifyCloseAddressFamily(NDIS_HANDLE NdisAfHandle)
{
    return notify_close_af(EDGE_INTEGRATED, "NdisMCmNotifyCloseAddressFamily", NdisAfHandle);
}

/* NdisClNotifyCloseAddressFamilyComplete ends a notification that ProtocolClNotifyCloseAf pended,
 * when the AF is closed.
 * IRQL    <= DISPATCH_LEVEL
 * source  Learn: NdisClNotifyCloseAddressFamilyComplete */
VOID NTAPI NdisClNotifyCloseAddressFamilyComplete(NDIS_HANDLE NdisAfHandle, NDIS_STATUS Status)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    struct af *af = (struct af *)operation_resolve(&call, NdisAfHandle, OBJECT_AF, "NdisAfHandle",
                                                   offsetof(struct af, notify), OP_NOTIFY_CLOSE_AF);
    if (!af || !af_check_client(&call, af, NdisAfHandle))
        return;
    if (Status == NDIS_STATUS_SUCCESS && af->state == AF_OPEN && operation_running(&af->notify))
        (void)call_breaks(&call, RULE_CL_NOTIFY_CLOSE_EARLY, NdisAfHandle, Status,
                          "the AF is still open");
    (void)operation_complete(call.host, &af->notify, OP_NOTIFY_CLOSE_AF, Status, __func__, NULL,
                             NULL);
}
