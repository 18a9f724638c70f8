/* SPDX-License-Identifier: MIT */
/* A slot runs one process at a time: a fork of this one, which has everything loaded. */
#define _GNU_SOURCE
#include "explore/explore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000ull
/* Real time is no measure on a machine that does other things too: it only ends what sleeps for
 * good. What takes processor time ends itself (child.c). */
#define REAL_SECONDS_MAX(hang_ms) (60u + (hang_ms) / 100u)
#define TEXT_BYTES_MAX            (4u << 20)

uint64_t explore_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

bool slot_begin(struct slot *slot)
{
    *slot = (struct slot){.note_fd = -1, .end_fd = -1};
    slot->text_fd = memfd_create("condis-run", MFD_CLOEXEC);
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

static void reap(struct slot *slot, int *status)
{
    while (waitpid(slot->pid, status, 0) < 0 && errno == EINTR)
        continue;
    close(slot->end_fd);
    slot->end_fd = -1;
    slot->pid = 0;
}

void slot_end(struct slot *slot)
{
    int status;
    if (slot->pid) {
        kill(slot->pid, SIGKILL);
        reap(slot, &status);
    }
    if (slot->note_fd >= 0)
        close(slot->note_fd);
    if (slot->area)
        munmap(slot->area, sizeof *slot->area);
    close(slot->text_fd);
    *slot = (struct slot){.note_fd = -1, .end_fd = -1, .text_fd = -1};
}

bool slot_start(struct slot *slot, const struct condis_explore_options *options,
                const struct run *run, const char *replay)
{
    int ends[2];
    struct area *area = slot->area;
    area->outcome = OUTCOME_NONE;
    area->signal = 0;
    area->violation_count = 0;
    area->key[0] = 0;
    area->title[0] = 0;
    area->virtual_100ns = 0;
    area->processor_ns = 0;
    area->fault_count = 0;
    area->log.seen = run->observe ? area->seen : NULL;
    slot->run = *run;
    if (ftruncate(slot->text_fd, 0) || pipe2(ends, O_CLOEXEC))
        return false;
    lseek(slot->text_fd, 0, SEEK_SET);
    uint64_t now = explore_now_ns();
    area->real_ns = now;
    pid_t pid = fork();
    if (pid == 0)
        child_main(slot, options, replay); /* keeps ends[1] until it ends */
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    slot->pid = pid;
    slot->end_fd = ends[0];
    slot->deadline_ns = now + REAL_SECONDS_MAX(options->hang_ms) * SECOND_NS;
    return true;
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
static void name_death(struct slot *slot, int status)
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
                 WEXITSTATUS(status));
    snprintf(area->key, sizeof area->key, "died %.140s", area->title);
    free(text);
}

static void slot_finish(struct slot *slot, bool killed)
{
    struct area *area = slot->area;
    int status = 0;
    reap(slot, &status);
    if (area->outcome == OUTCOME_NONE || area->outcome > OUTCOME_UNUSABLE)
        area->real_ns = explore_now_ns() - area->real_ns; /* else it said so itself */
    if (area->outcome != OUTCOME_NONE)
        return;
    if (killed) {
        area->outcome = OUTCOME_HUNG;
        snprintf(area->key, sizeof area->key, "hung asleep");
        snprintf(area->title, sizeof area->title, "HUNG: it slept for ever, outside of the world");
    } else if (WIFSIGNALED(status)) {
        area->outcome = OUTCOME_CRASHED;
        area->signal = WTERMSIG(status);
        snprintf(area->key, sizeof area->key, "signal %d", area->signal);
        snprintf(area->title, sizeof area->title, "CRASH: signal %d (%s)", area->signal,
                 strsignal(area->signal));
    } else {
        area->outcome = OUTCOME_DIED;
        name_death(slot, status);
    }
}

struct slot *slot_wait(struct slot *slots, uint32_t slot_count, uint64_t until_ns)
{
    struct pollfd fds[EXPLORE_JOBS_MAX];
    for (;;) {
        uint64_t now = explore_now_ns();
        uint64_t wake = until_ns;
        for (uint32_t i = 0; i < slot_count; i++) {
            fds[i] = (struct pollfd){.fd = slots[i].pid ? slots[i].end_fd : -1, .events = POLLIN};
            if (slots[i].pid && slots[i].deadline_ns < wake)
                wake = slots[i].deadline_ns;
        }
        uint64_t left = wake > now ? wake - now : 0;
        struct timespec time = {(time_t)(left / SECOND_NS), (long)(left % SECOND_NS)};
        int ready = ppoll(fds, slot_count, &time, NULL);
        now = explore_now_ns();
        for (uint32_t i = 0; i < slot_count; i++) {
            bool late = slots[i].pid && now >= slots[i].deadline_ns;
            if (!slots[i].pid || !(late || (ready > 0 && fds[i].revents)))
                continue;
            if (late)
                kill(slots[i].pid, SIGKILL);
            slot_finish(&slots[i], late);
            return &slots[i];
        }
        if (now >= until_ns || (ready < 0 && errno == EINTR))
            return NULL;
    }
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
    struct stat facts;
    size_t bytes = fstat(slot->text_fd, &facts) == 0 ? (size_t)facts.st_size : 0;
    if (bytes > TEXT_BYTES_MAX)
        bytes = TEXT_BYTES_MAX;
    char *text = malloc(bytes + 1);
    if (!text)
        return NULL;
    ssize_t got = pread(slot->text_fd, text, bytes, 0);
    text[got > 0 ? got : 0] = 0;
    return text;
}
