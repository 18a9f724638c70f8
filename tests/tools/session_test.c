/* SPDX-License-Identifier: MIT */
/* condis answer and condis call, each on a thread, in one world over a hub. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/condis/answer.h"
#include "../../tools/condis/call.h"

enum { LEAVES_MAX = 3, ARGUMENTS_MAX = 16, FILE_BYTES = 100000 };

/* One command: its thread, its pipes, what it printed. */
struct actor {
    const struct command *command;
    int (*run)(const struct command *, const struct surroundings *, const char *const *, size_t);
    struct surroundings around;
    struct condis_setting settings[2];
    const char *arguments[ARGUMENTS_MAX];
    size_t argument_count;
    char out_name[40]; /* of the leaf's file */
    int in[2];         /* what its user types */
    int stop[2];
    int out[2]; /* what it prints, line by line */
    FILE *lines;
    char line[512];
    pthread_t thread;
    int status;
};

struct stage {
    struct condis_world *world;
    struct actor caller;
    struct actor leaves[LEAVES_MAX];
    char send_name[40];
    uint8_t bytes[FILE_BYTES];
};

static void *actor_main(void *context)
{
    struct actor *actor = context;
    actor->status =
        actor->run(actor->command, &actor->around, actor->arguments, actor->argument_count);
    fclose(actor->around.out);
    return NULL;
}

static void actor_begin(struct stage *stage, struct actor *actor, const char *station)
{
    assert_int_equal(pipe(actor->in), 0);
    assert_int_equal(pipe(actor->stop), 0);
    assert_int_equal(pipe(actor->out), 0);
    actor->settings[0] = (struct condis_setting){"Hub", "hub"};
    actor->settings[1] = (struct condis_setting){"Station", station};
    actor->around = (struct surroundings){
        .out = fdopen(actor->out[1], "w"),
        .err = stderr,
        .in_fd = actor->in[0],
        .stop_fd = actor->stop[0],
        .world = stage->world,
        .settings = actor->settings,
        .setting_count = 2,
    };
    actor->lines = fdopen(actor->out[0], "r");
    assert_non_null(actor->around.out);
    assert_non_null(actor->lines);
    assert_int_equal(pthread_create(&actor->thread, NULL, actor_main, actor), 0);
}

/* Reads what the actor prints until a line holds a text; that line stays in actor->line. */
static void expect_line(struct actor *actor, const char *text)
{
    do {
        if (!fgets(actor->line, sizeof actor->line, actor->lines))
            fail_msg("'%s' was not printed", text);
    } while (!strstr(actor->line, text));
}

static void type(struct actor *actor, const char *line)
{
    assert_int_equal(write(actor->in[1], line, strlen(line)), strlen(line));
}

/* Lets the actor end. returns its exit status. */
static int actor_end(struct actor *actor)
{
    while (fgets(actor->line, sizeof actor->line, actor->lines))
        continue;
    pthread_join(actor->thread, NULL);
    fclose(actor->lines);
    for (int i = 0; i < 2; i++) {
        close(actor->in[i]);
        close(actor->stop[i]);
    }
    return actor->status;
}

static struct stage *stage_begin(void)
{
    struct condis_world_options options = {.clock = CONDIS_LIVE};
    struct condis_error error = {""};
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    if (!condis_world_create(&options, &stage->world, &error))
        fail_msg("%s", error.text);
    for (size_t i = 0; i < FILE_BYTES; i++)
        stage->bytes[i] = (uint8_t)(i * 7 + i / 256);
    strcpy(stage->send_name, "/tmp/condis_session_XXXXXX");
    int fd = mkstemp(stage->send_name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, stage->bytes, FILE_BYTES), FILE_BYTES);
    close(fd);
    return stage;
}

static void stage_end(struct stage *stage)
{
    struct condis_tally tally = condis_world_tally(stage->world);
    condis_world_destroy(stage->world);
    unlink(stage->send_name);
    for (int i = 0; i < LEAVES_MAX; i++) {
        if (stage->leaves[i].out_name[0])
            unlink(stage->leaves[i].out_name);
    }
    free(stage);
    assert_int_equal(tally.violations, 0);
    assert_int_equal(tally.leaks, 0);
}

