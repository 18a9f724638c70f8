/* SPDX-License-Identifier: MIT */
/* C114 to C127: data path, IRQL of callbacks, the rest: the mistakes. */
#include "acts.h"

/* ---- C114, C115: what is sent ------------------------------------------------------------ */

/* Sends a list of the client's own on vc[0] with this in its SourceHandle. */
static PNET_BUFFER_LIST send_from(struct scene *s, NDIS_HANDLE source)
{
    PNET_BUFFER_LIST list;
    AS_CLIENT(list = ActorNewList(Client.pool));
    list->SourceHandle = source;
    AS_CLIENT(NdisCoSendNetBufferLists(s->vc[0].handle, list, 0));
    scene_settle(s);
    return list;
}

MISTAKE(NBL_SOURCE_HANDLE)
{
    act_call(s);
    (void)send_from(s, Client.af);
    act_hang_up(s);
}

ALMOST(NBL_SOURCE_HANDLE)
{
    act_call(s);
    (void)send_from(s, s->vc[0].handle);
    act_hang_up(s);
}

MISTAKE(NBL_NOT_FROM_POOL)
{
    static NET_BUFFER_LIST list; /* sent, and freed when it comes back: twice wrong */
    act_call(s);
    memset(&list, 0, sizeof(list));
    list.SourceHandle = s->vc[0].handle;
    AS_CLIENT(NdisCoSendNetBufferLists(s->vc[0].handle, &list, 0));
    scene_settle(s);
    act_hang_up(s);
}

ALMOST(NBL_NOT_FROM_POOL)
{
    act_call(s);
    (void)send_from(s, s->vc[0].handle);
    act_hang_up(s);
}

/* A list that the miniport holds while something is done, and completes then. */
static void while_sent(struct scene *s, void (*act)(struct scene *, PNET_BUFFER_LIST))
{
    PNET_BUFFER_LIST list;
    act_call(s);
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT(list = ClientSend(&s->vc[0], 0));
    if (act)
        act(s, list);
    AS_MINI(WireFinishSends(NDIS_STATUS_SUCCESS));
    act_hang_up(s);
}

static void send_again(struct scene *s, PNET_BUFFER_LIST list)
{
    AS_CLIENT(NdisCoSendNetBufferLists(s->vc[0].handle, list, 0));
}

MISTAKE(NBL_SENT_TWICE)
{
    while_sent(s, send_again);
}

static void send_another(struct scene *s, PNET_BUFFER_LIST list)
{
    UNREFERENCED_PARAMETER(list);
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
}

ALMOST(NBL_SENT_TWICE)
{
    while_sent(s, send_another);
}

/* ---- C116: completing sends -------------------------------------------------------------- */

/* Completes a list that the test has in its hand. */
static void complete(struct scene *s, NDIS_HANDLE vc, PNET_BUFFER_LIST list)
{
    AS_MINI(NdisMCoSendNetBufferListsComplete(vc, list, 0));
    scene_settle(s);
}

/* Takes the one list out of the miniport's hand. */
static PNET_BUFFER_LIST take_sent(void)
{
    struct ticket *ticket;
    PNET_BUFFER_LIST list;
    AS_MINI(ticket = DeskNext(&Mini.desk, ASK_SEND));
    list = ticket->object;
    AS_MINI(ActorFree(ticket));
    return list;
}

static PNET_BUFFER_LIST send_and_take(struct scene *s)
{
    plan_mini(ASK_SEND, (struct plan){.how = BY_HAND});
    AS_CLIENT((void)ClientSend(&s->vc[0], 0));
    return take_sent();
}

static void complete_with(struct scene *s, NDIS_STATUS status, bool twice)
{
    act_call(s);
    PNET_BUFFER_LIST list = send_and_take(s);
    if (status != NDIS_STATUS_PENDING)
        NET_BUFFER_LIST_STATUS(list) = status;
    complete(s, s->vc[0].handle, list);
    if (twice)
        complete(s, s->vc[0].handle, list);
    act_hang_up(s);
}

MISTAKE(SEND_COMPLETE_TWICE)
{
    complete_with(s, NDIS_STATUS_SUCCESS, true);
}

