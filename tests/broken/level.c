/* SPDX-License-Identifier: MIT */
/* Without a Cn: levels, arguments, phases: the mistakes. */
#include "acts.h"

#define AT_LEVEL(level_, statement)                                                                \
    do {                                                                                           \
        KIRQL level_before_;                                                                       \
        KeRaiseIrql((level_), &level_before_);                                                     \
        statement;                                                                                 \
        KeLowerIrql(level_before_);                                                                \
    } while (0)

enum { ABOVE = DISPATCH_LEVEL + 1 };

/* ---- SDV's rules ------------------------------------------------------------------------- */

static CO_ADDRESS_FAMILY other = {CO_ADDRESS_FAMILY_PPP, 1, 0};

MISTAKE(Irql_Protocol_Driver_Function)
{
    AT_LEVEL(DISPATCH_LEVEL, AS_CLIENT(NdisDeregisterProtocolDriver(Client.driver)));
}

ALMOST(Irql_Protocol_Driver_Function)
{
    call_begin_with(s, 2);
    AT_LEVEL(DISPATCH_LEVEL, AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0)));
    scene_settle(s);
    call_end_with(s, 0);
}

MISTAKE(Irql_CallManager_Function)
{
    AT_LEVEL(DISPATCH_LEVEL, AS_CM((void)NdisCmRegisterAddressFamilyEx(Cm.binding, &other)));
}

static void drop_at_dispatch(struct scene *s)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_DPC});
    call_drop(s, 1);
    call_end_with(s, 0);
}

ALMOST(Irql_CallManager_Function)
{
    drop_at_dispatch(s);
}

MISTAKE(Irql_MCM_Function)
{
    AT_LEVEL(DISPATCH_LEVEL, AS_CM((void)NdisMCmRegisterAddressFamilyEx(Cm.adapter, &other)));
}

ALMOST(Irql_MCM_Function)
{
    drop_at_dispatch(s);
}

MISTAKE(Irql_Connection_Function)
{
    act_call(s);
    AT_LEVEL(ABOVE, AS_CLIENT(NdisCoSendNetBufferLists(s->vc[0].handle, NULL, 0)));
    act_hang_up(s);
}

ALMOST(Irql_Connection_Function)
{
    act_call(s);
    AT_LEVEL(DISPATCH_LEVEL, AS_CLIENT(NdisCoSendNetBufferLists(s->vc[0].handle, NULL, 0)));
    act_hang_up(s);
}

MISTAKE(Irql_MCO_Function)
{
    act_call(s);
    AT_LEVEL(ABOVE, AS_MINI(NdisMCoSendNetBufferListsComplete(s->vc[0].handle, NULL, 0)));
    act_hang_up(s);
}

ALMOST(Irql_MCO_Function)
{
    act_call(s);
    AT_LEVEL(DISPATCH_LEVEL, AS_MINI(NdisMCoSendNetBufferListsComplete(s->vc[0].handle, NULL, 0)));
    act_hang_up(s);
}

MISTAKE(Irql_Miniport_Driver_Function)
{
    AT_LEVEL(DISPATCH_LEVEL, AS_MINI(NdisMDeregisterMiniportDriver(Mini.driver)));
}

static NDIS_STATUS pause_early(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    KIRQL old;
    if (Moment != AT_MINI_PAUSE)
        return Status;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    NdisMPauseComplete(What); /* this one may be called there */
    KeLowerIrql(old);
    return NDIS_STATUS_PENDING;
}

ALMOST(Irql_Miniport_Driver_Function)
{
    ActorHook = pause_early;
}

static NDIS_STATUS options_at(KIRQL Level, enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS handlers = ClientHandlers;
    KIRQL old;
    NDIS_STATUS status;
    if (Moment != AT_CLIENT_OPTIONS)
        return Status;
    KeRaiseIrql(Level, &old);
    status = NdisSetOptionalHandlers(What, (PNDIS_DRIVER_OPTIONAL_HANDLERS)&handlers);
    KeLowerIrql(old);
    return Level == PASSIVE_LEVEL ? status : Status;
}

static NDIS_STATUS options_at_dispatch(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    return options_at(DISPATCH_LEVEL, Moment, What, Status);
}

static NDIS_STATUS options_at_passive(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    return options_at(PASSIVE_LEVEL, Moment, What, Status);
}

MISTAKE(Irql_Miscellaneous_Function)
{
    ActorHook = options_at_dispatch;
    scene_load(s);
}

ALMOST(Irql_Miscellaneous_Function)
{
    ActorHook = options_at_passive;
    scene_load(s);
}

