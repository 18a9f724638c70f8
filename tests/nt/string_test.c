/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

#include <string.h>

#include "ntstrsafe.h"

static void assert_wide(const WCHAR *text, const WCHAR *expected)
{
    size_t i = 0;
    while (expected[i] && text[i] == expected[i])
        i++;
    assert_int_equal(text[i], expected[i]);
}

static void unicode_strings_are_initialised_compared_and_appended(void **state)
{
    (void)state;
    UNICODE_STRING one;
    UNICODE_STRING other;
    RtlInitUnicodeString(&one, L"\\Device\\Atm0");
    assert_int_equal(one.Length, 24);
    assert_int_equal(one.MaximumLength, 26);
    RtlInitUnicodeString(&other, L"\\DEVICE\\ATM0");
    assert_false(RtlEqualUnicodeString(&one, &other, FALSE));
    assert_true(RtlEqualUnicodeString(&one, &other, TRUE));
    assert_true(RtlCompareUnicodeString(&one, &other, FALSE) > 0);
    RtlInitUnicodeString(&other, L"\\device");
    assert_true(RtlPrefixUnicodeString(&other, &one, TRUE));
    assert_false(RtlPrefixUnicodeString(&other, &one, FALSE));
    WCHAR buffer[8];
    UNICODE_STRING built = {0, sizeof(buffer), buffer};
    assert_int_equal(RtlAppendUnicodeToString(&built, L"abc"), STATUS_SUCCESS);
    assert_int_equal(RtlAppendUnicodeToString(&built, L"defgh"), STATUS_SUCCESS);
    assert_int_equal(RtlAppendUnicodeToString(&built, L"i"), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(built.Length, 16);
    RtlCopyUnicodeString(&built, &other);
    assert_wide(buffer, L"\\device");
}

static void small_letters_have_their_capitals(void **state)
{
    (void)state;
    static const WCHAR small[] = {'a',   'z',   '1',   0xe9,  0xf7, 0xff,
                                  0x101, 0x3b1, 0x3c2, 0x44f, 0x451};
    static const WCHAR large[] = {'A',   'Z',   '1',   0xc9,  0xf7, 0x178,
                                  0x100, 0x391, 0x3a3, 0x42f, 0x401};
    for (size_t i = 0; i < ARRAYSIZE(small); i++)
        assert_int_equal(RtlUpcaseUnicodeChar(small[i]), large[i]);
}

static void integers_go_to_strings_and_back(void **state)
{
    (void)state;
    WCHAR buffer[12];
    UNICODE_STRING string = {0, sizeof(buffer), buffer};
    ULONG value;
    assert_int_equal(RtlIntegerToUnicodeString(3735928559u, 16, &string), STATUS_SUCCESS);
    assert_wide(buffer, L"DEADBEEF");
    assert_int_equal(RtlUnicodeStringToInteger(&string, 16, &value), STATUS_SUCCESS);
    assert_int_equal(value, 3735928559u);
    RtlInitUnicodeString(&string, L"  0x1f rest");
    assert_int_equal(RtlUnicodeStringToInteger(&string, 0, &value), STATUS_SUCCESS);
    assert_int_equal(value, 31);
    RtlInitUnicodeString(&string, L"-12");
    assert_int_equal(RtlUnicodeStringToInteger(&string, 10, &value), STATUS_SUCCESS);
    assert_int_equal((LONG)value, -12);
    string = (UNICODE_STRING){0, 4, buffer};
    assert_int_equal(RtlIntegerToUnicodeString(1000, 10, &string), STATUS_BUFFER_OVERFLOW);
}

static void strings_convert_between_wide_and_narrow(void **state)
{
    struct harness *harness = *state;
    static const char narrow[] = "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"; /* UTF-8 */
    ANSI_STRING given;
    ANSI_STRING back;
    UNICODE_STRING wide;
    RtlInitAnsiString(&given, narrow);
    assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &given, TRUE), STATUS_SUCCESS);
    assert_int_equal(wide.Length, 14);
    assert_int_equal(wide.Buffer[2], 0xfc);
    assert_int_equal(wide.Buffer[5], 0xd83d);
    assert_int_equal(RtlUnicodeStringToAnsiString(&back, &wide, TRUE), STATUS_SUCCESS);
    assert_string_equal(back.Buffer, narrow);
    assert_int_equal(nt_owner_count(&harness->owner, NT_POOL, NULL), 2);
    RtlFreeUnicodeString(&wide);
    RtlFreeAnsiString(&back);
    assert_null(wide.Buffer);
    char small[4];
    back = (ANSI_STRING){0, sizeof(small), small};
    RtlInitUnicodeString(&wide, L"four");
    assert_int_equal(RtlUnicodeStringToAnsiString(&back, &wide, FALSE), STATUS_BUFFER_OVERFLOW);
}

