/* SPDX-License-Identifier: MIT */
/* The names of a VC for the world outside. */
#include "crew.h"

static NDIS_HANDLE vc;
static char vc_context;

/* Makes a VC, runs `body` at DISPATCH_LEVEL with it, and deletes it. */
static void (*body)(void);
static void (*afterwards)(void);

static void with_vc(struct crew_protocol *p)
{
    KIRQL irql;
    vc = NULL;
    assert_int_equal(NdisCoCreateVc(p->binding, p->af, &vc_context, &vc), NDIS_STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    body();
    KeLowerIrql(irql);
    assert_int_equal(NdisCoDeleteVc(vc), NDIS_STATUS_SUCCESS);
    if (afterwards)
        afterwards();
}

static void run(void (*b)(void), void (*after)(void))
{
    struct crew_world w = crew_begin(CONDIS_SIMULATED, CONDIS_COMPLETE_PENDING);
    body = b;
    afterwards = after;
    crew.client_opens_af = true;
    crew.client_in_unbind = with_vc;
    crew_load(&w, "crew-client");
    crew_start(crew_load(&w, "crew-mcm"), "atm0");
    crew_end(&w);
    assert_int_equal(crew_count("client-unbind"), 1);
}

static NDIS_STRING name;

static void assign(void)
{
    NDIS_STRING base = RTL_CONSTANT_STRING(L"PVC");
    NDIS_STRING other = RTL_CONSTANT_STRING(L"ANOTHER");
    NDIS_STRING second;
    assert_int_equal(NdisCoAssignInstanceName(vc, &base, &name), NDIS_STATUS_SUCCESS);
    assert_true(name.Length > base.Length);
    assert_memory_equal(name.Buffer, L"PVC", base.Length);
    assert_true(name.Buffer[3] >= L'0' && name.Buffer[3] <= L'9');
    assert_int_equal(NdisCoAssignInstanceName(vc, &other, NULL), NDIS_STATUS_SUCCESS);
    assert_int_equal(NdisCoAssignInstanceName(vc, &other, &second), NDIS_STATUS_SUCCESS);
    assert_int_equal(second.Length, name.Length);
    assert_memory_equal(second.Buffer, name.Buffer, name.Length);
    NdisFreeMemory(second.Buffer, 0, 0);
}

static void free_name(void)
{
    NdisFreeString(name);
}

static void a_vc_keeps_the_first_name_it_was_given(void **state)
{
    (void)state;
    run(assign, free_name);
}

static void find_by_call_id(void)
{
    struct {
        VAR_STRING id;
        char text[16];
    } call_id;
    WCHAR wide[16];
    UNICODE_STRING string = {sizeof(wide), sizeof(wide), wide};
    NDIS_HANDLE context = NULL;
    memset(&call_id, 0, sizeof(call_id));
    call_id.id.ulTotalSize = sizeof(call_id.id);
    assert_int_equal(NdisCoGetTapiCallId(vc, &call_id.id), NDIS_STATUS_BUFFER_TOO_SHORT);
    assert_int_equal(call_id.id.ulNeededSize, sizeof(call_id));
    call_id.id.ulTotalSize = sizeof(call_id);
    assert_int_equal(NdisCoGetTapiCallId(vc, &call_id.id), NDIS_STATUS_SUCCESS);
    const char *text = (const char *)&call_id + call_id.id.ulStringOffset;
    assert_int_equal(call_id.id.ulStringSize, 16);
    for (int i = 0; i < 16; i++)
        wide[i] = (WCHAR)text[i];
    assert_int_equal(NdisClGetProtocolVcContextFromTapiCallId(string, &context),
                     NDIS_STATUS_SUCCESS);
    assert_ptr_equal(context, &vc_context);
    wide[15] = wide[15] == L'0' ? L'1' : L'0';
    assert_int_equal(NdisClGetProtocolVcContextFromTapiCallId(string, &context),
                     NDIS_STATUS_FAILURE);
    wide[0] = L'?';
    assert_int_equal(NdisClGetProtocolVcContextFromTapiCallId(string, &context),
                     NDIS_STATUS_FAILURE);
}

static void a_call_id_leads_back_to_the_clients_context(void **state)
{
    (void)state;
    run(find_by_call_id, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vc_keeps_the_first_name_it_was_given),
        cmocka_unit_test(a_call_id_leads_back_to_the_clients_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
