/* SPDX-License-Identifier: MIT */
/* The driver is the client as NDIS sees it: its DriverEntry, and the tables of its handlers. */
#ifndef CONDIS_CLIENT_DRIVER_H
#define CONDIS_CLIENT_DRIVER_H

#include "client/client.h"

/* What the name "client" is registered with. The options are in the host's slot, where the opened
 * client takes their place. Learn: DRIVER_INITIALIZE. */
DRIVER_INITIALIZE client_driver_entry;

/* In client.c. options may be NULL; returns NULL when there is no memory. */
struct condis_client *client_create(const struct condis_client_options *options);
void client_destroy(struct condis_client *client);

#endif