static void free_list_at(KIRQL level)
{
    PNET_BUFFER_LIST list;
    AS_CLIENT(list = ActorNewList(Client.pool));
    AT_LEVEL(level, AS_CLIENT(NdisFreeNetBufferList(list)));
}

MISTAKE(Irql_NetBuffer_Function)
{
    free_list_at(ABOVE);
}

ALMOST(Irql_NetBuffer_Function)
{
    free_list_at(DISPATCH_LEVEL);
}

MISTAKE(Irql_SendRcv_Function)
{
    AT_LEVEL(ABOVE, AS_CLIENT(NdisReturnNetBufferLists(Client.binding, NULL, 0)));
}

ALMOST(Irql_SendRcv_Function)
{
    AT_LEVEL(DISPATCH_LEVEL, AS_CLIENT(NdisReturnNetBufferLists(Client.binding, NULL, 0)));
}

MISTAKE(Irql_OID_Function)
{
    AT_LEVEL(ABOVE, AS_CLIENT(NdisCancelOidRequest(Client.binding, NULL)));
}

ALMOST(Irql_OID_Function)
{
    AT_LEVEL(DISPATCH_LEVEL, AS_CLIENT(NdisCancelOidRequest(Client.binding, NULL)));
}

static void indicate_at(KIRQL level)
{
    NDIS_STATUS_INDICATION indication = {
        .Header = {NDIS_OBJECT_TYPE_STATUS_INDICATION, NDIS_STATUS_INDICATION_REVISION_1,
                   NDIS_SIZEOF_STATUS_INDICATION_REVISION_1},
        .SourceHandle = Mini.adapter,
        .StatusCode = NDIS_STATUS_MEDIA_SPECIFIC_INDICATION,
    };
    AT_LEVEL(level, AS_MINI(NdisMIndicateStatusEx(Mini.adapter, &indication)));
}

MISTAKE(Irql_StatusIndication_Function)
{
    indicate_at(ABOVE);
}

ALMOST(Irql_StatusIndication_Function)
{
    indicate_at(DISPATCH_LEVEL);
}

/* ---- arguments and phases ---------------------------------------------------------------- */

MISTAKE(ARGUMENT_NULL)
{
    act_create_vc(s);
    AS_CLIENT((void)NdisClMakeCall(s->vc[0].handle, NULL, NULL, NULL));
    act_delete_vc(s);
}

ALMOST(ARGUMENT_NULL)
{
    act_call(s); /* where the party's two are NULL, as they may be */
    act_hang_up(s);
}

static void allocate_with(USHORT context_bytes)
{
    PNET_BUFFER_LIST list;
    AS_CLIENT(list = NdisAllocateNetBufferList(Client.pool, context_bytes, 0));
    if (list)
        AS_CLIENT(NdisFreeNetBufferList(list)); /* with the context that it came with */
}

MISTAKE(ARGUMENT_BAD)
{
    allocate_with(3);
}

ALMOST(ARGUMENT_BAD)
{
    allocate_with(MEMORY_ALLOCATION_ALIGNMENT);
}

static void timer_with(USHORT size)
{
    NDIS_TIMER_CHARACTERISTICS characteristics = {.Header = {NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS,
                                                             NDIS_TIMER_CHARACTERISTICS_REVISION_1,
                                                             size},
                                                  .TimerFunction = act_tick};
    NDIS_HANDLE timer = NULL;
    NDIS_STATUS status;
    AS_CLIENT(status = NdisAllocateTimerObject(NULL, &characteristics, &timer));
    if (status == NDIS_STATUS_SUCCESS)
        AS_CLIENT(NdisFreeTimerObject(timer));
}

MISTAKE(ARGUMENT_HEADER)
{
    timer_with(0);
}

ALMOST(ARGUMENT_HEADER)
{
    timer_with(NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1);
}

static void set_attributes(void)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES attributes;
    NDIS_STATUS status;
    memset(&attributes, 0, sizeof(attributes));
    attributes.GeneralAttributes.Header =
        (NDIS_OBJECT_HEADER){NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES,
                             NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1,
                             NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1};
    attributes.GeneralAttributes.MediaType = NdisMediumAtm;
    attributes.GeneralAttributes.MtuSize = 1500;
    status = NdisMSetMiniportAttributes(Mini.adapter, &attributes);
    (void)status;
}

MISTAKE(CALL_WRONG_PHASE)
{
    AS_MINI(set_attributes());
}

static NDIS_STATUS attributes_in_time(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(What);
    if (Moment == AT_MINI_INITIALIZED)
        set_attributes();
    return Status;
}

ALMOST(CALL_WRONG_PHASE)
{
    ActorHook = attributes_in_time;
    scene_load(s);
}

/* ---- levels ------------------------------------------------------------------------------ */

