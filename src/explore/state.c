/* SPDX-License-Identifier: MIT */
/* The directory of an exploration:
 *   exploration         what is explored, which a resumed one must match
 *   checkpoint          how far it got, and what was found; replaced as a whole
 *   nodes               bounded: the schedules that are known so far
 *   running/SLOT        what that process runs, or ran last
 *   findings/N/         report.txt, schedule (minimal), found (as it was found) */
#define _GNU_SOURCE
#include "explore/explore.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head[] = "condis exploration 3";

static char *path_in(const struct explore *explore, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", explore->dir, name) < 0 ? NULL : path;
}

char *state_finding_path(const struct explore *explore, uint32_t number, const char *name)
{
    char *path;
    int length = asprintf(&path, "%s/findings/%" PRIu32 "%s%s", explore->dir, number,
                          name ? "/" : "", name ? name : "");
    return length < 0 ? NULL : path;
}

static bool refuse_path(struct explore *explore, const char *path)
{
    return explore_refuse(explore, "%s: %s", path ? path : "the exploration's directory",
                          strerror(path ? errno : ENOMEM));
}

static bool make_dir(struct explore *explore, const char *name)
{
    char *path = path_in(explore, name);
    bool made = path && (mkdir(path, 0777) == 0 || errno == EEXIST);
    if (!made)
        refuse_path(explore, path);
    free(path);
    return made;
}

/* ---- files that are there whole or not at all ---- */

struct draft {
    char *path, *temporary;
    FILE *file;
};

static bool draft_begin(struct explore *explore, struct draft *draft, char *path)
{
    *draft = (struct draft){.path = path};
    if (path && asprintf(&draft->temporary, "%s.new", path) > 0)
        draft->file = fopen(draft->temporary, "we");
    if (draft->file)
        return true;
    refuse_path(explore, path);
    free(draft->temporary);
    free(path);
    return false;
}

static bool draft_end(struct explore *explore, struct draft *draft)
{
    bool written = !ferror(draft->file);
    written = fclose(draft->file) == 0 && written;
    written = written && rename(draft->temporary, draft->path) == 0;
    if (!written)
        refuse_path(explore, draft->path);
    free(draft->temporary);
    free(draft->path);
    return written;
}

bool state_write_text(struct explore *explore, uint32_t number, const char *name, const char *text)
{
    struct draft draft;
    if (!draft_begin(explore, &draft, state_finding_path(explore, number, name)))
        return false;
    fputs(text, draft.file);
    return draft_end(explore, &draft);
}

bool state_write_schedule(struct explore *explore, uint32_t number, const char *name,
                          const struct decision *decisions, uint32_t count,
                          const struct schedule_log *log)
{
    struct draft draft;
    char dir[32];
    snprintf(dir, sizeof dir, "findings/%" PRIu32, number);
    if (!make_dir(explore, dir) ||
        !draft_begin(explore, &draft, state_finding_path(explore, number, name)))
        return false;
    schedule_print(draft.file, decisions, count, log);
    return draft_end(explore, &draft);
}

/* ---- what is explored ---- */

/* The content counts too: decisions are nothing without the text that they were made in. */
static uint64_t hash_file(const char *path)
{
    char bytes[4096];
    uint64_t hash = 0;
    size_t got;
    FILE *file = fopen(path, "re");
    while (file && (got = fread(bytes, 1, sizeof bytes, file)) > 0)
        hash = hash_bytes(hash, bytes, got);
    if (file)
        fclose(file);
    return hash;
}

/* Words that choose what fails may be many; the file holds their hash. */
static uint64_t hash_words(uint64_t hash, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = hash_bytes(hash, words[i], strlen(words[i]) + 1);
    return hash_bytes(hash, "", 1);
}

static void print_faults(FILE *file, const struct condis_fault_plan *plan)
{
    uint64_t hash = hash_words(0, plan->modules, plan->module_count);
    hash = hash_words(hash, plan->functions, plan->function_count);
    hash = hash_words(hash, plan->excluded, plan->excluded_count);
    fprintf(file, "faults %s depth %" PRIu32 " words %016" PRIx64 "\n", plan->mode, plan->depth,
            hash);
}

