/* SPDX-License-Identifier: MIT */
/* bench_relay [--smoke] [--json]: frames and bytes a second from a root through the switch to 1, 4
 * and 16 leaves over loopback TCP, and the same bytes through the floor, taken in turns. The ratio
 * is the best of a few tries of each: the machine's other work only ever takes away. */
#define _GNU_SOURCE
#include "relay.h"

#include "report.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 5, FRAMES_MAX = 400000 };

uint64_t relay_now_ns(void)
{
    return (uint64_t)report_now_ns();
}

void relay_pause(void)
{
    const struct timespec a_moment = {0, 50000};
    nanosleep(&a_moment, NULL);
}

void relay_took(struct relay_shared *shared, uint32_t leaf, const struct relay_shape *shape,
                uint64_t frames)
{
    uint64_t before = atomic_load_explicit(&shared->leaves[leaf].frames, memory_order_relaxed);
    if (before + frames == shape->frame_count)
        atomic_store(&shared->leaves[leaf].end_ns, relay_now_ns());
    atomic_store_explicit(&shared->leaves[leaf].frames, before + frames, memory_order_release);
}

bool relay_may_send(const struct relay_shared *shared, const struct relay_shape *shape,
                    uint64_t sent)
{
    uint64_t ahead = RELAY_AHEAD_BYTES / (shape->frame_bytes + RELAY_HEADER_BYTES + 256);
    for (uint32_t i = 0; i < shape->leaf_count; i++)
        if (sent - atomic_load_explicit(&shared->leaves[i].frames, memory_order_acquire) > ahead)
            return false;
    return true;
}

static bool is_done(struct relay_shared *shared, const struct relay_shape *shape)
{
    if (atomic_load(&shared->failed))
        exit(1);
    for (uint32_t i = 0; i < shape->leaf_count; i++)
        if (atomic_load(&shared->leaves[i].frames) < shape->frame_count)
            return false;
    return true;
}

static uint64_t cpu_ns(const pid_t *children, uint32_t child_count)
{
    uint64_t sum_ns = 0;
    for (uint32_t i = 0; i < child_count; i++) {
        clockid_t clock;
        struct timespec t;
        if (clock_getcpuclockid(children[i], &clock) == 0 && clock_gettime(clock, &t) == 0)
            sum_ns += (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
    }
    return sum_ns;
}

void relay_watch(struct relay_shared *shared, const struct relay_shape *shape,
                 const pid_t *children, uint32_t child_count)
{
    while (!atomic_load(&shared->begin_ns) && !is_done(shared, shape))
        relay_pause();
    uint64_t before_ns = cpu_ns(children, child_count);
    while (!is_done(shared, shape))
        relay_pause();
    shared->cpu_ns = cpu_ns(children, child_count) - before_ns;
    while (child_count > 0) {
        kill(children[--child_count], SIGKILL);
        waitpid(children[child_count], NULL, 0);
    }
}

void relay_fail(struct relay_shared *shared, const char *what, const char *why)
{
    fprintf(stderr, "bench_relay: %s: %s\n", what, why);
    atomic_store(&shared->failed, true);
    _exit(1);
}

void relay_name(const char *name)
{
    (void)prctl(PR_SET_NAME, name);
}

struct figures {
    double frames_s; /* to each leaf */
    double cpu_us;   /* of all processes together, for a frame to a leaf */
};

typedef void relay_run(struct relay_shared *shared, const struct relay_shape *shape);

/* One run; the better of it and what was best. */
static void try_once(relay_run *run, const struct relay_shape *shape, struct figures *best)
{
    struct relay_shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint64_t end_ns = 0;
    if (shared == MAP_FAILED) {
        perror("bench_relay");
        exit(1);
    }
    run(shared, shape);
    for (uint32_t i = 0; i < shape->leaf_count; i++)
        if (shared->leaves[i].end_ns > end_ns)
            end_ns = shared->leaves[i].end_ns;
    double frames_s = (double)shape->frame_count * 1e9 / (double)(end_ns - shared->begin_ns);
    double cpu_us = (double)shared->cpu_ns / 1e3 / (double)shape->frame_count / shape->leaf_count;
    munmap(shared, sizeof *shared);
    if (frames_s > best->frames_s)
        best->frames_s = frames_s;
    if (best->cpu_us == 0 || cpu_us < best->cpu_us)
        best->cpu_us = cpu_us;
}

static void measure(uint32_t leaf_count, uint32_t frame_bytes, bool smoke)
{
    uint64_t frame_count = (smoke ? 1U << 20 : 1U << 30) / frame_bytes;
    for (uint32_t leaves = leaf_count; leaves > 1; leaves /= 4)
        frame_count /= 2; /* so that each takes about as long */
    if (frame_count > FRAMES_MAX)
        frame_count = FRAMES_MAX;
    const struct relay_shape shape = {leaf_count, frame_bytes, frame_count};
    const double mb = (double)frame_bytes * leaf_count / 1e6;
    struct figures floor = {0}, ours = {0};
    char what[96];
    for (int try = 0; try < (smoke ? 1 : TRIES); try++) {
        try_once(relay_floor_run, &shape, &floor);
        try_once(relay_switch_run, &shape, &ours);
    }
    (void)snprintf(what, sizeof what, "frames of %u bytes to %u leaves", frame_bytes, leaf_count);
    report_row(what, floor.frames_s, ours.frames_s, "frames/s to each leaf");
    report_row("  in payload, all leaves together", floor.frames_s * mb, ours.frames_s * mb,
               "MB/s");
    report_row("  in processor time, all processes together", floor.cpu_us, ours.cpu_us,
               "us for a frame to a leaf");
}

int main(int argc, char **argv)
{
    static const uint32_t leaves[] = {1, 4, 16}, sizes[] = {512, 2048, 8192, 32768};
    bool smoke = report_begin("bench_relay", "floor", "switch", argc, argv);
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof leaves / sizeof leaves[0]; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++)
            if (!smoke || sizes[j] == 8192)
                measure(leaves[i], sizes[j], smoke);
    report_end();
    return 0;
}