ALMOST(SEND_COMPLETE_TWICE)
{
    complete_with(s, NDIS_STATUS_SUCCESS, false);
}

MISTAKE(SEND_COMPLETE_UNSENT)
{
    PNET_BUFFER_LIST list;
    act_call(s);
    Client.keeps_receives = TRUE;
    AS_MINI(list = WireIndicate(s->vc[0].handle, 0));
    complete(s, s->vc[0].handle, list);
    AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list, 0));
    act_hang_up(s);
}

ALMOST(SEND_COMPLETE_UNSENT)
{
    complete_with(s, NDIS_STATUS_FAILURE, false);
}

MISTAKE(SEND_COMPLETE_NO_STATUS)
{
    complete_with(s, NDIS_STATUS_PENDING, false);
}

ALMOST(SEND_COMPLETE_NO_STATUS)
{
    complete_with(s, NDIS_STATUS_FAILURE, false);
}

static void complete_chain(struct scene *s, bool restore)
{
    act_call(s);
    PNET_BUFFER_LIST list = send_and_take(s);
    PNET_BUFFER first = NET_BUFFER_LIST_FIRST_NB(list);
    NET_BUFFER_LIST_FIRST_NB(list) = NULL; /* while it works on the buffer */
    if (restore)
        NET_BUFFER_LIST_FIRST_NB(list) = first;
    NET_BUFFER_LIST_STATUS(list) = NDIS_STATUS_SUCCESS;
    complete(s, s->vc[0].handle, list);
    act_hang_up(s);
}

static void complete_on(struct scene *s, bool wrong)
{
    act_call(s);
    AS_CLIENT((void)ClientCreateVc(&s->vc[1]));
    AS_CLIENT((void)ClientMakeCall(&s->vc[1], NULL));
    scene_settle(s);
    PNET_BUFFER_LIST list = send_and_take(s);
    NET_BUFFER_LIST_STATUS(list) = NDIS_STATUS_SUCCESS;
    if (wrong)
        complete(s, s->vc[1].handle, list);
    complete(s, s->vc[0].handle, list);
    AS_CLIENT((void)ClientCloseCall(&s->vc[1], NULL, NULL, 0));
    scene_settle(s);
    AS_CLIENT((void)ClientDeleteVc(&s->vc[1]));
    act_hang_up(s);
}

/* ---- C118, C119: receiving --------------------------------------------------------------- */

static void indicate_count(struct scene *s, ULONG count)
{
    PNET_BUFFER_LIST list;
    act_call(s);
    AS_MINI((void)WireIndicate(s->vc[0].handle, NDIS_RECEIVE_FLAGS_RESOURCES)); /* its pool */
    AS_MINI({
        list = ActorNewList(Mini.pool);
        list->SourceHandle = s->vc[0].handle;
        NdisMCoIndicateReceiveNetBufferLists(s->vc[0].handle, list, count,
                                             NDIS_RECEIVE_FLAGS_RESOURCES);
        NdisFreeNetBufferList(list);
    });
    act_hang_up(s);
}

MISTAKE(RECEIVE_COUNT)
{
    indicate_count(s, 3);
}

ALMOST(RECEIVE_COUNT)
{
    indicate_count(s, 1);
}

/* A list that the client keeps while something is done, and returns then. */
static void while_kept(struct scene *s, void (*act)(struct scene *, PNET_BUFFER_LIST))
{
    PNET_BUFFER_LIST list;
    act_call(s);
    Client.keeps_receives = TRUE;
    AS_MINI(list = WireIndicate(s->vc[0].handle, 0));
    if (act)
        act(s, list);
    AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list, 0));
    act_hang_up(s);
}

static void indicate_again(struct scene *s, PNET_BUFFER_LIST list)
{
    AS_MINI(NdisMCoIndicateReceiveNetBufferLists(s->vc[0].handle, list, 1,
                                                 NDIS_RECEIVE_FLAGS_RESOURCES));
}

MISTAKE(RECEIVE_STILL_OUT)
{
    while_kept(s, indicate_again);
}

