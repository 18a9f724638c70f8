/* SPDX-License-Identifier: MIT */
/* What is left when one of them goes: a switch, a root and two leaves, each a process of the
 * command over TCP; one is killed, or its link is cut. The others end in time, say why, and leak
 * nothing; those that it does not concern go on, and their bytes are whole. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "support/relay.h"

enum { SAID_BYTES = 1 << 16, PART_BYTES = 100000, ARGUMENTS_MAX = 24, GIVE_UP_S = 50 };

#define PATIENT   "120000" /* T309 in milliseconds: longer than any cut that is mended */
#define IMPATIENT "3000"   /* shorter than any other; a link has to come up within it, too */

static const char *condis;
static const char *driver;
static const char *uni;

struct process {
    pid_t pid; /* 0: none */
    int out;
    char *said;
    size_t said_bytes;
    size_t seen_bytes;
};

struct leaf {
    struct process process;
    int data; /* what it received */
};

static struct process network;
static struct process root;
static struct leaf leaves[2]; /* @a, which things happen to, and @b */
static int root_data;         /* the end of a pipe that is written to */
static uint16_t network_port;
static struct relay *relay; /* before @a or the root */
static uint32_t written_bytes;

/* ---- processes ---- */

static void process_begin(struct process *process, const char *const *arguments, int in, int data)
{
    int out[2];

    *process = (struct process){.said = calloc(1, SAID_BYTES)};
    assert_non_null(process->said);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    process->pid = fork();
    assert_true(process->pid >= 0);
    if (process->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (in >= 0 ? dup2(in, STDIN_FILENO) < 0
                    : dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO) < 0)
            _exit(126);
        dup2(out[1], STDERR_FILENO);
        dup2(data >= 0 ? data : out[1], STDOUT_FILENO);
        execv(condis, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    close(out[1]);
    process->out = out[0];
}

/* Reads what it says next. returns false at the end. */
static bool process_read(struct process *process)
{
    struct pollfd readable = {.fd = process->out, .events = POLLIN};

    assert_true(process->said_bytes < SAID_BYTES - 1);
    if (poll(&readable, 1, GIVE_UP_S * 1000) <= 0)
        fail_msg("process %d is silent; it said:\n%s", (int)process->pid, process->said);
    ssize_t got = read(process->out, process->said + process->said_bytes,
                       SAID_BYTES - 1 - process->said_bytes);
    if (got > 0)
        process->said_bytes += (size_t)got;
    return got > 0;
}

/* Waits for a line with this text, after the last one that was waited for. */
static const char *process_says(struct process *process, const char *text)
{
    const time_t until = time(NULL) + GIVE_UP_S;

    for (;;) {
        char *found = strstr(process->said + process->seen_bytes, text);
        char *end = found ? strchr(found, '\n') : NULL;
        if (end) {
            process->seen_bytes = (size_t)(end + 1 - process->said);
            return found;
        }
        if (time(NULL) > until || !process_read(process))
            fail_msg("nobody said '%s' in:\n%s", text, process->said);
    }
}

static void process_forget(struct process *process)
{
    close(process->out);
    free(process->said);
    *process = (struct process){0};
}

/* Waits for its end, which is in order: a status, and no word of a leak or a broken rule. */
static void process_ends(struct process *process, int wanted, const char *why)
{
    const time_t until = time(NULL) + GIVE_UP_S;
    int status = -1;

    while (process_read(process)) /* some say how far they are, as long as they live */
        if (time(NULL) > until)
            fail_msg("process %d does not end; it said:\n%s", (int)process->pid, process->said);
    assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted)
        fail_msg("status 0x%x, wanted %d:\n%s", (unsigned)status, wanted, process->said);
    if (why && !strstr(process->said, why))
        fail_msg("no word of '%s' in:\n%s", why, process->said);
    assert_null(strstr(process->said, "leak"));
    assert_null(strstr(process->said, "rule broken"));
    process_forget(process);
}

static void process_kill(struct process *process)
{
    assert_int_equal(kill(process->pid, SIGKILL), 0);
    assert_int_equal(waitpid(process->pid, NULL, 0), process->pid);
    process_forget(process);
}

/* ---- the network ---- */

/* port: 0 for any. returns where it listens. */
static uint16_t network_begin(const char *t309, uint16_t port)
{
    char place[32];
    const char *const arguments[] = {condis, "switch",   "--listen", place, "--uni",
                                     uni,    "--status", "--t309",   t309,  NULL};
    static const char text[] = "listening on 127.0.0.1 port ";

    snprintf(place, sizeof place, "127.0.0.1:%u", port);
    process_begin(&network, arguments, -1, -1);
    return (uint16_t)atoi(process_says(&network, text) + sizeof text - 1);
}

static void host_arguments(const char *arguments[ARGUMENTS_MAX], const char *command,
                           const char *place, const char *address, const char *t309)
{
    const char *const common[] = {condis,      command, "--switch", place,    "--driver",
                                  driver,      "--uni", uni,        "--t309", t309,
                                  "--address", address, NULL};

    memcpy(arguments, common, sizeof common);
}

