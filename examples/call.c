/* SPDX-License-Identifier: MIT */
/* One multipoint call, from C: a root sends a line to two leaves, drops one of them with a word of
 * goodbye, and closes the call. Three simulated computers, one process, no network.
 *
 *   cc -o call call.c $(pkg-config --cflags --libs condis)
 *   ./call $(pkg-config --variable=driverdir condis)/loopback.so */
#include <condis/call.h>
#include <condis/host.h>

#include <stdio.h>
#include <stdlib.h>

struct station {
    const char *name;
    struct condis_host *host;
    struct condis_client *client;
    struct condis_af *af;
    struct condis_address address;
    struct condis_listener *listener;
    struct condis_call *call; /* taken by a leaf */
};

static void must(bool ok, const struct condis_error *error)
{
    if (!ok) {
        fprintf(stderr, "%s\n", error->text);
        exit(1);
    }
}

static void must_succeed(condis_status status, const char *what)
{
    if (status != CONDIS_SUCCESS) {
        fprintf(stderr, "%s: %s\n", what, condis_status_name(status));
        exit(1);
    }
}

/* A leaf's callbacks. They run inside the host's drivers: they do their work and return. */
static void on_data(void *context, struct condis_call *call, struct condis_data *data)
{
    struct station *leaf = context;
    char text[80];
    size_t bytes = condis_data_copy(data, 0, text, sizeof text);
    (void)call;
    printf("%s heard \"%.*s\"\n", leaf->name, (int)bytes, text);
    condis_data_release(data); /* lets the root's send end */
}

static void on_closed(void *context, struct condis_call *call, condis_status status,
                      const void *data, size_t bytes)
{
    struct station *leaf = context;
    (void)call;
    printf("%s is out (%s), was told \"%.*s\"\n", leaf->name, condis_status_name(status),
           (int)bytes, bytes ? (const char *)data : "");
}

static enum condis_answer on_offer(void *context, struct condis_listener *listener,
                                   struct condis_call *call)
{
    struct station *leaf = context;
    struct condis_call_events events = {
        .on_data = on_data, .on_closed = on_closed, .context = leaf};
    (void)listener;
    leaf->call = call;
    condis_call_prepare(call, &events, NULL);
    return CONDIS_ACCEPT;
}

/* A computer with one adapter on the hub, and its client. */
static void station_begin(struct condis_world *world, struct station *station, const char *driver)
{
    struct condis_host_options options = {.name = station->name};
    struct condis_setting settings[] = {{"Hub", "hub"}, {"Station", station->name}};
    struct condis_driver *loopback;
    struct condis_adapter *adapter;
    struct condis_error error;
    char text[CONDIS_ADDRESS_TEXT_BYTES];
    must(condis_host_create(world, &options, &station->host, &error), &error);
    must(condis_driver_load(station->host, driver, NULL, 0, &loopback, &error), &error);
    must(condis_adapter_start(loopback, "atm0", settings, 2, &adapter, &error), &error);
    must(condis_client_open(station->host, NULL, &station->client, &error), &error);
    must_succeed(condis_af_wait(station->client, "atm0", 0, 1000, &station->af), "open the AF");
    snprintf(text, sizeof text, "@%s", station->name);
    must(condis_address_parse(text, &station->address, &error), &error);
}

static void leaf_begin(struct condis_world *world, struct station *leaf, const char *driver)
{
    struct condis_listen_options options = {.on_offer = on_offer, .context = leaf};
    station_begin(world, leaf, driver);
    must_succeed(condis_listen(leaf->af, &leaf->address, &options, &leaf->listener), "listen");
}

static void share(struct station *root, struct station leaves[2])
{
    struct condis_call_options options = {.to = leaves[0].address, .multipoint = true};
    struct condis_party *parties[2];
    struct condis_call *call;
    must_succeed(condis_call_make(root->af, &options, &call, &parties[0]), "call");
    must_succeed(condis_party_add(call, &leaves[1].address, NULL, &parties[1]), "add a party");
    must_succeed(condis_send(call, "hello, both", 11), "send");
    must_succeed(condis_party_drop(parties[0], "thanks", 6), "drop a party");
    must_succeed(condis_send(call, "hello, you", 10), "send");
    must_succeed(condis_call_close(call, "the end", 7), "close");
    condis_call_release(call);
}

int main(int argc, char **argv)
{
    struct condis_world_options options = {.clock = CONDIS_SIMULATED, .seed = 1};
    struct station root = {.name = "root"};
    struct station leaves[2] = {{.name = "ann"}, {.name = "bob"}};
    struct condis_world *world;
    struct condis_error error;
    if (argc != 2) {
        fprintf(stderr, "usage: call PATH/loopback.so\n");
        return 2;
    }
    must(condis_world_create(&options, &world, &error), &error);
    station_begin(world, &root, argv[1]);
    leaf_begin(world, &leaves[0], argv[1]);
    leaf_begin(world, &leaves[1], argv[1]);
    share(&root, leaves);
    condis_world_run_until_idle(world, 10000000);
    condis_client_close(leaves[1].client);
    condis_client_close(leaves[0].client);
    condis_client_close(root.client);
    struct condis_tally tally = condis_world_tally(world);
    condis_world_destroy(world);
    printf("%llu rules broken, %llu objects left\n", (unsigned long long)tally.violations,
           (unsigned long long)tally.leaks);
    return tally.violations || tally.leaks;
}
