/* SPDX-License-Identifier: MIT */
/* The drivers of a link, end to end: a switch of its own process, hosts over loopback TCP, one
 * sender and two receivers, over each edge and in each version of the UNI.
 *
 * argv[1] is the condis command. */
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

enum { HOSTS = 3, SETTINGS = 5, PATIENCE_MS = 20000 };

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
        execl(command, command, "switch", "--listen", "127.0.0.1:0", "--uni", version,
              (char *)NULL);
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

static const char *const esis[HOSTS] = {"02:00:00:00:00:01", "020000000002", "02-00-00-00-00-03"};

static bool start_host(struct host *host, const char *name, const char *esi,
                       struct condis_error *error)
{
    const struct condis_setting settings[SETTINGS] = {{"Link", net.link},
                                                      {"Station", name},
                                                      {"Uni", net.edge->uni},
                                                      {"CloseData", "1"},
                                                      {"Esi", esi}};
    const struct condis_host_options options = {.name = name};
    struct condis_driver *miniport, *call_manager;
    good(condis_host_create(net.world, &options, &host->host, error), error);
    good(condis_client_open(host->host, NULL, &host->client, error), error);
    load(host, net.edge->miniport, settings, &miniport);
    if (net.edge->call_manager)
        load(host, net.edge->call_manager, settings, &call_manager);
    return condis_adapter_start(miniport, "atm0", settings, SETTINGS, &host->adapter, error);
}

static void begin_host(unsigned which)
{
    struct host *host = &net.hosts[which];
    struct condis_error error = {""};
    char address[CONDIS_ADDRESS_TEXT_BYTES];
    snprintf(address, sizeof address, "@%s", names[which]);
    good(condis_address_parse(address, &host->address, &error), &error);
    good(start_host(host, names[which], esis[which], &error), &error);
    assert_int_equal(condis_af_wait(host->client, "atm0", 0, PATIENCE_MS, &host->af),
                     CONDIS_SUCCESS);
    assert_int_equal(condis_listen(host->af, &host->address, NULL, &host->listener),
                     CONDIS_SUCCESS);
}

static void end_host(struct host *host)
{
    condis_client_close(host->client);
    condis_host_destroy(host->host);
}

static void await_address(unsigned which, const struct condis_address *address)
{
    assert_int_equal(condis_af_address_wait(net.hosts[which].af, address, PATIENCE_MS),
                     CONDIS_SUCCESS);
}

static void begin(const struct edge *edge)
{
    const struct condis_world_options options = {.clock = CONDIS_LIVE};
    struct condis_error error = {""};
    memset(&net, 0, sizeof net);
    net.edge = edge;
    begin_switch();
    good(condis_world_create(&options, &net.world, &error), &error);
    for (unsigned i = 0; i < HOSTS; i++)
        begin_host(i);
    for (unsigned i = 0; i < HOSTS; i++)
        await_address(i, &net.hosts[i].address);
}

