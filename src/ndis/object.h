/* SPDX-License-Identifier: MIT */
/* An object is anything an NDIS_HANDLE names: it carries its generation and its short history.
 *
 * Objects live in type-stable slabs (slab.h): the memory of a dead object stays an object of its
 * kind until the host ends, so a late reader sees a dead object, never another kind of memory. */
#ifndef CONDIS_NDIS_OBJECT_H
#define CONDIS_NDIS_OBJECT_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What a handle may name. The order is part of the handle's encoding. */
#define OBJECT_KINDS(KIND)                                                                         \
    KIND(DRIVER, "driver")                                                                         \
    KIND(ADAPTER, "adapter")                                                                       \
    KIND(BINDING, "binding")                                                                       \
    KIND(AF, "AF")                                                                                 \
    KIND(SAP, "SAP")                                                                               \
    KIND(VC, "VC")                                                                                 \
    KIND(PARTY, "party")                                                                           \
    KIND(OID, "OID request")                                                                       \
    KIND(BIND, "bind request")                                                                     \
    KIND(CONFIGURATION, "configuration")                                                           \
    KIND(NBL_POOL, "NET_BUFFER_LIST pool")                                                         \
    KIND(NB_POOL, "NET_BUFFER pool")

enum object_kind {
    OBJECT_NONE,
#define KIND(name, text) OBJECT_##name,
    OBJECT_KINDS(KIND)
#undef KIND
        OBJECT_KIND_COUNT
};

/* What may be remembered of an object. The texts complete "at TIME, DRIVER ..." */
#define OBJECT_MARKS(MARK)                                                                         \
    MARK(CREATED, "created")                                                                       \
    MARK(CALLED, "requested")                                                                      \
    MARK(PENDED, "pended")                                                                         \
    MARK(COMPLETED, "completed")                                                                   \
    MARK(FAILED, "completed with failure")                                                         \
    MARK(TOLD, "told of the other end's close")                                                    \
    MARK(DEAD, "released")

enum object_mark {
#define MARK(name, text) MARK_##name,
    OBJECT_MARKS(MARK)
#undef MARK
        MARK_COUNT
};

struct nt_owner;

enum { OBJECT_MARKS_KEPT = 5, OBJECT_GENERATION_MAX = (1 << 24) - 1 };

/* The head of every object. 56 bytes. The first mark (creation) stays; the others are the latest.
 *
 * A mark is one word: event 4 bits, operation 6, driver 10, processor 6, time 38 (100 ns units of
 * 2^6, that is 6.4 us, for 20 days). */
struct object {
    _Atomic uint32_t life;          /* generation << 1 | 1 while alive; the handle's proof */
    uint32_t index;                 /* in its slab */
    _Atomic uint16_t marks_written; /* saturates */
    uint8_t kind;                   /* enum object_kind */
    uint8_t shard;                  /* the slab shard that takes it back */
    uint32_t next_free;             /* while dead: index + 1 of the next in the shard's list */
    _Atomic uint64_t marks[OBJECT_MARKS_KEPT];
};

static inline uint32_t object_generation(const struct object *o)
{
    return atomic_load_explicit(&o->life, memory_order_acquire) >> 1;
}

static inline bool object_alive(const struct object *o)
{
    return (atomic_load_explicit(&o->life, memory_order_acquire) & 1) != 0;
}

/* Remembers that something happened to o, done by the running driver. Lock-free; any IRQL.
 * operation  enum operation_kind, or 0 when the mark belongs to no operation */
void object_mark(struct object *o, enum object_mark mark, uint8_t operation);

/* One remembered mark, taken apart. */
struct object_event {
    uint64_t time_100ns;
    uint16_t driver; /* index of the module's owner; 0 is NDIS or the host program */
    uint8_t processor;
    uint8_t mark;      /* enum object_mark */
    uint8_t operation; /* enum operation_kind; 0: none */
};

struct object_event object_mark_read(uint64_t word);

/* Reads what is remembered of o, oldest first. Any IRQL; a writer may run beside it.
 * lost_count  how many marks between the first and the others are forgotten
 * returns     how many events were written: at most OBJECT_MARKS_KEPT */
uint32_t object_history(const struct object *o, struct object_event events[OBJECT_MARKS_KEPT],
                        uint32_t *lost_count);

const char *object_kind_text(enum object_kind kind);
const char *object_mark_text(enum object_mark mark);

#endif
