/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "switch/route.h"
#include "switch/vci.h"

static const uint8_t address[ROUTE_ADDRESS_BYTES] = {0x47, 0x12, 0x34, 0x56};

static bool not_two(void *context, uint32_t port)
{
    (void)context;
    return port != 2;
}

static void the_longest_prefix_wins_then_the_metric_then_the_older(void **state)
{
    (void)state;
    struct route_table table;
    const uint8_t shorter[] = {0x47, 0x10};
    route_table_init(&table);
    assert_int_equal(route_find(&table, address, NULL, NULL), ROUTE_NO_PORT);
    assert_true(route_add(&table, NULL, 0, 9, 0, ROUTE_STATIC));
    assert_int_equal(route_find(&table, address, NULL, NULL), 9);
    assert_true(route_add(&table, shorter, 3, 1, 0, ROUTE_STATIC)); /* 471 */
    assert_int_equal(route_find(&table, address, NULL, NULL), 1);
    assert_true(route_add(&table, address, 6, 2, 5, ROUTE_STATIC));
    assert_true(route_add(&table, address, 6, 3, 5, ROUTE_STATIC));
    assert_int_equal(route_find(&table, address, NULL, NULL), 2);
    assert_true(route_add(&table, address, 6, 3, 4, ROUTE_STATIC));
    assert_int_equal(route_find(&table, address, NULL, NULL), 3);
    assert_true(route_remove(&table, address, 6, 3, ROUTE_STATIC));
    assert_false(route_remove(&table, address, 6, 3, ROUTE_STATIC));
    assert_int_equal(route_find(&table, address, not_two, NULL), 1);
    route_table_end(&table);
}

static void a_registered_address_matches_whatever_its_selector(void **state)
{
    (void)state;
    struct route_table table;
    uint8_t other[ROUTE_ADDRESS_BYTES];
    route_table_init(&table);
    assert_true(route_add(&table, address, ROUTE_HOST_DIGITS, 4, 0, ROUTE_REGISTERED));
    memcpy(other, address, sizeof other);
    other[19] = 7;
    assert_int_equal(route_find(&table, other, NULL, NULL), 4);
    other[18] = 7;
    assert_int_equal(route_find(&table, other, NULL, NULL), ROUTE_NO_PORT);
    route_table_end(&table);
}

static void registered_addresses_go_with_their_port_and_static_routes_stay(void **state)
{
    (void)state;
    struct route_table table;
    route_table_init(&table);
    for (uint32_t i = 0; i < 1000; i++) {
        uint8_t one[ROUTE_ADDRESS_BYTES] = {0x49, (uint8_t)(i >> 8), (uint8_t)i};
        assert_true(route_add(&table, one, ROUTE_HOST_DIGITS, i % 2, 0, ROUTE_REGISTERED));
    }
    assert_true(route_add(&table, address, 2, 1, 0, ROUTE_STATIC));
    route_remove_port(&table, 1);
    assert_int_equal(table.route_count, 501);
    assert_int_equal(route_find(&table, address, NULL, NULL), 1);
    route_table_end(&table);
}

static void every_vci_is_handed_out_once(void **state)
{
    (void)state;
    static struct vci_set set;
    static bool seen[VCI_LAST + 1];
    vci_set_init(&set, VCI_ALL);
    assert_true(vci_take_this(&set, 40));
    assert_false(vci_take_this(&set, 40));
    assert_false(vci_take_this(&set, 31));
    seen[40] = true;
    for (int i = VCI_FIRST; i < VCI_LAST; i++) {
        uint16_t vci = vci_take(&set);
        assert_true(vci >= VCI_FIRST);
        assert_false(seen[vci]);
        seen[vci] = true;
    }
    assert_int_equal(vci_take(&set), VCI_NONE);
    vci_give(&set, 12345);
    assert_int_equal(vci_take(&set), 12345);
}

static void the_ends_of_a_trunk_never_choose_the_same_vci(void **state)
{
    (void)state;
    static struct vci_set even;
    static struct vci_set odd;
    vci_set_init(&even, VCI_EVEN);
    vci_set_init(&odd, VCI_ODD);
    for (int i = 0; i < (VCI_LAST + 1 - VCI_FIRST) / 2; i++) {
        assert_int_equal(vci_take(&even) % 2, 0);
        assert_int_equal(vci_take(&odd) % 2, 1);
    }
    assert_int_equal(vci_take(&even), VCI_NONE);
    assert_int_equal(vci_take(&odd), VCI_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_prefix_wins_then_the_metric_then_the_older),
        cmocka_unit_test(a_registered_address_matches_whatever_its_selector),
        cmocka_unit_test(registered_addresses_go_with_their_port_and_static_routes_stay),
        cmocka_unit_test(every_vci_is_handed_out_once),
        cmocka_unit_test(the_ends_of_a_trunk_never_choose_the_same_vci),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
