/* SPDX-License-Identifier: MIT */
/* An open AF is the association of one client binding with one call manager: the handle that both
 * use (API §1.2). */
#ifndef CONDIS_NDIS_AF_H
#define CONDIS_NDIS_AF_H

#include "ndis/binding.h"
#include "ndis/enter.h"
#include "ndis/state.h"

enum af_state {
    AF_OPENING,
    AF_OPEN,
    AF_CLOSING,
    AF_CLOSED, /* only NdisClNotifyCloseAddressFamilyComplete may still name it (C31) */
    AF_STATE_COUNT
};

enum af_event {
    AF_OPENED,
    AF_OPEN_FAILED,
    AF_CL_CLOSE, /* NdisClCloseAddressFamily */
    AF_CLOSE_DONE,
    AF_CLOSE_FAILED,
    AF_CM_NOTIFY, /* Ndis(M)CmNotifyCloseAddressFamily */
    AF_CL_SAP,    /* NdisClRegisterSap */
    AF_CREATE_VC, /* NdisCoCreateVc, NdisMCmCreateVc */
    AF_OID,       /* NdisCoOidRequest of the client */
    AF_CM_OID,    /* NdisCoOidRequest of the call manager, NdisMCmOidRequest */
    AF_EVENT_COUNT
};

extern const struct state_cell af_table[AF_STATE_COUNT][AF_EVENT_COUNT];
extern const char *const af_state_names[AF_STATE_COUNT];
extern const char *const af_event_names[AF_EVENT_COUNT];

/* Whether the client owes a look at the addresses that changed (C106). */
enum af_address_change {
    ADDRESS_CHANGE_NONE,    /* or it has looked since */
    ADDRESS_CHANGE_TELLING, /* its ProtocolCoOidRequest runs, or has not begun */
    ADDRESS_CHANGE_TOLD,    /* it has returned, and has taken the change */
};

struct af {
    struct object object;
    struct exec_lock lock;
    struct adapter *adapter;
    struct binding *binding;        /* the client's */
    struct binding *call_manager;   /* the stand-alone call manager's; NULL: the adapter's MCM */
    NDIS_HANDLE client_context;     /* ClientAfContext */
    NDIS_HANDLE _Atomic cm_context; /* CallMgrAfContext */
    CO_ADDRESS_FAMILY family;
    uint8_t state;                  /* enum af_state; guarded by lock */
    uint32_t sap_count;             /* guarded by lock */
    uint32_t vc_count;              /* guarded by lock: VCs of either creator */
    uint32_t client_vc_count;       /* guarded by lock: of them, the client's own (C96) */
    uint32_t leaving_vc_count;      /* guarded by lock: of vc_count, those being deleted */
    _Atomic uint32_t call_count;    /* VCs whose call is not idle */
    _Atomic uint8_t address_change; /* enum af_address_change */
    bool notified;                  /* the call manager asked for the close */
    bool notify_by_close;           /* the notification ends when the close does */
    bool leak_told;                 /* something on it was told as a leak: leak.c */
    bool excused;        /* what is left on it is the neglect of somebody who was told: neglect.h */
    uint32_t oid_count;  /* guarded by lock */
    struct operation op; /* OPEN_AF, CLOSE_AF */
    struct operation notify; /* NOTIFY_CLOSE_AF */
    struct exec_work work;   /* tells the client at PASSIVE_LEVEL */
};

/* The two drivers of an AF and their handlers. */
static inline const struct driver *af_client(const struct af *af)
{
    return af->binding->driver;
}

static inline const struct driver *af_cm(const struct af *af)
{
    return af->call_manager ? af->call_manager->driver : af->adapter->driver;
}

static inline const NDIS_CO_CLIENT_OPTIONAL_HANDLERS *af_client_handlers(const struct af *af)
{
    return &af->binding->handlers->client;
}

static inline const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS *af_cm_handlers(const struct af *af)
{
    return af->call_manager ? &af->call_manager->handlers->call_manager
                            : &af->adapter->driver->handlers.call_manager;
}

/* Offers every registered and notified AF of the binding's adapter to a client binding, at
 * PASSIVE_LEVEL (ProtocolCoAfRegisterNotify). */
void af_offer_all(struct binding *client);

/* Offers one newly registered AF to every client bound to the adapter, at PASSIVE_LEVEL. */
void af_offer(struct adapter *adapter, const CO_ADDRESS_FAMILY *family);

/* Counts something that hangs on the AF, if its state allows the event.
 * count    a member of af
 * returns  true, with *count one more; false after the rule was reported, *status the answer */
bool af_hold(const struct call *call, struct af *af, NDIS_HANDLE handle, enum af_event event,
             uint32_t *count, NDIS_STATUS *status);
void af_let_go(struct af *af, uint32_t *count);

/* The same for a VC, which is also counted by who made it (C96). */
bool af_vc_comes(const struct call *call, struct af *af, NDIS_HANDLE handle, bool by_client,
                 NDIS_STATUS *status);
void af_vc_gone(struct af *af, bool by_client, bool was_leaving);

/* An OID request that af_hold counted is over. */
void af_oid_gone(struct af *af);

/* A VC's creator deletes it: from now (leaves) it does not hold up the AF's close, or does
 * again. */
void af_vc_leaves(struct af *af, bool leaves);

/* The edge through which a call manager's function was called. */
enum edge {
    EDGE_STAND_ALONE, /* an NdisCm... name */
    EDGE_INTEGRATED,  /* an NdisMCm... name */
};

/* Begins a call of a call manager, whose level rule follows the edge. */
static inline struct call edge_begin(enum edge edge, const char *function)
{
    return call_begin(
        function, edge == EDGE_INTEGRATED ? RULE_Irql_MCM_Function : RULE_Irql_CallManager_Function,
        LEVEL_UP_TO_DISPATCH);
}

/* Checks that the caller is the AF's call manager and used its own edge's name (C21, C22, C15).
 * returns  true to go on; false after the rule was reported */
bool af_check_cm(const struct call *call, const struct af *af, enum edge edge, NDIS_HANDLE about);

/* Checks that the caller is the client that owns the AF (C23). */
bool af_check_client(const struct call *call, const struct af *af, NDIS_HANDLE about);

#endif
