/* SPDX-License-Identifier: MIT */
#include "ndis/module.h"
#include "ndis/adapter.h"
#include "ndis/bind.h"
#include "ndis/configuration.h"
#include "ndis/enter.h"
#include "ndis/leak.h"
#include "ndis/mdl.h"
#include "ndis/netbuffercontext.h"
#include "ndis/netbufferpool.h"
#include "ndis/report.h"
#include "ndis/settings.h"
#include "ndis/world.h"
#include "nt/pool.h"
#include "nt/fault.h"

#include <stdlib.h>
#include <string.h>

enum { LEAVE_LIMIT_MS = 500 };

/* ---- the list ---- */

static void link_module(struct host *host, struct module *module)
{
    exec_lock(&host->lock);
    host->module_count++;
    module->next = host->modules;
    host->modules = module;
    exec_unlock(&host->lock);
}

/* A module that was unloaded stays in memory: reports and stray tasks may still name it. */
static void retire(struct host *host, struct module *module)
{
    exec_lock(&host->lock);
    struct module **at = &host->modules;
    while (*at != module)
        at = &(*at)->next;
    *at = module->next;
    module->next = host->retired;
    host->retired = module;
    exec_unlock(&host->lock);
}

void modules_free(struct host *host)
{
    while (host->retired) {
        struct module *module = host->retired;
        host->retired = module->next;
        settings_release(module->settings);
        mdls_end(&module->owner);
        nbl_contexts_end(&module->owner);
        nt_threads_end(&module->owner);
        if (!module->tainted) /* else its code may still run in it */
            nt_pool_end(&module->owner);
        free(module);
    }
    assert(!host->modules);
}

/* ---- loading ---- */

static struct module *new_module(struct host *host)
{
    struct module *module = aligned_alloc(64, (sizeof(*module) + 63) / 64 * 64);
    if (!module)
        return NULL;
    memset(module, 0, sizeof(*module));
    module->host = host;
    return module;
}

/* What DriverEntry finds, as the I/O manager would have prepared it. */
static void prepare(struct host *host, struct module *module)
{
    char path[MODULE_REGISTRY_CHARACTERS];
    module->index = (uint16_t)(atomic_fetch_add(&host->world->module_count, 1) + 1);
    nt_owner_init(&module->owner, module->name, module->index, module);
    memcpy(&module->owner.code, &module->entry, sizeof(module->owner.code));
    snprintf(path, sizeof(path), "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\%s",
             module->name);
    wide_from_text(&module->registry_path, module->registry_text, MODULE_REGISTRY_CHARACTERS, path);
    module->object.Type = 4; /* IO_TYPE_DRIVER */
    module->object.Size = (CSHORT)sizeof(module->object);
    module->object.DriverInit = module->entry;
    trace_name_driver(host->trace, module->index, module->name);
}

/* Begins a visit to a module outside any registration of it: its entry and its unload. */
static struct visit lifecycle_begin(struct module *module, const char *routine)
{
    struct driver whole = {.module = module};
    struct visit visit = visit_begin(&whole, routine);
    module->lifecycle_visits = visit.task->visits;
    module->lifecycle_task = visit.task;
    return visit;
}

static void lifecycle_end(struct module *module, const struct visit *visit)
{
    visit_end(visit);
    module->lifecycle_task = NULL;
}

static void end_registrations(struct host *host, struct module *module)
{
    while (module->drivers) {
        struct driver *driver = module->drivers;
        driver_stop(host, driver);
        driver_release(host, driver);
    }
}

/* Lets code of the module that is on its way out of a callback or a work item leave it: its unload
 * routine frees what that code still reads, and then its image goes. A driver cannot know that its
 * callbacks have returned; only who called them can. No virtual time passes; live, what does not
 * end soon keeps the image mapped. */
