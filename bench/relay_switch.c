/* SPDX-License-Identifier: MIT */
/* The same through what we are: a switch, a root and leaves, each with its own world, host, driver
 * and client, one multipoint call. */
#define _GNU_SOURCE
#include "relay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <condis/call.h>
#include <condis/host.h>
#include <condis/switch.h>

enum { SENDS = 256, WAIT_MS = 30000 };

static struct relay_shared *shared;
static struct relay_shape shape;
static unsigned port;

static void must(bool holds, const char *what, const char *why)
{
    if (!holds)
        relay_fail(shared, what, why);
}

static void must_succeed(condis_status status, const char *what)
{
    if (status != CONDIS_SUCCESS)
        relay_fail(shared, what, condis_status_name(status));
}

/* A host on the switch. */
static struct condis_af *begin(const char *name)
{
    const struct condis_world_options world_options = {.clock = CONDIS_LIVE};
    const struct condis_host_options host_options = {.name = name, .processor_count = 1};
    struct condis_error error = {""};
    struct condis_world *world;
    struct condis_host *host;
    struct condis_driver *driver;
    struct condis_adapter *adapter;
    struct condis_client *client = NULL;
    struct condis_af *af;
    char medium[64];
    (void)snprintf(medium, sizeof medium, "tcp:127.0.0.1:%u", port);
    const struct condis_setting settings[] = {{"Link", medium}, {"Uni", "40"}, {"Station", name}};
    must(condis_world_create(&world_options, &world, &error) &&
             condis_host_create(world, &host_options, &host, &error) &&
             condis_client_open(host, NULL, &client, &error) &&
             condis_driver_load(host, BENCH_ATMMCM, settings, 3, &driver, &error) &&
             condis_adapter_start(driver, "atm0", settings, 3, &adapter, &error),
         name, error.text);
    must_succeed(condis_af_wait(client, "atm0", 0, WAIT_MS, &af), "condis_af_wait");
    return af;
}

static struct condis_address address_of(uint32_t leaf)
{
    struct condis_address address;
    char text[16];
    (void)snprintf(text, sizeof text, "@leaf%u", leaf);
    must(condis_address_parse(text, &address, NULL), "an address", text);
    return address;
}

/* ---- a leaf ---- */

static void on_data(void *context, struct condis_call *call, struct condis_data *data)
{
    (void)call;
    condis_data_release(data);
    relay_took(shared, *(const uint32_t *)context, &shape, 1);
}

static void leaf(uint32_t number)
{
    struct condis_address address = address_of(number);
    struct condis_listener *listener;
    struct condis_call *call;
    char name[16];
    const struct condis_call_events events = {.on_data = on_data, .context = &number};
    (void)snprintf(name, sizeof name, "leaf%u", number);
    must_succeed(condis_listen(begin(name), &address, NULL, &listener), "condis_listen");
    atomic_fetch_add(&shared->listening, 1);
    must_succeed(condis_accept(listener, &events, WAIT_MS, &call), "condis_accept");
    atomic_fetch_add(&shared->joined, 1);
    for (;;)
        pause();
}

/* ---- the root ---- */

static struct {
    struct condis_call *call;
    uint8_t *payload;
    uint64_t sent;
    _Atomic uint64_t done;
} sender;

static void on_sent(void *context, condis_status status)
{
    (void)context;
    must_succeed(status, "a send");
    atomic_fetch_add(&sender.done, 1);
}

static void send_all(void)
{
    const size_t room = SENDS;
    sender.payload = calloc(room, shape.frame_bytes);
    must(sender.payload != NULL, "the root", "no memory");
    atomic_store(&shared->begin_ns, relay_now_ns());
    while (sender.sent < shape.frame_count) {
        if (sender.sent - atomic_load(&sender.done) == SENDS ||
            !relay_may_send(shared, &shape, sender.sent)) {
            relay_pause();
            continue;
        }
        const struct condis_buffer buffer = {
            sender.payload + sender.sent % room * shape.frame_bytes, shape.frame_bytes};
        condis_status status = condis_send_async(sender.call, &buffer, 1, on_sent, NULL);
        if (status != CONDIS_PENDING)
            relay_fail(shared, "condis_send_async", condis_status_name(status));
        sender.sent++;
    }
}

static void root(void)
{
    struct condis_af *af = begin("root");
    struct condis_call_options options = {
        .to = address_of(0),
        .multipoint = true,
        .transmit = {.sdu_bytes_max = shape.frame_bytes},
    };
    while (atomic_load(&shared->listening) < shape.leaf_count)
        relay_pause();
    must_succeed(condis_call_make(af, &options, &sender.call, NULL), "condis_call_make");
    for (uint32_t i = 1; i < shape.leaf_count; i++) {
        struct condis_address address = address_of(i);
        struct condis_party *party;
        must_succeed(condis_party_add(sender.call, &address, NULL, &party), "condis_party_add");
    }
    while (atomic_load(&shared->joined) < shape.leaf_count)
        relay_pause();
    send_all();
    for (;;)
        pause();
}

/* ---- the switch ---- */

static void switch_program(int log_fd)
{
    FILE *log = fdopen(log_fd, "w");
    struct condis_error error = {""};
    struct condis_switch_route routes[RELAY_LEAVES_MAX];
    const struct condis_switch_options options = {.host = "127.0.0.1",
                                                  .uni = CONDIS_UNI_40,
                                                  .routes = routes,
                                                  .route_count = shape.leaf_count,
                                                  .log = log};
    for (uint32_t i = 0; i < shape.leaf_count; i++) {
        const struct condis_address address = address_of(i);
        routes[i] =
            (struct condis_switch_route){.digit_count = 2 * CONDIS_ADDRESS_BYTES - 2, .port = i};
        memcpy(routes[i].prefix, address.octets, sizeof routes[i].prefix);
    }
    must(log && condis_switch_run(&options, &error), "the switch", error.text);
}

static pid_t switch_begin(FILE **log)
{
    int pipes[2];
    char line[256] = "";
    must(!pipe(pipes), "the switch", "no pipe");
    pid_t pid = fork();
    must(pid >= 0, "the switch", "no process");
    if (pid == 0) {
        relay_name("switch");
        close(pipes[0]);
        switch_program(pipes[1]);
        _exit(0);
    }
    close(pipes[1]);
    *log = fdopen(pipes[0], "r");
    must(*log && fgets(line, sizeof line, *log) &&
             sscanf(line, "listening on 127.0.0.1 port %u", &port) == 1,
         "the switch", line);
    return pid;
}

/* The next host has its port: the routes go by the order in which they connect. */
static void wait_for_port(FILE *log)
{
    char line[256];
    while (fgets(line, sizeof line, log))
        if (strstr(line, ", up"))
            return;
    must(false, "the switch", "ended");
}

void relay_switch_run(struct relay_shared *shared_, const struct relay_shape *shape_)
{
    pid_t children[RELAY_LEAVES_MAX + 2];
    uint32_t count = 1;
    FILE *log;
    shared = shared_;
    shape = *shape_;
    children[0] = switch_begin(&log);
    for (; count < shape.leaf_count + 2; count++) {
        children[count] = fork();
        must(children[count] >= 0, "fork", "no process");
        if (children[count]) {
            wait_for_port(log);
            continue;
        }
        relay_name(count <= shape.leaf_count ? "leaf" : "root");
        if (count <= shape.leaf_count)
            leaf(count - 1);
        else
            root();
        _exit(0);
    }
    relay_watch(shared, &shape, children, count);
    fclose(log);
}