ALMOST(RECEIVE_STILL_OUT)
{
    while_kept(s, NULL);
}

static void lend(struct scene *s, bool returns)
{
    act_call(s);
    Client.returns_lent = returns;
    AS_MINI((void)WireIndicate(s->vc[0].handle, NDIS_RECEIVE_FLAGS_RESOURCES));
    act_hang_up(s);
}

MISTAKE(RETURN_TWICE)
{
    PNET_BUFFER_LIST list;
    act_call(s);
    Client.keeps_receives = TRUE;
    AS_MINI(list = WireIndicate(s->vc[0].handle, 0));
    AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list, 0));
    AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list, 0));
    act_hang_up(s);
}

ALMOST(RETURN_TWICE)
{
    while_kept(s, NULL);
}

MISTAKE(RETURN_UNRECEIVED)
{
    PNET_BUFFER_LIST list;
    AS_CLIENT(list = ActorNewList(Client.pool));
    AS_CLIENT(NdisReturnNetBufferLists(Client.binding, list, 0));
    AS_CLIENT(NdisFreeNetBufferList(list));
}

ALMOST(RETURN_UNRECEIVED)
{
    PNET_BUFFER_LIST list;
    AS_CLIENT(list = ActorNewList(Client.pool));
    AS_CLIENT(NdisFreeNetBufferList(list));
}

/* ---- C120, C121: flags, freeing ---------------------------------------------------------- */

static void send_flagged(struct scene *s, KIRQL level)
{
    KIRQL old;
    act_call(s);
    KeRaiseIrql(level, &old);
    AS_CLIENT((void)ClientSend(&s->vc[0], NDIS_SEND_FLAGS_DISPATCH_LEVEL));
    KeLowerIrql(old);
    scene_settle(s);
    act_hang_up(s);
}

MISTAKE(DISPATCH_FLAG_WRONG)
{
    send_flagged(s, PASSIVE_LEVEL);
}

ALMOST(DISPATCH_FLAG_WRONG)
{
    send_flagged(s, DISPATCH_LEVEL);
}

static void free_sent(struct scene *s, PNET_BUFFER_LIST list)
{
    UNREFERENCED_PARAMETER(s);
    AS_CLIENT(NdisFreeNetBufferList(list));
}

MISTAKE(NBL_FREED_OUT)
{
    while_sent(s, free_sent);
}

ALMOST(NBL_FREED_OUT)
{
    while_sent(s, NULL);
}

static void free_list(bool twice)
{
    PNET_BUFFER_LIST list;
    AS_CLIENT(list = ActorNewList(Client.pool));
    AS_CLIENT(NdisFreeNetBufferList(list));
    if (twice)
        AS_CLIENT(NdisFreeNetBufferList(list));
}

MISTAKE(NBL_FREED_TWICE)
{
    free_list(true);
}

ALMOST(NBL_FREED_TWICE)
{
    free_list(false);
}

static void free_with_context(bool context_first)
{
    enum { CONTEXT_BYTES = 32 };
    PNET_BUFFER_LIST list;
    NDIS_STATUS status;
    AS_CLIENT(list = ActorNewList(Client.pool));
    AS_CLIENT(status = NdisAllocateNetBufferListContext(list, CONTEXT_BYTES, 0, ACTOR_TAG));
    assert_int_equal(status, NDIS_STATUS_SUCCESS);
    if (context_first)
        AS_CLIENT(NdisFreeNetBufferListContext(list, CONTEXT_BYTES));
    AS_CLIENT(NdisFreeNetBufferList(list));
}

MISTAKE(NBL_CONTEXT_LEFT)
{
    free_with_context(false);
}

ALMOST(NBL_CONTEXT_LEFT)
{
    free_with_context(true);
}

static void free_pool(bool list_first)
{
    NDIS_HANDLE pool;
    PNET_BUFFER_LIST list;
    AS_CLIENT(pool = ActorNewPool(NULL));
    AS_CLIENT(list = ActorNewList(pool));
    if (list_first)
        AS_CLIENT(NdisFreeNetBufferList(list));
    AS_CLIENT(NdisFreeNetBufferListPool(pool));
}

