/* SPDX-License-Identifier: MIT */
#include "trace/trace.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static struct trace *open_quiet(uint32_t ring_count)
{
    struct trace_options options = {.format = TRACE_QUIET, .ring_count = ring_count};
    struct trace *trace = NULL;

    assert_int_equal(trace_open(&options, &trace), 0);
    return trace;
}

static void emit(struct trace *trace, uint64_t time_100ns)
{
    trace_emit(trace, &(struct trace_event){.time_100ns = time_100ns, .kind = TRACE_DPC});
}

static void no_trace_and_a_trace_that_is_off_take_no_events(void **state)
{
    struct trace_options options = {.format = TRACE_QUIET, .off = true};
    struct trace *trace;

    (void)state;
    assert_false(trace_on(NULL));
    emit(NULL, 1);
    trace_flush(NULL);
    trace_name_host(NULL, 1, "root");
    assert_int_equal(trace_close(NULL), 0);
    assert_int_equal(trace_open(&options, &trace), 0);
    assert_false(trace_on(trace));
    emit(trace, 1);
    assert_int_equal(trace_count(trace), 0);
    trace_switch(trace, true);
    assert_true(trace_on(trace));
    emit(trace, 2);
    trace_switch(trace, false);
    emit(trace, 3);
    assert_int_equal(trace_count(trace), 1);
    assert_int_equal(trace_close(trace), 0);
}

static void the_ring_keeps_the_newest_events(void **state)
{
    struct trace *trace = open_quiet(4);
    struct trace_event event;

    (void)state;
    assert_false(trace_last(trace, 0, &event));
    for (uint64_t i = 1; i <= 6; i++)
        emit(trace, i);
    assert_int_equal(trace_count(trace), 6);
    for (uint32_t back = 0; back < 4; back++) {
        assert_true(trace_last(trace, back, &event));
        assert_int_equal(event.time_100ns, 6 - back);
    }
    assert_false(trace_last(trace, 4, &event));
    assert_int_equal(trace_close(trace), 0);
}

static void options_that_cannot_be_met_are_refused(void **state)
{
    struct trace *trace = NULL;
    struct trace_options options = {.format = TRACE_TEXT};

    (void)state;
    assert_int_equal(trace_open(&options, &trace), EINVAL); /* neither path nor file */
    options.path = "/nonexistent/folder/trace.txt";
    assert_int_equal(trace_open(&options, &trace), ENOENT);
    options = (struct trace_options){.format = TRACE_QUIET, .ring_count = TRACE_RING_COUNT_MAX + 1};
    assert_int_equal(trace_open(&options, &trace), EINVAL);
    options = (struct trace_options){.format = (enum trace_format)(TRACE_QUIET + 1)};
    assert_int_equal(trace_open(&options, &trace), EINVAL);
    assert_null(trace);
}

static void a_path_is_created_and_holds_every_line_after_the_close(void **state)
{
    char path[] = "/tmp/condis-trace-XXXXXX";
    struct trace_options options = {.format = TRACE_TEXT, .path = path};
    struct trace *trace;
    char line[256];
    unsigned line_count = 0;
    int descriptor = mkstemp(path);

    (void)state;
    assert_true(descriptor >= 0);
    close(descriptor);
    assert_int_equal(trace_open(&options, &trace), 0);
    emit(trace, 1);
    emit(trace, 2);
    assert_int_equal(trace_close(trace), 0);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        line_count++;
    fclose(file);
    unlink(path);
    assert_int_equal(line_count, 2);
}

static void a_full_disk_is_told_by_the_close(void **state)
{
    struct trace_options options = {.format = TRACE_JSON, .path = "/dev/full"};
    struct trace *trace;

    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_int_equal(trace_open(&options, &trace), 0);
    emit(trace, 1);
    trace_flush(trace);
    assert_int_equal(trace_close(trace), ENOSPC);
}

static void every_kind_and_noun_has_its_own_word(void **state)
{
    (void)state;
    for (int a = 0; a < TRACE_KIND_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(trace_kind_word((enum trace_kind)a),
                                    trace_kind_word((enum trace_kind)b));
    for (int a = 0; a < TRACE_NOUN_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(trace_noun_word((enum trace_noun_kind)a),
                                    trace_noun_word((enum trace_noun_kind)b));
}

#define EVENTS_PER_THREAD 300
#define THREADS           4

struct emitter {
    struct trace *trace;
    uint16_t host;
};

static void *emit_often(void *context)
{
    const struct emitter *emitter = context;

    for (uint64_t i = 0; i < EVENTS_PER_THREAD; i++)
        trace_emit(emitter->trace, &(struct trace_event){
                                       .time_100ns = i, .kind = TRACE_DPC, .host = emitter->host});
    return NULL;
}

static void events_of_one_thread_keep_their_order_among_those_of_others(void **state)
{
    struct trace *trace = open_quiet(THREADS * EVENTS_PER_THREAD);
    struct emitter emitter[THREADS];
    pthread_t thread[THREADS];
    uint64_t next[THREADS] = {0};
    struct trace_event event;

    (void)state;
    for (uint16_t i = 0; i < THREADS; i++) {
        emitter[i] = (struct emitter){.trace = trace, .host = i};
        assert_int_equal(pthread_create(&thread[i], NULL, emit_often, &emitter[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    for (uint32_t back = THREADS * EVENTS_PER_THREAD; back-- > 0;) {
        assert_true(trace_last(trace, back, &event));
        assert_int_equal(event.time_100ns, next[event.host]);
        next[event.host]++;
    }
    assert_int_equal(trace_close(trace), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_trace_and_a_trace_that_is_off_take_no_events),
        cmocka_unit_test(the_ring_keeps_the_newest_events),
        cmocka_unit_test(options_that_cannot_be_met_are_refused),
        cmocka_unit_test(a_path_is_created_and_holds_every_line_after_the_close),
        cmocka_unit_test(a_full_disk_is_told_by_the_close),
        cmocka_unit_test(every_kind_and_noun_has_its_own_word),
        cmocka_unit_test(events_of_one_thread_keep_their_order_among_those_of_others),
    };
    return cmocka_run_group_tests_name("trace/trace", tests, NULL, NULL);
}
