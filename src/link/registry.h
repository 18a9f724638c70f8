/* SPDX-License-Identifier: MIT */
/* The registry holds the hubs of each world by name. Private to src/link. */
#ifndef CONDIS_LINK_REGISTRY_H
#define CONDIS_LINK_REGISTRY_H

#include "link/port.h"

/* Finds or makes a hub and takes a use of it; NULL: no memory, or make is false and there is none.
 * name: 1..CONDIS_NIC_NAME_CHARACTERS_MAX characters in name_bytes bytes. */
struct hub *registry_use(struct exec_world *world, const WCHAR *name, USHORT name_bytes, bool make);

/* Gives a use back: a hub that nobody uses and nobody shaped ends. */
void registry_leave(struct hub *hub);

/* Widens an ASCII name. returns its bytes, or 0 when it is empty, too long or not ASCII. */
USHORT registry_widen(const char *name, WCHAR out[CONDIS_NIC_NAME_CHARACTERS_MAX]);

#endif
