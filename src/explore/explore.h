/* SPDX-License-Identifier: MIT */
/* The inside of exploring: what its files share. */
#ifndef CONDIS_EXPLORE_EXPLORE_H
#define CONDIS_EXPLORE_EXPLORE_H

#include <sys/types.h>

#include <condis/explore.h>

#include "nt/schedule.h"
#include "process/process.h"

#define EXPLORE_JOBS_MAX      PROCESS_COUNT_MAX
#define EXPLORE_DECISIONS_MAX 65536u   /* of one run; one with more is replayed by its seed       */
#define EXPLORE_SEEN_MAX      65536u   /* points of one run that are enumerated                   */
#define EXPLORE_IDS_MAX       524288u  /* tasks at all of them                                    */
#define EXPLORE_STEPS_MAX     2000000u /* points without time going on: somebody polls      */
#define EXPLORE_IMAGES_MAX    16u
#define EXPLORE_PATH_BYTES    512u
#define EXPLORE_FAULTS_MAX    1024u /* of one run; more are had again by mode and seed       */
#define EXPLORE_DRIVER_BYTES  32u
#define EXPLORE_PLACE_BYTES   128u
#define EXPLORE_KEY_BYTES     160u
#define EXPLORE_TITLE_BYTES   256u

/* ---- one run: area.c, child.c, slot.c ---- */

enum outcome_kind {
    OUTCOME_NONE, /* it has not ended: if the process is gone, it died                       */
    OUTCOME_PASSED,
    OUTCOME_FAILED,   /* the scenario or a rule                                                  */
    OUTCOME_UNUSABLE, /* it could not run                                                        */
    OUTCOME_CRASHED,  /* by a signal                                                             */
    OUTCOME_HUNG,     /* too much processor or real time                                         */
    OUTCOME_DIED,     /* the process ended by itself in the middle of the run                    */
};

/* What a run is told to do. */
struct run {
    uint64_t number; /* in this exploration, from 0 on; the same in every shard                  */
    uint64_t seed;
    const char *strategy;        /* where nothing is planned                                    */
    const struct decision *plan; /* borrowed                                                    */
    uint32_t plan_count;
    const char *faults; /* the mode of what fails, borrowed; NULL: nothing fails                 */
    bool observe; /* log what else could have been decided                                       */
};

/* A driver that a run loaded. */
struct area_image {
    char path[EXPLORE_PATH_BYTES];
    uint32_t count;
};

/* A call that was made to fail. */
struct area_fault {
    uint64_t number;
    const char *function, *sees; /* static in the runtime, whose addresses a fork keeps          */
    char driver[EXPLORE_DRIVER_BYTES];
    char place[EXPLORE_PLACE_BYTES]; /* of the call; "": not read                                */
};

/* The memory that a run shares with the process that watches it. */
struct area {
    enum outcome_kind outcome;
    int signal;
    uint32_t violation_count;
    char key[EXPLORE_KEY_BYTES];     /* what makes two failures the same one                     */
    char title[EXPLORE_TITLE_BYTES]; /* the same for people                                      */
    uint64_t virtual_100ns;
    uint64_t real_ns;
    uint32_t image_count;
    struct area_image images[EXPLORE_IMAGES_MAX];
    uint32_t fault_count; /* may be more than are kept                                           */
    struct area_fault faults[EXPLORE_FAULTS_MAX];
    struct schedule_log log;
    struct decision decisions[EXPLORE_DECISIONS_MAX];
    struct schedule_seen seen[EXPLORE_SEEN_MAX];
    uint32_t ids[EXPLORE_IDS_MAX];
};

/* A place for one process. */
struct slot {
    struct area *area;
    int text_fd; /* what the run printed; kept in memory                                       */
    int note_fd; /* the file that says what runs here; -1: none                                */
    struct process process;
    struct run run;
};

/* Make the memory and files of a slot.
 * returns false: the system gives no more; nothing is left to free */
bool slot_begin(struct slot *slot);
void slot_end(struct slot *slot); /* kills a run that is under way */

/* Start a run in a process of its own.
 * run     copied; its plan is borrowed until the run was waited for
 * replay  for the last line of its reports; NULL: none
 * returns false: the system gives no process */
bool slot_start(struct slot *slot, const struct condis_explore_options *options,
                const struct run *run, const char *replay);

/* Wait until one of the slots' runs has ended, or until a time; runs that take too long are killed.
 * until_ns  monotonic
 * returns the slot, whose area holds its outcome; NULL: the time came first */
struct slot *slot_wait(struct slot *slots, uint32_t slot_count, uint64_t until_ns);

/* Start a run and wait for it. returns false: the system gives no process */
bool slot_run(struct slot *slot, const struct condis_explore_options *options,
              const struct run *run, const char *replay);

/* Read what the last run printed; the caller frees it. NULL: no memory. */
char *slot_text(const struct slot *slot);