static struct actor *leaf_begin(struct stage *stage, int index)
{
    static const char *const addresses[] = {"@a", "@b", "@c"};
    struct actor *leaf = &stage->leaves[index];
    strcpy(leaf->out_name, "/tmp/condis_session_XXXXXX");
    close(mkstemp(leaf->out_name));
    const char *arguments[] = {
        "--switch",       "hub",   "--driver",    WORLD_DRIVERS_LOOPBACK, "--address",
        addresses[index], "--out", leaf->out_name};
    memcpy(leaf->arguments, arguments, sizeof arguments);
    leaf->argument_count = sizeof arguments / sizeof arguments[0];
    leaf->command = &command_answer;
    leaf->run = answer_run;
    actor_begin(stage, leaf, addresses[index] + 1);
    expect_line(leaf, "waits for a call");
    return leaf;
}

/* more: further arguments, ended by NULL */
static struct actor *caller_begin(struct stage *stage, const char *to, const char *const *more)
{
    struct actor *caller = &stage->caller;
    const char *arguments[] = {"--switch",  "hub",           "--driver", WORLD_DRIVERS_LOOPBACK,
                               "--address", "@root",         "--to",     to,
                               "--send",    stage->send_name};
    memcpy(caller->arguments, arguments, sizeof arguments);
    caller->argument_count = sizeof arguments / sizeof arguments[0];
    for (; *more; more++)
        caller->arguments[caller->argument_count++] = *more;
    caller->command = &command_call;
    caller->run = call_run;
    actor_begin(stage, caller, "root");
    return caller;
}

static const char *const fast[] = {NULL};
/* 16 kbit/s of 100,000 bytes: it lasts until the test has done what it came for. */
static const char *const slow[] = {"--rate", "16K", "--chunk", "100", NULL};

/* The file of a leaf is the stream's bytes from a place on. */
static void expect_file(struct stage *stage, const struct actor *leaf, size_t from, size_t bytes)
{
    uint8_t *got = malloc(FILE_BYTES + 1);
    FILE *file = fopen(leaf->out_name, "r");
    assert_non_null(file);
    assert_int_equal(fread(got, 1, FILE_BYTES + 1, file), bytes);
    fclose(file);
    assert_memory_equal(got, stage->bytes + from, bytes);
    free(got);
}

static void every_leaf_gets_the_whole_file_and_says_so(void **state)
{
    (void)state;
    struct stage *stage = stage_begin();
    for (int i = 0; i < LEAVES_MAX; i++)
        leaf_begin(stage, i);
    struct actor *caller = caller_begin(stage, "@a,@b,@c", fast);
    expect_line(caller, "has everything (complete 0..100000)");
    expect_line(caller, "complete, 100000 bytes sent:");
    for (int i = 0; i < LEAVES_MAX; i++) {
        expect_line(&stage->leaves[i], "@root calls");
        expect_line(&stage->leaves[i], "the stream ended, 100000 bytes");
        assert_int_equal(actor_end(&stage->leaves[i]), EXIT_PASSED);
        expect_file(stage, &stage->leaves[i], 0, FILE_BYTES);
    }
    assert_int_equal(actor_end(caller), EXIT_PASSED);
    stage_end(stage);
}