static char *signature(const struct explore *explore)
{
    const struct condis_explore_options *options = explore->options;
    const struct condis_script_options *script = &options->script;
    char *text = NULL;
    size_t bytes;
    FILE *file = open_memstream(&text, &bytes);
    if (!file)
        return NULL;
    fprintf(file, "%s\nscenario %s %016" PRIx64 "\n", head, script->path, hash_file(script->path));
    for (size_t i = 0; i < script->argument_count; i++)
        fprintf(file, "argument %s\n", script->arguments[i]);
    for (size_t i = 0; i < script->change_count; i++)
        fprintf(file, "driver %s%s%s=%s\n", script->changes[i].driver,
                script->changes[i].setting ? "." : "",
                script->changes[i].setting ? script->changes[i].setting : "",
                script->changes[i].value);
    fprintf(file, "completion %d\nstrategy %s\nseed %" PRIu64 "\nshard %u/%u\n",
            script->completion ? (int)*script->completion : -1, explore->strategy, script->seed,
            options->shard, options->shard_count);
    if (explore_faults(explore))
        print_faults(file, script->faults);
    fclose(file);
    return text;
}

/* Compares the file with what is explored now, or writes it.
 * returns  1: it goes on, 0: it begins, -1: refused */
static int match_signature(struct explore *explore)
{
    char *text = signature(explore);
    char *path = path_in(explore, "exploration");
    char there[4096];
    int match = -1;
    FILE *file = text && path ? fopen(path, "re") : NULL;
    if (file) {
        size_t got = fread(there, 1, sizeof there - 1, file);
        fclose(file);
        there[got] = 0;
        if (!explore->options->resume)
            explore_refuse(explore,
                           "%s holds an exploration already: --resume goes on with it, another "
                           "directory begins anew",
                           explore->dir);
        else if (strncmp(there, text, sizeof there - 1) != 0)
            explore_refuse(explore,
                           "%s holds an exploration of something else: the scenario, its "
                           "arguments, a driver, the seed, the strategy, the faults or the shard "
                           "differ",
                           explore->dir);
        else
            match = 1;
    } else if (text && path && errno == ENOENT) {
        struct draft draft;
        if (draft_begin(explore, &draft, strdup(path))) {
            fputs(text, draft.file);
            match = draft_end(explore, &draft) ? 0 : -1;
        }
    } else {
        refuse_path(explore, path);
    }
    free(text);
    free(path);
    return match;
}

/* ---- the checkpoint ---- */

static bool save_nodes(struct explore *explore)
{
    struct draft draft;
    const struct bounded *bounded = &explore->bounded;
    if (!explore->is_bounded)
        return true;
    if (!draft_begin(explore, &draft, path_in(explore, "nodes")))
        return false;
    fwrite(bounded->nodes, sizeof *bounded->nodes, bounded->count, draft.file);
    return draft_end(explore, &draft);
}

/* Nodes that the checkpoint does not count were added after it; that they are there already does no
 * harm, so the two need not be replaced at once: nodes first. */
bool state_save(struct explore *explore)
{
    struct draft draft;
    explore->saved_ns = process_now_ns();
    if (!save_nodes(explore) || !draft_begin(explore, &draft, path_in(explore, "checkpoint")))
        return false;
    FILE *file = draft.file;
    const struct bounded *bounded = &explore->bounded;
    fprintf(file, "%s\n", head);
    fprintf(file,
            "runs %" PRIu64 " failed %" PRIu64 " faults %" PRIu64 " in %" PRIu64 " virtual %" PRIu64
            " real %" PRIu64 " used %" PRIu64 "\n",
            explore->committed, explore->failed_count, explore->fault_count, explore->faulted_count,
            explore->virtual_100ns, explore->real_ns,
            explore->used_ns + (process_now_ns() - explore->start_ns));
    fprintf(file,
            "nodes %" PRIu32 " beyond %" PRIu64 " switches %" PRIu64 " answers %" PRIu64
            " lost %" PRIu64 "\n",
            bounded->count, bounded->beyond, bounded->held_switches, bounded->held_answers,
            bounded->seen_lost);
    for (uint32_t i = 0; i < explore->finding_count; i++) {
        const struct finding *finding = &explore->findings[i];
        fprintf(file,
                "finding %" PRIu64 " %" PRIu64 " %" PRIu64
                " %u %u %u %u %u %u %u %d %u %u %d %d\n%s\n%s\n%s\n",
                finding->run, finding->seed, finding->run_count, finding->found_count,
                finding->decision_count, finding->preemptions, finding->switches, finding->answers,
                finding->minimise_count, finding->replayed_count, finding->by_seed,
                finding->faults_found, finding->fault_count, finding->by_mode,
                (int)finding->shortness, finding->key, finding->title, finding->command);
    }
    return draft_end(explore, &draft);
}