/* What the process of a run does: it never returns. */
_Noreturn void child_main(const struct slot *slot, const struct condis_explore_options *options,
                          const char *replay);

/* ---- what is run next: source.c, bounded.c ---- */

/* A run that has ended, taken out of its slot. */
struct result {
    uint64_t number, seed;
    bool failed;
    uint64_t virtual_100ns, real_ns, processor_ns;
    uint64_t point_count;
    uint32_t task_count;
    uint32_t decision_count;
    struct decision *decisions; /* NULL when it passed                                           */
    uint32_t fault_count;
    uint64_t *faults; /* their numbers; NULL when it passed, or there are too many               */
    char key[EXPLORE_KEY_BYTES];
    char title[EXPLORE_TITLE_BYTES];
    uint64_t hash;         /* of what it decided                                                 */
    struct node *children; /* bounded: what follows from it                                      */
    uint32_t child_count;
};

/* One schedule to be run: its parent's decisions and one more. Node 0 decides nothing. */
struct node {
    uint64_t number; /* of the decision                                                          */
    uint32_t task, answer;
    uint32_t parent;
    uint8_t kind;
    uint8_t preemptions, switches, answers; /* how many of each it has                           */
};

struct bounded {
    uint32_t preemption_max, switch_max, answer_max;
    struct node *nodes;
    uint32_t count, capacity, next;
    uint64_t beyond; /* that there was no room for                                               */
    uint64_t held_switches, held_answers; /* points at which an alternative was not taken        */
    uint64_t seen_lost;
    struct decision *plan; /* of the node that bounded_next gave                                 */
};

#define BOUNDED_NODES_MAX 8000000u

/* returns NULL, or what is wrong with "bounded[:P[:S[:A]]]" */
const char *bounded_begin(struct bounded *bounded, const char *text);
void bounded_end(struct bounded *bounded);

/* Fills a node's decisions, oldest first, into `plan` (room for 64). returns how many */
uint32_t bounded_plan(const struct bounded *bounded, uint32_t node, struct decision *plan);

/* Lists what follows from a run that passed: the caller owns the list. false: no memory. */
bool bounded_children(struct bounded *bounded, uint32_t node, const struct schedule_log *log,
                      struct result *result);

/* Keeps those of one shard, of what follows from the usual run: what follows from them is the
 * shard's too, so the shards have no schedule in common, and together all. */
void bounded_keep_shard(struct result *result, uint32_t shard, uint32_t shard_count);

/* Adds them. The order of additions decides the numbers, so it must be the order of the nodes. */
bool bounded_add(struct bounded *bounded, const struct result *result);

/* How many nodes have this many preemptions, of those that ran (below `next`). */
uint64_t bounded_count(const struct bounded *bounded, uint32_t preemptions, uint32_t next);

/* ---- what was found: finding.c, minimise.c ---- */

/* What is known of how short a finding's lists are. */
enum shortness {
    SHORT_UNKNOWN, /* it did not fail in this way again, with its whole lists                    */
    SHORT_CUT,     /* not each could be tried without: the budget ended, or the exploration      */
    SHORT_MINIMAL, /* none can be missed; not every shorter list of preemptions was tried        */
    SHORT_FEWEST,  /* none can be missed, and every shorter list of preemptions passes           */
};

struct finding {
    char key[EXPLORE_KEY_BYTES];
    char title[EXPLORE_TITLE_BYTES];
    uint64_t run; /* the first that had it                                                       */
    uint64_t seed;
    uint64_t run_count; /* that had it                                                           */
    uint32_t found_count; /* decisions as found                                                  */
    uint32_t decision_count; /* after minimising                                                 */
    uint32_t preemptions, switches, answers;
    uint32_t minimise_count; /* runs that took                                                   */
    enum shortness shortness;
    uint32_t replayed_count; /* of three replays, how many ended the same way                    */
    bool by_seed;            /* too many decisions: its seed replays it                          */
    uint32_t faults_found;   /* as found                                                         */
    uint32_t fault_count;    /* after minimising                                                 */
    bool by_mode;            /* too many faults: the mode and the seed replay them               */
    char *command;
    char *report;
};

/* ---- a set of hashes: hash_set.c ---- */

struct hash_set {
    uint64_t *entries;
    size_t room, count;
};

/* Adds a hash, if there is memory for it. */
void hash_set_add(struct hash_set *set, uint64_t hash);
void hash_set_free(struct hash_set *set);

/* FNV-1a over bytes; `hash` of what came before, 0 at first. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t byte_count);

/* ---- the whole ---- */

