/* SPDX-License-Identifier: MIT */
/* A bare host is a host without drivers: an executive, a rules sink, slabs and two accounts that
 * code can run as. For tests of what needs no call machinery. */
#ifndef CONDIS_TESTS_NDIS_BARE_HOST_H
#define CONDIS_TESTS_NDIS_BARE_HOST_H

#include "ndis/configuration.h"
#include "ndis/handle.h"
#include "ndis/netbufferpool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct bare_host {
    struct exec_world *world;
    struct rules rules;
    struct host *host;
    struct nt_owner alice; /* the driver that the test is, unless it says otherwise */
    struct nt_owner bob;
};

static inline void bare_host_slabs(struct host *host)
{
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        slab_init(&host->slabs[kind], (enum object_kind)kind, sizeof(struct object));
    slab_init(&host->slabs[OBJECT_DRIVER], OBJECT_DRIVER, sizeof(struct driver));
    slab_init(&host->slabs[OBJECT_NBL_POOL], OBJECT_NBL_POOL, sizeof(struct pool_slot));
    slab_init(&host->slabs[OBJECT_NB_POOL], OBJECT_NB_POOL, sizeof(struct pool_slot));
    slab_init(&host->slabs[OBJECT_CONFIGURATION], OBJECT_CONFIGURATION, CONFIGURATION_OBJECT_BYTES);
}

/* Begins a host of two processors; the test runs on processor 0, inside alice. */
static inline struct bare_host *bare_host_begin(enum exec_kind kind)
{
    struct bare_host *b = calloc(1, sizeof *b);
    assert_non_null(b);
    assert_true(rules_init(&b->rules));
    b->world = exec_world_create(
        &(struct exec_world_options){.kind = kind, .seed = 7, .rules = &b->rules});
    assert_non_null(b->world);
    void *memory = NULL;
    assert_int_equal(posix_memalign(&memory, 64, sizeof *b->host), 0);
    b->host = memory;
    *b->host = (struct host){.rules = &b->rules, .index = 1, .name = "bare"};
    bare_host_slabs(b->host);
    b->host->exec =
        exec_create(b->world, &(struct exec_options){.name = "bare", .index = 1, .user = b->host});
    assert_non_null(b->host->exec);
    nt_owner_init(&b->alice, "alice", 1, NULL);
    nt_owner_init(&b->bob, "bob", 2, NULL);
    assert_non_null(exec_attach(b->host->exec, 0));
    exec_current()->owner = &b->alice;
    return b;
}

/* Runs what follows as another driver. */
static inline void bare_host_become(struct nt_owner *owner)
{
    exec_current()->owner = owner;
}

/* Ends it, and proves that nothing is left and that no rule was broken unexpectedly. */
static inline void bare_host_end(struct bare_host *b)
{
    assert_int_equal(nt_owner_count(&b->alice, NT_KINDS, NULL), 0);
    assert_int_equal(nt_owner_count(&b->bob, NT_KINDS, NULL), 0);
    assert_int_equal(rules_unexpected_count(&b->rules), 0);
    exec_current()->owner = NULL;
    netbuffer_pools_end(b->host);
    exec_detach();
    assert_int_equal(exec_destroy(b->host->exec), 0);
    exec_world_destroy(b->world);
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        slab_fini(&b->host->slabs[kind]);
    rules_fini(&b->rules);
    free(b->host);
    free(b);
}

/* Runs a statement that breaks one rule, once. */
#define EXPECT_RULE(b, id, statement)                                                              \
    do {                                                                                           \
        uint64_t all_before = rules_count(&(b)->rules);                                            \
        rules_expect(&(b)->rules, RULE_##id);                                                      \
        statement;                                                                                 \
        assert_int_equal(rules_expect_end(&(b)->rules, RULE_##id), 1);                             \
        assert_int_equal(rules_count(&(b)->rules), all_before + 1);                                \
    } while (0)

/* A pool of lists. */
static inline NDIS_HANDLE list_pool(bool net_buffer, USHORT context_bytes, ULONG data_bytes)
{
    NET_BUFFER_LIST_POOL_PARAMETERS parameters = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
        .fAllocateNetBuffer = net_buffer,
        .ContextSize = context_bytes,
        .PoolTag = 0x74736574,
        .DataSize = data_bytes,
    };
    return NdisAllocateNetBufferListPool(NULL, &parameters);
}

/* A pool of NET_BUFFERs. */
static inline NDIS_HANDLE buffer_pool(ULONG data_bytes)
{
    NET_BUFFER_POOL_PARAMETERS parameters = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_POOL_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1},
        .PoolTag = 0x74736574,
        .DataSize = data_bytes,
    };
    return NdisAllocateNetBufferPool(NULL, &parameters);
}

#endif
