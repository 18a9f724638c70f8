/* SPDX-License-Identifier: MIT */
#include "ndis/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A string constant as a UNICODE_STRING. */
#define U(text)                                                                                    \
    (&(UNICODE_STRING){sizeof(L"" text) - sizeof(WCHAR), sizeof(L"" text), (PWCH)(L"" text)})

static const struct condis_setting pairs[] = {
    {"Speed", "155"},
    {"Mask", "0xFFfF"},
    {"Hex", "1f"},
    {"Name", "leaf \xc3\xa9\xf0\x9f\x98\x80"},
    {"List", "one;two;three"},
    {"Bytes", "00-a1:B2 c3"},
    {"Empty", ""},
    {"Big", "4294967296"},
    {"Groups\\First\\Id", "1"},
    {"Groups\\Second\\Id", "2"},
    {"groups\\first\\Name", "x"},
    {"Other\\Id", "3"},
    {"speed", "622"},
};

static int begin(void **state)
{
    *state = settings_create(pairs, sizeof pairs / sizeof pairs[0]);
    return *state ? 0 : -1;
}

static int end(void **state)
{
    settings_release(*state);
    return 0;
}

static struct settings_value *read_value(struct settings *s, const UNICODE_STRING *path,
                                         const UNICODE_STRING *name, NDIS_PARAMETER_TYPE type)
{
    struct settings_value *value = NULL;
    NDIS_STATUS status = settings_read(s, path, name, type, &value);
    assert_int_equal(status, value ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE);
    return value;
}

static void expect_integer(struct settings *s, const UNICODE_STRING *name, NDIS_PARAMETER_TYPE type,
                           ULONG expected)
{
    struct settings_value *value = read_value(s, U(""), name, type);
    assert_non_null(value);
    assert_int_equal(value->parameter.ParameterType, NdisParameterInteger);
    assert_int_equal(value->parameter.ParameterData.IntegerData, expected);
    settings_value_free(value);
}

static void expect_wide(struct settings *s, const UNICODE_STRING *name, NDIS_PARAMETER_TYPE type,
                        const WCHAR *expected, size_t bytes)
{
    struct settings_value *value = read_value(s, U(""), name, type);
    assert_non_null(value);
    const NDIS_STRING *string = &value->parameter.ParameterData.StringData;
    assert_int_equal(value->parameter.ParameterType, type);
    assert_int_equal(string->Length, bytes);
    assert_memory_equal(string->Buffer, expected, bytes);
    assert_in_range(string->MaximumLength, string->Length, string->Length + sizeof(WCHAR));
    settings_value_free(value);
}

static void digits_are_read_as_integers(void **state)
{
    expect_integer(*state, U("SPEED"), NdisParameterInteger, 622); /* the last of two */
    expect_integer(*state, U("Mask"), NdisParameterInteger, 0xffff);
    expect_integer(*state, U("Hex"), NdisParameterHexInteger, 0x1f);
    expect_integer(*state, U("Speed"), NdisParameterHexInteger, 0x622);
}

static void what_is_no_integer_is_not_read_as_one(void **state)
{
    assert_null(read_value(*state, U(""), U("Hex"), NdisParameterInteger));
    assert_null(read_value(*state, U(""), U("Big"), NdisParameterInteger));
    assert_null(read_value(*state, U(""), U("Empty"), NdisParameterInteger));
    assert_null(read_value(*state, U(""), U("Nowhere"), NdisParameterInteger));
    assert_null(read_value(*state, U("Groups\\"), U("Speed"), NdisParameterInteger));
}

static void any_text_is_read_as_a_string(void **state)
{
    static const WCHAR name[] = {'l', 'e', 'a', 'f', ' ', 0xe9, 0xd83d, 0xde00};
    expect_wide(*state, U("name"), NdisParameterString, name, sizeof name);
    expect_wide(*state, U("Speed"), NdisParameterString, L"622", 6);
    expect_wide(*state, U("Empty"), NdisParameterString, L"", 0);
}

static void semicolons_part_a_multi_string(void **state)
{
    expect_wide(*state, U("List"), NdisParameterMultiString, L"one\0two\0three\0",
                sizeof L"one\0two\0three\0");
    expect_wide(*state, U("List"), NdisParameterString, L"one;two;three", 26);
}

static void digit_pairs_are_read_as_bytes(void **state)
{
    struct settings_value *value = read_value(*state, U(""), U("Bytes"), NdisParameterBinary);
    assert_non_null(value);
    assert_int_equal(value->parameter.ParameterData.BinaryData.Length, 4);
    assert_memory_equal(value->parameter.ParameterData.BinaryData.Buffer, "\x00\xa1\xb2\xc3", 4);
    settings_value_free(value);
    assert_null(read_value(*state, U(""), U("Speed"), NdisParameterBinary)); /* an odd digit */
    assert_null(read_value(*state, U(""), U("Name"), NdisParameterBinary));
}

