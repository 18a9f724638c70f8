/* SPDX-License-Identifier: MIT */
#include <condis/address.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct condis_address parsed(const char *text)
{
    struct condis_address address;
    struct condis_error error = {""};
    if (!condis_address_parse(text, &address, &error))
        fail_msg("%s", error.text);
    return address;
}

/* The text is refused, the reason names what matters, and the address is untouched. */
static void check_refused(const char *text, const char *reason)
{
    struct condis_address address;
    struct condis_address before;
    struct condis_error error = {""};
    memset(&address, 0xa5, sizeof address);
    before = address;
    assert_false(condis_address_parse(text, &address, &error));
    assert_memory_equal(&address, &before, sizeof address);
    if (!strstr(error.text, reason))
        fail_msg("\"%s\" does not say \"%s\"", error.text, reason);
    assert_false(condis_address_parse(text, &address, NULL));
}

static void a_name_fills_the_private_address(void **state)
{
    static const uint8_t octets[20] = {0x49, 5, 'l', 'e', 'a', 'f', '1'};
    (void)state;
    struct condis_address address = parsed("@leaf1");
    assert_memory_equal(address.octets, octets, sizeof octets);
}

static void every_length_of_a_name_comes_back_as_text(void **state)
{
    char text[CONDIS_ADDRESS_TEXT_BYTES];
    char back[CONDIS_ADDRESS_TEXT_BYTES];
    (void)state;
    for (size_t length = 1; length <= CONDIS_ADDRESS_NAME_MAX; length++) {
        memcpy(text, "@aZ09._-bY18x", length + 1);
        text[length + 1] = '\0';
        struct condis_address address = parsed(text);
        assert_string_equal(condis_address_format(&address, back), text);
    }
}

static void forty_digits_are_read_with_and_without_dots(void **state)
{
    char text[CONDIS_ADDRESS_TEXT_BYTES];
    (void)state;
    struct condis_address plain = parsed("47000580ffe1000000f21c0b7c00204810C5B300");
    struct condis_address dotted = parsed("47.0005.80ffe1000000f21c0b7c.00204810c5b3.00");
    assert_memory_equal(&plain, &dotted, sizeof plain);
    assert_int_equal(plain.octets[0], 0x47);
    assert_int_equal(plain.octets[18], 0xb3);
    assert_string_equal(condis_address_format(&dotted, text),
                        "47000580ffe1000000f21c0b7c00204810c5b300");
}

static void an_address_that_is_almost_a_name_is_written_as_digits(void **state)
{
    char text[CONDIS_ADDRESS_TEXT_BYTES];
    (void)state;
    struct condis_address address = parsed("@leaf");
    address.octets[19] = 1; /* a selector */
    assert_string_equal(condis_address_format(&address, text),
                        "49046c6561660000000000000000000000000001");
    struct condis_address again = parsed(text);
    assert_memory_equal(&address, &again, sizeof address);
    address = parsed("@leaf");
    address.octets[3] = ' '; /* no character of a name */
    assert_int_equal(condis_address_format(&address, text)[0], '4');
    address = parsed("@leaf");
    address.octets[1] = 0;
    assert_int_equal(condis_address_format(&address, text)[0], '4');
    address.octets[1] = 13;
    assert_int_equal(condis_address_format(&address, text)[0], '4');
}

static void a_bad_name_is_refused_with_its_place(void **state)
{
    (void)state;
    check_refused("@", "1 to 12 characters");
    check_refused("@thirteenchars", "1 to 12 characters");
    check_refused("@two words", "character 5");
    check_refused("@caf\xc3\xa9", "character 5");
}

static void bad_digits_are_refused_with_their_place(void **state)
{
    (void)state;
    check_refused("", "missing");
    check_refused("leaf1", "character 1");
    check_refused("4700 0580ffe1000000f21c0b7c00204810C5B300", "character 5");
    check_refused("47000580ffe1000000f21c0b7c00204810c5b3", "38 hexadecimal digits");
    check_refused("47000580ffe1000000f21c0b7c00204810c5b30000", "42 hexadecimal digits");
    check_refused("4.7000580ffe1000000f21c0b7c00204810c5b300", "dot at character 2");
    check_refused(".47000580ffe1000000f21c0b7c00204810c5b300", "dot at character 1");
    check_refused("47..000580ffe1000000f21c0b7c00204810c5b300", "dot at character 4");
    check_refused("47000580ffe1000000f21c0b7c00204810c5b300.", "and a dot");
}

