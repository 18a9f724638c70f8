/* SPDX-License-Identifier: MIT */
/* Every handle parameter of every client, call-manager and miniport function of calls: what is no
 * live handle of its kind breaks exactly the rule that names it, does nothing, and never faults. */
#include "scene.h"

#include "ndis/handle.h"

static struct scene *stage;
static NDIS_HANDLE out;

enum who { BY_CLIENT, BY_CM, BY_MINI };

/* One handle parameter of one function. */
struct use {
    const char *what;
    enum who who;
    enum object_kind kind;
    bool optional;                    /* NULL is a legal value */
    NDIS_STATUS (*call)(NDIS_HANDLE); /* void functions answer FAILURE */
};

#define STATUS_USE(name, expression)                                                               \
    static NDIS_STATUS name(NDIS_HANDLE h)                                                         \
    {                                                                                              \
        out = NULL;                                                                                \
        return (expression);                                                                       \
    }
#define VOID_USE(name, expression)                                                                 \
    static NDIS_STATUS name(NDIS_HANDLE h)                                                         \
    {                                                                                              \
        (expression);                                                                              \
        return NDIS_STATUS_FAILURE;                                                                \
    }

#define PARAMETERS (&Client.call)
#define GOOD       NDIS_STATUS_SUCCESS

STATUS_USE(open_af, NdisClOpenAddressFamilyEx(h, &Client.family, &Client, &out))
STATUS_USE(close_af, NdisClCloseAddressFamily(h))
STATUS_USE(register_sap, NdisClRegisterSap(h, stage, &stage->sap.address, &out))
STATUS_USE(deregister_sap, NdisClDeregisterSap(h))
STATUS_USE(make_call, NdisClMakeCall(h, PARAMETERS, NULL, NULL))
STATUS_USE(close_call, NdisClCloseCall(h, NULL, NULL, 0))
STATUS_USE(close_call_party, NdisClCloseCall(stage->vc[0].handle, h, NULL, 0))
STATUS_USE(modify_qos, NdisClModifyCallQoS(h, PARAMETERS))
VOID_USE(incoming_complete, NdisClIncomingCallComplete(GOOD, h, PARAMETERS))
STATUS_USE(add_party, NdisClAddParty(h, stage, PARAMETERS, &out))
STATUS_USE(drop_party, NdisClDropParty(h, NULL, 0))
VOID_USE(notify_complete, NdisClNotifyCloseAddressFamilyComplete(h, GOOD))
STATUS_USE(create_vc_binding, NdisCoCreateVc(h, Client.af, stage, &out))
STATUS_USE(create_vc_af, NdisCoCreateVc(Client.binding, h, stage, &out))
STATUS_USE(delete_vc, NdisCoDeleteVc(h))
VOID_USE(send, NdisCoSendNetBufferLists(h, NULL, 0))
VOID_USE(give_back, NdisReturnNetBufferLists(h, NULL, 0))
VOID_USE(cancel_send, NdisCancelSendNetBufferLists(h, stage))

VOID_USE(open_af_complete, Cm.edge->OpenAfComplete(GOOD, h, stage))
VOID_USE(close_af_complete, Cm.edge->CloseAfComplete(GOOD, h))
VOID_USE(register_sap_complete, Cm.edge->RegisterSapComplete(GOOD, h, stage))
VOID_USE(deregister_sap_complete, Cm.edge->DeregisterSapComplete(GOOD, h))
VOID_USE(make_call_complete, Cm.edge->MakeCallComplete(GOOD, h, NULL, NULL, PARAMETERS))
VOID_USE(close_call_complete, Cm.edge->CloseCallComplete(GOOD, h, NULL))
VOID_USE(add_party_complete, Cm.edge->AddPartyComplete(GOOD, h, stage, PARAMETERS))
VOID_USE(drop_party_complete, Cm.edge->DropPartyComplete(GOOD, h))
VOID_USE(modify_complete, Cm.edge->ModifyQosComplete(GOOD, h, PARAMETERS))
STATUS_USE(incoming_call_sap, Cm.edge->IncomingCall(h, stage->vc[0].handle, PARAMETERS))
STATUS_USE(incoming_call_vc, Cm.edge->IncomingCall(stage->sap.handle, h, PARAMETERS))
VOID_USE(call_connected, Cm.edge->CallConnected(h))
VOID_USE(qos_change, Cm.edge->IncomingQosChange(h, PARAMETERS))
VOID_USE(incoming_close, Cm.edge->IncomingCloseCall(GOOD, h, NULL, 0))
VOID_USE(incoming_drop, Cm.edge->IncomingDropParty(GOOD, h, NULL, 0))
STATUS_USE(notify_close, Cm.edge->NotifyCloseAf(h))
STATUS_USE(activate, Cm.edge->ActivateVc(h, PARAMETERS))
STATUS_USE(deactivate, Cm.edge->DeactivateVc(h))
STATUS_USE(cm_delete_vc, Cm.edge->DeleteVc(h))
STATUS_USE(cm_create_vc, Cm.edge->CreateVc(h, (struct cm_vc *)stage, &out))

