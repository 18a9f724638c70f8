/* SPDX-License-Identifier: MIT */
/* Plug and play decides who is bound to what: one change at a time in each host. */
#include "ndis/bind.h"
#include "ndis/enter.h"
#include "ndis/handle.h"

#include <stdlib.h>

/* ---- the lock ---- */

void pnp_lock(struct host *host)
{
    exec_wait_one(&host->pnp.waitable, EXEC_FOREVER, "plug and play");
}

void pnp_unlock(struct host *host)
{
    exec_mutex_release(host->exec->world, &host->pnp);
}

bool pnp_is_mine(struct host *host)
{
    return host->pnp.owner == exec_current();
}

/* ---- binding ---- */

/* The drivers and adapters of a moment. Their handles tell later whether they are still there. */
struct pairs {
    uint32_t driver_count;
    uint32_t adapter_count;
    NDIS_HANDLE handles[];
};

static bool wants_bindings(const struct driver *driver)
{
    return !driver->is_miniport && driver->state == DRIVER_RUNNING &&
           !driver->module->lifecycle_task;
}

static void count_pairs(struct host *host, uint32_t *drivers, uint32_t *adapters)
{
    *drivers = 0;
    *adapters = 0;
    for (struct module *m = host->modules; m; m = m->next)
        for (struct driver *d = m->drivers; d; d = d->next)
            *drivers += wants_bindings(d);
    for (struct adapter *a = host->adapters; a; a = a->next)
        (*adapters)++;
}

/* The modules' list begins with the newest: drivers bind in the order in which they were loaded. */
static void fill_pairs(struct host *host, struct pairs *pairs)
{
    uint32_t at = pairs->driver_count;
    for (struct module *m = host->modules; m; m = m->next)
        for (struct driver *d = m->drivers; d; d = d->next)
            if (wants_bindings(d) && at > 0)
                pairs->handles[--at] = d->handle;
    at = pairs->driver_count;
    for (struct adapter *a = host->adapters; a; a = a->next)
        if (at < pairs->driver_count + pairs->adapter_count)
            pairs->handles[at++] = a->handle;
}

static struct pairs *take_pairs(struct host *host)
{
    uint32_t drivers, adapters;
    exec_lock(&host->lock);
    count_pairs(host, &drivers, &adapters);
    exec_unlock(&host->lock);
    struct pairs *pairs =
        calloc(1, sizeof(*pairs) + sizeof(NDIS_HANDLE) * ((size_t)drivers + adapters));
    if (!pairs)
        return NULL;
    exec_lock(&host->lock);
    pairs->driver_count = drivers;
    pairs->adapter_count = adapters;
    fill_pairs(host, pairs);
    exec_unlock(&host->lock);
    return pairs;
}

static bool is_bound(struct host *host, const struct driver *driver, const struct adapter *adapter)
{
    exec_lock(&host->lock);
    struct binding *binding = adapter->bindings;
    while (binding && binding->driver != driver)
        binding = binding->next;
    exec_unlock(&host->lock);
    return binding != NULL;
}

static void bind_pair(struct host *host, NDIS_HANDLE driver_handle, NDIS_HANDLE adapter_handle)
{
    struct driver *driver =
        driver_handle ? (struct driver *)handle_resolve(host, driver_handle, OBJECT_DRIVER, NULL)
                      : NULL;
    struct adapter *adapter =
        adapter_handle
            ? (struct adapter *)handle_resolve(host, adapter_handle, OBJECT_ADAPTER, NULL)
            : NULL;
    if (driver && adapter && wants_bindings(driver) && adapter->state == ADAPTER_RUNNING &&
        !is_bound(host, driver, adapter))
        bind_protocol(driver, adapter);
}

void pnp_bind_all(struct host *host)
{
    pnp_lock(host);
    struct pairs *pairs = take_pairs(host);
    for (uint32_t a = 0; pairs && a < pairs->adapter_count; a++)
        for (uint32_t d = 0; d < pairs->driver_count; d++)
            bind_pair(host, pairs->handles[d], pairs->handles[pairs->driver_count + a]);
    free(pairs);
    pnp_unlock(host);
}

static void bind_all_now(struct exec_work *work)
{
    exec_current()->owner = NULL;
    pnp_bind_all(host_current());
    free(work);
}

bool pnp_bind_all_later(struct host *host)
{
    struct exec_work *work = malloc(sizeof(*work));
    if (!work)
        return false;
    exec_work_init(work, bind_all_now, NULL);
    exec_work_queue(host->exec, work);
    return true;
}

/* Offers a protocol every adapter that it is not bound to.
 * NdisHandle  the caller's registration, or one of its bindings
 * IRQL     PASSIVE_LEVEL
 * effects  ProtocolBindAdapterEx from a worker
 * source   Learn: NdisReEnumerateProtocolBindings */
VOID NTAPI NdisReEnumerateProtocolBindings(NDIS_HANDLE NdisHandle)
{
    struct call call = call_begin(__func__, RULE_Irql_Miscellaneous_Function, LEVEL_PASSIVE);
    enum object_kind kind =
        handle_kind(NdisHandle) == OBJECT_BINDING ? OBJECT_BINDING : OBJECT_DRIVER;
    if (call_resolve(&call, NdisHandle, kind, "NdisHandle") && call.task->irql == PASSIVE_LEVEL)
        pnp_bind_all_later(call.host);
}

/* ---- unbinding ---- */

static bool is_wanted(const struct binding *binding, const struct driver *driver, bool clients_only)
{
    return binding->state == BINDING_OPEN && !binding->bind &&
           (!driver || binding->driver == driver) &&
           !(clients_only && binding->handlers->has_call_manager);
}

static struct binding *find_wanted(struct host *host, const struct driver *driver,
                                   const struct adapter *adapter, bool clients_only)
{
    struct binding *found = NULL;
    exec_lock(&host->lock);
    for (struct adapter *a = host->adapters; a && !found; a = a->next)
        for (struct binding *b = a->bindings; b && !found; b = b->next)
            if ((!adapter || a == adapter) && is_wanted(b, driver, clients_only))
                found = b;
    exec_unlock(&host->lock);
    return found;
}

void pnp_unbind(struct host *host, const struct driver *driver, const struct adapter *adapter,
                bool clients_only)
{
    struct binding *binding;
    pnp_lock(host);
    while ((binding = find_wanted(host, driver, adapter, clients_only)) != NULL)
        bind_undo(binding);
    pnp_unlock(host);
}