static void wait_until_left(struct host *host, struct module *module)
{
    bool simulated = host->exec->world->kind == EXEC_SIMULATED;
    uint64_t limit = simulated ? 0 : LEAVE_LIMIT_MS * EXEC_MS;
    exec_dpc_flush(host->exec);
    if (exec_run_until_idle(host->exec->world, limit) != EXEC_IDLE && !simulated)
        module->tainted = true;
}

/* What is left of a module goes: reports, handles, memory of ours, its image. */
static void bury(struct host *host, struct module *module)
{
    (void)nt_owner_quiesce(host->exec, &module->owner);
    wait_until_left(host, module);
    if (leak_report_module(host, module) > 0)
        module->tainted = true;
    netbuffer_pools_disown(host, &module->owner);
    configurations_disown(host, &module->owner);
    retire(host, module);
    module_close(module);
}

static NTSTATUS run_entry(struct host *host, struct module *module)
{
    struct visit visit = lifecycle_begin(module, "DriverEntry");
    NTSTATUS status = module->entry(&module->object, &module->registry_path);
    nt_fault_answered(&module->owner, "DriverEntry", status);
    lifecycle_end(module, &visit);
    if (status >= 0)
        return status;
    if (module->drivers) {
        report_owner_break(host, &module->owner, RULE_DRIVER_ENTRY_FAILED_REGISTERED, "DriverEntry",
                           &module->drivers->object, (NDIS_STATUS)status,
                           "DriverEntry failed and left a registration behind");
        end_registrations(host, module);
    }
    return status;
}

static bool enter_module(struct host *host, struct module *module, const char *name,
                         struct condis_error *error)
{
    prepare(host, module);
    link_module(host, module);
    NTSTATUS status = run_entry(host, module);
    if (status < 0) {
        const char *word = report_status_name((NDIS_STATUS)status);
        bury(host, module);
        return error_say(error, "DriverEntry of '%s' failed with 0x%08X%s%s", name,
                         (unsigned)status, word ? " " : "", word ? word : "");
    }
    pnp_bind_all(host);
    return true;
}

bool condis_driver_load(struct condis_host *public_host, const char *driver,
                        const struct condis_setting *settings, size_t setting_count,
                        struct condis_driver **out, struct condis_error *error)
{
    struct host *host = host_private(public_host);
    struct host_entry entry;
    *out = NULL;
    struct module *module = new_module(host);
    if (!module)
        return error_say(error, "no memory for driver '%s'", driver);
    module->settings = settings_create(settings, setting_count);
    if (!module->settings) {
        free(module);
        return error_say(error, "no memory for the settings of driver '%s'", driver);
    }
    if (!module_open(module, driver, error)) {
        settings_release(module->settings);
        free(module);
        return false;
    }
    if (!host_enter(host, &entry)) {
        module_close(module);
        settings_release(module->settings);
        free(module);
        return error_say(error, "no memory to enter host '%s'", host->name);
    }
    bool good = enter_module(host, module, driver, error);
    host_leave(&entry);
    if (good)
        *out = (struct condis_driver *)module;
    return good;
}

/* ---- unloading ---- */

static struct driver *miniport_of(struct module *module)
{
    struct driver *driver = module->drivers;
    while (driver && !driver->is_miniport)
        driver = driver->next;
    return driver;
}

/* A miniport's unload routine is in its characteristics; NDIS owns the driver object's. A driver
 * that is both may have set its own as well. */
static bool call_unload_routines(struct module *module)
{
    struct driver *miniport = miniport_of(module);
    PDRIVER_UNLOAD of_miniport = miniport ? miniport->miniport.UnloadHandler : NULL;
    PDRIVER_UNLOAD of_driver = module->object.DriverUnload;
    if (of_miniport) {
        struct visit visit = lifecycle_begin(module, "MiniportDriverUnload");
        of_miniport(&module->object);
        lifecycle_end(module, &visit);
    }
    if (of_driver && of_driver != of_miniport) {
        struct visit visit = lifecycle_begin(module, "DriverUnload");
        of_driver(&module->object);
        lifecycle_end(module, &visit);
    }
    return of_miniport || of_driver;
}

