/* SPDX-License-Identifier: MIT */
/* The drivers of a link, end to end: a switch of its own process, hosts over loopback TCP, one
 * sender and two receivers, over each edge and in each version of the UNI.
 *
 * argv[1] is the condis command; the first host to connect has port 0 of the switch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <condis/call.h>
#include <condis/host.h>

enum { HOSTS = 3, SETTINGS = 4, PATIENCE_MS = 20000 };

static const char *command;
static const char *const names[HOSTS] = {"root", "leaf0", "leaf1"};

struct edge {
    const char *miniport;
    const char *call_manager; /* NULL: the miniport is one */
    const char *uni;
};

static const struct edge stand_alone_40 = {"atmlink", "atmuni", "40"};
static const struct edge stand_alone_31 = {"atmlink", "atmuni", "31"};
static const struct edge integrated_40 = {"atmmcm", NULL, "40"};
static const struct edge integrated_31 = {"atmmcm", NULL, "31"};

struct host {
    struct condis_host *host;
    struct condis_client *client;
    struct condis_adapter *adapter;
    struct condis_af *af;
    struct condis_address address;
    struct condis_listener *listener;
};

static struct {
    const struct edge *edge;
    pid_t pid;
    char link[64];
    struct condis_world *world;
    struct host hosts[HOSTS];
} net;

static void good(bool done, const struct condis_error *error)
{
    if (!done)
        fail_msg("%s", error->text);
}

