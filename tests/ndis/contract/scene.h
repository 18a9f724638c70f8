/* SPDX-License-Identifier: MIT */
/* A scene is one host with the actors of one edge loaded and the client's AF open; a test directs
 * it and proves at its end that nothing is left, leaked or pended and that no rule was broken but
 * those that it expected. */
#ifndef CONDIS_TESTS_NDIS_SCENE_H
#define CONDIS_TESTS_NDIS_SCENE_H

#include "actor.h"

#include "ndis/host.h"
#include "rules/rules.h"

#include <condis/host.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SCENE_VCS = 4, SCENE_PARTIES = 16 };

/* How long a request may stay pended; an OID, a send and data have limits of their own. */
enum { SCENE_PENDING_MS = 20000 };

/* In which world a test runs. */
struct scene_kind {
    enum condis_clock clock;
    uint64_t seed;
    bool mcm;
    bool no_verifier;
    enum condis_completion completion;
    uint32_t processor_count; /* 0: 2 */
    uint32_t pending_ms;      /* 0: SCENE_PENDING_MS */
    const char *trace_path;
};

struct scene {
    struct scene_kind kind;
    struct condis_world *world;
    struct condis_host *host;
    struct rules *rules;
    struct host_entry entry;
    bool entered;
    bool loaded; /* the actors are */
    bool ended;
    struct condis_driver *miniport;
    struct condis_driver *call_manager; /* NULL: the miniport */
    struct condis_driver *client;
    struct condis_adapter *adapter; /* NULL: it did not start */
    uint64_t expected_count;        /* breaks that the test has seen */
    enum rule_id at_end[4];         /* rules that scene_end sees broken, once each */
    uint32_t at_end_count;
    struct client_vc vc[SCENE_VCS];
    struct client_party party[SCENE_PARTIES];
    struct client_sap sap;
};

/* A test: a sentence, and what proves it. */
struct scene_test {
    const char *sentence;
    void (*run)(struct scene *s);
};

struct scene *scene_begin(const struct scene_kind *kind);

/* Its three steps, for tests of what happens on the way: world and host, with the calling thread in
 * it; the actors, as far as they load; the client's AF. */
struct scene *scene_create(const struct scene_kind *kind);
void scene_load(struct scene *s);
void scene_open(struct scene *s);

/* Loads one driver more, by its name. returns  NULL when its DriverEntry refused */
struct condis_driver *scene_load_one(struct scene *s, const char *name);

/* Pulls the adapter's device out. */
void scene_remove(struct scene *s);

/* Unloads one of the drivers now; loads the client again. */
void scene_unload(struct scene *s, struct condis_driver **driver);
void scene_reload_client(struct scene *s);

/* Closes the AF if it is open, ends host and world, and checks what is left. */
void scene_end(struct scene *s);

/* Ends the host only, whatever is left, and leaves the world and its counts to look at. */
void scene_end_host(struct scene *s);
void scene_end_world(struct scene *s);

/* Frees a scene, and what a failed test left of it, without further judgement. */
void scene_abandon(struct scene *s);

/* Lets everything that is under way come to its end, but for what waits for the test's hand. */
void scene_settle(struct scene *s);

/* Runs a statement as one of the drivers. */
#define AS(driver_, statement)                                                                     \
    do {                                                                                           \
        struct nt_owner *before_ = ndis_driver_enter(driver_);                                     \
        statement;                                                                                 \
        ndis_driver_leave(before_);                                                                \
    } while (0)
#define AS_CLIENT(statement) AS(Client.driver, statement)
#define AS_CM(statement)     AS(Cm.driver, statement)
#define AS_MINI(statement)   AS(Mini.driver, statement)

/* Expects breaks of a rule from here on. expect_end settles the scene: exactly `count` breaks of
 * this rule, and none of another. */
struct expectation {
    enum rule_id rule;
    uint64_t all_before;
};
struct expectation expect_begin(struct scene *s, enum rule_id rule);
void expect_end(struct scene *s, struct expectation expectation, uint64_t count);

/* Runs a statement and what follows from it: exactly one break of the rule and no other. */
#define EXPECT_RULE(s, id, statement) EXPECT_RULES(s, id, 1, statement)
#define EXPECT_RULES(s, id, count_, statement)                                                     \
    do {                                                                                           \
        struct expectation expectation_ = expect_begin((s), RULE_##id);                            \
        statement;                                                                                 \
        expect_end((s), expectation_, (count_));                                                   \
    } while (0)

/* From now to the end of the scene the rule is broken, once. */
static inline void expect_at_end(struct scene *s, enum rule_id rule)
{
    rules_expect(s->rules, rule);
    s->at_end[s->at_end_count++] = rule;
}
#define EXPECT_AT_END(s, id) expect_at_end((s), RULE_##id)

/* What a driver's next requests of a kind do. */
void plan_cm(enum ask ask, struct plan plan);
void plan_mini(enum ask ask, struct plan plan);
void plan_client(enum ask ask, struct plan plan);

/* Finishes the oldest request that waits for the test's hand; there must be one. */
void finish_cm(enum ask ask, NDIS_STATUS status);
void finish_mini(enum ask ask, NDIS_STATUS status);
void finish_client(enum ask ask, NDIS_STATUS status);

/* The notes of a callback: how many, and the latest one (which must exist). */
uint32_t heard(const char *callback);
const struct note *last(const char *callback);

/* A multipoint call on vc[0] with party[0] to party[count - 1]; its end, whatever is left of it. */
void call_begin_with(struct scene *s, uint32_t count);
void call_add(struct scene *s, uint32_t index);
void call_drop(struct scene *s, uint32_t index);
/* Closes the call with the one party that is left and deletes the VC. */
void call_end_with(struct scene *s, uint32_t last_index);

/* Runs each test in each kind of world of a clock, which argv[1] names: live or simulated.
 * returns  main's status. */
int scene_main(const struct scene_test *tests, size_t count, int argc, char **argv);

#define SCENE_MAIN(tests)                                                                          \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        return scene_main((tests), sizeof(tests) / sizeof((tests)[0]), argc, argv);                \
    }
#define SCENE_TEST(name)                                                                           \
    {                                                                                              \
#name, name                                                                                \
    }

#endif
