/* SPDX-License-Identifier: MIT */
/* Guarded pool memory: what is written before a block and after its end of life, and page memory,
 * where the processor tells of each touch. The run goes on after each. */
#include "windows_harness.h"

#include "nt/pages.h"
#include "nt/pool.h"
#include "rules/store.h"

#include <stdio.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define POOL_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOL_TEST_ASAN 1
#endif
#endif

#ifdef POOL_TEST_ASAN
#include <sanitizer/asan_interface.h>
#endif

static bool pages;

static void use(struct harness *harness, enum nt_pool_mode mode)
{
    pages = mode == NT_POOL_PAGES && pages_begin();
    harness->world->pool = (uint8_t)(mode == NT_POOL_PAGES && !pages ? NT_POOL_GUARDS : mode);
    harness->world->stacks = stack_store_create();
    assert_non_null(harness->world->stacks);
}

/* The world takes its stacks with it. */
static void done(void)
{
    pages_forget_stacks();
}

static __attribute__((noinline)) unsigned char *allocate(SIZE_T bytes)
{
    unsigned char *block = ExAllocatePoolWithTag(NonPagedPoolNx, bytes, TEST_TAG);
    assert_non_null(block);
    memset(block, 1, bytes);
    return block;
}

static __attribute__((noinline)) void release(void *block)
{
    ExFreePoolWithTag(block, TEST_TAG);
    __asm__ volatile("" ::: "memory");
}

/* The last break: of which rule, with which stacks. */
static struct rule_break last_break(struct harness *harness)
{
    struct rule_break brk;
    uint32_t count = 0;
    while (rules_kept(&harness->rules, count, &brk))
        count++;
    assert_true(count > 0);
    assert_true(rules_kept(&harness->rules, count - 1, &brk));
    return brk;
}

