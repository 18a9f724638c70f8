/* SPDX-License-Identifier: MIT */
/* Modules are found, loaded, entered and unloaded here; struct module itself is in driver.h. */
#ifndef CONDIS_NDIS_MODULE_H
#define CONDIS_NDIS_MODULE_H

#include "ndis/driver.h"
#include "ndis/host.h"

/* Finds a driver's code: a registered name, or a file (it holds a '/'), which is loaded so that its
 * globals are this module's own. Fills image, linked, entry and name.
 * returns  false, *error filled, nothing loaded */
bool module_open(struct module *module, const char *driver, struct condis_error *error);

/* Lets the code go. A tainted module's image stays mapped. */
void module_close(struct module *module);

/* Stops what the module's drivers run, calls its unload routines, reports what is left, and
 * retires it. PASSIVE_LEVEL, no driver as owner. */
void module_unload(struct module *module);

/* Frees the memory of a host's retired modules. */
void modules_free(struct host *host);

/* The offset of an address in a module's image, and the function's name where it has one:
 * "driver.so+0x1234 (LeafAddParty)". */
void module_describe_address(const struct module *module, const void *address, char *text,
                             size_t text_bytes);

#endif
