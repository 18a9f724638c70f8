/* SPDX-License-Identifier: MIT */
/* The boxes of a switch and of its links. A switch is a node on the one processor of a host of its
 * own; the script's thread enters that processor at DISPATCH for what it asks of it. */
#ifndef CONDIS_SCRIPT_SWITCHES_H
#define CONDIS_SCRIPT_SWITCHES_H

#include "link/simlink.h"
#include "ndis/host.h"
#include "script/script.h"
#include "switch/node.h"

struct switch_box {
    struct box box; /* its parent: the host's */
    struct host_box *host;
    struct node *node;
    enum uni_version version; /* of ports that say nothing else */
    struct exec_waitable ended;
};

/* The script's thread inside a switch's processor. */
struct switch_entry {
    struct host_entry host;
    uint8_t irql;
};

void switch_enter(struct switch_box *self, struct switch_entry *entry);
void switch_leave(const struct switch_entry *entry);

/* Ends a switch as a power cut does; its links stay behind, down. */
void switch_close(struct switch_box *self);

/* The versions of the UNI as scenarios write them, in the order of enum uni_version. */
extern const char *const switch_versions[];

/* links.c */

/* switch:plug(station [, {uni}]), switch:trunk(other), switch:link(station or other) */
int switch_plug(lua_State *L);
int switch_trunk(lua_State *L);
int switch_link(lua_State *L);

/* The port of the switch at an index that a station's name or another switch at `to` is plugged
 * into; raises when there is none. */
uint32_t switch_port_to(lua_State *L, int index, int to);

#endif
