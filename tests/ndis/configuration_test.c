/* SPDX-License-Identifier: MIT */
#include "bare_host.h"

#include "nt/fault.h"

#define U(text)                                                                                    \
    (&(UNICODE_STRING){sizeof(L"" text) - sizeof(WCHAR), sizeof(L"" text), (PWCH)(L"" text)})

struct fixture {
    struct bare_host *b;
    struct module module;
    struct driver *driver;
    NDIS_HANDLE handle; /* of the driver */
    NDIS_HANDLE configuration;
    NDIS_STATUS status;
    PNDIS_CONFIGURATION_PARAMETER parameter;
};

/* In place of the one that needs loaded drivers; does the same for a driver's handle. */
__attribute__((weak)) struct settings *ndis_settings_of(NDIS_HANDLE handle)
{
    struct driver *driver =
        (struct driver *)handle_resolve(host_current(), handle, OBJECT_DRIVER, NULL);
    return driver ? driver->module->settings : NULL;
}

static NDIS_CONFIGURATION_OBJECT object_for(NDIS_HANDLE handle)
{
    return (NDIS_CONFIGURATION_OBJECT){
        .Header = {NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT, NDIS_CONFIGURATION_OBJECT_REVISION_1,
                   NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1},
        .NdisHandle = handle,
    };
}

static int begin(void **state)
{
    static const struct condis_setting pairs[] = {
        {"Speed", "155"},
        {"NetworkAddress", "00-11-22-AA-bb-CC"},
        {"Ports\\0\\Name", "north"},
        {"Ports\\1\\Name", "south"},
    };
    struct fixture *f = calloc(1, sizeof *f);
    f->b = bare_host_begin(EXEC_SIMULATED);
    f->module.settings = settings_create(pairs, 4);
    f->driver = (struct driver *)slab_take(&f->b->host->slabs[OBJECT_DRIVER], 0);
    f->driver->module = &f->module;
    slab_publish(&f->driver->object);
    f->handle = handle_of(f->b->host, &f->driver->object);
    NDIS_CONFIGURATION_OBJECT object = object_for(f->handle);
    assert_int_equal(NdisOpenConfigurationEx(&object, &f->configuration), NDIS_STATUS_SUCCESS);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    if (f->configuration)
        NdisCloseConfiguration(f->configuration);
    slab_release(&f->b->host->slabs[OBJECT_DRIVER], &f->driver->object);
    settings_release(f->module.settings);
    bare_host_end(f->b);
    free(f);
    return 0;
}

static void a_value_lives_until_the_close(void **state)
{
    struct fixture *f = *state;
    PNDIS_CONFIGURATION_PARAMETER first;
    NdisReadConfiguration(&f->status, &first, f->configuration, U("speed"), NdisParameterInteger);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("Speed"),
                          NdisParameterString);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    assert_int_equal(first->ParameterData.IntegerData, 155);
    assert_memory_equal(f->parameter->ParameterData.StringData.Buffer, L"155", 8);
}

static void what_is_not_there_is_a_failure(void **state)
{
    struct fixture *f = *state;
    f->parameter = (void *)f;
    NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("Depth"),
                          NdisParameterInteger);
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    assert_null(f->parameter);
}

static void windows_own_keywords_are_answered(void **state)
{
    struct fixture *f = *state;
    NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("NdisVersion"),
                          NdisParameterInteger);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    assert_int_equal(f->parameter->ParameterData.IntegerData, 0x00060014);
    NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("Environment"),
                          NdisParameterInteger);
    assert_int_equal(f->parameter->ParameterData.IntegerData, 1);
}

static void what_one_handle_writes_another_reads(void **state)
{
    struct fixture *f = *state;
    NDIS_CONFIGURATION_PARAMETER value = {.ParameterType = NdisParameterInteger,
                                          .ParameterData.IntegerData = 9};
    NdisWriteConfiguration(&f->status, f->configuration, U("Speed"), &value);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    NDIS_HANDLE second;
    NDIS_CONFIGURATION_OBJECT object = object_for(f->handle);
    assert_int_equal(NdisOpenConfigurationEx(&object, &second), NDIS_STATUS_SUCCESS);
    NdisReadConfiguration(&f->status, &f->parameter, second, U("Speed"), NdisParameterInteger);
    assert_int_equal(f->parameter->ParameterData.IntegerData, 9);
    NdisCloseConfiguration(second);
    value.ParameterType = (NDIS_PARAMETER_TYPE)-1;
    NdisWriteConfiguration(&f->status, f->configuration, U("Speed"), &value);
    assert_int_equal(f->status, NDIS_STATUS_NOT_SUPPORTED);
}