static void end(void)
{
    struct condis_tally tally;
    int status;
    for (unsigned i = HOSTS; i > 0; i--)
        end_host(&net.hosts[i - 1]);
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

/* Makes a call of the root's to an address and hands the leaf's end over. */
static struct condis_call *call_leaf(const struct condis_address *to,
                                     struct condis_listener *listener, struct condis_call **leaf)
{
    static condis_status made;
    struct condis_call_options options = {.to = *to};
    struct condis_call *call = NULL;
    condis_call_make_async(net.hosts[0].af, &options, &call, NULL, ignore, &made);
    assert_int_equal(condis_accept(listener, NULL, PATIENCE_MS, leaf), CONDIS_SUCCESS);
    await_state(call);
    return call;
}

static void end_call(struct condis_call *call, struct condis_call *leaf)
{
    struct condis_call_info info;
    condis_call_info(leaf, &info);
    assert_true(info.has_from);
    assert_memory_equal(info.from.octets, net.hosts[0].address.octets, 19);
    assert_int_equal(condis_call_close(call, NULL, 0), CONDIS_SUCCESS);
    expect_closed(leaf, NULL);
    condis_call_release(call);
}

/* The switch's own prefix, the station's ESI. */
static void given_address(unsigned which, uint8_t selector, struct condis_address *out)
{
    static const uint8_t prefix[] = {0x47, 0x00, 0x05, 0x80, 0xFF, 0xE1};
    memset(out, 0, sizeof *out);
    memcpy(out->octets, prefix, sizeof prefix);
    out->octets[13] = 0x02;
    out->octets[18] = (uint8_t)(which + 1);
    out->octets[19] = selector;
}

static void registration(const struct edge *edge)
{
    struct condis_address given, other, known[4];
    struct condis_listener *listener = NULL, *refused = NULL;
    struct condis_call *call, *leaf = NULL;
    begin(edge);
    given_address(1, 7, &given);
    /* It is this end's before the network knows it, and with any selector; another's is not. */
    assert_int_equal(condis_listen(net.hosts[1].af, &given, NULL, &listener), CONDIS_SUCCESS);
    given_address(2, 7, &other);
    assert_int_not_equal(condis_listen(net.hosts[1].af, &other, NULL, &refused), CONDIS_SUCCESS);
    await_address(1, &given);
    assert_int_equal(condis_af_addresses(net.hosts[1].af, known, 4), 2);
    assert_memory_equal(known[0].octets, net.hosts[1].address.octets, 20);
    given.octets[19] = 0;
    assert_memory_equal(known[1].octets, given.octets, 20);
    given.octets[19] = 7;
    call = call_leaf(&given, listener, &leaf);
    end_call(call, leaf);
    call = call_leaf(&net.hosts[1].address, net.hosts[1].listener, &leaf);
    end_call(call, leaf);
    /* A host that begins again is found again under its name. */
    end_host(&net.hosts[1]);
    begin_host(1);
    await_address(1, &net.hosts[1].address);
    call = call_leaf(&net.hosts[1].address, net.hosts[1].listener, &leaf);
    end_call(call, leaf);
    end();
}

static void a_stand_alone_call_manager_registers_its_addresses(void **state)
{
    (void)state;
    registration(&stand_alone_40);
    registration(&stand_alone_31);
}

static void a_miniport_call_manager_registers_its_addresses(void **state)
{
    (void)state;
    registration(&integrated_40);
    registration(&integrated_31);
}

/* Nobody is at the other end: what this end is called does not depend on that. */
static void an_end_listens_before_any_network_answers(void **state)
{
    static const struct edge *const edges[] = {&stand_alone_40, &integrated_40};
    const struct condis_world_options options = {.clock = CONDIS_LIVE};
    struct condis_error error = {""};
    (void)state;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        struct condis_address own, other;
        struct condis_listener *listener = NULL;
        memset(&net, 0, sizeof net);
        net.edge = edges[i];
        snprintf(net.link, sizeof net.link, "tcp:127.0.0.1:1");
        good(condis_world_create(&options, &net.world, &error), &error);
        begin_host(1); /* it listens at its name */
        given_address(1, 7, &own);
        own.octets[0] = 0x39; /* whatever the prefix will be */
        assert_int_equal(condis_listen(net.hosts[1].af, &own, NULL, &listener), CONDIS_SUCCESS);
        given_address(2, 7, &other);
        assert_int_equal(condis_listen(net.hosts[1].af, &other, NULL, &listener),
                         (condis_status)0xC0010022); /* NDIS_STATUS_INVALID_ADDRESS */
        assert_int_equal(condis_af_addresses(net.hosts[1].af, &own, 1), 0);
        assert_int_equal(condis_af_address_wait(net.hosts[1].af, NULL, 0), CONDIS_TIMEOUT);
        end_host(&net.hosts[1]);
        struct condis_tally tally = condis_world_tally(net.world);
        condis_world_destroy(net.world);
        assert_int_equal(tally.leaks + tally.violations, 0);
    }
}

static void an_esi_that_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {"", "02000000000", "0200000000011", "02000000000g",
                                        ":020000000001"};
    struct condis_error error = {""};
    (void)state;
    begin(&integrated_40);
    end_host(&net.hosts[2]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(start_host(&net.hosts[2], names[2], wrong[i], &error));
        end_host(&net.hosts[2]);
    }
    begin_host(2);
    end();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_miniport_call_manager_has_the_uni_40),
        cmocka_unit_test(a_miniport_call_manager_has_the_uni_31),
        cmocka_unit_test(a_stand_alone_call_manager_has_the_uni_40),
        cmocka_unit_test(a_stand_alone_call_manager_has_the_uni_31),
        cmocka_unit_test(a_miniport_call_manager_registers_its_addresses),
        cmocka_unit_test(a_stand_alone_call_manager_registers_its_addresses),
        cmocka_unit_test(an_end_listens_before_any_network_answers),
        cmocka_unit_test(an_esi_that_is_none_is_refused),
    };
    if (argc < 2)
        return 2;
    command = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