static void begin_switch(void)
{
    const char *version = strcmp(net.edge->uni, "31") == 0 ? "3.1" : "4.0";
    int pipes[2];
    char line[256];
    assert_int_equal(pipe(pipes), 0);
    net.pid = fork();
    assert_true(net.pid >= 0);
    if (net.pid == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        dup2(pipes[1], STDERR_FILENO);
        close(pipes[0]);
        close(pipes[1]);
        execl(command, command, "switch", "--listen", "127.0.0.1:0", "--uni", version, "--route",
              "@root=0", "--route", "@leaf0=1", "--route", "@leaf1=2", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    FILE *log = fdopen(pipes[0], "r"); /* open as long as the test: the switch writes to it */
    assert_non_null(log);
    unsigned port = 0;
    while (port == 0 && fgets(line, sizeof line, log))
        if (sscanf(line, "listening on 127.0.0.1 port %u", &port) != 1)
            port = 0;
    assert_true(port != 0);
    snprintf(net.link, sizeof net.link, "tcp:127.0.0.1:%u", port);
}

static void load(struct host *host, const char *driver, const struct condis_setting *settings,
                 struct condis_driver **out)
{
    struct condis_error error = {""};
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s.so", ATM_DRIVERS, driver, driver);
    good(condis_driver_load(host->host, path, settings, SETTINGS, out, &error), &error);
}

static void begin_host(struct host *host, const char *name)
{
    const struct condis_setting settings[SETTINGS] = {
        {"Link", net.link}, {"Station", name}, {"Uni", net.edge->uni}, {"CloseData", "1"}};
    const struct condis_host_options options = {.name = name};
    struct condis_driver *miniport, *call_manager;
    struct condis_error error = {""};
    char address[CONDIS_ADDRESS_TEXT_BYTES];
    snprintf(address, sizeof address, "@%s", name);
    good(condis_address_parse(address, &host->address, &error), &error);
    good(condis_host_create(net.world, &options, &host->host, &error), &error);
    good(condis_client_open(host->host, NULL, &host->client, &error), &error);
    load(host, net.edge->miniport, settings, &miniport);
    if (net.edge->call_manager)
        load(host, net.edge->call_manager, settings, &call_manager);
    good(condis_adapter_start(miniport, "atm0", settings, SETTINGS, &host->adapter, &error),
         &error);
    assert_int_equal(condis_af_wait(host->client, "atm0", 0, PATIENCE_MS, &host->af),
                     CONDIS_SUCCESS);
    assert_int_equal(condis_listen(host->af, &host->address, NULL, &host->listener),
                     CONDIS_SUCCESS);
}

/* A host has its port of the switch once a call was answered; nobody listens at selector 77. */
static void await_port(struct host *host)
{
    struct condis_call_options options = {.to = host->address};
    struct condis_call *call = NULL;
    options.to.octets[19] = 77;
    assert_int_not_equal(condis_call_make(host->af, &options, &call, NULL), CONDIS_SUCCESS);
    if (call)
        condis_call_release(call);
}

static void begin(const struct edge *edge)
{
    const struct condis_world_options options = {.clock = CONDIS_LIVE};
    struct condis_error error = {""};
    memset(&net, 0, sizeof net);
    net.edge = edge;
    begin_switch();
    good(condis_world_create(&options, &net.world, &error), &error);
    for (unsigned i = 0; i < HOSTS; i++) {
        begin_host(&net.hosts[i], names[i]);
        await_port(&net.hosts[i]);
    }
}

static void end(void)
{
    struct condis_tally tally;
    int status;
    for (unsigned i = HOSTS; i > 0; i--) {
        condis_client_close(net.hosts[i - 1].client);
        condis_host_destroy(net.hosts[i - 1].host);
    }
    tally = condis_world_tally(net.world);
    condis_world_destroy(net.world);
    kill(net.pid, SIGTERM);
    assert_int_equal(waitpid(net.pid, &status, 0), net.pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(tally.leaks, 0);
    assert_int_equal(tally.violations, 0);
}

/* What becomes of a request is seen at the call. */
static void ignore(void *context, condis_status status)
{
    *(condis_status *)context = status;
}

static struct condis_call *accept_at(unsigned leaf)
{
    struct condis_call *call = NULL;
    assert_int_equal(condis_accept(net.hosts[leaf].listener, NULL, PATIENCE_MS, &call),
                     CONDIS_SUCCESS);
    return call;
}

static void expect_data(struct condis_call *call, const char *text)
{
    struct condis_data *data = NULL;
    char bytes[64];
    assert_int_equal(condis_receive(call, PATIENCE_MS, &data), CONDIS_SUCCESS);
    assert_int_equal(condis_data_bytes(data), strlen(text));
    condis_data_copy(data, 0, bytes, strlen(text));
    assert_memory_equal(bytes, text, strlen(text));
    condis_data_release(data);
}

static void expect_closed(struct condis_call *call, const char *close_data)
{
    struct condis_call_info info;
    assert_int_equal(condis_call_closed_wait(call, PATIENCE_MS), CONDIS_SUCCESS);
    condis_call_info(call, &info);
    assert_int_equal(info.close_bytes, close_data ? strlen(close_data) : 0);
    if (close_data)
        assert_memory_equal(info.close_data, close_data, strlen(close_data));
    condis_call_release(call);
}

/* The limit of time that tests have ends a wait that has no end. */
static void await_state(struct condis_call *call)
{
    struct condis_call_info info;
    do {
        sched_yield();
        condis_call_info(call, &info);
    } while (info.state == CONDIS_CALL_MAKING);
    assert_int_equal(info.state, CONDIS_CALL_CONNECTED);
}

static void await_party(struct condis_party *party)
{
    struct condis_party_info info;
    do {
        sched_yield();
        condis_party_info(party, &info);
    } while (info.state == CONDIS_PARTY_ADDING);
    assert_int_equal(info.state, CONDIS_PARTY_ACTIVE);
}

static void story(const struct edge *edge)
{
    const bool data = strcmp(edge->uni, "40") == 0;
    struct condis_call_options options = {.multipoint = true};
    struct condis_call *call = NULL, *leaves[2];
    struct condis_party *first = NULL, *second = NULL;
    static condis_status made, added;
    char long_data[200] = {0};
    begin(edge);
    options.to = net.hosts[1].address;
    condis_call_make_async(net.hosts[0].af, &options, &call, &first, ignore, &made);
    leaves[0] = accept_at(1);
    await_state(call);
    assert_int_equal(condis_send(call, "one", 3), CONDIS_SUCCESS);
    expect_data(leaves[0], "one");
    condis_party_add_async(call, &net.hosts[2].address, NULL, &second, ignore, &added);
    leaves[1] = accept_at(2);
    await_party(second);
    assert_int_equal(condis_send(call, "both", 4), CONDIS_SUCCESS);
    expect_data(leaves[0], "both");
    expect_data(leaves[1], "both");
    if (data)
        assert_int_equal(condis_party_drop(second, long_data, sizeof long_data),
                         (condis_status)0xC0010014); /* NDIS_STATUS_INVALID_LENGTH */
    else
        assert_int_equal(condis_party_drop(second, "thank you", 9),
                         (condis_status)0xC0010015); /* NDIS_STATUS_INVALID_DATA */
    assert_int_equal(condis_party_drop(second, data ? "thank you" : NULL, data ? 9 : 0),
                     CONDIS_SUCCESS);
    expect_closed(leaves[1], data ? "thank you" : NULL);
    assert_int_equal(condis_send(call, "one again", 9), CONDIS_SUCCESS);
    expect_data(leaves[0], "one again");
    assert_int_equal(condis_call_close(call, data ? "good night" : NULL, data ? 10 : 0),
                     CONDIS_SUCCESS);
    expect_closed(leaves[0], data ? "good night" : NULL);
    condis_party_release(first);
    condis_party_release(second);
    condis_call_release(call);
    end();
}

static void a_stand_alone_call_manager_has_the_uni_40(void **state)
{
    (void)state;
    story(&stand_alone_40);
}

static void a_stand_alone_call_manager_has_the_uni_31(void **state)
{
    (void)state;
    story(&stand_alone_31);
}

static void a_miniport_call_manager_has_the_uni_40(void **state)
{
    (void)state;
    story(&integrated_40);
}

static void a_miniport_call_manager_has_the_uni_31(void **state)
{
    (void)state;
    story(&integrated_31);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_miniport_call_manager_has_the_uni_40),
        cmocka_unit_test(a_miniport_call_manager_has_the_uni_31),
        cmocka_unit_test(a_stand_alone_call_manager_has_the_uni_40),
        cmocka_unit_test(a_stand_alone_call_manager_has_the_uni_31),
    };
    if (argc < 2)
        return 2;
    command = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
