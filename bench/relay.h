/* SPDX-License-Identifier: MIT */
/* A relay takes frames from a root over TCP and gives each leaf a copy: the switch with its hosts,
 * or the floor, plain reads and writes. Root, relay and leaves are processes of their own. */
#ifndef CONDIS_BENCH_RELAY_H
#define CONDIS_BENCH_RELAY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    RELAY_LEAVES_MAX = 16,
    RELAY_HEADER_BYTES = 8,       /* of a frame on the wire */
    RELAY_AHEAD_BYTES = 2 << 20,  /* the root is at most so far ahead of the slowest leaf */
    RELAY_READ_BYTES = 128 << 10, /* of one read of the floor: what a link reads at once */
};

/* What is sent in one run. */
struct relay_shape {
    uint32_t leaf_count;
    uint32_t frame_bytes; /* of payload */
    uint64_t frame_count;
};

/* What the processes of one run share. */
struct relay_shared {
    _Atomic uint32_t listening; /* leaves that can be called */
    _Atomic uint32_t joined;    /* leaves that are in the call */
    _Atomic bool failed;
    _Atomic uint64_t begin_ns; /* before the first frame */
    uint64_t cpu_ns;           /* that all processes took from then on; set by relay_watch */
    struct {
        _Alignas(64) _Atomic uint64_t frames; /* received */
        _Atomic uint64_t end_ns;              /* after the last */
    } leaves[RELAY_LEAVES_MAX];
};

uint64_t relay_now_ns(void);

/* Gives this process a name, for those who profile. */
void relay_name(const char *name);

/* Waits for a short time, to look again: nobody spins on a processor that others need. */
void relay_pause(void);

/* A leaf took one frame. */
void relay_took(struct relay_shared *shared, uint32_t leaf, const struct relay_shape *shape,
                uint64_t frames);

/* Whether the root may send the next frame: nobody is too far behind. */
bool relay_may_send(const struct relay_shared *shared, const struct relay_shape *shape,
                    uint64_t sent);

/* Waits until every leaf has everything, and ends the processes of the run; ends the program when
 * one of them failed. */
void relay_watch(struct relay_shared *shared, const struct relay_shape *shape,
                 const pid_t *children, uint32_t child_count);

/* Says what is wrong, and ends the process. */
void relay_fail(struct relay_shared *shared, const char *what, const char *why)
    __attribute__((noreturn));

/* A run: makes the processes, waits until every leaf has everything, ends them. Both are called in
 * a process without threads. */
void relay_floor_run(struct relay_shared *shared, const struct relay_shape *shape);
void relay_switch_run(struct relay_shared *shared, const struct relay_shape *shape);

#endif
