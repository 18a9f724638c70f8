/* SPDX-License-Identifier: MIT */
/* Closing an AF: the client asks when nothing of its own is left, the call manager lets go when
 * nothing of its own is (API §8.14). */
#include "ndis/af_inside.h"

#include "ndis/handle.h"
#include "ndis/oid.h"
#include "ndis/report.h"

/* What the client left on the AF (C96). Caller holds the lock. */
static enum rule_id left_on(const struct af *af)
{
    if (atomic_load(&af->call_count))
        return RULE_CL_CLOSE_AF_CALLS;
    if (af->client_vc_count)
        return RULE_CL_CLOSE_AF_VCS;
    return af->sap_count ? RULE_CL_CLOSE_AF_SAPS : RULE_NONE;
}

/* NdisClCloseAddressFamily closes an AF with nothing of the client's left on it.
 * NdisAfHandle  dead to the client at the call, but for NdisClNotifyCloseAddressFamilyComplete
 * returns       PENDING, then ProtocolClCloseAfComplete; or the final status: SUCCESS; FAILURE with
 *               calls, VCs or SAPs left, or when it is closing already
 * IRQL          <= DISPATCH_LEVEL
 * source        Learn: NdisClCloseAddressFamily */
NDIS_STATUS NTAPI NdisClCloseAddressFamily(NDIS_HANDLE NdisAfHandle)
{
    struct call call =
        call_begin(__func__, RULE_Irql_Protocol_Driver_Function, LEVEL_UP_TO_DISPATCH);
    struct af *af = (struct af *)call_resolve(&call, NdisAfHandle, OBJECT_AF, "NdisAfHandle");
    if (!af || !af_check_client(&call, af, NdisAfHandle) || !af_lock(&call, af, NdisAfHandle))
        return NDIS_STATUS_FAILURE;
    enum rule_id left = af->state == AF_OPEN ? left_on(af) : RULE_NONE;
    if (left != RULE_NONE) {
        uint32_t calls = atomic_load(&af->call_count);
        uint32_t vcs = af->client_vc_count;
        uint32_t saps = af->sap_count;
        af_unlock(af);
        return call_breaks(&call, left, NdisAfHandle, NDIS_STATUS_FAILURE,
                           "%u calls, %u VCs of the client and %u SAPs are left", calls, vcs, saps);
    }
    const struct state_cell *cell = af_step(af, AF_CL_CLOSE);
    if (cell->action == STATE_BREAKS)
        return af_refuse(&call, af, NdisAfHandle, cell, AF_CL_CLOSE);
    operation_begin(&af->op, OP_CLOSE_AF, NULL);
    NDIS_HANDLE context = af->cm_context;
    const struct driver *cm = af_cm(af);
    bool addresses_owed = atomic_load(&af->address_change) == ADDRESS_CHANGE_TOLD;
    af_unlock(af);
    if (addresses_owed)
        (void)call_breaks(&call, RULE_ADDRESS_CHANGE_UNANSWERED, NdisAfHandle, NDIS_STATUS_SUCCESS,
                          "no OID_CO_GET_ADDRESSES has followed the latest OID_CO_ADDRESS_CHANGE");
    struct visit visit = visit_begin(cm, "ProtocolCmCloseAf");
    visit_gives(&visit, context, RULE_CONTEXT_FREED_EARLY, &af->object);
    NDIS_STATUS status = af_cm_handlers(af)->CmCloseAfHandler(context);
    visit_end(&visit);
    return operation_returned(call.host, &af->op, &cm->module->owner, status);
}

/* How many requests on the AF are pended: the client's, which its call manager has not completed,
 * and the call manager's own. What another processor ends at this moment counts or not, and its
 * slot may be taken anew: the checker of races is told to look away. */
__attribute__((no_sanitize("thread"))) static uint32_t pended_oids(const struct host *host,
                                                                   const struct af *af)
{
    const struct slab *slab = &host->slabs[OBJECT_OID];
    uint32_t carved = af->oid_count ? atomic_load(&slab->carved) : 0;
    uint32_t count = 0;
    for (uint32_t index = 0; index < carved; index++) {
        const struct oid *oid = (const struct oid *)slab_at(slab, index);
        count += object_alive(&oid->object) && oid->af == af &&
                 operation_state(&oid->op) == OPERATION_WAITING;
    }
    return count;
}

