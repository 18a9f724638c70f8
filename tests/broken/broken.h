/* SPDX-License-Identifier: MIT */
/* A broken driver is an actor of a scene that makes one mistake; its near miss does the closest
 * thing that is right. Each rule of src/rules has both, or a reason why nothing can see it. */
#ifndef CONDIS_TESTS_BROKEN_H
#define CONDIS_TESTS_BROKEN_H

#include "ndis/contract/scene.h"

/* For which edges a mistake is made: where they do not differ, one stands for both. */
enum broken_edge {
    EITHER,      /* the rule does not know edges: the MCM's scene only */
    BOTH,        /* once as a miniport call manager, once as a stand-alone one */
    MCM_ONLY,    /* only a miniport call manager can make it */
    STAND_ALONE, /* only a call manager over a connection-oriented miniport can */
};

/* How far the scene is set before the mistake. */
enum broken_stage {
    STAGE_SAME,   /* the default: STAGE_OPEN for a mistake, the mistake's for the near miss */
    STAGE_OPEN,   /* everything is loaded and the client's AF is open */
    STAGE_LOADED, /* everything is loaded */
    STAGE_EMPTY,  /* a host without drivers: call scene_load after setting ActorHook */
};

struct broken_row {
    enum rule_id rule;
    const char *file;
    enum broken_edge edge;
    enum broken_stage stage;
    enum broken_stage almost_stage; /* where it is not the same; STAGE_SAME: it is */
    uint32_t count;   /* how often the rule is broken, the scene's end included; 0: once */
    bool direct_only; /* where NDIS completes directly: there the driver has the last word */
    const char *simulated_only;       /* why a live world cannot show it; NULL: it can */
    bool verifier_only;               /* without the verifier the mistake is not seen */
    bool stops;                       /* the world ends with it: nothing more runs */
    bool not_under_asan;              /* which stops at such a mistake itself */
    uint32_t processor_count;         /* of the host; 0: 2 */
    void (*mistake)(struct scene *s); /* NULL: a rule that nothing can see, or: */
    void (*almost)(struct scene *s);
    void (*play)(struct scene *s, bool how); /* both of them, which differ in `how` */
    bool wrong;                              /* `how` of the mistake */
};

/* The body of a broken driver, and of its near miss. Whatever is open at its end the scene closes:
 * the AF, the host. */
#define MISTAKE(id) static void mistake_##id(__attribute__((unused)) struct scene *s)
#define ALMOST(id)  static void almost_##id(__attribute__((unused)) struct scene *s)

/* A row: ROW(PEND_ONCE, BOTH), or with more fields: ROW(LEAK_VC, EITHER, .count = 2). */
#define ROW(id, edge_, ...)                                                                        \
    {                                                                                              \
        .rule = RULE_##id, .file = __FILE__, .edge = (edge_), .mistake = mistake_##id,             \
        .almost = almost_##id, ##__VA_ARGS__                                                       \
    }
/* A row whose mistake is function(s, wrong), and its near miss function(s, !wrong). */
#define PLAY(id, edge_, function, wrong_, ...)                                                     \
    {                                                                                              \
        .rule = RULE_##id, .file = __FILE__, .edge = (edge_), .play = (function),                  \
        .wrong = (wrong_), ##__VA_ARGS__                                                           \
    }
#define NOT_SEEN(id)                                                                               \
    {                                                                                              \
        .rule = RULE_##id, .file = __FILE__                                                        \
    }

/* Each table ends with this. */
#define END_OF_TABLE                                                                               \
    {                                                                                              \
        .rule = RULE_NONE                                                                          \
    }

/* The tables, one a file: tables.def. */
#define TABLE(name) extern const struct broken_row broken_##name[];
#include "tables.def"
#undef TABLE

#endif