static void malformed_input_converts_to_replacement_characters(void **state)
{
    (void)state;
    WCHAR buffer[8];
    ANSI_STRING given;
    UNICODE_STRING wide = {0, sizeof(buffer), buffer};
    RtlInitAnsiString(&given, "\xc0\x80\xe2\x82");
    assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &given, FALSE), STATUS_SUCCESS);
    assert_int_equal(wide.Length, 8);
    for (int i = 0; i < 4; i++)
        assert_int_equal(buffer[i], 0xfffd);
}

static void ndis_strings_are_allocated_and_freed(void **state)
{
    (void)state;
    NDIS_STRING string;
    NdisInitializeString(&string, (PUCHAR)(uintptr_t) "vc");
    assert_int_equal(string.Length, 4);
    assert_wide(string.Buffer, L"vc");
    NdisFreeString(string);
}

/* ---- ntstrsafe ---- */

static void bounded_copies_cut_and_terminate(void **state)
{
    (void)state;
    WCHAR wide[4];
    char narrow[6];
    size_t length;
    assert_int_equal(RtlStringCbCopyW(wide, sizeof(wide), L"abc"), STATUS_SUCCESS);
    assert_int_equal(RtlStringCbCopyW(wide, sizeof(wide), L"abcd"), STATUS_BUFFER_OVERFLOW);
    assert_wide(wide, L"abc");
    assert_int_equal(RtlStringCchCopyNA(narrow, 6, "abcdef", 2), STATUS_SUCCESS);
    assert_int_equal(RtlStringCchCatA(narrow, 6, "xyz"), STATUS_SUCCESS);
    assert_string_equal(narrow, "abxyz");
    assert_int_equal(RtlStringCchCatA(narrow, 6, "!"), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlStringCbLengthW(wide, sizeof(wide), &length), STATUS_SUCCESS);
    assert_int_equal(length, 6);
    assert_int_equal(RtlStringCchCopyA(narrow, 0, ""), STATUS_INVALID_PARAMETER);
}

#pragma GCC diagnostic ignored "-Wformat"

static void formats_are_windows_own(void **state)
{
    (void)state;
    char narrow[128];
    WCHAR wide[64];
    UNICODE_STRING counted = RTL_CONSTANT_STRING(L"counted");
    counted.Length = 10;
    ANSI_STRING ansi = RTL_CONSTANT_STRING("ansi");
    (void)RtlStringCchPrintfA(narrow, sizeof(narrow), "%d|%5u|%-5d|%05d|%x|%#X|%ld|%I64d|%%", -7,
                              42u, 3, 42, 255u, 255u, -1, (LONGLONG)1 << 40);
    assert_string_equal(narrow, "-7|   42|3    |00042|ff|0XFF|-1|1099511627776|%");
    (void)RtlStringCchPrintfA(narrow, sizeof(narrow), "%s|%S|%ws|%wZ|%Z|%.2s|%c|%p", "narrow",
                              L"wide", L"w", &counted, &ansi, "cut", 'c', (void *)0x1f);
    assert_string_equal(narrow, "narrow|wide|w|count|ansi|cu|c|000000000000001F");
    (void)RtlStringCchPrintfW(wide, ARRAYSIZE(wide), L"%s|%hs|%S|%c|%hu|%*d", L"wide", "h", "S",
                              L'x', 65537, 4, 1);
    assert_wide(wide, L"wide|h|S|x|1|   1");
    (void)RtlStringCchPrintfA(narrow, sizeof(narrow), "%s|%.1f|%i", NULL, 2.5, -2147483647 - 1);
    assert_string_equal(narrow, "(null)|2.5|-2147483648");
    assert_int_equal(RtlStringCchPrintfA(narrow, 4, "%u", 12345u), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(narrow, "123");
}

static void a_counted_string_is_printed_to_without_terminator(void **state)
{
    (void)state;
    WCHAR buffer[4];
    UNICODE_STRING string = {0, sizeof(buffer), buffer};
    assert_int_equal(RtlUnicodeStringPrintf(&string, L"%u", 1234u), STATUS_SUCCESS);
    assert_int_equal(string.Length, 8);
    assert_int_equal(RtlUnicodeStringPrintf(&string, L"%u", 12345u), STATUS_BUFFER_OVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(unicode_strings_are_initialised_compared_and_appended),
        LIVE(small_letters_have_their_capitals),
        LIVE(integers_go_to_strings_and_back),
        BOTH(strings_convert_between_wide_and_narrow),
        LIVE(malformed_input_converts_to_replacement_characters),
        BOTH(ndis_strings_are_allocated_and_freed),
        LIVE(bounded_copies_cut_and_terminate),
        LIVE(formats_are_windows_own),
        LIVE(a_counted_string_is_printed_to_without_terminator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
