/* SPDX-License-Identifier: MIT */
/* The client is a CoNDIS client driver with a C interface on top; this header is what its files
 * share: one structure for each noun, and who may touch it under which lock.
 *
 *   condis_client        one for a host: bindings and AFs              client.c
 *     client_binding     one for an adapter                            binding.c
 *       condis_af        one for an address family on it               af.c
 *         condis_listener  a SAP                                       listener.c, offer.c
 *         condis_call    a call; its VC is a client_vc                 call.c, close.c, vc.c, qos.c
 *           condis_party a leaf                                        party.c
 *           condis_data  received; lives inside the NET_BUFFER         receive.c, data.c
 *
 * Locks: client->lock (bindings, AFs, listeners) and call->lock (the call and its parties); never
 * both at once, never held inside NDIS or a callback of the program. Both rise to DISPATCH_LEVEL.
 * Nothing is global: a program may run many hosts, each with its own client. */
#ifndef CONDIS_CLIENT_CLIENT_H
#define CONDIS_CLIENT_CLIENT_H

#include <ndis.h>
#include <atm.h>

#include <assert.h>
#include <string.h>

#include <condis/call.h>

#include "client/attach.h"
#include "client/wait.h"

#define CLIENT_TAG 0x6c436443u /* "CdCl" */

enum {
    CLIENT_FAMILIES_MAX = 8,
    CLIENT_BACKLOG = 16,
    CLIENT_SENDS_MAX = 1024,
    CLIENT_RECEIVE_MAX = 256,
    CLIENT_COPIED_MAX = 1 << 20,
    CLIENT_SEND_PARTS_MAX = 1024,
    CLIENT_DROPS_AT_ONCE = 64, /* while a call is being closed */
    CLIENT_REFUSALS_MAX = 8,   /* of drops and closes nobody waits for */
};

/* Who hears of the end of one request. run == NULL: nobody. */
struct client_done {
    condis_done *run;
    void *context;
};

static inline void client_tell(struct client_done done, condis_status status)
{
    if (done.run)
        done.run(done.context, status);
}

/* What the host's slot points to: a client, or the options of one that is being opened. */
enum client_kind {
    CLIENT_START = 0x53746172,
    CLIENT_OPEN = 0x4f70656e,
};

struct client_start {
    enum client_kind kind;
    const struct condis_client_options *options; /* NULL: defaults */
};

struct condis_client {
    enum client_kind kind;
    struct attach_place place;
    struct condis_driver *driver; /* NULL: somebody else loaded it and unloads it */
    NDIS_SPIN_LOCK lock;
    LIST_ENTRY bindings;      /* client_binding.link */
    LIST_ENTRY afs;           /* condis_af.link; closed ones stay until the client goes */
    struct wait_list waiters; /* for AFs; guarded by lock */
    NPAGED_LOOKASIDE_LIST parties;
    NDIS_HANDLE copies;   /* NBL pool of data that was copied */
    LIST_ENTRY stale_vcs; /* client_vc.link: to be seen to a little later; guarded by lock */
    KTIMER stale_timer;
    KDPC stale_dpc;
    struct condis_family families[CLIENT_FAMILIES_MAX];
    size_t family_count;
    void (*on_af)(void *context, struct condis_af *af, condis_status status);
    void (*on_addresses)(void *context, struct condis_af *af);
    void *context;
};

struct client_binding {
    struct condis_client *client;
    LIST_ENTRY link; /* in client->bindings */
    NDIS_HANDLE handle;
    NDIS_HANDLE bind_context;   /* of a pended bind, NULL afterwards */
    NDIS_HANDLE unbind_context; /* of the unbind that runs */
    NDIS_HANDLE work;           /* closes the adapter at PASSIVE_LEVEL */
    NDIS_HANDLE pool;           /* of NBLs that are sent */
    NDIS_OPEN_PARAMETERS open;  /* lent to a pended open, with the next two */
    NDIS_MEDIUM mediums[4];
    UINT medium_index;
    ULONG af_count; /* guarded by client->lock: AFs that are not closed */
    bool unbinding;
    bool unbind_inside; /* ProtocolUnbindAdapterEx has not returned */
    bool close_decided; /* NdisCloseAdapterEx is called, or will be */
    bool closed;
    char adapter[64];
};

enum client_af_state {
    AF_OPENING,
    AF_OPEN,
    AF_CLOSING,
    AF_CLOSED,
};

struct condis_af {
    struct condis_client *client;
    LIST_ENTRY link;                /* in client->afs */
    struct client_binding *binding; /* until it is closed */
    NDIS_HANDLE handle;
    CO_ADDRESS_FAMILY family;
    enum client_af_state state; /* everything that changes is guarded by client->lock */
    condis_status status;       /* why it is not open */
    LIST_ENTRY calls;           /* condis_call.af_link; closed ones too, until they are freed */
    LIST_ENTRY listeners;       /* condis_listener.af_link */
    ULONG vc_count;             /* that exist or are being created, of either creator */
    ULONG sap_count;
    ULONG oid_count;        /* requests under way */
    bool close_wanted;      /* while it is still being opened */
    bool close_called;      /* NdisClCloseAddressFamily */
    bool notified;          /* the call manager waits for NdisClNotifyCloseAddressFamilyComplete */
    bool notify_inside;     /* ProtocolClNotifyCloseAf has not returned */
    bool addresses_changed; /* while it was being opened */
    ULONG addresses_asked;  /* number of the latest query for them */
    ULONG addresses_kept;   /* number of the query whose answer they are */
    struct condis_address addresses[CONDIS_AF_ADDRESSES_MAX]; /* of this end, as last told */
    ULONG address_count;
    char adapter[64];
};