static void leaves_are_added_dropped_with_words_and_closed_with_words(void **state)
{
    (void)state;
    struct stage *stage = stage_begin();
    for (int i = 0; i < LEAVES_MAX; i++)
        leaf_begin(stage, i);
    struct actor *caller = caller_begin(stage, "@a,@b", slow);
    expect_line(caller, "@b joined at byte 0");
    expect_line(&stage->leaves[0], "bytes"); /* progress */
    type(caller, "drop @b see you\n");
    expect_line(caller, "@b was dropped");
    expect_line(&stage->leaves[1], "the other end says: see you");
    expect_line(&stage->leaves[1], "the call was closed (NDIS_STATUS_SUCCESS)");
    assert_int_equal(actor_end(&stage->leaves[1]), EXIT_PASSED);
    type(caller, "add @c\n");
    expect_line(caller, "@c joined at byte ");
    type(caller, "status\n");
    expect_line(caller, "dropped");
    type(caller, "close good night\n");
    expect_line(&stage->leaves[0], "the other end says: good night");
    expect_line(&stage->leaves[2], "the other end says: good night");
    assert_int_equal(actor_end(&stage->leaves[0]), EXIT_PASSED);
    assert_int_equal(actor_end(&stage->leaves[2]), EXIT_PASSED);
    assert_int_equal(actor_end(caller), EXIT_PASSED);
    stage_end(stage);
}

static void what_is_typed_wrong_is_answered_and_changes_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_begin();
    leaf_begin(stage, 0);
    struct actor *caller = caller_begin(stage, "@a", slow);
    expect_line(caller, "@a joined");
    type(caller, "frobnicate\n");
    expect_line(caller, "no command is called 'frobnicate'");
    type(caller, "add\n");
    expect_line(caller, "say: add @NAME");
    type(caller, "drop @z\n");
    expect_line(caller, "no leaf is called @z");
    type(caller, "drop @a\n");
    expect_line(caller, "@a is the last leaf");
    type(caller, "add @nobody\n");
    expect_line(caller, "@nobody could not be added: NDIS_STATUS_");
    type(caller, "close\n");
    expect_line(&stage->leaves[0], "the call was closed");
    assert_int_equal(actor_end(&stage->leaves[0]), EXIT_PASSED);
    assert_int_equal(actor_end(caller), EXIT_FAILED); /* @nobody got nothing */
    stage_end(stage);
}

static void a_stop_closes_the_call_and_a_leaf_that_stops_is_missed(void **state)
{
    (void)state;
    struct stage *stage = stage_begin();
    leaf_begin(stage, 0);
    leaf_begin(stage, 1);
    struct actor *caller = caller_begin(stage, "@a,@b", slow);
    expect_line(caller, "@b joined");
    expect_line(&stage->leaves[1], "bytes");
    assert_int_equal(write(stage->leaves[1].stop[1], "x", 1), 1);
    expect_line(caller, "@b left: ");
    assert_non_null(strstr(caller->line, "(stopped by its user)"));
    assert_int_equal(actor_end(&stage->leaves[1]), EXIT_FAILED);
    assert_int_equal(write(caller->stop[1], "x", 1), 1);
    expect_line(caller, "stopped, ");
    assert_int_equal(actor_end(caller), EXIT_FAILED);
    assert_int_equal(actor_end(&stage->leaves[0]), EXIT_PASSED); /* closed in order, no gap */
    stage_end(stage);
}

static void the_first_leaf_may_refuse_and_nobody_may_be_left(void **state)
{
    (void)state;
    struct stage *stage = stage_begin();
    leaf_begin(stage, 0);
    struct actor *caller = caller_begin(stage, "@none,@a", fast);
    expect_line(caller, "@none could not be added");
    expect_line(caller, "@a has everything");
    assert_int_equal(actor_end(caller), EXIT_FAILED);
    assert_int_equal(actor_end(&stage->leaves[0]), EXIT_PASSED);
    expect_file(stage, &stage->leaves[0], 0, FILE_BYTES);
    stage->caller = (struct actor){0};
    caller = caller_begin(stage, "@none", fast);
    expect_line(caller, "@none could not be added");
    expect_line(caller, "lost, 0 bytes sent:");
    assert_int_equal(actor_end(caller), EXIT_FAILED);
    stage_end(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_leaf_gets_the_whole_file_and_says_so),
        cmocka_unit_test(leaves_are_added_dropped_with_words_and_closed_with_words),
        cmocka_unit_test(what_is_typed_wrong_is_answered_and_changes_nothing),
        cmocka_unit_test(a_stop_closes_the_call_and_a_leaf_that_stops_is_missed),
        cmocka_unit_test(the_first_leaf_may_refuse_and_nobody_may_be_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