VOID_USE(activate_complete, NdisMCoActivateVcComplete(GOOD, h, PARAMETERS))
VOID_USE(deactivate_complete, NdisMCoDeactivateVcComplete(GOOD, h))
VOID_USE(send_complete, NdisMCoSendNetBufferListsComplete(h, NULL, 0))
VOID_USE(indicate, NdisMCoIndicateReceiveNetBufferLists(h, NULL, 0, NDIS_RECEIVE_FLAGS_RESOURCES))

static const struct use uses[] = {
    {"NdisClOpenAddressFamilyEx", BY_CLIENT, OBJECT_BINDING, false, open_af},
    {"NdisClCloseAddressFamily", BY_CLIENT, OBJECT_AF, false, close_af},
    {"NdisClRegisterSap", BY_CLIENT, OBJECT_AF, false, register_sap},
    {"NdisClDeregisterSap", BY_CLIENT, OBJECT_SAP, false, deregister_sap},
    {"NdisClMakeCall", BY_CLIENT, OBJECT_VC, false, make_call},
    {"NdisClCloseCall", BY_CLIENT, OBJECT_VC, false, close_call},
    {"NdisClCloseCall, the party", BY_CLIENT, OBJECT_PARTY, true, close_call_party},
    {"NdisClModifyCallQoS", BY_CLIENT, OBJECT_VC, false, modify_qos},
    {"NdisClIncomingCallComplete", BY_CLIENT, OBJECT_VC, false, incoming_complete},
    {"NdisClAddParty", BY_CLIENT, OBJECT_VC, false, add_party},
    {"NdisClDropParty", BY_CLIENT, OBJECT_PARTY, false, drop_party},
    {"NdisClNotifyCloseAddressFamilyComplete", BY_CLIENT, OBJECT_AF, false, notify_complete},
    {"NdisCoCreateVc", BY_CLIENT, OBJECT_BINDING, false, create_vc_binding},
    {"NdisCoCreateVc, the AF", BY_CLIENT, OBJECT_AF, true, create_vc_af},
    {"NdisCoDeleteVc", BY_CLIENT, OBJECT_VC, false, delete_vc},
    {"NdisCoSendNetBufferLists", BY_CLIENT, OBJECT_VC, false, send},
    {"NdisReturnNetBufferLists", BY_CLIENT, OBJECT_BINDING, false, give_back},
    {"NdisCancelSendNetBufferLists", BY_CLIENT, OBJECT_BINDING, false, cancel_send},
    {"Ndis(M)CmOpenAddressFamilyComplete", BY_CM, OBJECT_AF, false, open_af_complete},
    {"Ndis(M)CmCloseAddressFamilyComplete", BY_CM, OBJECT_AF, false, close_af_complete},
    {"Ndis(M)CmRegisterSapComplete", BY_CM, OBJECT_SAP, false, register_sap_complete},
    {"Ndis(M)CmDeregisterSapComplete", BY_CM, OBJECT_SAP, false, deregister_sap_complete},
    {"Ndis(M)CmMakeCallComplete", BY_CM, OBJECT_VC, false, make_call_complete},
    {"Ndis(M)CmCloseCallComplete", BY_CM, OBJECT_VC, false, close_call_complete},
    {"Ndis(M)CmAddPartyComplete", BY_CM, OBJECT_PARTY, false, add_party_complete},
    {"Ndis(M)CmDropPartyComplete", BY_CM, OBJECT_PARTY, false, drop_party_complete},
    {"Ndis(M)CmModifyCallQoSComplete", BY_CM, OBJECT_VC, false, modify_complete},
    {"Ndis(M)CmDispatchIncomingCall", BY_CM, OBJECT_SAP, false, incoming_call_sap},
    {"Ndis(M)CmDispatchIncomingCall, the VC", BY_CM, OBJECT_VC, false, incoming_call_vc},
    {"Ndis(M)CmDispatchCallConnected", BY_CM, OBJECT_VC, false, call_connected},
    {"Ndis(M)CmDispatchIncomingCallQoSChange", BY_CM, OBJECT_VC, false, qos_change},
    {"Ndis(M)CmDispatchIncomingCloseCall", BY_CM, OBJECT_VC, false, incoming_close},
    {"Ndis(M)CmDispatchIncomingDropParty", BY_CM, OBJECT_PARTY, false, incoming_drop},
    {"Ndis(M)CmNotifyCloseAddressFamily", BY_CM, OBJECT_AF, false, notify_close},
    {"Ndis(M)CmActivateVc", BY_CM, OBJECT_VC, false, activate},
    {"Ndis(M)CmDeactivateVc", BY_CM, OBJECT_VC, false, deactivate},
    {"NdisCoDeleteVc, NdisMCmDeleteVc", BY_CM, OBJECT_VC, false, cm_delete_vc},
    {"NdisCoCreateVc, NdisMCmCreateVc", BY_CM, OBJECT_AF, true, cm_create_vc},
    {"NdisMCoActivateVcComplete", BY_MINI, OBJECT_VC, false, activate_complete},
    {"NdisMCoDeactivateVcComplete", BY_MINI, OBJECT_VC, false, deactivate_complete},
    {"NdisMCoSendNetBufferListsComplete", BY_MINI, OBJECT_VC, false, send_complete},
    {"NdisMCoIndicateReceiveNetBufferLists", BY_MINI, OBJECT_VC, false, indicate},
};