static void arguments_add(const char *arguments[ARGUMENTS_MAX], const char *argument)
{
    size_t at = 0;

    while (arguments[at])
        at++;
    assert_true(at + 1 < ARGUMENTS_MAX);
    arguments[at] = argument;
    arguments[at + 1] = NULL;
}

static void leaf_begin(struct leaf *leaf, const char *address, const char *place, const char *t309)
{
    const char *arguments[ARGUMENTS_MAX];
    char here[32];
    int data[2];

    assert_int_equal(pipe2(data, O_CLOEXEC), 0);
    host_arguments(arguments, "answer", place, address, t309);
    arguments_add(arguments, "--out");
    arguments_add(arguments, "-");
    process_begin(&leaf->process, arguments, -1, data[1]);
    close(data[1]);
    leaf->data = data[0];
    snprintf(here, sizeof here, "%s is here", address);
    process_says(&network, here);
}

static void root_begin(const char *place, const char *t309)
{
    static const char *const more[] = {"--to", "@a,@b", "--send", "-", "--chunk", "1000"};
    const char *arguments[ARGUMENTS_MAX];
    int data[2];

    assert_int_equal(pipe2(data, O_CLOEXEC), 0);
    host_arguments(arguments, "call", place, "@root", t309);
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        arguments_add(arguments, more[i]);
    process_begin(&root, arguments, data[0], -1);
    close(data[0]);
    root_data = data[1];
    process_says(&root, "joined");
    process_says(&root, "joined");
}

/* A call from the root to both, with the relay before one of them. */
static void call_begin(const char *t309, char relayed)
{
    char direct[32];
    char around[32];
    network_port = network_begin(t309, 0);
    relay = relay_begin(network_port);
    assert_non_null(relay);
    snprintf(direct, sizeof direct, "127.0.0.1:%u", network_port);
    snprintf(around, sizeof around, "127.0.0.1:%u", relay_port(relay));
    leaf_begin(&leaves[0], "@a", relayed == 'a' ? around : direct, t309);
    leaf_begin(&leaves[1], "@b", direct, t309);
    written_bytes = 0;
    root_begin(relayed == 'r' ? around : direct, t309);
}

static uint8_t octet_at(uint32_t place)
{
    return (uint8_t)(place * 7 + place / 256);
}

static void root_writes(void)
{
    uint8_t part[PART_BYTES];

    for (uint32_t i = 0; i < PART_BYTES; i++)
        part[i] = octet_at(written_bytes + i);
    for (size_t at = 0; at < sizeof part;) {
        ssize_t wrote = write(root_data, part + at, sizeof part - at);
        assert_true(wrote > 0);
        at += (size_t)wrote;
    }
    written_bytes += PART_BYTES;
}

/* Reads the part that the root wrote last. */
static void leaf_reads(const struct leaf *leaf)
{
    uint8_t part[PART_BYTES];

    for (size_t at = 0; at < sizeof part;) {
        ssize_t got = read(leaf->data, part + at, sizeof part - at);
        assert_true(got > 0);
        at += (size_t)got;
    }
    for (uint32_t i = 0; i < PART_BYTES; i++)
        assert_int_equal(part[i], octet_at(written_bytes - PART_BYTES + i));
}

static void leaf_has_no_more(struct leaf *leaf)
{
    uint8_t more;

    assert_int_equal(read(leaf->data, &more, 1), 0);
    close(leaf->data);
}

static void both_read(void)
{
    root_writes();
    leaf_reads(&leaves[0]);
    leaf_reads(&leaves[1]);
}

static void network_ends(void)
{
    assert_int_equal(kill(network.pid, SIGTERM), 0);
    process_ends(&network, 0, NULL);
    relay_end(relay);
}

/* The stream ends in order for @b, and the root's status says whether @a had it, too. */
static void the_rest_ends_well(int root_status)
{
    close(root_data);
    process_ends(&leaves[1].process, 0, "the stream ended");
    leaf_has_no_more(&leaves[1]);
    process_ends(&root, root_status, "@b has everything");
}

/* ---- tests ---- */

static void a_switch_that_is_asked_says_who_is_there_and_what_flows(void **state)
{
    static const char *const words[] = {"ports: 3",   "peer",     " host ",       "addresses: ",
                                        "registered", "calls: 1", " multipoint ", "branches: 2"};

    (void)state;
    call_begin(PATIENT, 0);
    both_read();
    assert_int_equal(kill(network.pid, SIGUSR1), 0);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        process_says(&network, words[i]);
    the_rest_ends_well(0);
    process_ends(&leaves[0].process, 0, "the stream ended");
    leaf_has_no_more(&leaves[0]);
    network_ends();
}

