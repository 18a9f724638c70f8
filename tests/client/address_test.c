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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_fills_the_private_address),
        cmocka_unit_test(every_length_of_a_name_comes_back_as_text),
        cmocka_unit_test(forty_digits_are_read_with_and_without_dots),
        cmocka_unit_test(an_address_that_is_almost_a_name_is_written_as_digits),
        cmocka_unit_test(a_bad_name_is_refused_with_its_place),
        cmocka_unit_test(bad_digits_are_refused_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
