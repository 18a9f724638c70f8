/* SPDX-License-Identifier: MIT */
/* A VC is a virtual connection: created by one side, activated, carrying at most one call.
 *
 * Two machines run side by side in it (API §1.3): the activation (activation.c) and the call
 * (call.c). Its lock guards both, and its parties. NDIS never holds it inside a driver. */
#ifndef CONDIS_NDIS_VC_H
#define CONDIS_NDIS_VC_H

#include "ndis/af.h"

struct party;

enum { VC_SPARE_PARTIES_MAX = 64 };

/* The pool tag of what NdisCoAssignInstanceName gives its caller, by which a leak of it is told. */
enum { VC_INSTANCE_NAME_TAG = 0x4e49444e /* "NDIN" */ };

/* No page says how many attempts to agree on parameters are too many (C128); nobody who counts them
 * comes this far. */
enum { VC_ATTEMPTS_MAX = 100 };

enum vc_creator {
    VC_BY_CLIENT, /* NdisCoCreateVc: outgoing calls */
    VC_BY_CM,     /* NdisCoCreateVc of a stand-alone call manager: incoming calls, signalling */
    VC_BY_MCM,    /* NdisMCmCreateVc: incoming calls */
};

/* API §1.3, upper table. */
enum vc_activation {
    VC_CREATED,
    VC_ACTIVATING,
    VC_ACTIVE,
    VC_REACTIVATING,
    VC_DEACTIVATING,
    VC_INACTIVE,
    VC_ACTIVATION_COUNT
};

enum vc_activation_event {
    VC_CM_ACTIVATE, /* Ndis(M)CmActivateVc */
    VC_ACTIVATED,
    VC_ACTIVATE_FAILED,
    VC_CM_DEACTIVATE, /* Ndis(M)CmDeactivateVc */
    VC_DEACTIVATED,
    VC_DEACTIVATE_FAILED,
    VC_CREATOR_DELETE, /* NdisCoDeleteVc, NdisMCmDeleteVc */
    VC_SEND,           /* NdisCoSendNetBufferLists */
    VC_RECEIVE,        /* NdisMCoIndicateReceiveNetBufferLists */
    VC_CM_MADE,        /* Ndis(M)CmMakeCallComplete(SUCCESS), or that status from the handler */
    VC_CM_OFFERS,      /* Ndis(M)CmDispatchIncomingCall, ...CallConnected */
    VC_CM_CLOSED,      /* Ndis(M)CmCloseCallComplete(SUCCESS), or that status from the handler */
    VC_ACTIVATION_EVENT_COUNT
};

/* API §1.3, the call that runs in parallel. */
enum vc_call {
    CALL_IDLE,
    CALL_MAKING,
    CALL_OFFERED,  /* ProtocolClIncomingCall has not been answered */
    CALL_ACCEPTED, /* answered with success; the call manager owes CallConnected (C74) */
    CALL_CONNECTED,
    CALL_TOLD, /* the client was told of the other end's close and owes NdisClCloseCall (C69) */
    CALL_CLOSING,
    CALL_STATE_COUNT
};

enum vc_call_event {
    CALL_CL_MAKE, /* NdisClMakeCall */
    CALL_MADE,
    CALL_MAKE_FAILED,
    CALL_CM_OFFER, /* Ndis(M)CmDispatchIncomingCall */
    CALL_OFFER_ACCEPTED,
    CALL_OFFER_REJECTED,
    CALL_CM_CONNECTED,      /* Ndis(M)CmDispatchCallConnected */
    CALL_CM_INCOMING_CLOSE, /* Ndis(M)CmDispatchIncomingCloseCall */
    CALL_CL_CLOSE,          /* NdisClCloseCall */
    CALL_CLOSED,
    CALL_CLOSE_FAILED,
    CALL_CL_ADD_PARTY,     /* NdisClAddParty */
    CALL_CL_DROP_PARTY,    /* NdisClDropParty */
    CALL_CM_INCOMING_DROP, /* Ndis(M)CmDispatchIncomingDropParty */
    CALL_CL_MODIFY,        /* NdisClModifyCallQoS */
    CALL_CM_QOS_CHANGE,    /* Ndis(M)CmDispatchIncomingCallQoSChange */
    CALL_CL_SEND,          /* NdisCoSendNetBufferLists by the client */
    CALL_DELETE,           /* NdisCoDeleteVc, NdisMCmDeleteVc */
    CALL_EVENT_COUNT
};