static void a_leaf_that_is_killed_is_dropped_after_t309_and_the_other_has_all(void **state)
{
    (void)state;
    call_begin(IMPATIENT, 0);
    both_read();
    process_kill(&leaves[0].process);
    process_says(&network, "given up");
    process_says(&root, "@a left: NDIS_STATUS_");
    root_writes();
    leaf_reads(&leaves[1]);
    the_rest_ends_well(1);
    leaf_has_no_more(&leaves[0]);
    network_ends();
}

static void a_root_that_is_killed_ends_the_call_of_its_leaves(void **state)
{
    (void)state;
    call_begin(IMPATIENT, 0);
    both_read();
    process_kill(&root);
    close(root_data);
    process_says(&network, "given up");
    for (int i = 0; i < 2; i++) {
        process_ends(&leaves[i].process, 1, "the call was closed (NDIS_STATUS_");
        leaf_has_no_more(&leaves[i]);
    }
    network_ends();
}

static void a_switch_that_is_killed_ends_every_call(void **state)
{
    (void)state;
    call_begin(IMPATIENT, 0);
    both_read();
    process_kill(&network);
    for (int i = 0; i < 2; i++) {
        process_ends(&leaves[i].process, 1, "the call was closed (NDIS_STATUS_");
        leaf_has_no_more(&leaves[i]);
    }
    process_ends(&root, 1, "NDIS_STATUS_");
    close(root_data);
    relay_end(relay);
}

/* It knows of no call: the audit says so long before T309 is over. */
static void a_switch_that_begins_anew_ends_the_calls_of_before(void **state)
{
    (void)state;
    call_begin(PATIENT, 0);
    both_read();
    process_kill(&network);
    network_begin(PATIENT, network_port);
    for (int i = 0; i < 2; i++) {
        process_ends(&leaves[i].process, 1, "the call was closed (NDIS_STATUS_");
        leaf_has_no_more(&leaves[i]);
    }
    process_ends(&root, 1, "NDIS_STATUS_");
    close(root_data);
    network_ends();
}

static void a_cut_shorter_than_t309_loses_no_call(char relayed)
{
    call_begin(PATIENT, relayed);
    for (int i = 0; i < 3; i++) {
        both_read();
        relay_cut(relay);
        process_says(&network, "; its calls wait");
        relay_mend(relay);
        process_says(&network, ", up again");
    }
    both_read();
    the_rest_ends_well(0);
    process_ends(&leaves[0].process, 0, "the stream ended");
    leaf_has_no_more(&leaves[0]);
    network_ends();
}

static void a_leaf_whose_link_is_cut_shortly_has_all(void **state)
{
    (void)state;
    a_cut_shorter_than_t309_loses_no_call('a');
}

static void a_root_whose_link_is_cut_shortly_goes_on(void **state)
{
    (void)state;
    a_cut_shorter_than_t309_loses_no_call('r');
}

static void a_leaf_whose_link_is_cut_for_long_is_out_and_says_so(void **state)
{
    (void)state;
    call_begin(IMPATIENT, 'a');
    both_read();
    relay_cut(relay);
    process_ends(&leaves[0].process, 1, "the call was closed (NDIS_STATUS_");
    leaf_has_no_more(&leaves[0]);
    process_says(&network, "given up");
    process_says(&root, "@a left: NDIS_STATUS_");
    root_writes();
    leaf_reads(&leaves[1]);
    the_rest_ends_well(1);
    network_ends();
}

static void a_root_whose_link_is_cut_for_long_hears_it_like_its_leaves(void **state)
{
    (void)state;
    call_begin(IMPATIENT, 'r');
    both_read();
    relay_cut(relay);
    process_says(&network, "given up");
    for (int i = 0; i < 2; i++) {
        process_ends(&leaves[i].process, 1, "the call was closed (NDIS_STATUS_");
        leaf_has_no_more(&leaves[i]);
    }
    process_ends(&root, 1, "NDIS_STATUS_");
    close(root_data);
    network_ends();
}

int main(int argument_count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_switch_that_is_asked_says_who_is_there_and_what_flows),
        cmocka_unit_test(a_leaf_that_is_killed_is_dropped_after_t309_and_the_other_has_all),
        cmocka_unit_test(a_root_that_is_killed_ends_the_call_of_its_leaves),
        cmocka_unit_test(a_switch_that_is_killed_ends_every_call),
        cmocka_unit_test(a_switch_that_begins_anew_ends_the_calls_of_before),
        cmocka_unit_test(a_leaf_whose_link_is_cut_shortly_has_all),
        cmocka_unit_test(a_root_whose_link_is_cut_shortly_goes_on),
        cmocka_unit_test(a_leaf_whose_link_is_cut_for_long_is_out_and_says_so),
        cmocka_unit_test(a_root_whose_link_is_cut_for_long_hears_it_like_its_leaves),
    };

    if (argument_count != 4)
        return 2;
    condis = arguments[1];
    driver = arguments[2];
    uni = arguments[3];
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