/* A listener lives from NdisClRegisterSap until its deregistration; refs keep it a little longer
 * for callbacks and waiters that still look at it. */
struct condis_listener {
    struct condis_af *af;
    LIST_ENTRY af_link;
    NDIS_HANDLE sap;
    LONG refs;
    bool registered;  /* these: guarded by client->lock */
    bool stopping;    /* no more offers */
    bool stop_asked;  /* by the program */
    bool stop_called; /* NdisClDeregisterSap */
    bool gone;        /* the SAP is no more */
    ULONG waiting_count;
    LIST_ENTRY waiting; /* condis_call.offer_link */
    struct wait_list waiters;
    struct client_done done;
    enum condis_answer (*on_offer)(void *context, struct condis_listener *listener,
                                   struct condis_call *call);
    void *context;
    ULONG backlog_max;
    PCO_SAP request; /* lives until the SAP is deregistered */
};

/* What NDIS knows as ProtocolVcContext. */
struct client_vc {
    struct condis_af *af;
    NDIS_HANDLE handle;
    struct condis_call *call; /* on it now, with a reference; NULL: none */
    LIST_ENTRY link;          /* in client->stale_vcs */
    bool deleted;             /* by the call manager; its AF has still to hear of it */
    bool own;                 /* created here: deleted here */
};

struct client_party_lists {
    LIST_ENTRY joined; /* ACTIVE */
    LIST_ENTRY owed;   /* left by themselves; NdisClDropParty is owed (C88) */
    LIST_ENTRY other;  /* being added or dropped, or gone */
};

struct condis_call {
    struct condis_af *af;
    struct client_vc *vc; /* NULL once closed; guarded by lock */
    NDIS_SPIN_LOCK lock;  /* guards everything below that changes */
    LONG refs;            /* the program's, the call's own until it is closed, visitors */
    LIST_ENTRY af_link;
    LIST_ENTRY offer_link; /* in listener->waiting; guarded by client->lock */
    enum condis_call_state state;
    bool multipoint;
    bool incoming;
    bool released;      /* the program gave its pointer up */
    bool remote_closed; /* the other end, or the last party, ended it */
    bool close_asked;   /* by the program */
    bool close_wanted;  /* by anybody: the machine in close.c may go on */
    bool close_called;  /* NdisClCloseCall is under way */
    bool evicting;      /* its AF closes */
    bool tell_closed;   /* on_closed is due */
    bool in_make;       /* made or accepted, and neither connected nor refused yet */
    bool answered;      /* the offer is, or NdisClIncomingCallComplete is decided */
    bool in_qos;
    bool evicted;    /* by the closing of its AF; guarded by client->lock */
    bool taken_back; /* its data, from the program; guarded by client->lock */
    condis_status status;
    condis_status close_failure;   /* of the close that the program waits for */
    struct client_done begin_done; /* of make or accept */
    struct client_done close_done;
    struct client_done qos_done;
    struct condis_call_events events;
    struct condis_call_limits limits;
    PCO_CALL_PARAMETERS parameters;     /* ours, of a make; or the call manager's, of an offer */
    PCO_CALL_PARAMETERS qos_parameters; /* ours */
    struct client_party_lists parties;
    ULONG party_count; /* that NDIS counts: joined, owed, being dropped */
    ULONG adds_out;
    ULONG drops_out;
    ULONG refusals;
    struct condis_party *closing_party; /* the one given to NdisClCloseCall */
    PVOID close_buffer;                 /* the program's close data */
    UINT close_buffer_bytes;
    ULONG sends_out;  /* whose `done` has not run: the close waits for them */
    ULONG sends_busy; /* that NDIS has: limits.sends_max counts them */
    LIST_ENTRY queue; /* of data not taken */
    LIST_ENTRY held;  /* of data in the program's hands */
    ULONG held_count;
    ULONG copied_bytes;
    bool delivering; /* somebody runs on_data */
    bool silent;     /* condis_client_close: no more data for the program */
    struct wait_list waiters;
    struct condis_address to;
    struct condis_address from;
    bool has_from;
    struct condis_flow transmit;
    struct condis_flow receive;
    uint64_t connected_100ns;
    uint64_t closed_100ns;
    uint64_t sent_bytes;
    uint64_t sent_count;
    uint64_t received_bytes;
    uint64_t received_count;
    uint64_t lost_count;
    PVOID close_data; /* from the other end */
    UINT close_bytes;
};

struct condis_party {
    LIST_ENTRY link; /* in one of call->parties */
    struct condis_call *call;
    NDIS_HANDLE handle;
    struct client_done done; /* of the add, then of the drop */
    void *context;
    union {
        PCO_CALL_PARAMETERS parameters; /* while being added: ours */
        PVOID close_data;               /* afterwards: from the leaf; may be NULL */
    };
    uint64_t joined_100ns;
    uint64_t left_100ns;
    condis_status status;
    USHORT close_bytes;
    UCHAR state; /* enum condis_party_state */
    bool released : 1;
    bool left_by_itself : 1;
    bool drop_asked : 1; /* by the program */
    bool drop_out : 1;   /* NdisClDropParty is under way */
    bool draining : 1;   /* that drop is one of close.c's */
    bool reaped : 1;     /* in no list: being freed */
};

_Static_assert(sizeof(struct condis_party) <= 128, "a party stays small");

/* Memory of the driver, filled with zeros. returns NULL when there is none. */
PVOID client_allocate(SIZE_T bytes);
void client_free(PVOID memory); /* NULL is allowed */

/* A pool of NBLs with one NET_BUFFER each, whose MDLs are given at allocation. NULL: no memory. */
NDIS_HANDLE client_pool_create(struct condis_client *client);

/* World time in 100 ns. */
uint64_t client_now_100ns(struct condis_client *client);

#endif