/* Makes every call of one function fail from here on. */
static void fail_only(struct fixture *f, const char *function)
{
    const uint64_t first = 1;
    struct fault_options options = {
        .mode = FAULTS_FROM, .numbers = &first, .number_count = 1, .functions = {&function, 1}};
    faults_destroy(f->b->world->faults);
    f->b->world->faults = faults_create(&options);
    assert_non_null(f->b->world->faults);
}

static void a_call_that_is_made_to_fail_says_so_and_opens_nothing(void **state)
{
    struct fixture *f = *state;
    NDIS_CONFIGURATION_PARAMETER value = {.ParameterType = NdisParameterInteger,
                                          .ParameterData.IntegerData = 9};
    NDIS_CONFIGURATION_OBJECT object = object_for(f->handle);
    NDIS_HANDLE handle = NULL;
    WCHAR text[16];
    UNICODE_STRING name = {0, sizeof text, text};
    PVOID address = f;
    UINT length;
    fail_only(f, "NdisOpenConfigurationEx");
    assert_int_equal(NdisOpenConfigurationEx(&object, &handle), NDIS_STATUS_RESOURCES);
    fail_only(f, "NdisOpenConfigurationKeyByName");
    NdisOpenConfigurationKeyByName(&f->status, f->configuration, U("Ports"), &handle);
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    fail_only(f, "NdisOpenConfigurationKeyByIndex");
    NdisOpenConfigurationKeyByIndex(&f->status, f->configuration, 0, &name, &handle);
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    assert_null(handle);
    fail_only(f, "NdisReadConfiguration");
    NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("Speed"),
                          NdisParameterInteger);
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    assert_null(f->parameter);
    fail_only(f, "NdisReadNetworkAddress");
    NdisReadNetworkAddress(&f->status, &address, &length, f->configuration);
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    assert_null(address);
    fail_only(f, "NdisWriteConfiguration");
    NdisWriteConfiguration(&f->status, f->configuration, U("Speed"), &value);
    assert_int_equal(f->status, NDIS_STATUS_RESOURCES);
    fail_only(f, "NdisOpenConfigurationEx"); /* the others work again */
    NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("Speed"),
                          NdisParameterInteger);
    assert_int_equal(f->parameter->ParameterData.IntegerData, 155);
    faults_destroy(f->b->world->faults);
    f->b->world->faults = NULL;
}

static void the_network_address_is_bytes(void **state)
{
    struct fixture *f = *state;
    PVOID address;
    UINT length;
    NdisReadNetworkAddress(&f->status, &address, &length, f->configuration);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    assert_int_equal(length, 6);
    assert_memory_equal(address, "\x00\x11\x22\xaa\xbb\xcc", 6);
}

static void subkeys_open_by_name(void **state)
{
    struct fixture *f = *state;
    NDIS_HANDLE ports, port;
    NdisOpenConfigurationKeyByName(&f->status, f->configuration, U("ports"), &ports);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    NdisOpenConfigurationKeyByName(&f->status, ports, U("1"), &port);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    NdisReadConfiguration(&f->status, &f->parameter, port, U("Name"), NdisParameterString);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    assert_memory_equal(f->parameter->ParameterData.StringData.Buffer, L"south", 10);
    NDIS_HANDLE none = f;
    NdisOpenConfigurationKeyByName(&f->status, ports, U("2"), &none);
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    assert_int_equal(nt_owner_count(&f->b->alice, NT_CONFIGURATION, NULL), 3);
    NdisCloseConfiguration(port);
    NdisCloseConfiguration(ports);
}