void module_unload(struct module *module)
{
    struct host *host = module->host;
    for (struct driver *driver = module->drivers; driver; driver = driver->next)
        driver_stop(host, driver);
    wait_until_left(host, module);
    if (!call_unload_routines(module))
        report_owner_break(host, &module->owner, RULE_DRIVER_UNLOAD_MISSING, "DriverUnload", NULL,
                           NDIS_STATUS_SUCCESS, "the driver object has no DriverUnload");
    else if (module->drivers)
        report_owner_break(host, &module->owner, RULE_DRIVER_UNLOAD_REGISTERED, "DriverUnload",
                           &module->drivers->object, NDIS_STATUS_SUCCESS,
                           "the driver is still registered after its unload routine");
    end_registrations(host, module);
    bury(host, module);
}

void condis_driver_unload(struct condis_driver *driver)
{
    struct module *module = (struct module *)driver;
    struct host_entry entry;
    if (!module)
        return;
    bool entered = host_enter(module->host, &entry);
    assert(entered && "no memory to unload a driver");
    module_unload(module);
    host_leave(&entry);
}

uint32_t condis_driver_roles(const struct condis_driver *driver)
{
    const struct module *module = (const struct module *)driver;
    uint32_t roles = 0;
    for (const struct driver *d = module->drivers; d; d = d->next) {
        roles |= d->is_miniport ? CONDIS_ROLE_MINIPORT : 0;
        roles |= d->handlers.has_call_manager ? CONDIS_ROLE_CALL_MANAGER : 0;
        roles |= d->handlers.has_client ? CONDIS_ROLE_CLIENT : 0;
    }
    return roles;
}

/* ---- adapters ---- */

bool condis_adapter_start(struct condis_driver *public_driver, const char *name,
                          const struct condis_setting *settings, size_t setting_count,
                          struct condis_adapter **out, struct condis_error *error)
{
    struct module *module = (struct module *)public_driver;
    struct host *host = module->host;
    struct driver *miniport = miniport_of(module);
    struct host_entry entry;
    *out = NULL;
    if (!miniport)
        return error_say(error, "driver '%s' is no miniport: it has no adapters", module->name);
    if (!name || !*name || strlen(name) >= ADAPTER_NAME_BYTES)
        return error_say(error, "an adapter's name has 1 to %d characters: '%s'",
                         ADAPTER_NAME_BYTES - 1, name ? name : "");
    struct settings *copy = settings_create(settings, setting_count);
    if (!copy || !host_enter(host, &entry)) {
        settings_release(copy);
        return error_say(error, "no memory for adapter '%s'", name);
    }
    struct adapter *adapter = NULL;
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    bool taken = adapter_find(host, name) != NULL;
    if (taken)
        settings_release(copy);
    else
        status = adapter_start(host, miniport, name, copy, &adapter);
    host_leave(&entry);
    if (taken)
        return error_say(error, "host '%s' has an adapter named '%s' already", host->name, name);
    const char *word = report_status_name(status);
    if (!adapter)
        return error_say(error, "adapter '%s' of driver '%s' did not start: 0x%08X%s%s", name,
                         module->name, (unsigned)status, word ? " " : "", word ? word : "");
    *out = (struct condis_adapter *)adapter;
    return true;
}

static void stop_adapter(struct condis_adapter *public_adapter, bool surprise)
{
    struct adapter *adapter = (struct adapter *)public_adapter;
    struct host_entry entry;
    if (!adapter || !object_alive(&adapter->object))
        return;
    bool entered = host_enter(adapter->host, &entry);
    assert(entered && "no memory to stop an adapter");
    adapter_stop(adapter, surprise);
    host_leave(&entry);
}

void condis_adapter_stop(struct condis_adapter *adapter)
{
    stop_adapter(adapter, false);
}

void condis_adapter_remove(struct condis_adapter *adapter)
{
    stop_adapter(adapter, true);
}
