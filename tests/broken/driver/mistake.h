/* SPDX-License-Identifier: MIT */
/* A call manager that keeps the contract, loopback or hubcm, and the one mistake that its setting
 * `Break` asks for. A mistake replaces functions of the edge (CM_EDGE) or handlers that NDIS calls;
 * what it does not touch is the right driver's. */
#ifndef BROKEN_MISTAKE_H
#define BROKEN_MISTAKE_H

#include "callmgr.h"
#include "pick.h"

/* What differs between the two edges, by the names that a mistake uses. */
#ifdef BROKEN_STAND_ALONE
#include "alone.h"
#define RightEdge      AloneEdge
#define CM_NDIS(Name)  NdisCm##Name
#define CM_OTHER(Name) NdisMCm##Name
/* The binding, or the miniport's adapter. */
#define CmCreateNdisVc(Adapter, Af, Context, Vc)                                                   \
    NdisCoCreateVc((Adapter)->NdisHandle, (Af), (Context), (Vc))
#define CmDeleteNdisVc(Vc) NdisCoDeleteVc(Vc)
#else
#include "mcm.h"
#define RightEdge      McmEdge
#define CM_NDIS(Name)  NdisMCm##Name
#define CM_OTHER(Name) NdisCm##Name
#define CmCreateNdisVc(Adapter, Af, Context, Vc)                                                   \
    NdisMCmCreateVc((Adapter)->NdisHandle, (Af), (Context), (Vc))
#define CmDeleteNdisVc(Vc) NdisMCmDeleteVc(Vc)
#endif

typedef NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS CM_HANDLERS, *PCM_HANDLERS;
typedef NDIS_STATUS CM_REGISTER_AF(NDIS_HANDLE NdisHandle, PCO_ADDRESS_FAMILY AddressFamily);

/* The driver as it will be, before it has set its handlers. */
typedef struct _BROKEN_DRIVER {
    NDIS_HANDLE NdisDriverHandle;
    CM_EDGE Edge;         /* right but for the mistake */
    CM_HANDLERS Handlers; /* the same */
    CM_REGISTER_AF *RegisterAf;
    VOID (*CloseFamilies)(PCM_ADAPTER Adapter);
    NDIS_STATUS(NTAPI *DeactivateVc)(NDIS_HANDLE NdisVcHandle); /* instead of NDIS's */
    PNDIS_MINIPORT_CO_CHARACTERISTICS Co; /* an MCM's, before NDIS is given them; else NULL */
    BOOLEAN SetNoHandlers;                /* NDIS never hears of the handlers, */
    BOOLEAN SetNoCharacteristics;         /* or of what is connection-oriented */
    BOOLEAN AtOnce;   /* requests are answered in their handlers where that is possible */
    PVOID NeverFreed; /* memory that is forgotten */
} BROKEN_DRIVER;

extern BROKEN_DRIVER Broken;

/* Registers an address family as the right driver does. */
CM_REGISTER_AF RightRegisterAf;
/* Deactivates a VC as the right driver does. */
NDIS_STATUS NTAPI RightDeactivateVc(NDIS_HANDLE NdisVcHandle);
/* Closes the address families as the right driver does, when the adapter goes. */
VOID RightCloseFamilies(PCM_ADAPTER Adapter);
/* Sets handlers as the right driver does. */
NDIS_STATUS RightSetHandlers(NDIS_HANDLE NdisHandle, PVOID Handlers);

/* The same where all of it is one function of the edge, or one handler, in the place of the right
 * one. The declaration takes the semicolon. */
#define BREAKS_EDGE(Rule, Function, Mine)                                                          \
    BREAKS(Rule)                                                                                   \
    {                                                                                              \
        Driver->Edge.Function = Mine;                                                              \
    }                                                                                              \
    BREAKS(Rule)
#define BREAKS_HANDLER(Rule, Handler, Mine)                                                        \
    BREAKS(Rule)                                                                                   \
    {                                                                                              \
        Driver->Handlers.Handler = Mine;                                                           \
    }                                                                                              \
    BREAKS(Rule)

#define MISTAKE(Rule, Edges, Cases, Also) BREAKS(Rule);
#define STORY(Rule, Edges, Cases, Says)   BREAKS(Rule);
#define NO_MISTAKE(Rule, Reason)
#include "mistakes.def"

#endif
