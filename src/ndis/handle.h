/* SPDX-License-Identifier: MIT */
/* A handle is the 64-bit name of an object: kind, host, generation and index, never an address.
 *
 *   63   62..58  57..48  47..24       23..0
 *   1    kind    host    generation   index
 *
 * Bit 63 without the full sign extension makes it non-canonical: a driver that dereferences a
 * handle (C43) faults at once on the address it used, instead of reading our memory. */
#ifndef CONDIS_NDIS_HANDLE_H
#define CONDIS_NDIS_HANDLE_H

#include "ndis/host.h"

#include <ndis.h>

enum { HANDLE_HOST_COUNT = 1023 };

/* Why a handle names nothing. Each is a rule that the driver broke. */
enum handle_fault {
    HANDLE_OK,
    HANDLE_NULL,       /* NULL where an object is required */
    HANDLE_GARBAGE,    /* was never a handle */
    HANDLE_WRONG_KIND, /* names another kind of object */
    HANDLE_FOREIGN,    /* belongs to another host */
    HANDLE_STALE,      /* its object is gone; the slot may be another object's by now */
};

static inline uint64_t handle_bits(NDIS_HANDLE handle)
{
    return (uint64_t)(uintptr_t)handle;
}

static inline enum object_kind handle_kind(NDIS_HANDLE handle)
{
    return (enum object_kind)((handle_bits(handle) >> 58) & 0x1f);
}

static inline uint32_t handle_host(NDIS_HANDLE handle)
{
    return (uint32_t)((handle_bits(handle) >> 48) & 0x3ff);
}

static inline uint32_t handle_generation(NDIS_HANDLE handle)
{
    return (uint32_t)((handle_bits(handle) >> 24) & 0xffffff);
}

static inline uint32_t handle_index(NDIS_HANDLE handle)
{
    return (uint32_t)(handle_bits(handle) & 0xffffff);
}

/* Whether the object is still the one that the handle named when it was resolved. */
static inline bool handle_still_names(NDIS_HANDLE handle, const struct object *object)
{
    uint32_t life = atomic_load_explicit(&object->life, memory_order_acquire);
    return life == ((handle_generation(handle) << 1) | 1);
}

/* Names a live object of this host. */
static inline NDIS_HANDLE handle_of(const struct host *host, const struct object *object)
{
    uint64_t bits = UINT64_C(1) << 63 | (uint64_t)object->kind << 58 | (uint64_t)host->index << 48 |
                    (uint64_t)object_generation(object) << 24 | object->index;
    return (NDIS_HANDLE)(uintptr_t)bits;
}

/* Why a handle names no live object of a kind. */
enum handle_fault handle_fault_of(const struct host *host, NDIS_HANDLE handle,
                                  enum object_kind kind);

/* Finds the live object of a kind that a handle names. O(1), lock-free, never faults.
 * fault    why NULL was returned; may be NULL
 * returns  the object; it may die at any moment unless the caller holds what keeps it alive, so
 *          check handle_still_names under the object's lock. */
static inline struct object *handle_resolve(struct host *host, NDIS_HANDLE handle,
                                            enum object_kind kind, enum handle_fault *fault)
{
    /* One comparison settles sign bit, kind and host. */
    uint64_t expected = UINT64_C(1) << 15 | (uint64_t)kind << 10 | host->index;
    if (__builtin_expect(handle_bits(handle) >> 48 == expected, 1)) {
        struct object *object = slab_at(&host->slabs[kind], handle_index(handle));
        if (__builtin_expect(object && handle_still_names(handle, object), 1))
            return object;
    }
    if (fault)
        *fault = handle_fault_of(host, handle, kind);
    return NULL;
}

/* The slot a handle points into, dead or alive, of whatever generation; NULL if it never existed.
 * Only for reports: what the slot says belongs to its latest tenant. */
struct object *handle_slot(struct host *host, NDIS_HANDLE handle);

/* Short text for reports, such as "VC 3" or "party 7 (released)"; never an address.
 * text  receives at most text_bytes, terminated */
void handle_describe(struct host *host, NDIS_HANDLE handle, char *text, size_t text_bytes);

#endif
