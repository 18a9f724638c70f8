/* SPDX-License-Identifier: MIT */
/* A NIC on a link: the port of an adapter whose medium is one wire to a switch or a neighbour, over
 * TCP or simulated. Its contract is include/condis/nic.h. */
#ifndef CONDIS_LINK_LINKNIC_H
#define CONDIS_LINK_LINKNIC_H

#include "link/link.h"
#include "link/nic.h"

/* Says whether a medium's name is that of a link: "tcp:..." or "sim:...". */
bool linknic_is_name(PCUNICODE_STRING medium);

/* Opens a port on a link; see CondisNicOpen. On the current task's processor, with its owner. */
NDIS_STATUS linknic_open(struct exec *exec, PCUNICODE_STRING medium,
                         const CONDIS_NIC_CHARACTERISTICS *characteristics, void *context,
                         PCONDIS_NIC *out);

/* Has every link that a NIC of this world opens from here on captured.
 * capture  held until another, or NULL, takes its place; NULL: none. Before exec_world_destroy it
 *          must be NULL again.
 * PASSIVE, not while a NIC is being opened. */
void linknic_set_capture(struct exec_world *world, struct link_capture *capture);

/* The capture that the next NIC of this world takes part in, borrowed; NULL: none. */
struct link_capture *linknic_capture(struct exec_world *world);

#endif