MISTAKE(NBL_POOL_NOT_EMPTY)
{
    free_pool(false);
}

ALMOST(NBL_POOL_NOT_EMPTY)
{
    free_pool(true);
}

/* ---- C122, C123: the miniport's attributes ----------------------------------------------- */

static enum moment indicating;

static NDIS_STATUS indicate_status(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    NDIS_STATUS_INDICATION indication = {
        .Header = {NDIS_OBJECT_TYPE_STATUS_INDICATION, NDIS_STATUS_INDICATION_REVISION_1,
                   NDIS_SIZEOF_STATUS_INDICATION_REVISION_1},
        .SourceHandle = Mini.adapter,
        .StatusCode = NDIS_STATUS_MEDIA_SPECIFIC_INDICATION,
    };
    UNREFERENCED_PARAMETER(What);
    if (Moment == indicating)
        NdisMCoIndicateStatusEx(Mini.adapter, NULL, &indication);
    return Status;
}

static void load_indicating(struct scene *s, enum moment moment)
{
    indicating = moment;
    ActorHook = indicate_status;
    scene_load(s);
}

MISTAKE(STATUS_BEFORE_ATTRIBUTES)
{
    load_indicating(s, AT_MINI_INITIALIZE);
}

ALMOST(STATUS_BEFORE_ATTRIBUTES)
{
    load_indicating(s, AT_MINI_INITIALIZED);
}

MISTAKE(STATUS_AFTER_HALT)
{
    load_indicating(s, AT_MINI_UNLOAD);
}

ALMOST(STATUS_AFTER_HALT)
{
    load_indicating(s, AT_MINI_HALT);
}

static NDIS_STATUS general_first(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;
    NDIS_STATUS status;
    if (Moment != AT_MINI_INITIALIZE)
        return Status;
    memset(&attributes, 0, sizeof(attributes));
    attributes.GeneralAttributes.Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
                             NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1,
                             NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1};
    attributes.GeneralAttributes.MediaType = NdisMediumAtm;
    attributes.GeneralAttributes.MtuSize = 9180;
    status = NdisMSetMiniportAttributes(What, &attributes);
    (void)status;
    return Status;
}

MISTAKE(ATTRIBUTES_ORDER)
{
    ActorHook = general_first;
    scene_load(s);
}

ALMOST(ATTRIBUTES_ORDER)
{
    scene_load(s);
}

/* ---- C125 to C130 ------------------------------------------------------------------------ */

static VOID return_higher(const char *Callback, PVOID Context)
{
    KIRQL old;
    UNREFERENCED_PARAMETER(Context);
    if (strcmp(Callback, "ProtocolClDropPartyComplete") == 0)
        KeRaiseIrql((KIRQL)(KeGetCurrentIrql() + DISPATCH_LEVEL), &old);
}

static VOID raise_and_lower(const char *Callback, PVOID Context)
{
    KIRQL old;
    UNREFERENCED_PARAMETER(Callback);
    UNREFERENCED_PARAMETER(Context);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
}

static void drop_with_hook(struct scene *s, VOID (*hook)(const char *, PVOID))
{
    call_begin_with(s, 2);
    Client.hook = hook;
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_THREAD});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    scene_settle(s);
    Client.hook = NULL;
    call_end_with(s, 0);
}

MISTAKE(IRQL_NOT_RESTORED)
{
    drop_with_hook(s, return_higher);
}

ALMOST(IRQL_NOT_RESTORED)
{
    drop_with_hook(s, raise_and_lower);
}

static void wait_at(KIRQL level)
{
    NDIS_EVENT event;
    KIRQL old;
    AS_CLIENT(NdisInitializeEvent(&event));
    KeRaiseIrql(level, &old);
    AS_CLIENT((void)NdisWaitEvent(&event, 1));
    KeLowerIrql(old);
}

MISTAKE(WAIT_AT_DISPATCH)
{
    wait_at(DISPATCH_LEVEL);
}

ALMOST(WAIT_AT_DISPATCH)
{
    wait_at(PASSIVE_LEVEL);
}