struct explore {
    const struct condis_explore_options *options;
    FILE *out, *err;
    const char *strategy; /* of a run: as given, with what was measured                          */
    char strategy_text[64];
    bool is_bounded, is_pct;
    uint32_t depth;
    struct bounded bounded;
    struct slot *slots;
    uint32_t slot_count;
    struct slot probe; /* for measuring, minimising and replaying                                */
    char *dir;
    bool dir_made;
    bool stop;
    uint64_t next;      /* number of the next run to start                                      */
    uint64_t committed; /* runs below this number are accounted for                             */
    struct result **waiting; /* ended before one with a lower number; a ring                     */
    uint32_t waiting_room;
    bool was_stopped;                     /* by SIGINT or SIGTERM */
    const char *replay_gap, *replay_tail; /* behind a command: " " and what ends it, or nothing  */
    struct finding *findings;
    uint32_t finding_count;
    uint32_t finding_room;
    int lock_fd;
    uint64_t run_count, failed_count;
    uint64_t fault_count, faulted_count; /* calls that failed, and runs that had one             */
    uint64_t processor_ns;           /* since the checkpoint                                     */
    uint64_t virtual_100ns, real_ns; /* sums over the runs                                       */
    uint64_t point_max;
    uint32_t task_max;
    struct hash_set distinct; /* hashes of what was decided                                      */
    uint64_t start_ns, used_ns; /* used: by what the checkpoint had                              */
    uint64_t saved_ns, shown_ns;
    uint32_t shown_quarter;
    bool bar_open; /* the cursor stands behind the bar                                           */
    uint32_t measured_tasks;
    uint64_t measured_points;
};

/* The command that runs a schedule again, for a shell, without options->replay_arguments, which end
 * it; the caller frees it. NULL: no memory.
 * schedule  path of its file; NULL: the seed and the strategy have it
 * faults    the mode of what fails; NULL: nothing does */
char *explore_command(const struct explore *explore, uint64_t seed, const char *schedule,
                      const char *faults);

/* The mode of what fails in every run; NULL: nothing does. */
const char *explore_faults(const struct explore *explore);

/* state.c: the directory. Each says on the error stream what went wrong, and returns false. */
bool state_begin(struct explore *explore); /* opens or makes it; with resume, reads it           */
bool state_save(struct explore *explore);  /* the checkpoint: the old one, or the whole new one  */
void state_end(struct explore *explore);   /* removes it again if nobody needs it                */

/* Says in the slot's file what it is about to run: before it starts. */
bool state_note(struct explore *explore, struct slot *slot, const struct run *run);

/* Returns "DIR/findings/NUMBER/NAME", "DIR/findings/NUMBER" for NULL; the caller frees it. */
char *state_finding_path(const struct explore *explore, uint32_t number, const char *name);

/* Writes a text or a schedule of a finding, whose number counts from 1. */
bool state_write_text(struct explore *explore, uint32_t number, const char *name, const char *text);
bool state_write_schedule(struct explore *explore, uint32_t number, const char *name,
                          const struct decision *decisions, uint32_t count,
                          const struct schedule_log *log);

/* finding.c: counts a failed run, and when it failed as none did before, minimises, replays and
 * reports it. returns false: the exploration cannot go on */
bool finding_take(struct explore *explore, const struct result *result);
void findings_free(struct explore *explore);

/* What makes a run fail, beside its seed: decisions that are not usual, and calls that fail. */
struct recipe {
    struct decision *decisions; /* none when the finding is by_seed                              */
    uint32_t decision_count;
    uint64_t *faults; /* numbers of calls; none when it is by_mode                               */
    uint32_t fault_count;
};

/* Makes one with room for so many, and none in it. returns false: no memory, nothing to free */
bool recipe_begin(struct recipe *recipe, uint32_t decision_room, uint32_t fault_room);
void recipe_end(struct recipe *recipe);

/* The mode that makes the recipe's calls fail, "off" when it has none; the caller frees it. NULL:
 * no memory, or the exploration makes nothing fail. */
char *recipe_faults(const struct explore *explore, const struct finding *finding,
                    const struct recipe *recipe);

/* minimise.c: shortens both lists in place, as long as the run fails in the same way.
 * returns false: it does not fail that way again, even with the whole lists */
bool minimise(struct explore *explore, struct finding *finding, struct recipe *recipe);

/* Runs a recipe once more on the probe. returns whether it failed like the finding
 * replay  the command for its report, which tells what failed by file and line; NULL: no report */
bool fails_again(struct explore *explore, struct finding *finding, const struct recipe *recipe,
                 const char *replay);

/* progress.c */
void progress_show(struct explore *explore, bool last);
void progress_break(struct explore *explore);
void summary_print(struct explore *explore);
void summary_json(struct explore *explore); /* document.c */

/* The least probability with which one run finds a bug of the depth. */
double explore_pct_bound(const struct explore *explore);

/* explore.c */
bool explore_refuse(struct explore *explore, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How many runs this shard makes at most; 0: as many as there are. */
uint64_t explore_run_limit(const struct explore *explore);

#endif
