/* SPDX-License-Identifier: MIT */
/* A scenario is a Lua 5.4 script that makes hosts, loads drivers, makes calls and says what it
 * expects; this runs one from beginning to verdict. What a script may say is in
 * docs/scenarios.md. */
#ifndef CONDIS_SCRIPT_H
#define CONDIS_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <condis/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a scenario ended; the command's exit status. */
enum condis_script_verdict {
    CONDIS_SCRIPT_PASSED = 0, /* it ran to its end, no rule was broken, nothing leaked */
    CONDIS_SCRIPT_FAILED = 1, /* an expectation, a rule, a leak, or an error while it ran */
    CONDIS_SCRIPT_UNUSABLE =
        2, /* it could not run: no such file, bad Lua, a driver that cannot load */
};

/* What differs from what the scenario says about a driver that it names. */
struct condis_driver_change {
    const char *driver;  /* the name as the scenario writes it */
    const char *setting; /* NULL: value is the path or the name of what is loaded in its place */
    const char *value;   /* else: of this setting of the driver and of its adapters */
};

/* One call of a driver that is made to fail. Its texts live as long as the call that tells it. */
struct condis_fault {
    uint64_t number; /* which call it is: nth=NUMBER has it again */
    const char *driver;
    const char *function; /* or the event's name */
    const char *sees;     /* what the caller gets: "NULL", or the name of a status */
    const char *frames;   /* the call path, a line each; NULL: not read */
};

/* What is made to fail while the scenario runs; docs/faults.md has the words. It wins over what the
 * scenario itself says with faults{}. */
struct condis_fault_plan {
    const char *mode;           /* "systematic", "what-if", "nth=3,17", "from=3", "random=6", ... */
    uint32_t depth;             /* frames of drivers that tell call paths apart; 0: 8 */
    const char *const *modules; /* names of drivers; none: all */
    size_t module_count;
    const char *const *functions; /* names of functions, events or kinds; none: all */
    size_t function_count;
    const char *const *excluded; /* words of those, DRIVER!FUNCTION, or the id of a call path */
    size_t excluded_count;
    bool brief; /* call paths are not told by file and line, which takes longer than many a run */
    /* Hears of each call before it fails, on the caller's stack; NULL: nobody. */
    void (*on_fault)(void *context, const struct condis_fault *fault);
    void *context;
};

/* What a scenario came to, for a program. */
struct condis_script_result {
    uint64_t ended_100ns; /* the world's time at its end */
    uint64_t met_count;   /* expectations that came true */
    uint64_t hung_count;  /* requests that did not end in their time */
    uint64_t fault_count; /* calls that were made to fail */
    struct condis_tally tally;
    char error[512]; /* the one line that says why it failed or could not run; "": none */
};

struct condis_script_options {
    const char *path;             /* the script */
    const char *const *arguments; /* its `arg`, 1 and up */
    size_t argument_count;
    const enum condis_clock *clock;             /* NULL: as the script asks, else live */
    const enum condis_completion *completion;   /* NULL: as the script asks, else pending */
    const bool *verifier;                       /* NULL: as the script asks, else on */
    const enum condis_pool *pool;               /* NULL: as the script asks, else the default */
    const uint32_t *pending_ms;                 /* NULL: as the script asks, else 0; see host.h */
    const enum condis_violation_policy *policy; /* NULL: as the script asks, else report */
    uint64_t seed;
    struct condis_schedule *schedule; /* of a simulated scenario; NULL: the seed's random walk */
    const char *replay;           /* the command line that runs this again, and what ends it, for */
    const char *replay_arguments; /* reports: see condis_world_options; NULL: none */
    uint64_t stop_at; /* simulated: at this step raise SIGTRAP; one that the run does not reach */
                      /* makes it fail; 0: none */
    const char *control_path; /* where `condis show` may ask; NULL: nowhere */
    const char *trace_path;   /* NULL: none; ends in ".json" or ".jsonl": JSON lines, else text */
    const char *const
        *driver_dirs;        /* where a driver named without '/' is looked for, in order, as */
    size_t driver_dir_count; /* DIR/NAME.so and DIR/NAME/NAME.so; then in names registered */
    const struct condis_driver_change *changes; /* in order; the last of several counts. One that */
    size_t change_count;                        /* changes nothing makes the scenario unusable */
    const struct condis_fault_plan *faults;     /* NULL: as the script asks, else nothing fails */
    FILE *out;        /* what a person reads, the verdict last; NULL: standard output */
    FILE *err;        /* errors, broken rules and what drivers print; NULL: standard error */
    FILE *json;       /* NULL: none; else one JSON document is written at the end */
    bool live_screen; /* out is a terminal: progress may rewrite its line */
    bool tells_crash; /* says on err where code was that SIGSEGV, SIGBUS, SIGFPE or SIGILL ends; */
                      /* the process still ends. Not for a program with handlers of its own */
    /* Hears of each broken rule, as condis_world_options.on_violation does; NULL: nobody. */
    void (*on_violation)(void *context, const struct condis_violation *violation);
    void *context;
    struct condis_script_result *result; /* filled before condis_script_run returns; may be NULL */
};

/* Runs a scenario. The calling thread runs the script; it must not be inside a driver. A simulated
 * scenario must be the only simulated world of the thread.
 * options  borrowed until return */
enum condis_script_verdict condis_script_run(const struct condis_script_options *options);

/* Says what is wrong with a fault plan's mode, or with a word of its lists. Static text; NULL:
 * nothing. */
const char *condis_fault_mode_check(const char *mode);
const char *condis_fault_word_check(const char *word);

/* Prints every function and event that can be made to fail, as a Markdown table. */
void condis_fault_points_print(FILE *file);

#ifdef __cplusplus
}
#endif
#endif