static bool read_text(FILE *file, char *text, size_t bytes)
{
    if (!fgets(text, (int)bytes, file))
        return false;
    text[strcspn(text, "\n")] = 0;
    return true;
}

static bool load_findings(struct explore *explore, FILE *file)
{
    struct finding finding = {.run = 0};
    int by_seed, by_mode, shortness;
    char command[16384]; /* a thousand numbers of calls */
    while (fscanf(file,
                  "finding %" SCNu64 " %" SCNu64 " %" SCNu64
                  " %u %u %u %u %u %u %u %d %u %u %d %d\n",
                  &finding.run, &finding.seed, &finding.run_count, &finding.found_count,
                  &finding.decision_count, &finding.preemptions, &finding.switches,
                  &finding.answers, &finding.minimise_count, &finding.replayed_count, &by_seed,
                  &finding.faults_found, &finding.fault_count, &by_mode, &shortness) == 15) {
        struct finding *findings =
            realloc(explore->findings, (explore->finding_count + 1) * sizeof *findings);
        if (!findings)
            return false;
        explore->findings = findings;
        explore->finding_room = explore->finding_count + 1;
        finding.by_seed = by_seed != 0;
        finding.by_mode = by_mode != 0;
        finding.shortness =
            shortness > 0 && shortness <= SHORT_FEWEST ? (enum shortness)shortness : SHORT_UNKNOWN;
        if (!read_text(file, finding.key, sizeof finding.key) ||
            !read_text(file, finding.title, sizeof finding.title) ||
            !read_text(file, command, sizeof command))
            return false;
        finding.command = strdup(command);
        explore->findings[explore->finding_count++] = finding;
    }
    return feof(file);
}

static bool load_nodes(struct explore *explore, uint32_t count)
{
    struct bounded *bounded = &explore->bounded;
    if (!explore->is_bounded)
        return true;
    char *path = path_in(explore, "nodes");
    struct node *nodes = calloc((size_t)count + 1, sizeof *nodes);
    FILE *file = path && nodes && count && count <= BOUNDED_NODES_MAX ? fopen(path, "re") : NULL;
    bool loaded = file && fread(nodes, sizeof *nodes, count, file) == count;
    for (uint32_t i = 1; i < count && loaded; i++)
        loaded = nodes[i].parent < i && nodes[i].kind <= DECISION_ANSWERS &&
                 nodes[i].preemptions + nodes[i].switches + nodes[i].answers <= 48;
    if (file)
        fclose(file);
    free(path);
    if (!loaded) {
        free(nodes);
        return false;
    }
    free(bounded->nodes);
    bounded->nodes = nodes;
    bounded->count = count;
    bounded->capacity = count + 1;
    return true;
}

static bool load(struct explore *explore)
{
    char line[64];
    uint32_t node_count = 0;
    struct bounded *bounded = &explore->bounded;
    char *path = path_in(explore, "checkpoint");
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!file) { /* it was stopped before its first checkpoint */
        free(path);
        return true;
    }
    bool loaded = read_text(file, line, sizeof line) && !strcmp(line, head) &&
                  fscanf(file,
                         "runs %" SCNu64 " failed %" SCNu64 " faults %" SCNu64 " in %" SCNu64
                         " virtual %" SCNu64 " real %" SCNu64 " used %" SCNu64 "\n",
                         &explore->committed, &explore->failed_count, &explore->fault_count,
                         &explore->faulted_count, &explore->virtual_100ns, &explore->real_ns,
                         &explore->used_ns) == 7 &&
                  fscanf(file,
                         "nodes %" SCNu32 " beyond %" SCNu64 " switches %" SCNu64
                         " answers %" SCNu64 " lost %" SCNu64 "\n",
                         &node_count, &bounded->beyond, &bounded->held_switches,
                         &bounded->held_answers, &bounded->seen_lost) == 5 &&
                  load_findings(explore, file) && load_nodes(explore, node_count);
    fclose(file);
    explore->next = explore->committed;
    explore->run_count = explore->committed;
    if (!loaded)
        explore_refuse(explore,
                       "%s: it is no checkpoint that can be read; begin anew in another "
                       "directory",
                       path);
    free(path);
    return loaded;
}

