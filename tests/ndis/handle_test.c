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

static struct object *new_object(struct bare_host *b, enum object_kind kind)
{
    struct object *object = slab_take(&b->host->slabs[kind], 0);
    assert_non_null(object);
    slab_publish(object);
    return object;
}

static void end_object(struct bare_host *b, struct object *object)
{
    slab_release(&b->host->slabs[object->kind], object);
}

static NDIS_HANDLE with_bits(NDIS_HANDLE handle, uint64_t clear, uint64_t set)
{
    return (NDIS_HANDLE)(uintptr_t)((handle_bits(handle) & ~clear) | set);
}

static enum handle_fault fault_of(struct bare_host *b, NDIS_HANDLE handle, enum object_kind kind)
{
    enum handle_fault fault = HANDLE_OK;
    assert_null(handle_resolve(b->host, handle, kind, &fault));
    return fault;
}

static void a_handle_says_kind_host_generation_and_index(void **state)
{
    struct bare_host *b = *state;
    (void)new_object(b, OBJECT_VC);
    struct object *object = new_object(b, OBJECT_VC);
    NDIS_HANDLE handle = handle_of(b->host, object);
    assert_int_equal(handle_kind(handle), OBJECT_VC);
    assert_int_equal(handle_host(handle), 1);
    assert_int_equal(handle_generation(handle), object_generation(object));
    assert_int_equal(handle_index(handle), object->index);
    assert_int_equal(handle_bits(handle) >> 63, 1);
}

/* On x86-64 bits 63 to 47 of a pointer are equal. */
static void a_handle_is_no_address_that_could_be_read(void **state)
{
    struct bare_host *b = *state;
    for (int kind = OBJECT_NONE + 1; kind < OBJECT_KIND_COUNT; kind++) {
        struct object *object = new_object(b, (enum object_kind)kind);
        uint64_t high = handle_bits(handle_of(b->host, object)) >> 47;
        assert_int_not_equal(high, 0);
        assert_int_not_equal(high, 0x1ffff);
        end_object(b, object);
    }
}

static void a_live_handle_finds_its_object(void **state)
{
    struct bare_host *b = *state;
    struct object *object = new_object(b, OBJECT_PARTY);
    NDIS_HANDLE handle = handle_of(b->host, object);
    assert_ptr_equal(handle_resolve(b->host, handle, OBJECT_PARTY, NULL), object);
    assert_true(handle_still_names(handle, object));
}

static void a_dead_objects_handle_is_stale(void **state)
{
    struct bare_host *b = *state;
    struct object *object = new_object(b, OBJECT_PARTY);
    NDIS_HANDLE handle = handle_of(b->host, object);
    end_object(b, object);
    assert_int_equal(fault_of(b, handle, OBJECT_PARTY), HANDLE_STALE);
    assert_false(handle_still_names(handle, object));
}

static void an_old_handle_never_means_the_slots_new_tenant(void **state)
{
    struct bare_host *b = *state;
    struct object *object = new_object(b, OBJECT_PARTY);
    NDIS_HANDLE handles[100];
    for (int i = 0; i < 100; i++) {
        handles[i] = handle_of(b->host, object);
        end_object(b, object);
        assert_ptr_equal(new_object(b, OBJECT_PARTY), object);
        for (int j = 0; j <= i; j++)
            assert_int_equal(fault_of(b, handles[j], OBJECT_PARTY), HANDLE_STALE);
    }
}

static void what_was_never_a_handle_is_told_as_that(void **state)
{
    struct bare_host *b = *state;
    int variable;
    NDIS_HANDLE valid = handle_of(b->host, new_object(b, OBJECT_VC));
    assert_int_equal(fault_of(b, NULL, OBJECT_VC), HANDLE_NULL);
    assert_int_equal(fault_of(b, &variable, OBJECT_VC), HANDLE_GARBAGE);
    assert_int_equal(fault_of(b, (NDIS_HANDLE)(uintptr_t)0x123, OBJECT_VC), HANDLE_GARBAGE);
    assert_int_equal(fault_of(b, (NDIS_HANDLE)UINTPTR_MAX, OBJECT_VC), HANDLE_GARBAGE);
    assert_int_equal(fault_of(b, with_bits(valid, UINT64_C(0x1f) << 58, 0), OBJECT_VC),
                     HANDLE_GARBAGE);
}

