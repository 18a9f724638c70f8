/* SPDX-License-Identifier: MIT */
/* A slot runs one process at a time: a fork of this one, which has everything loaded. */
#define _GNU_SOURCE
#include "explore/explore.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Real time is no measure on a machine that does other things too: it only ends what sleeps for
 * good. What takes processor time ends itself (child.c). */
#define REAL_SECONDS_MAX(hang_ms) (60u + (hang_ms) / 100u)
#define TEXT_BYTES_MAX            (4u << 20)

bool slot_begin(struct slot *slot)
{
    *slot = (struct slot){.note_fd = -1};
    slot->text_fd = process_file();
    if (slot->text_fd < 0)
        return false;
    void *area = mmap(NULL, sizeof(struct area), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED) {
        close(slot->text_fd);
        return false;
    }
    slot->area = area;
    struct schedule_log *log = &slot->area->log;
    log->decisions = slot->area->decisions;
    log->decision_max = EXPLORE_DECISIONS_MAX;
    log->ids = slot->area->ids;
    log->seen_max = EXPLORE_SEEN_MAX;
    log->id_max = EXPLORE_IDS_MAX;
    return true;
}

void slot_end(struct slot *slot)
{
    process_kill(&slot->process);
    if (slot->note_fd >= 0)
        close(slot->note_fd);
    if (slot->area)
        munmap(slot->area, sizeof *slot->area);
    close(slot->text_fd);
    *slot = (struct slot){.note_fd = -1, .text_fd = -1};
}

/* What the process of a slot is told. */
struct task {
    const struct slot *slot;
    const struct condis_explore_options *options;
    const char *replay;
};

static void run_task(void *context)
{
    const struct task *task = context;
    child_main(task->slot, task->options, task->replay);
}

bool slot_start(struct slot *slot, const struct condis_explore_options *options,
                const struct run *run, const char *replay)
{
    struct area *area = slot->area;
    area->outcome = OUTCOME_NONE;
    area->signal = 0;
    area->violation_count = 0;
    area->key[0] = 0;
    area->title[0] = 0;
    area->virtual_100ns = 0;
    area->fault_count = 0;
    area->log.seen = run->observe ? area->seen : NULL;
    slot->run = *run;
    area->real_ns = process_now_ns();
    if (!process_file_empty(slot->text_fd))
        return false;
    struct task task = {slot, options, replay};
    return process_fork(&slot->process, REAL_SECONDS_MAX(options->hang_ms) * PROCESS_SECOND_NS,
                        (struct process_files){slot->text_fd, slot->text_fd}, run_task, &task);
}

/* ---- how it ended ---- */

/* The line of the undefined behaviour that was seen, up to its end; NULL: none was. */
static const char *undefined_line(const char *text)
{
    const char *at = strstr(text, ": runtime error: ");
    while (at && at > text && at[-1] != '\n')
        at--;
    return at;
}

/* A sanitizer ends the process by itself; its last line says what it saw, unless it was told to
 * write none (UBSAN_OPTIONS=print_summary=0, the default of some). */
static void name_death(struct slot *slot)
{
    struct area *area = slot->area;
    char *text = slot_text(slot);
    const char *summary = text ? strstr(text, "SUMMARY: ") : NULL;
    const char *undefined = text && !summary ? undefined_line(text) : NULL;
    if (summary)
        snprintf(area->title, sizeof area->title, "%.*s", (int)strcspn(summary + 9, "\n"),
                 summary + 9);
    else if (undefined)
        snprintf(area->title, sizeof area->title, "UndefinedBehaviorSanitizer: %.*s",
                 (int)strcspn(undefined, "\n"), undefined);
    else
        snprintf(area->title, sizeof area->title, "the process ended by itself with status %d",
                 slot->process.status);
    snprintf(area->key, sizeof area->key, "died %.140s", area->title);
    free(text);
}

static void slot_finish(struct slot *slot)
{
    struct area *area = slot->area;
    const struct process *process = &slot->process;
    if (area->outcome == OUTCOME_NONE || area->outcome > OUTCOME_UNUSABLE)
        area->real_ns = process->took_ns; /* else it said so itself */
    if (area->outcome != OUTCOME_NONE)
        return;
    if (process->late) {
        area->outcome = OUTCOME_HUNG;
        snprintf(area->key, sizeof area->key, "hung asleep");
        snprintf(area->title, sizeof area->title, "HUNG: it slept for ever, outside of the world");
    } else if (process->signal) {
        area->outcome = OUTCOME_CRASHED;
        area->signal = process->signal;
        snprintf(area->key, sizeof area->key, "signal %d", area->signal);
        snprintf(area->title, sizeof area->title, "CRASH: signal %d (%s)", area->signal,
                 strsignal(area->signal));
    } else {
        area->outcome = OUTCOME_DIED;
        name_death(slot);
    }
}

struct slot *slot_wait(struct slot *slots, uint32_t slot_count, uint64_t until_ns)
{
    struct process *list[EXPLORE_JOBS_MAX] = {NULL};
    for (uint32_t i = 0; i < slot_count; i++)
        list[i] = &slots[i].process;
    size_t ended = process_wait(list, slot_count, until_ns);
    if (ended == slot_count)
        return NULL;
    slot_finish(&slots[ended]);
    return &slots[ended];
}

bool slot_run(struct slot *slot, const struct condis_explore_options *options,
              const struct run *run, const char *replay)
{
    if (!slot_start(slot, options, run, replay))
        return false;
    while (!slot_wait(slot, 1, UINT64_MAX))
        continue;
    return true;
}

char *slot_text(const struct slot *slot)
{
    return process_text(slot->text_fd, TEXT_BYTES_MAX, NULL);
}