#define BREAKS(name, statement)                                                                    \
    do {                                                                                           \
        rules_expect(&harness->rules, RULE_##name);                                                \
        statement;                                                                                 \
        assert_int_equal(rules_expect_end(&harness->rules, RULE_##name), 1);                       \
        assert_int_equal(last_break(harness).id, RULE_##name);                                     \
    } while (0)

#ifdef POOL_TEST_ASAN
/* It stops at the touch. */
static void who_touches_what_is_no_block_meets_the_sanitizer(void **state)
{
    struct harness *harness = *state;
    for (int mode = NT_POOL_PLAIN; mode <= NT_POOL_PAGES; mode++) {
        use(harness, (enum nt_pool_mode)mode);
        char *block = (char *)allocate(41);
        for (int i = 1; i <= 64; i++)
            assert_true(__asan_address_is_poisoned(block - i));
        assert_false(__asan_address_is_poisoned(block));
        assert_false(__asan_address_is_poisoned(block + 40));
        for (int i = 41; i < 48; i++)
            assert_true(__asan_address_is_poisoned(block + i));
        release(block);
        if (mode != NT_POOL_PAGES) /* there the page cannot be touched */
            assert_true(__asan_address_is_poisoned(block + 40));
        stack_store_destroy(harness->world->stacks);
        harness->world->stacks = NULL;
        done();
    }
    use(harness, NT_POOL_PAGES); /* pieces are used again, with blocks of other sizes */
    for (uint32_t i = 0; i < 2 * PAGES_QUARANTINE; i++)
        release(allocate(1 + i % 60));
    assert_int_equal(rules_count(&harness->rules), 0);
    done();
}
#else
static void write_before(struct harness *harness, enum nt_pool_mode mode)
{
    use(harness, mode);
    volatile unsigned char *block = allocate(40);
    block[-1] = 7;
    BREAKS(POOL_OVERRUN, release((void *)(uintptr_t)block));
    assert_true(last_break(harness).allocated.count > 0);
    assert_non_null(strstr(last_break(harness).detail, "before a block of 40 bytes"));
    done();
}

static void a_write_before_a_block_is_told_when_it_is_freed(void **state)
{
    write_before(*state, NT_POOL_GUARDS);
}

static void a_write_before_a_block_of_page_memory_is_told_then_too(void **state)
{
    write_before(*state, NT_POOL_PAGES);
}
#endif

/* What a free is judged by does not depend on how closely memory is watched. */
static void a_wrong_free_is_told_in_every_mode(void **state)
{
    struct harness *harness = *state;
    for (int mode = NT_POOL_PLAIN; mode <= NT_POOL_PAGES; mode++) {
        use(harness, (enum nt_pool_mode)mode);
        void *block = allocate(40);
        release(block);
        BREAKS(POOL_DOUBLE_FREE, release(block));
        block = allocate(40);
        BREAKS(POOL_WRONG_TAG, ExFreePoolWithTag(block, 'gnrW'));
        assert_true(last_break(harness).allocated.count > 0);
        block = allocate(40);
        BREAKS(POOL_WRONG_FREE, NdisFreeMemory(block, 0, 0));
        assert_true(last_break(harness).allocated.count > 0);
        block = allocate(40);
        BREAKS(POOL_NOT_ALLOCATED, ExFreePool((char *)block + 16));
        release(block);
        stack_store_destroy(harness->world->stacks);
        harness->world->stacks = NULL;
        done();
    }
    use(harness, NT_POOL_PLAIN);
}

#ifndef POOL_TEST_ASAN
/* At the free, if not at the touch. */
static void a_write_past_an_end_is_told_in_every_mode(void **state)
{
    struct harness *harness = *state;
    for (int mode = NT_POOL_PLAIN; mode <= NT_POOL_PAGES; mode++) {
        use(harness, (enum nt_pool_mode)mode);
        volatile unsigned char *block = allocate(41);
        block[41] = 7;
        BREAKS(POOL_OVERRUN, release((void *)(uintptr_t)block));
        block = allocate(41);
        block[-1] = 7;
        BREAKS(POOL_OVERRUN, release((void *)(uintptr_t)block));
        stack_store_destroy(harness->world->stacks);
        harness->world->stacks = NULL;
        done();
    }
    use(harness, NT_POOL_PLAIN);
}
#endif

static void a_large_block_is_watched_after_its_end_as_well(void **state)
{
    struct harness *harness = *state;
    use(harness, NT_POOL_GUARDS);
    void *block = allocate(8 << 20);
    release(block);
    BREAKS(POOL_DOUBLE_FREE, release(block));
    assert_true(last_break(harness).freed.count > 0);
#ifndef POOL_TEST_ASAN
    ((volatile unsigned char *)block)[4000] = 7;
    rules_expect(&harness->rules, RULE_POOL_USED_AFTER_FREE);
    for (int i = 0; i < 2 * 64; i++)
        release(allocate(8));
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_USED_AFTER_FREE), 1);
#endif
    done();
}

static void a_block_freed_twice_names_who_allocated_and_who_freed_it(void **state)
{
    struct harness *harness = *state;
    use(harness, NT_POOL_GUARDS);
    void *block = allocate(40);
    release(block);
    BREAKS(POOL_DOUBLE_FREE, release(block));
    assert_true(last_break(harness).allocated.count > 0);
    assert_true(last_break(harness).freed.count > 0);
    done();
}

#ifndef POOL_TEST_ASAN
static void a_late_write_far_into_a_freed_block_is_told_with_guards(void **state)
{
    struct harness *harness = *state;
    use(harness, NT_POOL_GUARDS);
    volatile unsigned char *block = allocate(2000);
    release((void *)(uintptr_t)block);
    block[1900] = 7; /* plain memory looks at the first bytes only */
    rules_expect(&harness->rules, RULE_POOL_USED_AFTER_FREE);
    for (int i = 0; i < 2 * 64; i++)
        release(allocate(8));
    assert_int_equal(rules_expect_end(&harness->rules, RULE_POOL_USED_AFTER_FREE), 1);
    assert_true(last_break(harness).freed.count > 0);
    done();
}
#endif

static void a_block_of_page_memory_is_like_any_other(void **state)
{
    struct harness *harness = *state;
    use(harness, NT_POOL_PAGES);
    void *blocks[100];
    for (uint32_t i = 0; i < 100; i++) {
        blocks[i] = allocate(i * 97);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
    }
    for (uint32_t i = 0; i < 100; i++)
        release(blocks[i]);
    assert_int_equal(rules_count(&harness->rules), 0);
    done();
}

static void a_read_behind_a_block_is_told_where_it_happens(void **state)
{
    struct harness *harness = *state;
    use(harness, NT_POOL_PAGES);
    if (pages) {
        volatile unsigned char *block = allocate(64);
        BREAKS(POOL_OVERRUN, (void)block[64]);
        struct rule_break brk = last_break(harness);
        assert_string_equal(brk.function, "a read");
        assert_string_equal(brk.detail, "byte 64 of a block of 64 bytes");
        assert_true(brk.allocated.count > 0);
        assert_true(brk.stack.count > 0);
        release((void *)(uintptr_t)block);
    }
    done();
}

static void a_touch_of_a_freed_block_names_its_story(void **state)
{
    struct harness *harness = *state;
    use(harness, NT_POOL_PAGES);
    if (pages) {
        volatile unsigned char *block = allocate(100);
        release((void *)(uintptr_t)block);
        BREAKS(POOL_USED_AFTER_FREE, block[8] = 7);
        struct rule_break brk = last_break(harness);
        assert_string_equal(brk.function, "a write");
        assert_string_equal(brk.detail, "byte 8 of a freed block of 100 bytes");
        assert_true(brk.allocated.count > 0);
        assert_true(brk.freed.count > 0);
        BREAKS(POOL_DOUBLE_FREE, release((void *)(uintptr_t)block));
    }
    done();
}

static void freed_page_memory_is_not_used_again_soon(void **state)
{
    struct harness *harness = *state;
    use(harness, NT_POOL_PAGES);
    if (pages) {
        void *first = allocate(32);
        bool again = false;
        release(first);
        for (int i = 0; i < PAGES_QUARANTINE / 2; i++) {
            void *next = allocate(32);
            again |= next == first;
            release(next);
        }
        assert_false(again);
        for (int i = 0; i < 4 * PAGES_QUARANTINE && !again; i++) {
            void *next = allocate(32);
            again = next == first;
            release(next);
        }
        assert_true(again); /* nor is it lost */
    }
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef POOL_TEST_ASAN
        BOTH(who_touches_what_is_no_block_meets_the_sanitizer),
#else
        BOTH(a_write_before_a_block_is_told_when_it_is_freed),
        BOTH(a_write_before_a_block_of_page_memory_is_told_then_too),
#endif
        BOTH(a_wrong_free_is_told_in_every_mode),
#ifndef POOL_TEST_ASAN
        BOTH(a_write_past_an_end_is_told_in_every_mode),
#endif
        BOTH(a_large_block_is_watched_after_its_end_as_well),
        BOTH(a_block_freed_twice_names_who_allocated_and_who_freed_it),
#ifndef POOL_TEST_ASAN
        BOTH(a_late_write_far_into_a_freed_block_is_told_with_guards),
#endif
        BOTH(a_block_of_page_memory_is_like_any_other),
        BOTH(a_read_behind_a_block_is_told_where_it_happens),
        BOTH(a_touch_of_a_freed_block_names_its_story),
        BOTH(freed_page_memory_is_not_used_again_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