static void a_handle_of_another_kind_is_told_as_that(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE vc = handle_of(b->host, new_object(b, OBJECT_VC));
    assert_int_equal(fault_of(b, vc, OBJECT_PARTY), HANDLE_WRONG_KIND);
    assert_int_equal(fault_of(b, vc, OBJECT_AF), HANDLE_WRONG_KIND);
}

static void a_handle_of_another_host_is_told_as_that(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE vc = handle_of(b->host, new_object(b, OBJECT_VC));
    NDIS_HANDLE foreign = with_bits(vc, UINT64_C(0x3ff) << 48, UINT64_C(9) << 48);
    assert_int_equal(fault_of(b, foreign, OBJECT_VC), HANDLE_FOREIGN);
    assert_null(handle_slot(b->host, foreign));
}

static void an_index_that_never_existed_is_stale(void **state)
{
    struct bare_host *b = *state;
    NDIS_HANDLE vc = handle_of(b->host, new_object(b, OBJECT_VC));
    NDIS_HANDLE far = with_bits(vc, 0xffffff, 0xfffffe);
    assert_int_equal(fault_of(b, far, OBJECT_VC), HANDLE_STALE);
    assert_null(handle_slot(b->host, far));
}

static void no_pattern_of_bits_faults(void **state)
{
    struct bare_host *b = *state;
    uint64_t bits = 88172645463325252u;
    NDIS_HANDLE valid = handle_of(b->host, new_object(b, OBJECT_VC));
    for (int i = 0; i < 100000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        NDIS_HANDLE handle = (NDIS_HANDLE)(uintptr_t)bits;
        char text[64];
        if (handle != valid)
            assert_null(handle_resolve(b->host, handle, OBJECT_VC, NULL));
        handle_describe(b->host, handle, text, sizeof(text));
        assert_true(strlen(text) > 0);
    }
}

static void assert_described(struct bare_host *b, NDIS_HANDLE handle, const char *expected)
{
    char text[64];
    handle_describe(b->host, handle, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void a_report_describes_a_handle_without_addresses(void **state)
{
    struct bare_host *b = *state;
    struct object *object = new_object(b, OBJECT_VC);
    NDIS_HANDLE handle = handle_of(b->host, object);
    assert_described(b, NULL, "NULL");
    assert_described(b, &handle, "no handle");
    assert_described(b, handle, "VC 0");
    assert_described(b, with_bits(handle, 0, UINT64_C(8) << 48), "VC 0 of host 9");
    assert_described(b, with_bits(handle, 0, 900), "VC 900 (never existed)");
    end_object(b, object);
    assert_described(b, handle, "VC 0 (released)");
    (void)new_object(b, OBJECT_VC);
    assert_described(b, handle, "VC 0 (released; the slot was used again)");
}

int main(void)
{
#define HANDLE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        HANDLE_TEST(a_handle_says_kind_host_generation_and_index),
        HANDLE_TEST(a_handle_is_no_address_that_could_be_read),
        HANDLE_TEST(a_live_handle_finds_its_object),
        HANDLE_TEST(a_dead_objects_handle_is_stale),
        HANDLE_TEST(an_old_handle_never_means_the_slots_new_tenant),
        HANDLE_TEST(what_was_never_a_handle_is_told_as_that),
        HANDLE_TEST(a_handle_of_another_kind_is_told_as_that),
        HANDLE_TEST(a_handle_of_another_host_is_told_as_that),
        HANDLE_TEST(an_index_that_never_existed_is_stale),
        HANDLE_TEST(no_pattern_of_bits_faults),
        HANDLE_TEST(a_report_describes_a_handle_without_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