MISTAKE(IRQL_TOO_HIGH)
{
    NDIS_SPIN_LOCK lock;
    AS_CLIENT(NdisAllocateSpinLock(&lock));
    AT_LEVEL(ABOVE, AS_CLIENT({
                 NdisAcquireSpinLock(&lock);
                 NdisReleaseSpinLock(&lock);
             }));
    AS_CLIENT(NdisFreeSpinLock(&lock));
}

ALMOST(IRQL_TOO_HIGH)
{
    NDIS_SPIN_LOCK lock;
    AS_CLIENT(NdisAllocateSpinLock(&lock));
    AT_LEVEL(DISPATCH_LEVEL, AS_CLIENT({
                 NdisAcquireSpinLock(&lock);
                 NdisReleaseSpinLock(&lock);
             }));
    AS_CLIENT(NdisFreeSpinLock(&lock));
}

static void use_dpr(KIRQL level)
{
    NDIS_SPIN_LOCK lock;
    AS_CLIENT(NdisAllocateSpinLock(&lock));
    AT_LEVEL(level, AS_CLIENT({
                 NdisDprAcquireSpinLock(&lock);
                 NdisDprReleaseSpinLock(&lock);
             }));
    AS_CLIENT(NdisFreeSpinLock(&lock));
}

MISTAKE(IRQL_TOO_LOW)
{
    use_dpr(PASSIVE_LEVEL);
}

ALMOST(IRQL_TOO_LOW)
{
    use_dpr(DISPATCH_LEVEL);
}

static void raise_to(KIRQL level)
{
    KIRQL unused;
    AT_LEVEL(DISPATCH_LEVEL, AS_CLIENT(KeRaiseIrql(level, &unused)));
}

MISTAKE(IRQL_BAD_RAISE)
{
    raise_to(APC_LEVEL);
}

ALMOST(IRQL_BAD_RAISE)
{
    raise_to(DISPATCH_LEVEL);
}

static void lower_with(bool held)
{
    KSPIN_LOCK lock = 0;
    KIRQL old;
    AS_CLIENT({
        KeAcquireSpinLock(&lock, &old);
        if (held)
            KeLowerIrql(PASSIVE_LEVEL);
        KeReleaseSpinLock(&lock, old);
    });
}

MISTAKE(IRQL_BAD_LOWER)
{
    lower_with(true);
}

ALMOST(IRQL_BAD_LOWER)
{
    lower_with(false);
}

static void paged_function(void)
{
    PAGED_CODE();
}

MISTAKE(IRQL_PAGED_CODE)
{
    AT_LEVEL(DISPATCH_LEVEL, AS_CLIENT(paged_function()));
}

ALMOST(IRQL_PAGED_CODE)
{
    AT_LEVEL(APC_LEVEL, AS_CLIENT(paged_function()));
}

static void wait_for_event(UINT ms)
{
    NDIS_EVENT event;
    AS_CLIENT({
        NdisInitializeEvent(&event);
        (void)NdisWaitEvent(&event, ms);
    });
}

MISTAKE(WAIT_FOREVER)
{
    wait_for_event(0);
}

ALMOST(WAIT_FOREVER)
{
    wait_for_event(1);
}

const struct broken_row broken_level[] = {
    ROW(Irql_Protocol_Driver_Function, EITHER),
    ROW(Irql_CallManager_Function, STAND_ALONE),
    ROW(Irql_MCM_Function, MCM_ONLY),
    ROW(Irql_Connection_Function, EITHER),
    ROW(Irql_MCO_Function, EITHER),
    ROW(Irql_Miniport_Driver_Function, EITHER),
    ROW(Irql_Miscellaneous_Function, EITHER, .stage = STAGE_EMPTY),
    ROW(Irql_NetBuffer_Function, EITHER),
    ROW(Irql_SendRcv_Function, EITHER),
    ROW(Irql_OID_Function, EITHER),
    ROW(Irql_StatusIndication_Function, EITHER),
    ROW(ARGUMENT_NULL, EITHER),
    ROW(ARGUMENT_BAD, EITHER),
    ROW(ARGUMENT_HEADER, EITHER),
    ROW(CALL_WRONG_PHASE, EITHER, .almost_stage = STAGE_EMPTY),
    ROW(IRQL_TOO_HIGH, EITHER),
    ROW(IRQL_TOO_LOW, EITHER, .count = 2),
    ROW(IRQL_BAD_RAISE, EITHER),
    ROW(IRQL_BAD_LOWER, EITHER),
    ROW(IRQL_PAGED_CODE, EITHER),
    ROW(WAIT_FOREVER, EITHER, .simulated_only = "nobody else knows that no signal can come"),
    END_OF_TABLE,
};
