/* SPDX-License-Identifier: MIT */
#include "bare_host.h"

static int setup(void **state)
{
    *state = bare_host_begin(EXEC_SIMULATED);
    return 0;
}

static int teardown(void **state)
{
    bare_host_end(*state);
    return 0;
}

static struct object *new_object(struct bare_host *b)
{
    struct object *object = slab_take(&b->host->slabs[OBJECT_VC], 0);
    assert_non_null(object);
    slab_publish(object);
    return object;
}

static void a_new_object_has_no_history(void **state)
{
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost = 99;
    assert_int_equal(object_history(new_object(*state), events, &lost), 0);
    assert_int_equal(lost, 0);
}

static void a_mark_says_what_happened_who_did_it_where_and_when(void **state)
{
    struct bare_host *b = *state;
    struct object *object = new_object(b);
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost;
    assert_int_equal(exec_sleep(EXEC_SECOND, "test"), EXEC_WAIT_TIMEOUT);
    bare_host_become(&b->bob);
    object_mark(object, MARK_PENDED, 12);
    bare_host_become(&b->alice);
    assert_int_equal(object_history(object, events, &lost), 1);
    assert_int_equal(events[0].mark, MARK_PENDED);
    assert_int_equal(events[0].operation, 12);
    assert_int_equal(events[0].driver, b->bob.index);
    assert_int_equal(events[0].processor, 0);
    assert_true(events[0].time_100ns <= EXEC_SECOND);
    assert_true(events[0].time_100ns >= EXEC_SECOND - 10 * EXEC_MS);
}

static void what_no_driver_did_belongs_to_number_0(void **state)
{
    struct bare_host *b = *state;
    struct object *object = new_object(b);
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost;
    bare_host_become(NULL);
    object_mark(object, MARK_CREATED, 0);
    bare_host_become(&b->alice);
    assert_int_equal(object_history(object, events, &lost), 1);
    assert_int_equal(events[0].driver, 0);
}

static void history_keeps_the_creation_and_the_latest_marks(void **state)
{
    struct object *object = new_object(*state);
    object_mark(object, MARK_CREATED, 0);
    for (uint8_t i = 1; i <= 20; i++) {
        struct object_event events[OBJECT_MARKS_KEPT];
        uint32_t lost;
        object_mark(object, MARK_CALLED, i);
        uint32_t count = object_history(object, events, &lost);
        assert_int_equal(events[0].mark, MARK_CREATED);
        assert_int_equal(count + lost, i + 1u);
        for (uint32_t j = 1; j < count; j++)
            assert_int_equal(events[j].operation, i - (count - 1) + j);
    }
}

static void history_survives_more_marks_than_its_counter_holds(void **state)
{
    struct object *object = new_object(*state);
    object_mark(object, MARK_CREATED, 0);
    for (uint32_t i = 1; i <= 200000; i++)
        object_mark(object, MARK_CALLED, (uint8_t)(i % 60));
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost;
    assert_int_equal(object_history(object, events, &lost), OBJECT_MARKS_KEPT);
    assert_int_equal(events[0].mark, MARK_CREATED);
    assert_int_equal(events[OBJECT_MARKS_KEPT - 1].operation, 200000 % 60);
    assert_int_equal(events[1].operation, (200000 - 3) % 60);
}

static void a_new_tenant_of_a_slot_begins_without_history(void **state)
{
    struct bare_host *b = *state;
    struct object *object = new_object(b);
    object_mark(object, MARK_CREATED, 0);
    slab_release(&b->host->slabs[OBJECT_VC], object);
    assert_ptr_equal(new_object(b), object);
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost;
    assert_int_equal(object_history(object, events, &lost), 0);
}

static void every_kind_and_mark_has_a_text(void **state)
{
    (void)state;
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        assert_true(strlen(object_kind_text((enum object_kind)kind)) > 0);
    for (int mark = 0; mark < MARK_COUNT; mark++)
        assert_true(strlen(object_mark_text((enum object_mark)mark)) > 0);
    assert_string_equal(object_kind_text(OBJECT_KIND_COUNT), "nothing");
}

int main(void)
{
#define OBJECT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        OBJECT_TEST(a_new_object_has_no_history),
        OBJECT_TEST(a_mark_says_what_happened_who_did_it_where_and_when),
        OBJECT_TEST(what_no_driver_did_belongs_to_number_0),
        OBJECT_TEST(history_keeps_the_creation_and_the_latest_marks),
        OBJECT_TEST(history_survives_more_marks_than_its_counter_holds),
        OBJECT_TEST(a_new_tenant_of_a_slot_begins_without_history),
        OBJECT_TEST(every_kind_and_mark_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