/* ---- the directory ---- */

static bool open_dir(struct explore *explore)
{
    const char *temporary = getenv("TMPDIR");
    if (explore->options->state_dir) {
        explore->dir = strdup(explore->options->state_dir);
        if (explore->dir && (mkdir(explore->dir, 0777) == 0 || errno == EEXIST))
            return true;
    } else if (asprintf(&explore->dir, "%s/condis-explore-XXXXXX",
                        temporary && *temporary ? temporary : "/tmp") > 0) {
        explore->dir_made = mkdtemp(explore->dir) != NULL;
        if (explore->dir_made)
            return true;
    }
    return refuse_path(explore, explore->dir);
}

static bool lock(struct explore *explore)
{
    char *path = path_in(explore, "lock");
    explore->lock_fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
    bool open_failed = explore->lock_fd < 0;
    bool locked = !open_failed && flock(explore->lock_fd, LOCK_EX | LOCK_NB) == 0;
    if (open_failed)
        refuse_path(explore, path);
    else if (!locked)
        explore_refuse(explore, "%s is in use by another exploration: give each its own --state",
                       explore->dir);
    free(path);
    return locked;
}

static bool open_notes(struct explore *explore)
{
    for (uint32_t i = 0; i <= explore->slot_count; i++) {
        struct slot *slot = i < explore->slot_count ? &explore->slots[i] : &explore->probe;
        char name[32];
        snprintf(name, sizeof name, i < explore->slot_count ? "running/%u" : "running/probe", i);
        char *path = path_in(explore, name);
        slot->note_fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
        if (slot->note_fd < 0)
            refuse_path(explore, path);
        free(path);
        if (slot->note_fd < 0)
            return false;
    }
    return true;
}

bool state_begin(struct explore *explore)
{
    if (!open_dir(explore) || !lock(explore))
        return false;
    int match = match_signature(explore);
    if (match < 0 || !make_dir(explore, "running") || !make_dir(explore, "findings") ||
        !open_notes(explore))
        return false;
    return match == 0 || load(explore);
}

bool state_note(struct explore *explore, struct slot *slot, const struct run *run)
{
    char *text = NULL;
    size_t bytes;
    FILE *file = open_memstream(&text, &bytes);
    if (!file)
        return explore_refuse(explore, "no memory to say what runs");
    schedule_print(file, run->plan, run->plan_count, NULL);
    fprintf(file, "# run %" PRIu64 ": --seed %" PRIu64 " --strategy %s%s%s\n", run->number + 1,
            run->seed, run->strategy, run->faults ? " --faults " : "",
            run->faults ? run->faults : "");
    fclose(file);
    bool written = pwrite(slot->note_fd, text, bytes, 0) == (ssize_t)bytes &&
                   ftruncate(slot->note_fd, (off_t)bytes) == 0;
    free(text);
    return written || explore_refuse(explore, "%s/running: %s", explore->dir, strerror(errno));
}

/* Without a finding a directory that nobody asked for is worth nothing. */
static void remove_dir(struct explore *explore)
{
    static const char *const names[] = {"exploration", "checkpoint", "nodes", "lock",
                                        "running/probe"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = path_in(explore, names[i]);
        if (path)
            (void)unlink(path);
        free(path);
    }
    for (uint32_t i = 0; i < explore->slot_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "running/%u", i);
        char *path = path_in(explore, name);
        if (path)
            (void)unlink(path);
        free(path);
    }
    char *running = path_in(explore, "running");
    char *findings = path_in(explore, "findings");
    if (running && findings) {
        (void)rmdir(running);
        (void)rmdir(findings);
    }
    (void)rmdir(explore->dir);
    free(running);
    free(findings);
}

void state_end(struct explore *explore)
{
    if (explore->dir_made && explore->finding_count == 0)
        remove_dir(explore);
    if (explore->lock_fd >= 0)
        close(explore->lock_fd);
    free(explore->dir);
}
