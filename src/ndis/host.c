/* SPDX-License-Identifier: MIT */
#include "ndis/bind.h"
#include "ndis/configuration.h"
#include "ndis/driver.h"
#include "ndis/handle.h"
#include "ndis/leak.h"
#include "ndis/module.h"
#include "ndis/netbufferpool.h"
#include "ndis/oid.h"
#include "ndis/overdue.h"
#include "ndis/sap.h"
#include "ndis/world.h"

#include <stdlib.h>
#include <string.h>

static const size_t object_bytes[OBJECT_KIND_COUNT] = {
    [OBJECT_NONE] = sizeof(struct object),
    [OBJECT_DRIVER] = sizeof(struct driver),
    [OBJECT_ADAPTER] = sizeof(struct adapter),
    [OBJECT_BINDING] = sizeof(struct binding),
    [OBJECT_AF] = sizeof(struct af),
    [OBJECT_SAP] = sizeof(struct sap),
    [OBJECT_VC] = sizeof(struct vc),
    [OBJECT_PARTY] = sizeof(struct party),
    [OBJECT_OID] = sizeof(struct oid),
    [OBJECT_BIND] = sizeof(struct bind),
    [OBJECT_NBL_POOL] = sizeof(struct pool_slot),
    [OBJECT_NB_POOL] = sizeof(struct pool_slot),
    [OBJECT_CONFIGURATION] = CONFIGURATION_OBJECT_BYTES,
};

/* ---- entering ---- */

bool host_enter(struct host *host, struct host_entry *entry)
{
    struct exec_task *task = exec_current();
    *entry = (struct host_entry){NULL, NULL, false};
    if (!task) {
        task = exec_attach(host->exec, EXEC_ANY_PROCESSOR);
        if (!task)
            return false;
    } else if (task->exec != host->exec) {
        entry->before = exec_switch(host->exec);
        entry->switched = true;
    } else {
        entry->before = host->exec;
    }
    entry->owner = task->owner;
    task->owner = NULL;
    return true;
}

void host_leave(const struct host_entry *entry)
{
    exec_current()->owner = entry->owner;
    if (!entry->before)
        exec_detach();
    else if (entry->switched)
        exec_switch(entry->before);
}

/* ---- creating ---- */

static bool check_options(struct condis_world *world, const struct condis_host_options *options,
                          struct condis_error *error)
{
    size_t length = options->name ? strlen(options->name) : 0;
    if (length == 0)
        return error_say(error, "a host needs a name");
    if (length >= HOST_NAME_BYTES)
        return error_say(error, "the host name '%s' is longer than %d characters", options->name,
                         HOST_NAME_BYTES - 1);
    if (options->processor_count > EXEC_PROCESSORS)
        return error_say(error, "host '%s': %u processors are more than %u", options->name,
                         options->processor_count, EXEC_PROCESSORS);
    if (options->completion > CONDIS_COMPLETE_MIXED)
        return error_say(error, "host '%s': %d is no completion mode", options->name,
                         (int)options->completion);
    for (struct host *h = world->hosts; h; h = h->next)
        if (!strcmp(h->name, options->name))
            return error_say(error, "a host named '%s' exists already", options->name);
    return true;
}

/* The next number that no host has; 0 when all are taken. Handles of a number that was used long
 * ago are found out by their generation. */
static uint16_t take_index(struct condis_world *world)
{
    for (uint32_t tries = 0; tries < HANDLE_HOST_COUNT; tries++) {
        uint16_t index = (uint16_t)(world->host_index_last % HANDLE_HOST_COUNT + 1);
        world->host_index_last = index;
        struct host *h = world->hosts;
        while (h && h->index != index)
            h = h->next;
        if (!h)
            return index;
    }
    return 0;
}

static void free_host(struct host *host)
{
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        slab_fini(&host->slabs[kind]);
    modules_free(host);
    free(host);
}

static struct host *new_host(struct condis_world *world, const struct condis_host_options *options)
{
    struct host *host = aligned_alloc(64, (sizeof(*host) + 63) / 64 * 64);
    if (!host)
        return NULL;
    memset(host, 0, sizeof(*host));
    host->world = world;
    host->trace = world->trace;
    host->rules = &world->rules;
    host->completion = (uint8_t)options->completion;
    host->verifier = world->options.verifier;
    host->pnp_wait_100ns = HOST_PNP_WAIT_S * EXEC_SECOND;
    snprintf(host->name, sizeof(host->name), "%s", options->name);
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        slab_init(&host->slabs[kind], (enum object_kind)kind, object_bytes[kind]);
    exec_mutex_init(&host->pnp);
    return host;
}