static void expect_octets(const char *text, const char *hex)
{
    struct condis_address address = parsed(text);
    struct condis_address wanted = parsed(hex);
    assert_memory_equal(address.octets, wanted.octets, sizeof wanted.octets);
}

static void every_form_of_the_others_is_read(void **state)
{
    (void)state;
    const char *icd = "47000580ffe1000000f21a2b3c0020ea00010100";
    expect_octets("47.0005.80FFE1000000F21A2B3C.0020EA000101.00", icd);     /* NgATM */
    expect_octets("47.0005.80FF.E100.0000.F21A.2B3C.0020EA000101.00", icd); /* Cisco */
    expect_octets("47:00:05:80:ff:e1:00:00:00:f2:1a:2b:3c:00:20:ea:00:01:01:00", icd);
    expect_octets("47:000580FFE1000000F21A2B3C.0020EA000101.00", icd);
    expect_octets("4700:0580FFE1000000F21A2B3C.0020EA000101.00", icd);
    expect_octets("39.276f.31000102030405060708.0020EA000101.00",
                  "39276f310001020304050607080020ea00010100");
    expect_octets("49.000000000000000000000001.0020EA000101.00",
                  "490000000000000000000000010020ea00010100");
    expect_octets("45.000015551234567f.00000000.0020EA000101.00",
                  "45000015551234567f000000000020ea00010100");
    expect_octets("15551234567:00000000.0020EA000101.00",
                  "45000015551234567f000000000020ea00010100");
    expect_octets("15551234567:000000000020EA00010100", "45000015551234567f000000000020ea00010100");
}

static void a_number_is_an_address_and_comes_back_as_one(void **state)
{
    (void)state;
    char back[CONDIS_ADDRESS_TEXT_BYTES];
    static const char *const numbers[] = {"+1", "+49", "+15551234567", "+123456789012345"};
    expect_octets("+1", "45000000000000001f0000000000000000000000");
    expect_octets("+15551234567", "45000015551234567f0000000000000000000000");
    expect_octets("+123456789012345", "45123456789012345f0000000000000000000000");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct condis_address address = parsed(numbers[i]);
        assert_string_equal(condis_address_format(&address, back), numbers[i]);
    }
    /* With anything else in it, or no number at all, it is written as digits. */
    static const char *const others[] = {
        "45000015551234567f0000000000000000000001",
        "45000015551234567e0000000000000000000000",
        "4500001555123a567f0000000000000000000000",
        "45000000000000000f0000000000000000000000",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct condis_address address = parsed(others[i]);
        assert_string_equal(condis_address_format(&address, back), others[i]);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    check_refused("+", "1 to 15 digits, not 0");
    check_refused("+1234567890123456", "not 16");
    check_refused("+0123", "country's code");
    check_refused("+12a4", "character 4 is no digit");
    check_refused("1555:", "0 hexadecimal digits behind the colon");
    check_refused("1555:00000000.0020EA000101",
                  "20 hexadecimal digits behind the colon, but it takes 22");
    check_refused("1555:00000000.0020EA000101.00.", "a dot or colon at the end");
    check_refused("1234567890123456:000000000020EA00010100", "not 16");
    check_refused("15551234567+47000580ffe1000000f21a2b3c0020ea00010100", "write one of them");
    check_refused("0.0.100", "between two octets"); /* a PVC */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_fills_the_private_address),
        cmocka_unit_test(every_length_of_a_name_comes_back_as_text),
        cmocka_unit_test(forty_digits_are_read_with_and_without_dots),
        cmocka_unit_test(every_form_of_the_others_is_read),
        cmocka_unit_test(a_number_is_an_address_and_comes_back_as_one),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(an_address_that_is_almost_a_name_is_written_as_digits),
        cmocka_unit_test(a_bad_name_is_refused_with_its_place),
        cmocka_unit_test(bad_digits_are_refused_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