extern const struct state_cell vc_activation_table[VC_ACTIVATION_COUNT][VC_ACTIVATION_EVENT_COUNT];
extern const struct state_cell vc_call_table[CALL_STATE_COUNT][CALL_EVENT_COUNT];
extern const char *const vc_activation_names[VC_ACTIVATION_COUNT];
extern const char *const vc_activation_event_names[VC_ACTIVATION_EVENT_COUNT];
extern const char *const vc_call_names[CALL_STATE_COUNT];
extern const char *const vc_call_event_names[CALL_EVENT_COUNT];

struct vc {
    struct object object;
    struct exec_lock lock;
    struct af *af;                   /* NULL: a stand-alone call manager's signalling VC (C60) */
    struct adapter *adapter;         /* the miniport that carries it */
    struct binding *creator_binding; /* of the creator; NULL: the MCM */
    NDIS_HANDLE client_context;      /* ProtocolVcContext of the client */
    NDIS_HANDLE cm_context;          /* CallMgrVcContext; an MCM's is its MiniportVcContext too */
    NDIS_HANDLE miniport_context;
    uint8_t creator;     /* enum vc_creator */
    uint8_t activation;  /* enum vc_activation; guarded by lock */
    uint8_t call;        /* enum vc_call; guarded by lock */
    bool multipoint;     /* the call was made with a party (API §1.2) */
    bool withdrawn;      /* a call-manager-made VC whose call closed: the client keeps off (C45) */
    bool deleting;       /* inside the delete callbacks: no other call may use it */
    bool close_answered; /* the call manager's close succeeded; the client may not have heard yet */
    bool delete_wanted;  /* and its creator deleted it: it goes when the client has heard */
    bool telling;        /* the client is being told that its call stands: others wait */
    bool leak_told;      /* a party of it was told as a leak: leak.c */
    bool told_failure;   /* the client was told that its call failed: it deletes the VC (C70) */
    uint32_t activation_count;     /* how often it was activated; guarded by lock */
    uint32_t activation_known;     /* of that, what the client has heard the outcome of (C52) */
    uint32_t refused_change_count; /* NdisClModifyCallQoS that failed in a row; guarded by lock */
    uint32_t refused_activation_count; /* the same of Ndis(M)CmActivateVc; guarded by lock */
    uint32_t party_count;              /* parties alive; guarded by lock */
    uint32_t active_party_count;    /* of them neither being added nor dropped; guarded by lock */
    uint32_t told_party_count;      /* active ones whose leaf left: drops are owed (C88) */
    uint32_t spare_party_count;     /* guarded by lock */
    struct party *spare_parties;    /* ended parties kept at hand; guarded by lock */
    _Atomic uint32_t sends_out;     /* NBLs the miniport holds */
    _Atomic uint32_t receives_out;  /* NBLs protocols hold */
    struct operation call_op;       /* MAKE_CALL, CLOSE_CALL, INCOMING_CALL */
    struct operation qos_op;        /* MODIFY_QOS */
    struct operation activation_op; /* ACTIVATE_VC, DEACTIVATE_VC */
    struct party *call_party;       /* the first party while making, the last while closing */
    struct indication *deferred;    /* what was told before the client heard of the make */
    WCHAR *instance_name;           /* NdisCoAssignInstanceName; NULL: none */
    USHORT instance_name_bytes;
    uint32_t tapi_call_id;
    _Atomic uint64_t close_pended; /* the moment when ProtocolCmCloseCall had pended; 0: not yet */
};

static inline const struct driver *vc_cm(const struct vc *vc)
{
    return vc->af ? af_cm(vc->af) : vc->creator_binding->driver;
}

/* The VC's miniport is also its call manager: no MiniportCo... create, activate or delete runs. */
static inline bool vc_is_integrated(const struct vc *vc)
{
    return vc->af && !vc->af->call_manager;
}

static inline const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS *vc_cm_handlers(const struct vc *vc)
{
    return vc->af ? af_cm_handlers(vc->af) : &vc->creator_binding->handlers->call_manager;
}

