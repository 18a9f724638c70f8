/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr */
#endif

/* Places: what an address is called in a report. */
#include "rules/place.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const void *inner_address;

static inline __attribute__((always_inline)) void inner(void)
{
#if defined(__x86_64__)
    __asm__ volatile("lea -1(%%rip), %0" : "=r"(inner_address));
#elif defined(__aarch64__)
    __asm__ volatile("adr %0, ." : "=r"(inner_address));
#else
#error "say how to get the address of this instruction"
#endif
}

static __attribute__((noinline)) int outer_line(void)
{
    inner();
    return __LINE__ - 1;
}

static char *printed(const struct place *place)
{
    char *text = NULL;
    size_t text_bytes = 0;
    FILE *file = open_memstream(&text, &text_bytes);
    assert_non_null(file);
    place_print(file, place);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void an_inlined_function_is_named_before_the_one_around_it(void **state)
{
    struct place place[4];
    (void)state;
    int line = outer_line();
    const void *address = inner_address;
    assert_int_equal(places_of(&address, 1, place, 4, NULL), 2);
    assert_string_equal(place[0].function, "inner");
    assert_true(place[0].inlined);
    assert_non_null(strstr(place[0].file, "tests/rules/place_test.c"));
    assert_string_equal(place[1].function, "outer_line");
    assert_false(place[1].inlined);
    assert_int_equal(place[1].line, line);
    char *text = printed(&place[0]);
    assert_non_null(strstr(text, "inner at "));
    assert_non_null(strstr(text, " (inlined)"));
    free(text);
}

static void several_addresses_keep_their_places_apart(void **state)
{
    struct place place[8];
    unsigned first[3];
    (void)state;
    (void)outer_line();
    const void *address[2] = {inner_address, NULL};
    assert_int_equal(places_of(address, 2, place, 8, first), 3);
    assert_int_equal(first[0], 0);
    assert_int_equal(first[1], 2);
    assert_int_equal(first[2], 3);
    assert_string_equal(place[2].module, "");
    assert_int_equal(places_of(address, 2, place, 1, first), 1); /* no more than fit */
    assert_int_equal(first[2], 1);
}

/* Places are kept, but no longer than the image whose they are. */
static void a_place_that_was_found_before_is_not_told_of_another_image(void **state)
{
    struct place place[4];
    Dl_info found;
    (void)state;
    (void)outer_line();
    assert_true(dladdr(inner_address, &found));
    assert_int_equal(places_of(&inner_address, 1, place, 4, NULL), 2);
    assert_string_not_equal(place[0].module, "elsewhere.so");
    place_name_image(found.dli_fbase, "/no/elsewhere.so");
    assert_true(places_of(&inner_address, 1, place, 4, NULL) > 0);
    assert_string_equal(place[0].module, "elsewhere.so");
    place_forget_image(found.dli_fbase);
    assert_int_equal(places_of(&inner_address, 1, place, 4, NULL), 2);
    assert_string_not_equal(place[0].module, "elsewhere.so");
    assert_int_equal(places_of(&inner_address, 1, place, 1, NULL), 1);
    assert_int_equal(places_of(&inner_address, 1, place, 4, NULL), 2);
    assert_string_equal(place[1].function, "outer_line");
}

static void an_address_outside_of_all_objects_is_of_an_unknown_module(void **state)
{
    struct place place;
    int here = 0;
    const void *address = &here;
    (void)state;
    assert_int_equal(places_of(&address, 1, &place, 1, NULL), 1);
    char *text = printed(&place);
    assert_string_equal(text, "(unknown module)");
    free(text);
}

static void without_debug_information_symbol_or_module_and_offset_are_printed(void **state)
{
    struct place place = {.function = "AddParty", .module = "a.so", .offset = 0x1a};
    (void)state;
    char *text = printed(&place);
    assert_string_equal(text, "AddParty+0x1a");
    free(text);
    place.function[0] = '\0';
    text = printed(&place);
    assert_string_equal(text, "a.so+0x1a");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_inlined_function_is_named_before_the_one_around_it),
        cmocka_unit_test(several_addresses_keep_their_places_apart),
        cmocka_unit_test(a_place_that_was_found_before_is_not_told_of_another_image),
        cmocka_unit_test(an_address_outside_of_all_objects_is_of_an_unknown_module),
        cmocka_unit_test(without_debug_information_symbol_or_module_and_offset_are_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
