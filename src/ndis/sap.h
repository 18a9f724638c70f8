/* SPDX-License-Identifier: MIT */
/* A SAP is an address on which a client waits for incoming calls. */
#ifndef CONDIS_NDIS_SAP_H
#define CONDIS_NDIS_SAP_H

#include "ndis/af.h"

enum sap_state { SAP_REGISTERING, SAP_REGISTERED, SAP_DEREGISTERING, SAP_STATE_COUNT };

enum sap_event {
    SAP_REGISTERED_OK,
    SAP_REGISTER_FAILED,
    SAP_CL_DEREGISTER, /* NdisClDeregisterSap */
    SAP_DEREGISTERED,
    SAP_DEREGISTER_FAILED,
    SAP_CM_OFFER, /* Ndis(M)CmDispatchIncomingCall over this SAP */
    SAP_EVENT_COUNT
};

extern const struct state_cell sap_table[SAP_STATE_COUNT][SAP_EVENT_COUNT];
extern const char *const sap_state_names[SAP_STATE_COUNT];
extern const char *const sap_event_names[SAP_EVENT_COUNT];

struct sap {
    struct object object;
    struct exec_lock lock;
    struct af *af;
    NDIS_HANDLE client_context;     /* ProtocolSapContext */
    NDIS_HANDLE _Atomic cm_context; /* CallMgrSapContext */
    uint8_t state;                  /* enum sap_state; guarded by lock */
    uint64_t address_digest;        /* with the verifier: of the CO_SAP as it was registered */
    uint32_t order;                 /* of its registration; guarded by lock */
    struct operation op;            /* REGISTER_SAP (parameters: the CO_SAP), DEREGISTER_SAP */
};

#endif
