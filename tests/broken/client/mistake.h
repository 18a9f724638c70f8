/* SPDX-License-Identifier: MIT */
/* A client that keeps the contract, caller, and the one mistake that its setting `Break` asks for.
 * A mistake replaces functions of NDIS that the driver calls, or handlers that NDIS calls; what it
 * does not touch is the right driver's. */
#ifndef BROKEN_CLIENT_MISTAKE_H
#define BROKEN_CLIENT_MISTAKE_H

#include "caller.h"
#include "pick.h"

/* The driver as it will be, before it has registered. */
struct _BROKEN_DRIVER {
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Protocol;
    NDIS_PROTOCOL_CO_CHARACTERISTICS Co;
    NDIS_CO_CLIENT_OPTIONAL_HANDLERS Handlers;
#define CALL(Returns, Name, Parameters, Arguments) Returns(NTAPI *Name) Parameters;
#include "calls.def"
#undef CALL
};

typedef struct _BROKEN_DRIVER BROKEN_DRIVER;

/* The right driver's, to be called by mistakes. */
extern BROKEN_DRIVER Right;

/* Registers handlers as the right driver does. */
NDIS_STATUS RightSetHandlers(NDIS_HANDLE NdisHandle, PVOID Handlers);

#define MISTAKE(Rule, Drivers, Cases, Also) BREAKS(Rule);
#define STORY(Rule, Drivers, Cases, Says)   BREAKS(Rule);
#define NO_MISTAKE(Rule, Reason)
#include "mistakes.def"

#endif
