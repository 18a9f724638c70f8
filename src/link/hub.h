/* SPDX-License-Identifier: MIT */
/* A hub is the in-process medium: it joins the ports of one world by name and carries frames
 * between them by reference. The contract of ports, members and frames is include/condis/nic.h;
 * these are its functions with the executive in place of an adapter handle, and what a host program
 * may do to a hub: slow it down, cut a port off.
 *
 * Locks: one spin lock a hub, never held while a driver runs. */
#ifndef CONDIS_LINK_HUB_H
#define CONDIS_LINK_HUB_H

#include <stdbool.h>
#include <stdint.h>

#include <condis/nic.h>

#include "nt/exec.h"

/* How long a frame is under way, from CondisNicSend to Receive. */
struct hub_shape {
    uint64_t delay_100ns; /* every frame at least this long                                   */
    uint64_t
        jitter_100ns; /* and up to this much longer, drawn with exec_choose: simulated worlds */
};

/* Opens a port on the current task's processor; see CondisNicOpen. The callbacks run with the owner
 * of the current task. At PASSIVE. */
NDIS_STATUS hub_open(struct exec *exec, PCUNICODE_STRING medium, PCUNICODE_STRING station,
                     const CONDIS_NIC_CHARACTERISTICS *characteristics, void *context,
                     PCONDIS_NIC *out);

/* Sets the delays of a medium, now or before its first port opens; frames already under way may
 * keep the old ones. medium: 1..63 ASCII characters.
 * returns false: no memory, or the name is empty or too long. */
bool hub_set_shape(struct exec_world *world, const char *medium, const struct hub_shape *shape);

/* Cuts a port off its medium, or joins it again. Frames that wait for the port are lost; what
 * others send to it is lost without their knowing; its own sends fail.
 * returns false when the medium has no such station. */
bool hub_set_cut(struct exec_world *world, const char *medium, const char *station, bool cut);

/* Forgets every medium of a world whose ports are all closed; before exec_world_destroy. */
void hub_forget_world(struct exec_world *world);

#endif