static void what_is_written_keeps_its_type(void **state)
{
    struct settings *s = *state;
    NDIS_CONFIGURATION_PARAMETER p = {.ParameterType = NdisParameterInteger,
                                      .ParameterData.IntegerData = 4000000000u};
    assert_int_equal(settings_write(s, U(""), U("speed"), &p), NDIS_STATUS_SUCCESS);
    expect_integer(s, U("Speed"), NdisParameterInteger, 4000000000u);
    expect_wide(s, U("Speed"), NdisParameterString, L"4000000000", 20);
    p = (NDIS_CONFIGURATION_PARAMETER){.ParameterType = NdisParameterString,
                                       .ParameterData.StringData = *U("a;b")};
    assert_int_equal(settings_write(s, U(""), U("New"), &p), NDIS_STATUS_SUCCESS);
    expect_wide(s, U("New"), NdisParameterString, L"a;b", 6);
    expect_wide(s, U("New"), NdisParameterMultiString, L"a;b\0", 10);
    p = (NDIS_CONFIGURATION_PARAMETER){.ParameterType = NdisParameterMultiString,
                                       .ParameterData.StringData = *U("a\0b\0")};
    assert_int_equal(settings_write(s, U(""), U("New"), &p), NDIS_STATUS_SUCCESS);
    expect_wide(s, U("New"), NdisParameterMultiString, L"a\0b\0", 10);
    assert_null(read_value(s, U(""), U("New"), NdisParameterString));
    p = (NDIS_CONFIGURATION_PARAMETER){.ParameterType = NdisParameterBinary,
                                       .ParameterData.BinaryData = {3, "abc"}};
    assert_int_equal(settings_write(s, U(""), U("New"), &p), NDIS_STATUS_SUCCESS);
    assert_null(read_value(s, U(""), U("New"), NdisParameterMultiString));
    struct settings_value *value = read_value(s, U(""), U("New"), NdisParameterBinary);
    assert_memory_equal(value->parameter.ParameterData.BinaryData.Buffer, "abc", 3);
    settings_value_free(value);
    p.ParameterType = (NDIS_PARAMETER_TYPE)9;
    assert_int_equal(settings_write(s, U(""), U("New"), &p), NDIS_STATUS_NOT_SUPPORTED);
}

static void keys_are_found_by_name_and_number(void **state)
{
    struct settings *s = *state;
    WCHAR buffer[6];
    UNICODE_STRING name = {0, sizeof buffer, buffer};
    assert_true(settings_has_key(s, U(""), U("GROUPS")));
    assert_true(settings_has_key(s, U("Groups\\"), U("Second")));
    assert_false(settings_has_key(s, U(""), U("Speed")));
    assert_false(settings_has_key(s, U("Groups\\"), U("Id")));
    assert_int_equal(settings_key_at(s, U(""), 0, &name), NDIS_STATUS_SUCCESS);
    assert_int_equal(name.Length, 12);
    assert_memory_equal(buffer, L"Groups", 12);
    assert_int_equal(settings_key_at(s, U(""), 1, &name), NDIS_STATUS_SUCCESS);
    assert_memory_equal(buffer, L"Other", 10);
    assert_int_equal(settings_key_at(s, U(""), 2, &name), NDIS_STATUS_FAILURE);
    assert_int_equal(settings_key_at(s, U("groups\\"), 1, &name), NDIS_STATUS_SUCCESS);
    assert_memory_equal(buffer, L"Second", 12);
    assert_int_equal(settings_key_at(s, U("groups\\"), 2, &name), NDIS_STATUS_FAILURE);
    name.MaximumLength = 10;
    assert_int_equal(settings_key_at(s, U(""), 0, &name), NDIS_STATUS_BUFFER_TOO_SHORT);
    assert_int_equal(name.Length, 12);
    struct settings_value *value =
        read_value(s, U("Groups\\First\\"), U("id"), NdisParameterInteger);
    assert_int_equal(value->parameter.ParameterData.IntegerData, 1);
    settings_value_free(value);
}

static void settings_live_until_the_last_reference(void **state)
{
    struct settings *s = settings_create(NULL, 0);
    (void)state;
    settings_hold(s);
    settings_release(s);
    assert_null(read_value(s, U(""), U("x"), NdisParameterString));
    settings_release(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(digits_are_read_as_integers),       TEST(what_is_no_integer_is_not_read_as_one),
        TEST(any_text_is_read_as_a_string),      TEST(semicolons_part_a_multi_string),
        TEST(digit_pairs_are_read_as_bytes),     TEST(what_is_written_keeps_its_type),
        TEST(keys_are_found_by_name_and_number), TEST(settings_live_until_the_last_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
