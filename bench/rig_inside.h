/* SPDX-License-Identifier: MIT */
/* What the files of the rig share. The drivers find their rig through rig_current, set before they
 * are loaded: the bench program has one at a time. */
#ifndef CONDIS_BENCH_RIG_INSIDE_H
#define CONDIS_BENCH_RIG_INSIDE_H

#include "rig.h"

#include <semaphore.h>

struct rig {
    struct condis_world *world;
    struct condis_host *host;
    struct condis_driver *mcm;
    struct condis_driver *client;
    struct condis_adapter *adapter;
    /* the client's */
    NDIS_HANDLE protocol;
    NDIS_HANDLE binding;
    NDIS_HANDLE af;
    NDIS_HANDLE pool;
    struct rig_worker {
        struct rig *rig;
        sem_t go; /* posted: do the work, or end when there is none */
        void (*work)(void *context);
        void *context;
        HANDLE thread;
    } workers[2];
    struct rig_vc *creating; /* inside NdisCoCreateVc */
    KEVENT ready;            /* a pended request of the binding is over */
    sem_t finished;          /* the AF is open; a worker's work is done */
    /* the call manager's */
    NDIS_HANDLE miniport;
    NDIS_HANDLE miniport_adapter;
    NDIS_HANDLE receive_pool;
};

extern struct rig *rig_current;

/* The drivers' handlers, as both edges call them. */
NDIS_STATUS rig_cm_add_party(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters,
                             NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext);
NDIS_STATUS rig_cm_drop_party(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size);
void rig_cm_send(NDIS_HANDLE MiniportVcContext, PNET_BUFFER_LIST NetBufferLists, ULONG SendFlags);
void rig_cm_return(NDIS_HANDLE MiniportAdapterContext, PNET_BUFFER_LIST NetBufferLists,
                   ULONG ReturnFlags);
void rig_cl_add_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext,
                         NDIS_HANDLE NdisPartyHandle, PCO_CALL_PARAMETERS CallParameters);
void rig_cl_drop_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext);
void rig_cl_send_complete(NDIS_HANDLE ProtocolVcContext, PNET_BUFFER_LIST NetBufferLists,
                          ULONG SendCompleteFlags);
void rig_cl_receive(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                    PNET_BUFFER_LIST NetBufferLists, ULONG NumberOfNetBufferLists,
                    ULONG ReceiveFlags);

void rig_cm_finish_pending(PRKDPC dpc, PVOID context, PVOID argument1, PVOID argument2);

DRIVER_INITIALIZE rig_client_entry;
DRIVER_INITIALIZE rig_mcm_entry;

void rig_cl_make_call_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                               NDIS_HANDLE NdisPartyHandle, PCO_CALL_PARAMETERS CallParameters);
void rig_cl_close_call_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                                NDIS_HANDLE ProtocolPartyContext);

/* Lists over one buffer for a VC, made by the driver that calls; and their end. */
PNET_BUFFER_LIST rig_lists(struct rig_vc *vc, NDIS_HANDLE pool, PMDL mdl, uint32_t count);
void rig_free_lists(PNET_BUFFER_LIST lists);

/* On the client's thread: one VC with a call of one party, and its end. */
void rig_vc_open(struct rig_vc *vc);
void rig_vc_close(struct rig_vc *vc);

/* The call parameters of every request. */
extern CO_CALL_PARAMETERS rig_parameters;

/* Prints why and ends the program. */
_Noreturn void rig_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* x * 2^64 / golden ratio: cheap, and good enough to pick parties. */
static inline uint64_t rig_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