enum { USES = sizeof(uses) / sizeof(uses[0]) };

/* ---- the handles ------------------------------------------------------------------------- */

static NDIS_HANDLE live_handle(enum object_kind kind)
{
    switch (kind) {
    case OBJECT_BINDING:
        return Client.binding;
    case OBJECT_AF:
        return Client.af;
    case OBJECT_SAP:
        return stage->sap.handle;
    case OBJECT_VC:
        return stage->vc[0].handle;
    default:
        return stage->party[0].handle;
    }
}

static NDIS_HANDLE with_bits(NDIS_HANDLE handle, uint64_t clear, uint64_t set)
{
    return (NDIS_HANDLE)(uintptr_t)((handle_bits(handle) & ~clear) | set);
}

static void use_one(const struct use *use, NDIS_HANDLE handle, enum rule_id rule)
{
    static NDIS_HANDLE *const drivers[] = {&Client.driver, &Cm.driver, &Mini.driver};
    NDIS_STATUS status;
    uint64_t all_before = rules_count(stage->rules);
    rules_expect(stage->rules, rule);
    AS(*drivers[use->who], status = use->call(handle));
    scene_settle(stage);
    uint64_t seen = rules_expect_end(stage->rules, rule);
    uint64_t all = rules_count(stage->rules) - all_before;
    if (seen != 1 || all != 1)
        fail_msg("%s: %s was broken %d times, among %d", use->what, rule_info(rule)->name,
                 (int)seen, (int)all);
    if (status == NDIS_STATUS_SUCCESS || status == NDIS_STATUS_PENDING)
        fail_msg("%s answered 0x%08x", use->what, (unsigned)status);
    stage->expected_count++;
}

static void use_all(struct scene *s, NDIS_HANDLE (*handle)(const struct use *), enum rule_id rule)
{
    stage = s;
    AS_CLIENT((void)ClientRegisterSap(&s->sap));
    scene_settle(s);
    call_begin_with(s, 1);
    uint32_t asked = ActorNoteCount();
    for (uint32_t i = 0; i < USES; i++)
        if (rule != RULE_HANDLE_NULL || !uses[i].optional)
            use_one(&uses[i], handle(&uses[i]), rule);
    assert_int_equal(ActorNoteCount(), asked); /* no driver was asked anything */
    call_end_with(s, 0);
    AS_CLIENT((void)ClientDeregisterSap(&s->sap));
    scene_settle(s);
}

static NDIS_HANDLE null_handle(const struct use *use)
{
    (void)use;
    return NULL;
}

static void null_breaks_handle_null(struct scene *s)
{
    use_all(s, null_handle, RULE_HANDLE_NULL);
}

static NDIS_HANDLE pointer_handle(const struct use *use)
{
    return (NDIS_HANDLE)(uintptr_t)use;
}

static void a_pointer_breaks_handle_not_a_handle(struct scene *s)
{
    use_all(s, pointer_handle, RULE_HANDLE_NOT_A_HANDLE);
}

static NDIS_HANDLE other_kind(const struct use *use)
{
    return use->kind == OBJECT_VC ? Client.af : stage->vc[0].handle;
}

