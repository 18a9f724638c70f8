/* SPDX-License-Identifier: MIT */
/* C71, C108 to C113: memory that NDIS has been given, and for how long: the mistakes. */
#include "acts.h"
#include "rival.h"

/* ---- C71, C108: contexts ----------------------------------------------------------------- */

static PVOID allocate(UINT bytes)
{
    PVOID memory;
    AS_RIVAL(memory = ActorAllocate(bytes));
    assert_non_null(memory);
    return memory;
}

/* The rival takes its SAP back; its context is freed before it hears of that, or after it. */
static void deregister_and_free(struct scene *s, bool early)
{
    rival_load(s);
    NDIS_HANDLE sap = NULL;
    PVOID context = allocate(sizeof(struct client_sap));
    AS_RIVAL((void)NdisClRegisterSap(Rival.af, context, &s->sap.address, &sap));
    scene_settle(s);
    plan_cm(ASK_DEREGISTER_SAP, (struct plan){.how = BY_HAND});
    AS_RIVAL((void)NdisClDeregisterSap(sap));
    scene_settle(s);
    if (early)
        AS_RIVAL(ActorFree(context));
    finish_cm(ASK_DEREGISTER_SAP, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    if (!early)
        AS_RIVAL(ActorFree(context));
    rival_unload(s);
}

/* The same of a call that it closes. */
static void close_and_free(struct scene *s, bool early)
{
    rival_load(s);
    NDIS_HANDLE vc = NULL;
    PVOID context = allocate(sizeof(struct client_vc));
    AS_RIVAL((void)NdisCoCreateVc(Rival.binding, Rival.af, context, &vc));
    AS_RIVAL((void)NdisClMakeCall(vc, &Client.call, NULL, NULL));
    scene_settle(s);
    plan_cm(ASK_CLOSE_CALL, (struct plan){.how = BY_HAND});
    AS_RIVAL((void)NdisClCloseCall(vc, NULL, NULL, 0));
    scene_settle(s);
    if (early)
        AS_RIVAL(ActorFree(context));
    finish_cm(ASK_CLOSE_CALL, NDIS_STATUS_SUCCESS);
    scene_settle(s);
    if (!early)
        AS_RIVAL(ActorFree(context));
    AS_RIVAL((void)NdisCoDeleteVc(vc));
    rival_unload(s);
}

/* ---- C111 -------------------------------------------------------------------------------- */

/* An open that was pended is failed, and the context of it freed after that, or before. */
static void fail_open(struct scene *s, bool early)
{
    struct ticket *ticket;
    PVOID context;
    AS_CLIENT((void)ClientCloseAf());
    scene_settle(s);
    plan_cm(ASK_OPEN_AF, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientOpenAf());
    scene_settle(s);
    AS_CM(ticket = DeskNext(&Cm.desk, ASK_OPEN_AF));
    AS_CM(Cm.desk.settle(ticket, NDIS_STATUS_RESOURCES));
    AS_CM(context = ActorAllocate(16));
    if (!early)
        AS_CM(ActorFree(context));
    AS_CM(Cm.edge->OpenAfComplete(NDIS_STATUS_RESOURCES, ticket->handle, early ? context : NULL));
    AS_CM({
        if (early)
            ActorFree(context);
        ActorFree(ticket);
    });
    scene_settle(s);
    assert_int_equal(Client.af_status, NDIS_STATUS_RESOURCES);
    Client.af_closed++; /* it was not opened */
}

/* ---- C112 -------------------------------------------------------------------------------- */

static void name_vc(struct scene *s, bool forget)
{
    NDIS_STRING base = RTL_CONSTANT_STRING(L"VC"), name;
    NDIS_STATUS status;
    KIRQL irql;
    act_create_vc(s);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    AS_CLIENT(status = NdisCoAssignInstanceName(s->vc[0].handle, &base, &name));
    KeLowerIrql(irql);
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    act_delete_vc(s);
    if (forget)
        ActorKeep(name.Buffer);
    else
        AS_CLIENT(NdisFreeString(name));
}

/* ---- C113: OID requests ------------------------------------------------------------------ */

enum { OID_BYTES = sizeof(NDIS_OID_REQUEST), BUFFER_BYTES = 16 };

/* The client asks its call manager with a buffer of this kind of memory, and the call manager the
 * client with a request of it. */
static void ask_with(struct scene *s, POOL_TYPE type)
{
    PVOID buffer;
    PNDIS_OID_REQUEST request;
    AS_CLIENT(buffer = ExAllocatePoolWithTag(type, BUFFER_BYTES, ACTOR_TAG));
    AS_CM(request = ExAllocatePoolWithTag(type, OID_BYTES, ACTOR_TAG));
    act_fill_oid(&act_request, buffer, BUFFER_BYTES);
    act_fill_oid(request, NULL, 0);
    AS_CLIENT((void)NdisCoOidRequest(Client.binding, Client.af, NULL, NULL, &act_request));
    if (s->kind.mcm)
        AS_CM((void)NdisMCmOidRequest(Client.af, NULL, NULL, request));
    else
        AS_CM((void)NdisCoOidRequest(Cm.binding, Client.af, NULL, NULL, request));
    scene_settle(s);
    AS_CLIENT(ExFreePool(buffer));
    AS_CM(ExFreePool(request));
}

MISTAKE(OID_BUFFER_PAGED)
{
    ask_with(s, PagedPool);
}

ALMOST(OID_BUFFER_PAGED)
{
    PVOID other;
    AS_CLIENT(other = ExAllocatePoolWithTag(PagedPool, BUFFER_BYTES, ACTOR_TAG));
    ask_with(s, NonPagedPool);
    AS_CLIENT(ExFreePool(other));
}

const struct broken_row broken_memory[] = {
    PLAY(CL_CLOSE_FREED_EARLY, BOTH, close_and_free, true, .verifier_only = true),
    PLAY(CONTEXT_FREED_EARLY, BOTH, deregister_and_free, true, .verifier_only = true),
    NOT_SEEN(CREATE_FAILED_LEAKED),
    PLAY(CM_OPEN_AF_FAILED_CONTEXT, BOTH, fail_open, true, .verifier_only = true),
    PLAY(INSTANCE_NAME_LEAKED, EITHER, name_vc, true),
    ROW(OID_BUFFER_PAGED, BOTH, .count = 2),
    NOT_SEEN(OID_BUFFER_FREED),
    END_OF_TABLE,
};