/* Once in a plug-and-play callback, once in another. */
static NDIS_STATUS deregister_in_callback(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_CLIENT_BINDING || Moment == AT_CLIENT_OFFERED)
        NdisDeregisterProtocolDriver(Client.driver);
    return Status;
}

MISTAKE(DEREGISTER_IN_CALLBACK)
{
    ActorHook = deregister_in_callback;
    scene_load(s);
}

ALMOST(DEREGISTER_IN_CALLBACK)
{
    scene_load(s); /* it deregisters in DriverUnload */
}

static void open_again(NDIS_HANDLE context)
{
    NDIS_STRING name = NDIS_STRING_CONST("atm0");
    NDIS_MEDIUM media[] = {NdisMediumAtm};
    UINT selected;
    NDIS_HANDLE binding = NULL;
    NDIS_OPEN_PARAMETERS open = {
        .Header = {NDIS_OBJECT_TYPE_OPEN_PARAMETERS, NDIS_OPEN_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1},
        .AdapterName = &name,
        .MediumArray = media,
        .MediumArraySize = 1,
        .SelectedMediumIndex = &selected,
    };
    NDIS_STATUS status = NdisOpenAdapterEx(Client.driver, &Client, &open, context, &binding);
    assert_int_equal(status, NDIS_STATUS_FAILURE);
}

static NDIS_STATUS open_in_unbind(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    if (Moment == AT_CLIENT_UNBINDING)
        open_again(What);
    return Status;
}

MISTAKE(OPEN_ADAPTER_CONTEXT)
{
    ActorHook = open_in_unbind;
    scene_load(s);
}

ALMOST(OPEN_ADAPTER_CONTEXT)
{
    scene_load(s);
}

const struct broken_row broken_data[] = {
    ROW(NBL_SOURCE_HANDLE, EITHER),
    ROW(NBL_NOT_FROM_POOL, EITHER, .count = 2),
    ROW(NBL_SENT_TWICE, EITHER),
    NOT_SEEN(NBL_TOUCHED_OUT),
    ROW(SEND_COMPLETE_TWICE, EITHER),
    ROW(SEND_COMPLETE_UNSENT, EITHER),
    ROW(SEND_COMPLETE_NO_STATUS, EITHER),
    PLAY(SEND_COMPLETE_CHAIN, EITHER, complete_chain, false),
    PLAY(SEND_COMPLETE_WRONG_VC, EITHER, complete_on, true),
    NOT_SEEN(SEND_TOUCHED_AFTER),
    NOT_SEEN(MCO_SEND_ORDER),
    ROW(RECEIVE_COUNT, EITHER),
    ROW(RECEIVE_STILL_OUT, EITHER),
    NOT_SEEN(RECEIVE_TOUCHED_OUT),
    PLAY(RETURN_RESOURCES, EITHER, lend, true),
    ROW(RETURN_TWICE, EITHER),
    ROW(RETURN_UNRECEIVED, EITHER),
    NOT_SEEN(RETURN_MISSING),
    ROW(DISPATCH_FLAG_WRONG, EITHER),
    ROW(NBL_FREED_OUT, EITHER),
    ROW(NBL_FREED_TWICE, EITHER),
    ROW(NBL_CONTEXT_LEFT, EITHER),
    ROW(NBL_POOL_NOT_EMPTY, EITHER),
    ROW(STATUS_BEFORE_ATTRIBUTES, BOTH, .stage = STAGE_EMPTY),
    ROW(STATUS_AFTER_HALT, BOTH, .stage = STAGE_EMPTY),
    ROW(ATTRIBUTES_ORDER, BOTH, .stage = STAGE_EMPTY),
    NOT_SEEN(NDIS_DELIVERS_PASSIVE),
    ROW(IRQL_NOT_RESTORED, EITHER),
    ROW(WAIT_AT_DISPATCH, EITHER),
    NOT_SEEN(CL_NOTIFY_CLOSE_BLOCKS),
    ROW(DEREGISTER_IN_CALLBACK, EITHER, .stage = STAGE_EMPTY, .count = 2),
    ROW(OPEN_ADAPTER_CONTEXT, EITHER, .stage = STAGE_EMPTY),
    END_OF_TABLE,
};
