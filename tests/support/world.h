/* SPDX-License-Identifier: MIT */
/* A test world is a root and some leaves on one hub, each a host of its own with an open client and
 * its address listened to on request; it ends in the proof that nothing is left and no rule broken.
 *
 * Every step that fails ends the test at once, with the reason. The functions that expect_ a status
 * print both by name. */
#ifndef CONDIS_TESTS_SUPPORT_WORLD_H
#define CONDIS_TESTS_SUPPORT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <condis/call.h>
#include <condis/host.h>

enum { WORLD_LEAVES_MAX = 8, WORLD_SETTINGS_MAX = 16 };

/* Who manages the calls. */
enum world_edge {
    WORLD_MCM,         /* drivers/loopback */
    WORLD_STAND_ALONE, /* drivers/hubcm over drivers/hubmini */
};

struct world_options {
    enum condis_clock clock;
    uint64_t seed;
    enum condis_completion completion;
    enum world_edge edge;
    uint32_t leaf_count;
    /* Settings of every call manager, ended by one without a name; NULL: none. */
    const struct condis_setting *settings;
    const char *trace_path;
};

struct world_host {
    char name[16]; /* "root", "leaf0", "leaf1", ...: its station on the hub too */
    struct condis_host *host;
    struct condis_client *client;
    struct condis_adapter *adapter;
    struct condis_af *af;
    struct condis_address address; /* "@root", ... */
    struct condis_listener *listener;
};

struct world {
    struct world_options options;
    struct condis_world *world;
    struct world_host root;
    struct world_host leaves[WORLD_LEAVES_MAX];
};

/* Creates it. The clients are open and so are their AFs. world_end ends it. */
struct world *world_begin(const struct world_options *options);

/* Ends every host in turn, then the world, and fails the test when something leaked, a rule was
 * broken unexpectedly, or an expected one was not. Calls, listeners and data of the test that are
 * left are the clients' to end. */
void world_end(struct world *world);

/* Registers the host's own address. options may be NULL: offers wait for condis_accept. */
void world_listen(struct world_host *host, const struct condis_listen_options *options);

/* The next broken rule of this name is expected. */
void world_expect_rule(struct world *world, const char *rule);

/* Lets everything that is under way come to its end. */
void world_settle(struct world *world);

#define expect_status(actual, expected)                                                            \
    expect_status_at((actual), (expected), #actual, __FILE__, __LINE__)
void expect_status_at(condis_status actual, condis_status expected, const char *what,
                      const char *file, int line);

/* One request and its end: give `asked_done` and the request's address as `done` and context. */
struct asked {
    int done_count; /* read it when the world is idle, or after asked_wait */
    condis_status status;
};

void asked_done(void *asked, condis_status status);

/* Waits until the request is done; it must be, once. returns its status. */
condis_status asked_wait(struct world *world, struct asked *asked);

#endif