/* What is still open when the call manager lets the AF go (C99). An AF with VCs or requests stays,
 * so that they keep something to hang on, until the last of them has gone. */
static void report_open_work(struct host *host, struct af *af, uint32_t vcs, uint32_t oids)
{
    report_owner_break(host, &af_cm(af)->module->owner, RULE_CM_CLOSE_AF_OPEN_WORK,
                       "ProtocolCmCloseAf", &af->object, NDIS_STATUS_SUCCESS,
                       "%u VCs of the call manager and %u pended OID requests are left", vcs, oids);
}

void operation_end_CLOSE_AF(struct host *host, struct operation *op, bool told)
{
    struct af *af = (struct af *)operation_object(op);
    exec_lock_named(&af->lock, "close AF");
    NDIS_STATUS status = op->status;
    bool closed = status == NDIS_STATUS_SUCCESS;
    uint32_t vcs_left = closed ? af->vc_count - af->leaving_vc_count : 0;
    uint32_t oids_left = closed ? pended_oids(host, af) : 0;
    NDIS_HANDLE context = af->client_context;
    const struct driver *client = af_client(af);
    const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *handlers = af_client_handlers(af);
    bool end_notify = closed && af->notify_by_close;
    operation_end(op);
    af_step(af, closed ? AF_CLOSE_DONE : AF_CLOSE_FAILED);
    if (vcs_left || oids_left || end_notify)
        af_unlock(af);
    else
        af_release_if_done(host, af);
    if (vcs_left || oids_left)
        report_open_work(host, af, vcs_left, oids_left);
    if (told) {
        struct visit visit = visit_begin(client, "ProtocolClCloseAfComplete");
        visit_gives(&visit, context, RULE_CONTEXT_FREED_EARLY, &af->object);
        handlers->ClCloseAfCompleteHandler(status, context);
        visit_end(&visit);
    }
    if (end_notify)
        (void)operation_complete(host, &af->notify, OP_NOTIFY_CLOSE_AF, NDIS_STATUS_SUCCESS,
                                 "NdisClCloseAddressFamily", NULL, NULL);
}

static void close_af_complete(enum edge edge, const char *function, NDIS_STATUS Status,
                              NDIS_HANDLE NdisAfHandle)
{
    struct call call = edge_begin(edge, function);
    struct af *af = (struct af *)operation_resolve(&call, NdisAfHandle, OBJECT_AF, "NdisAfHandle",
                                                   offsetof(struct af, op), OP_CLOSE_AF);
    if (!af || !af_check_cm(&call, af, edge, NdisAfHandle))
        return;
    if (Status != NDIS_STATUS_SUCCESS && Status != NDIS_STATUS_PENDING)
        (void)call_breaks(&call, RULE_CM_CLOSE_AF_COMPLETE_SUCCESS, NdisAfHandle, Status,
                          "a pended close cannot fail");
    (void)operation_complete(call.host, &af->op, OP_CLOSE_AF, Status, function, NULL, NULL);
}

/* NdisCmCloseAddressFamilyComplete ends a close that ProtocolCmCloseAf pended.
 * Status   SUCCESS, nothing else; NdisAfHandle is dead to the call manager at the call
 * IRQL     <= DISPATCH_LEVEL
 * source   Learn: NdisCmCloseAddressFamilyComplete */
VOID NTAPI NdisCmCloseAddressFamilyComplete(NDIS_STATUS Status, NDIS_HANDLE NdisAfHandle)
{
    close_af_complete(EDGE_STAND_ALONE, "NdisCmCloseAddressFamilyComplete", Status, NdisAfHandle);
}

/* The same for a miniport call manager. source: Learn: NdisMCmCloseAddressFamilyComplete */
VOID NTAPI NdisMCmCloseAddressFamilyComplete(NDIS_STATUS Status, NDIS_HANDLE NdisAfHandle)
{
    close_af_complete(EDGE_INTEGRATED, "NdisMCmCloseAddressFamilyComplete", Status, NdisAfHandle);
}