/* Checks the caller of a call manager's function on a VC (C21, C22), signalling VCs included.
 * returns  true to go on; false after the rule was reported */
bool vc_check_cm(const struct call *call, const struct vc *vc, enum edge edge, NDIS_HANDLE about);

/* Whether the operation has its final status though its requester has not heard it yet: what
 * its provider tells about it next must wait for that. */
static inline bool vc_settled_untold(const struct operation *op, enum operation_kind kind)
{
    enum operation_state state = operation_state(op);
    return atomic_load_explicit(&op->kind, memory_order_relaxed) == (uint8_t)kind &&
           (state == OPERATION_EARLY || state == OPERATION_COMPLETED) &&
           op->status == NDIS_STATUS_SUCCESS;
}

/* Whether the VC's last call was offered and the client said no. Caller holds the lock. */
static inline bool vc_was_rejected(const struct vc *vc)
{
    return vc->call == CALL_IDLE && vc->withdrawn &&
           atomic_load_explicit(&vc->call_op.kind, memory_order_relaxed) == OP_INCOMING_CALL;
}

/* Whether what a call manager says of the call crosses the client's close: the code that says so
 * began before ProtocolCmCloseCall had pended, so that it may have been decided before the close
 * was heard of, however carefully. NDIS is told of it by a call, and no call manager can hold a
 * lock from its decision until NDIS has judged. The client's close is the answer then. Caller holds
 * the lock.
 * since  the caller's task->since when it called */
static inline bool vc_close_crosses(const struct vc *vc, uint64_t since)
{
    uint64_t pended = atomic_load_explicit(&vc->close_pended, memory_order_acquire);
    return vc->call == CALL_CLOSING && (!pended || since < pended);
}

/* Whether the VC's last call was closed, and none begun since. Caller holds the lock. */
static inline bool vc_was_closed(const struct vc *vc)
{
    return vc->call == CALL_IDLE &&
           atomic_load_explicit(&vc->call_op.kind, memory_order_relaxed) == OP_CLOSE_CALL;
}

/* Reports the use of a VC that is being deleted, and unlocks it. returns NULL */
struct vc *vc_lock_failed(const struct call *call, struct vc *vc, NDIS_HANDLE NdisVcHandle);

/* Resolves a VC handle for a call and locks the VC.
 * returns  NULL after the rule was reported */
static inline struct vc *vc_lock(const struct call *call, NDIS_HANDLE NdisVcHandle)
{
    struct vc *vc = (struct vc *)call_resolve(call, NdisVcHandle, OBJECT_VC, "NdisVcHandle");
    if (!vc)
        return NULL;
    exec_lock_named(&vc->lock, call->function);
    bool same = handle_still_names(NdisVcHandle, &vc->object) && !vc->deleting;
    return __builtin_expect(same, 1) ? vc : vc_lock_failed(call, vc, NdisVcHandle);
}

static inline void vc_unlock(struct vc *vc)
{
    exec_unlock_named(&vc->lock, "vc_unlock");
}

/* Moves one of the two machines; the only writers of vc->activation and vc->call. Caller holds the
 * lock. A forbidden event changes nothing.
 * returns  the cell: action STATE_BREAKS means the caller unlocks and reports its rule */
const struct state_cell *vc_activation_step(struct vc *vc, enum vc_activation_event event);
const struct state_cell *vc_call_step(struct vc *vc, enum vc_call_event event);

/* The client has heard that its call stands: tells it what had to wait. Call without locks; the VC
 * may be gone. */
void vc_told(struct host *host, NDIS_HANDLE NdisVcHandle);

/* Unlocks the VC and reports the rule of a forbidden cell. returns the cell's status. */
NDIS_STATUS vc_refuse(const struct call *call, struct vc *vc, NDIS_HANDLE handle,
                      const struct state_cell *cell, const char *state, const char *event);

/* Ends a VC that its creator deleted before the client heard of the close (API §2.3,
 * NdisCmCloseCallComplete: "follow with NdisCoDeleteVc"). Nobody else has it any more. */
void vc_delete_after_close(struct host *host, struct vc *vc);

#endif
