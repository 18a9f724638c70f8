/* SPDX-License-Identifier: MIT */
#include "process/process.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_NS (120 * PROCESS_SECOND_NS) /* longer than any of these may take */

static const struct process_files nowhere = {-1, -1};

static void write_and_end(void *context)
{
    printf("out %s", (const char *)context);
    fprintf(stderr, "err %s", (const char *)context);
}

static void end_with_seven(void *context)
{
    (void)context;
    _exit(7);
}

static void abort_now(void *context)
{
    (void)context;
    signal(SIGABRT, SIG_DFL);
    abort();
}

static void sleep_on(void *context)
{
    (void)context;
    for (;;)
        pause();
}

static struct process start(void (*run)(void *context), void *context)
{
    struct process process;
    assert_true(process_fork(&process, LONG_NS, nowhere, run, context));
    assert_true(process.pid > 0);
    return process;
}

static void wait_for(struct process *process)
{
    assert_int_equal(process_wait(&(struct process *){process}, 1, UINT64_MAX), 0);
    assert_int_equal(process->pid, 0);
}

static void what_it_writes_is_kept(void **state)
{
    struct process process;
    struct process_files files = {process_file(), process_file()};
    size_t bytes;
    (void)state;
    for (int round = 0; round < 2; round++) {
        char *const word = round ? "b" : "alpha";
        assert_true(process_fork(&process, LONG_NS, files, write_and_end, word));
        wait_for(&process);
        assert_int_equal(process.status, 0);
        assert_false(process.late);
        char *out = process_text(files.out, 100, &bytes);
        char *err = process_text(files.err, 5, NULL);
        assert_string_equal(out, round ? "out b" : "out alpha");
        assert_int_equal(bytes, strlen(out));
        assert_string_equal(err, round ? "err b" : "err a"); /* five bytes of it */
        free(out);
        free(err);
        assert_true(process_file_empty(files.out) && process_file_empty(files.err));
    }
    close(files.out);
    close(files.err);
}

static void how_it_ended_is_told(void **state)
{
    (void)state;
    struct process process = start(end_with_seven, NULL);
    wait_for(&process);
    assert_int_equal(process.status, 7);
    assert_int_equal(process.signal, 0);
    process = start(abort_now, NULL);
    wait_for(&process);
    assert_int_equal(process.status, -1);
    assert_int_equal(process.signal, SIGABRT);
    assert_false(process.late);
}

static void work(void *context)
{
    volatile uint64_t turns = 0;
    (void)context;
    while (turns < 20000000)
        turns++;
}

/* No more of the one than of the other: it has one thread. */
static void what_it_took_is_told(void **state)
{
    (void)state;
    struct process process = start(work, NULL);
    wait_for(&process);
    assert_true(process.processor_ns > 0);
    assert_true(process.processor_ns <= process.took_ns + PROCESS_SECOND_NS / 10);
}

static void one_that_takes_too_long_is_killed(void **state)
{
    struct process process;
    (void)state;
    assert_true(process_fork(&process, PROCESS_SECOND_NS / 100, nowhere, sleep_on, NULL));
    wait_for(&process);
    assert_true(process.late);
    assert_int_equal(process.signal, SIGKILL);
}

static void the_one_that_ended_is_found_among_those_that_run(void **state)
{
    struct process sleeps = start(sleep_on, NULL), ends = start(end_with_seven, NULL);
    struct process never = {0};
    struct process *const list[] = {&sleeps, &never, &ends};
    (void)state;
    assert_int_equal(process_wait(list, 3, UINT64_MAX), 2);
    assert_int_equal(ends.status, 7);
    assert_true(sleeps.pid > 0);
    /* Nobody ends before that. */
    assert_int_equal(process_wait(list, 3, process_now_ns() + PROCESS_SECOND_NS / 100), 3);
    process_kill(&sleeps);
    assert_int_equal(sleeps.pid, 0);
    assert_int_equal(sleeps.signal, SIGKILL);
    assert_false(sleeps.late);
    assert_int_equal(process_wait(list, 3, UINT64_MAX), 3); /* none runs */
    process_kill(&sleeps);
}

/* What it leaves behind still has its files, and ends when the test closes the pipe. */
static void leave_a_child(void *context)
{
    int *ends = context;
    char byte;
    close(ends[1]);
    if (fork() == 0)
        _exit((int)read(ends[0], &byte, 1));
}

static void one_that_leaves_a_child_has_ended_too(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    struct process process = start(leave_a_child, ends);
    wait_for(&process);
    assert_int_equal(process.status, 0);
    close(ends[0]);
    close(ends[1]);
}

static void this_program_runs_once_more_with_other_words(void **state)
{
    struct process process;
    struct process_files files = {process_file(), process_file()};
    char *const line[] = {"test", "hello", NULL};
    (void)state;
    assert_true(process_again(&process, LONG_NS, files, line));
    wait_for(&process);
    assert_int_equal(process.status, 3);
    char *out = process_text(files.out, SIZE_MAX, NULL);
    assert_string_equal(out, "hello, -1\n"); /* and nothing to read */
    free(out);
    close(files.out);
    close(files.err);
}

/* Starts one that waits for ever with the pipe's end in its hand, and ends by itself. */
static void start_and_die(void *context)
{
    struct process process;
    char *const line[] = {"test", "wait", NULL};
    (void)context;
    if (!process_again(&process, LONG_NS, nowhere, line))
        _exit(1);
    (void)raise(SIGKILL);
}

static void what_it_started_ends_with_it_however_it_ends(void **state)
{
    int ends[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    struct process process = start(start_and_die, NULL);
    close(ends[1]);
    wait_for(&process);
    assert_int_equal(process.signal, SIGKILL);
    struct pollfd last = {.fd = ends[0], .events = POLLIN};
    assert_int_equal(poll(&last, 1, 60000), 1); /* else it still waits */
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

int main(int count, char **words)
{
    if (count > 1 && !strcmp(words[1], "wait"))
        sleep_on(NULL);
    if (count > 1) {
        printf("%s, %d\n", words[1], getchar());
        return 3;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_writes_is_kept),
        cmocka_unit_test(how_it_ended_is_told),
        cmocka_unit_test(what_it_took_is_told),
        cmocka_unit_test(one_that_takes_too_long_is_killed),
        cmocka_unit_test(the_one_that_ended_is_found_among_those_that_run),
        cmocka_unit_test(one_that_leaves_a_child_has_ended_too),
        cmocka_unit_test(this_program_runs_once_more_with_other_words),
        cmocka_unit_test(what_it_started_ends_with_it_however_it_ends),
    };
    return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