bool condis_host_create(struct condis_world *world, const struct condis_host_options *options,
                        struct condis_host **out, struct condis_error *error)
{
    *out = NULL;
    pthread_mutex_lock(&world->mutex);
    bool good = check_options(world, options, error);
    uint16_t index = good ? take_index(world) : 0;
    pthread_mutex_unlock(&world->mutex);
    if (!good)
        return false;
    if (!index)
        return error_say(error, "a world has at most %d hosts", HANDLE_HOST_COUNT);
    struct host *host = new_host(world, options);
    if (!host)
        return error_say(error, "no memory for host '%s'", options->name);
    host->index = index;
    host->exec = exec_create(world->exec, &(struct exec_options){
                                              .name = host->name,
                                              .index = index,
                                              .processor_count = options->processor_count,
                                              .user = host,
                                          });
    if (!host->exec) {
        free_host(host);
        return error_say(error, "no memory or threads for host '%s'", options->name);
    }
    exec_set_idle_hook(host->exec, operation_drain);
    trace_name_host(host->trace, index, host->name);
    pthread_mutex_lock(&world->mutex);
    struct host **last = &world->hosts;
    while (*last)
        last = &(*last)->next;
    *last = host;
    pthread_mutex_unlock(&world->mutex);
    overdue_begin(host);
    *out = host_public(host);
    return true;
}

/* ---- ending ---- */

/* The order of API §1.4: what hangs on something goes first. */
static void shut_down(struct host *host)
{
    pnp_unbind(host, NULL, NULL, true);
    pnp_unbind(host, NULL, NULL, false);
    while (host->adapters)
        adapter_stop(host->adapters, false);
    while (host->modules)
        module_unload(host->modules);
    exec_dpc_flush(host->exec);
    leak_sweep_host(host);
}

static void unlink_host(struct host *host)
{
    struct condis_world *world = host->world;
    pthread_mutex_lock(&world->mutex);
    struct host **at = &world->hosts;
    while (*at != host)
        at = &(*at)->next;
    *at = host->next;
    pthread_mutex_unlock(&world->mutex);
}

void condis_host_destroy(struct condis_host *public_host)
{
    if (!public_host)
        return;
    struct host *host = host_private(public_host);
    struct host_entry entry;
    bool entered = host_enter(host, &entry);
    assert(entered && "no memory to end a host");
    shut_down(host);
    overdue_end(host);
    netbuffer_pools_end(host);
    host_leave(&entry);
    /* A caller that stayed attached to this host must not run on it any more. */
    if (exec_current() && exec_current()->exec == host->exec)
        exec_detach();
    unlink_host(host);
    if (exec_destroy(host->exec) == 0)
        free_host(host);
    /* Otherwise some thread of a driver never ended (reported): what it may touch stays. */
}

/* ---- asking ---- */

const char *condis_host_name(const struct condis_host *host)
{
    return ((const struct host *)host)->name;
}

struct condis_world *condis_host_world(const struct condis_host *host)
{
    return ((const struct host *)host)->world;
}

void **ndis_host_slot(struct condis_host *host, enum host_slot slot)
{
    assert((int)slot < HOST_SLOT_COUNT);
    return &host_private(host)->slots[slot];
}

struct condis_host *ndis_host_current(void)
{
    return host_public(host_current());
}

struct exec *ndis_host_exec(struct condis_host *host)
{
    return host_private(host)->exec;
}

static struct object *find(NDIS_HANDLE handle, enum object_kind kind)
{
    return handle_resolve(host_current(), handle, kind, NULL);
}

struct nt_owner *ndis_driver_enter(NDIS_HANDLE NdisDriverHandle)
{
    struct driver *driver = (struct driver *)find(NdisDriverHandle, OBJECT_DRIVER);
    struct exec_task *task = exec_current();
    struct nt_owner *before = task->owner;
    assert(driver && "a client library enters its own, registered driver");
    exec_changes_owner(task);
    task->owner = &driver->module->owner;
    return before;
}

void ndis_driver_leave(struct nt_owner *before)
{
    exec_changes_owner(exec_current());
    exec_current()->owner = before;
}

struct settings *ndis_settings_of(NDIS_HANDLE handle)
{
    switch (handle_kind(handle)) {
    case OBJECT_DRIVER: {
        struct driver *driver = (struct driver *)find(handle, OBJECT_DRIVER);
        return driver ? driver->module->settings : NULL;
    }
    case OBJECT_ADAPTER: {
        struct adapter *adapter = (struct adapter *)find(handle, OBJECT_ADAPTER);
        return adapter ? adapter->settings : NULL;
    }
    case OBJECT_BINDING: {
        struct binding *binding = (struct binding *)find(handle, OBJECT_BINDING);
        return binding ? binding->driver->module->settings : NULL;
    }
    default:
        return NULL;
    }
}

struct exec *ndis_adapter_exec(NDIS_HANDLE MiniportAdapterHandle)
{
    struct adapter *adapter = (struct adapter *)find(MiniportAdapterHandle, OBJECT_ADAPTER);
    return adapter ? adapter->host->exec : NULL;
}
