/* SPDX-License-Identifier: MIT */
/* The rival is a second client on the adapter of a scene, which opens the same address family and
 * does nothing of its own accord. */
#ifndef CONDIS_TESTS_BROKEN_RIVAL_H
#define CONDIS_TESTS_BROKEN_RIVAL_H

#include "broken.h"

struct rival {
    NDIS_HANDLE driver;
    NDIS_HANDLE binding;
    NDIS_HANDLE af;
    NDIS_HANDLE bind_context;
    NDIS_HANDLE unbind_context;
    CO_ADDRESS_FAMILY family;
    struct client_sap sap;
};

extern struct rival Rival;

#define AS_RIVAL(statement) AS(Rival.driver, statement)

/* Loads it into the scene, which has its adapter, and opens its AF. */
void rival_load(struct scene *s);

/* Closes the AF and unloads it. Nothing of it may be left on the AF. */
void rival_unload(struct scene *s);

/* Its SAP, for the address of the scene's own; its end. returns  what the registration came to */
NDIS_STATUS rival_register(struct scene *s);
void rival_deregister(struct scene *s);

#endif