static void another_kind_breaks_handle_kind(struct scene *s)
{
    use_all(s, other_kind, RULE_HANDLE_KIND);
}

static NDIS_HANDLE other_host(const struct use *use)
{
    return with_bits(live_handle(use->kind), UINT64_C(0x3ff) << 48, UINT64_C(777) << 48);
}

static void another_hosts_handle_breaks_handle_foreign(struct scene *s)
{
    use_all(s, other_host, RULE_HANDLE_FOREIGN);
}

/* The slot is in use, by a later tenant. */
static NDIS_HANDLE old_handle(const struct use *use)
{
    NDIS_HANDLE live = live_handle(use->kind);
    return with_bits(live, UINT64_C(0xffffff) << 24, (uint64_t)(handle_generation(live) - 1) << 24);
}

static void an_old_tenants_handle_breaks_handle_stale(struct scene *s)
{
    use_all(s, old_handle, RULE_HANDLE_STALE);
}

static NDIS_HANDLE no_slot(const struct use *use)
{
    return with_bits(live_handle(use->kind), 0xffffff, 0xffff00);
}

static void a_slot_that_never_was_breaks_handle_stale(struct scene *s)
{
    use_all(s, no_slot, RULE_HANDLE_STALE);
}

/* ---- levels ------------------------------------------------------------------------------ */

/* The level rule of a function's family, by its name. */
static enum rule_id level_rule(const struct use *use, bool mcm)
{
    if (use->who == BY_MINI)
        return RULE_Irql_MCO_Function;
    if (use->who == BY_CM && mcm)
        return RULE_Irql_MCM_Function;
    if (!strncmp(use->what, "NdisCo", 6))
        return RULE_Irql_Connection_Function;
    if (use->who == BY_CM)
        return RULE_Irql_CallManager_Function;
    return !strncmp(use->what, "NdisCl", 6) ? RULE_Irql_Protocol_Driver_Function
                                            : RULE_Irql_SendRcv_Function;
}

static void every_function_tells_a_level_above_dispatch(struct scene *s)
{
    KIRQL old;
    stage = s;
    for (uint32_t i = 0; i < USES; i++) {
        if (uses[i].optional)
            continue;
        enum rule_id rule = level_rule(&uses[i], s->kind.mcm);
        rules_expect(s->rules, rule);
        KeRaiseIrql(DISPATCH_LEVEL + 1, &old);
        static NDIS_HANDLE *const drivers[] = {&Client.driver, &Cm.driver, &Mini.driver};
        rules_expect(s->rules, RULE_HANDLE_NULL);
        AS(*drivers[uses[i].who], (void)uses[i].call(NULL));
        KeLowerIrql(old);
        s->expected_count += rules_expect_end(s->rules, RULE_HANDLE_NULL);
        uint64_t seen = rules_expect_end(s->rules, rule);
        s->expected_count += seen;
        if (seen != 1)
            fail_msg("%s: %s was broken %d times", uses[i].what, rule_info(rule)->name, (int)seen);
    }
}

static void an_af_is_opened_at_passive_level_only(struct scene *s)
{
    KIRQL old;
    NDIS_STATUS status;
    CO_ADDRESS_FAMILY other = {CO_ADDRESS_FAMILY_PPP, 1, 0};
    rules_expect(s->rules, RULE_OPEN_AF_NOT_NOTIFIED);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    rules_expect(s->rules, RULE_Irql_Protocol_Driver_Function);
    AS_CLIENT(status = NdisClOpenAddressFamilyEx(Client.binding, &other, &Client, &out));
    KeLowerIrql(old);
    assert_int_equal(rules_expect_end(s->rules, RULE_Irql_Protocol_Driver_Function), 1);
    s->expected_count += 1 + rules_expect_end(s->rules, RULE_OPEN_AF_NOT_NOTIFIED);
    assert_int_equal(status, NDIS_STATUS_FAILURE);
}

static const struct scene_test tests[] = {
    SCENE_TEST(null_breaks_handle_null),
    SCENE_TEST(a_pointer_breaks_handle_not_a_handle),
    SCENE_TEST(another_kind_breaks_handle_kind),
    SCENE_TEST(another_hosts_handle_breaks_handle_foreign),
    SCENE_TEST(an_old_tenants_handle_breaks_handle_stale),
    SCENE_TEST(a_slot_that_never_was_breaks_handle_stale),
    SCENE_TEST(every_function_tells_a_level_above_dispatch),
    SCENE_TEST(an_af_is_opened_at_passive_level_only),
};

SCENE_MAIN(tests)