static void subkeys_open_by_number_until_there_are_no_more(void **state)
{
    struct fixture *f = *state;
    NDIS_HANDLE ports, port;
    WCHAR buffer[8];
    UNICODE_STRING name = {0, sizeof buffer, buffer};
    NdisOpenConfigurationKeyByIndex(&f->status, f->configuration, 0, &name, &ports);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    assert_int_equal(name.Length, 10);
    assert_memory_equal(buffer, L"Ports", 10);
    NdisOpenConfigurationKeyByIndex(&f->status, ports, 1, &name, &port);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
    assert_memory_equal(buffer, L"1", 2);
    NdisCloseConfiguration(port);
    NdisOpenConfigurationKeyByIndex(&f->status, ports, 2, &name, &port);
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    name.MaximumLength = 4;
    EXPECT_RULE(f->b, ARGUMENT_BAD,
                NdisOpenConfigurationKeyByIndex(&f->status, f->configuration, 0, &name, &port));
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    NdisCloseConfiguration(ports);
}

static void a_closed_handle_is_told(void **state)
{
    struct fixture *f = *state;
    NdisCloseConfiguration(f->configuration);
    EXPECT_RULE(f->b, CONFIGURATION_CLOSED,
                NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("Speed"),
                                      NdisParameterInteger));
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(f->b, CONFIGURATION_CLOSED, NdisCloseConfiguration(f->configuration));
    EXPECT_RULE(f->b, HANDLE_KIND, NdisCloseConfiguration(f->handle));
    EXPECT_RULE(f->b, HANDLE_NULL, NdisCloseConfiguration(NULL));
    f->configuration = NULL;
}

static void a_bad_object_opens_nothing(void **state)
{
    struct fixture *f = *state;
    NDIS_HANDLE opened = f;
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    NDIS_CONFIGURATION_OBJECT object = object_for(f);
    EXPECT_RULE(f->b, HANDLE_KIND, status = NdisOpenConfigurationEx(&object, &opened));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    assert_null(opened);
    object = object_for(f->handle);
    object.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    EXPECT_RULE(f->b, ARGUMENT_HEADER, status = NdisOpenConfigurationEx(&object, &opened));
    assert_int_equal(status, NDIS_STATUS_FAILURE);
    EXPECT_RULE(f->b, ARGUMENT_NULL, status = NdisOpenConfigurationEx(NULL, &opened));
    EXPECT_RULE(f->b, ARGUMENT_NULL, status = NdisOpenConfigurationEx(&object, NULL));
}

static void above_passive_nothing_is_read(void **state)
{
    struct fixture *f = *state;
    uint8_t old = exec_set_irql(EXEC_DISPATCH);
    EXPECT_RULE(f->b, Irql_Miscellaneous_Function,
                NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("Speed"),
                                      NdisParameterInteger));
    assert_int_equal(f->status, NDIS_STATUS_FAILURE);
    exec_set_irql(old);
}

static void a_driver_that_goes_leaves_nothing_open(void **state)
{
    struct fixture *f = *state;
    NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("Speed"),
                          NdisParameterInteger);
    configurations_disown(f->b->host, &f->b->bob);
    assert_int_equal(nt_owner_count(&f->b->alice, NT_CONFIGURATION, NULL), 1);
    configurations_disown(f->b->host, &f->b->alice);
    assert_int_equal(nt_owner_count(&f->b->alice, NT_CONFIGURATION, NULL), 0);
    f->configuration = NULL;
}

static void settings_outlive_the_driver_while_they_are_open(void **state)
{
    struct fixture *f = *state;
    settings_release(f->module.settings);
    f->module.settings = NULL;
    NdisReadConfiguration(&f->status, &f->parameter, f->configuration, U("Speed"),
                          NdisParameterInteger);
    assert_int_equal(f->status, NDIS_STATUS_SUCCESS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_value_lives_until_the_close),
        TEST(what_is_not_there_is_a_failure),
        TEST(windows_own_keywords_are_answered),
        TEST(what_one_handle_writes_another_reads),
        TEST(a_call_that_is_made_to_fail_says_so_and_opens_nothing),
        TEST(the_network_address_is_bytes),
        TEST(subkeys_open_by_name),
        TEST(subkeys_open_by_number_until_there_are_no_more),
        TEST(a_closed_handle_is_told),
        TEST(a_bad_object_opens_nothing),
        TEST(above_passive_nothing_is_read),
        TEST(a_driver_that_goes_leaves_nothing_open),
        TEST(settings_outlive_the_driver_while_they_are_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
