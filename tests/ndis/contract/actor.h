/* SPDX-License-Identifier: MIT */
/* Actors are small drivers, written to ndis.h only, that answer each request as a test planned it
 * and note every callback in one journal. */
#ifndef CONDIS_TESTS_NDIS_ACTOR_H
#define CONDIS_TESTS_NDIS_ACTOR_H

#include <ndis.h>

#define ACTOR_TAG 0x726f7463 /* "ctor" */

/* ---- the journal ------------------------------------------------------------------------- */

enum { NOTE_COUNT_MAX = 2048, NOTE_DATA_BYTES = 32 };

/* One callback that an actor ran, with what it was given; what does not apply is zero. */
struct note {
    const char *callback; /* Microsoft's name */
    PVOID context;        /* the actor's own, which must come back as it was given */
    PVOID handle;         /* an NDIS handle, or a second context */
    PVOID data;           /* close data as a pointer; CO_CALL_PARAMETERS, CO_SAP, NET_BUFFER_LIST */
    NDIS_STATUS status;
    UINT size;
    UCHAR bytes[NOTE_DATA_BYTES]; /* the close data's first ones */
    KIRQL irql;
    ULONG processor;
};

VOID ActorNote(struct note Note); /* irql and processor are filled in */
VOID ActorNoteData(struct note Note, PVOID Data, UINT Size);
ULONG ActorNoteCount(VOID); /* how many there are, those beyond NOTE_COUNT_MAX too */
const struct note *ActorNoteAt(ULONG Index);
VOID ActorForget(VOID); /* empties the journal */

/* ---- the hook -------------------------------------------------------------------------------- */

/* Where a test may put a driver's own code in place of the actor's; what it is given there. At a
 * moment "about to be set", PENDING leaves the table out. */
enum moment {
    AT_CLIENT_CHARACTERISTICS, /* NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, about to be registered */
    AT_CLIENT_OPTIONS,         /* the driver's handle, at the end of its set-options */
    AT_CLIENT_CO,              /* NDIS_PROTOCOL_CO_CHARACTERISTICS, about to be set */
    AT_CLIENT_HANDLERS,        /* NDIS_CO_CLIENT_OPTIONAL_HANDLERS, about to be set */
    AT_CLIENT_BINDING,         /* the bind context, before the adapter is opened; success goes on */
    AT_CLIENT_OPENED,          /* the binding, in the open's completion; what the bind comes to */
    AT_CLIENT_BIND,            /* the bind context, when it was; what the bind returns */
    AT_CLIENT_OFFERED,         /* CO_ADDRESS_FAMILY */
    AT_CLIENT_UNBINDING,   /* the unbind context, before the adapter is closed; success goes on */
    AT_CLIENT_UNBIND,      /* the unbind context, when it was; what the unbind returns */
    AT_CLIENT_CLOSED,      /* the binding's close has completed: NULL; success goes on */
    AT_CLIENT_STATUS,      /* NDIS_STATUS_INDICATION */
    AT_CLIENT_NOTIFIED,    /* ProtocolClNotifyCloseAf: NULL; success goes on */
    AT_CLIENT_OID,         /* NDIS_OID_REQUEST; the answer */
    AT_CLIENT_PNP,         /* NET_PNP_EVENT_NOTIFICATION; the answer */
    AT_CLIENT_UNLOAD,      /* NULL, before it deregisters; success goes on */
    AT_CLIENT_ENTERED,     /* DRIVER_OBJECT, at the end of DriverEntry; what that returns */
    AT_CM_CHARACTERISTICS, /* the same of the stand-alone call manager */
    AT_CM_OPTIONS,
    AT_CM_CO,
    AT_CM_HANDLERS, /* NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS of either edge, about to be set */
    AT_CM_BINDING,
    AT_CM_BIND,
    AT_CM_REGISTER,  /* the binding or adapter; what registering the address family returned */
    AT_CM_UNBINDING, /* of an MCM: its halt, the adapter */
    AT_CM_UNBIND,
    AT_CM_OID,
    AT_CM_UNLOAD,
    AT_CM_ENTERED,
    AT_MINI_CHARACTERISTICS, /* NDIS_MINIPORT_DRIVER_CHARACTERISTICS, about to be registered */
    AT_MINI_OPTIONS,         /* of either miniport, as above */
    AT_MINI_CO,              /* NDIS_MINIPORT_CO_CHARACTERISTICS, about to be set */
    AT_MINI_INITIALIZE,      /* the adapter, before its attributes; success goes on */
    AT_MINI_INITIALIZED,     /* the adapter; what the initialisation returns */
    AT_MINI_HALT,            /* the adapter */
    AT_MINI_PAUSE,           /* the adapter; the answer */
    AT_MINI_RESTART,         /* the same */
    AT_MINI_OID,             /* NDIS_OID_REQUEST of MiniportOidRequest; the answer */
    AT_MINI_CO_OID,          /* the same of MiniportCoOidRequest */
    AT_MINI_CREATE_VC,       /* a struct wire_vc ** that holds the new context; the answer */
    AT_MINI_ACTIVATE,        /* the struct wire_vc, before it is activated */
    AT_MINI_DELETE_VC,       /* the struct wire_vc, about to be freed; the answer, success frees */
    AT_MINI_UNLOAD,          /* NULL, before it deregisters; success goes on */
};

/* NULL: the actors do as they do. Else called at each moment with the status that stands so far;
 * returns  the status from there on */
extern NDIS_STATUS (*ActorHook)(enum moment Moment, PVOID What, NDIS_STATUS Status);
NDIS_STATUS ActorAt(enum moment Moment, PVOID What, NDIS_STATUS Status);

/* ---- the desk ---------------------------------------------------------------------------- */

enum ask {
    ASK_OPEN_AF, /* of the call manager */
    ASK_CLOSE_AF,
    ASK_REGISTER_SAP,
    ASK_DEREGISTER_SAP,
    ASK_MAKE_CALL,
    ASK_CLOSE_CALL,
    ASK_ADD_PARTY,
    ASK_DROP_PARTY,
    ASK_MODIFY_QOS,
    ASK_ACTIVATE, /* of the miniport */
    ASK_DEACTIVATE,
    ASK_SEND,
    ASK_INCOMING_CALL, /* of the client */
    ASK_NOTIFY_CLOSE,
    ASK_COUNT
};

/* How a request is answered. */
enum how {
    AT_ONCE,         /* the handler returns the status */
    BY_HAND,         /* pends; the test finishes it */
    FROM_THREAD,     /* pends; a system thread completes (a work item, when asked at DISPATCH) */
    FROM_DPC,        /* pends; a DPC on the next processor completes */
    FROM_WORK,       /* pends; a work item completes */
    EARLY,           /* completes, then returns PENDING */
    EARLY_ELSEWHERE, /* a DPC on the next processor completes while the handler still runs */
    BOTH_WAYS,       /* completes, then returns the status as well */
    TWICE,           /* completes, completes again, then returns PENDING */
    PENDING_FIRST,   /* completes with PENDING, then for good, then returns PENDING */
    STRAY,           /* returns the status, then completes from a work item */
    ANY_LEGAL,       /* one of the six legal ones, drawn anew for each request */
    ANY_LATE,        /* the same, of the five that complete */
};

struct plan {
    enum how how;
    NDIS_STATUS status;
    BOOLEAN leak;         /* keeps the context that it should free */
    BOOLEAN no_context;   /* gives no context back */
    BOOLEAN late_context; /* gives it with the completion, not from the handler */
    BOOLEAN other_edge;   /* completes through the other edge's name */
    BOOLEAN refuses_data; /* INVALID_DATA for close data, the status without */
};

struct desk;

/* One request that an actor has in hand. */
struct ticket {
    LIST_ENTRY link;
    struct desk *desk;
    enum ask ask;
    struct plan plan;
    PVOID object;       /* the actor's own, such as a struct cm_party */
    NDIS_HANDLE handle; /* what the completion names */
    NDIS_HANDLE party_handle;
    PVOID parameters;
    KDPC dpc;
    NDIS_HANDLE work;
    volatile LONG done;
    VOID (*routine)(PVOID); /* DeskRun's; NULL: a request */
};

/* What an actor does with its requests. */
struct desk {
    struct plan plans[ASK_COUNT];
    LIST_ENTRY pended; /* those that wait for the test's hand, oldest first */
    NDIS_SPIN_LOCK lock;
    /* The actor's own side of an outcome, once per request, before it is told. */
    VOID (*settle)(struct ticket *Ticket, NDIS_STATUS Status);
    /* Calls the completion function. */
    VOID (*complete)(struct ticket *Ticket, NDIS_STATUS Status);
    volatile LONG in_flight; /* requests that another task finishes */
    LONG started;
};

VOID DeskInitialize(struct desk *Desk, VOID (*Settle)(struct ticket *, NDIS_STATUS),
                    VOID (*Complete)(struct ticket *, NDIS_STATUS));

/* Takes a request in hand, with the plan of this moment. NULL: no memory. */
struct ticket *DeskTake(struct desk *Desk, enum ask Ask, PVOID Object, NDIS_HANDLE Handle,
                        NDIS_HANDLE PartyHandle, PVOID Parameters);

/* Answers inside the handler. returns  what the handler returns. The ticket is gone. */
NDIS_STATUS DeskAnswer(struct ticket *Ticket);

/* The same after the handler has pended. */
VOID DeskAnswerLate(struct ticket *Ticket);

/* Finishes a request: settles, completes, frees the ticket. */
VOID DeskFinish(struct ticket *Ticket, NDIS_STATUS Status);

/* Runs a routine of the test as the desk's driver, on another task: FROM_THREAD, FROM_DPC (on the
 * next processor, at DISPATCH_LEVEL) or FROM_WORK. The scene is not settled before it has ended. */
VOID DeskRun(struct desk *Desk, enum how How, VOID (*Routine)(PVOID), PVOID Context);

/* Takes the oldest request of a kind out of those that wait. NULL: there is none. */
struct ticket *DeskNext(struct desk *Desk, enum ask Ask);

PVOID ActorAllocate(UINT Bytes); /* zeros, accounted to the running driver */
VOID ActorFree(PVOID Memory);
/* What an actor leaks on purpose stays reachable, so that only NDIS misses it. */
VOID ActorKeep(PVOID Memory);

/* ---- the call manager -------------------------------------------------------------------- */

struct wire_vc { /* what the miniport side knows of a VC; first in whatever its context is */
    NDIS_HANDLE handle;
};

struct cm_af {
    NDIS_HANDLE handle;
};

struct cm_sap {
    NDIS_HANDLE handle;
};

struct cm_vc {
    struct wire_vc wire;
    volatile LONG active;
    volatile LONG step;      /* of what `waiting` waits for: enum cm_step */
    struct ticket *waiting;  /* a make, close or modify that waits for the miniport */
    NDIS_STATUS outcome;     /* of the latest activation or deactivation */
    CO_CALL_PARAMETERS call; /* of an incoming call */
};

/* Where an activation or deactivation is: the miniport may answer while the handler that asked
 * still runs. */
enum cm_step { CM_NOTHING, CM_ASKING, CM_LEFT, CM_ANSWERED };

struct cm_party {
    NDIS_HANDLE handle;
    struct cm_vc *vc;
};

/* The functions of an edge: all that differs between the two call managers. */
struct edge {
    const char *name;
    NDIS_STATUS (*CreateVc)(NDIS_HANDLE Af, struct cm_vc *Vc, PNDIS_HANDLE Handle);
    NDIS_STATUS(NTAPI *DeleteVc)(NDIS_HANDLE);
    NDIS_STATUS(NTAPI *ActivateVc)(NDIS_HANDLE, PCO_CALL_PARAMETERS);
    NDIS_STATUS(NTAPI *DeactivateVc)(NDIS_HANDLE);
    VOID(NTAPI *OpenAfComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE);
    VOID(NTAPI *CloseAfComplete)(NDIS_STATUS, NDIS_HANDLE);
    VOID(NTAPI *RegisterSapComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE);
    VOID(NTAPI *DeregisterSapComplete)(NDIS_STATUS, NDIS_HANDLE);
    VOID(NTAPI *MakeCallComplete)
    (NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE, NDIS_HANDLE, PCO_CALL_PARAMETERS);
    VOID(NTAPI *CloseCallComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE);
    VOID(NTAPI *AddPartyComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE, PCO_CALL_PARAMETERS);
    VOID(NTAPI *DropPartyComplete)(NDIS_STATUS, NDIS_HANDLE);
    VOID(NTAPI *ModifyQosComplete)(NDIS_STATUS, NDIS_HANDLE, PCO_CALL_PARAMETERS);
    NDIS_STATUS(NTAPI *IncomingCall)(NDIS_HANDLE, NDIS_HANDLE, PCO_CALL_PARAMETERS);
    VOID(NTAPI *CallConnected)(NDIS_HANDLE);
    VOID(NTAPI *IncomingQosChange)(NDIS_HANDLE, PCO_CALL_PARAMETERS);
    VOID(NTAPI *IncomingCloseCall)(NDIS_STATUS, NDIS_HANDLE, PVOID, UINT);
    VOID(NTAPI *IncomingDropParty)(NDIS_STATUS, NDIS_HANDLE, PVOID, UINT);
    NDIS_STATUS(NTAPI *NotifyCloseAf)(NDIS_HANDLE);
};

struct cm {
    struct desk desk;
    const struct edge *edge;
    const struct edge *other;
    NDIS_HANDLE driver;
    NDIS_HANDLE binding; /* stand-alone */
    NDIS_HANDLE bind_context;
    NDIS_HANDLE unbind_context;
    NDIS_HANDLE adapter; /* MCM */
    struct cm_af *af;    /* of the latest opening */
    struct cm_sap *sap;
    struct cm_vc *vc;       /* of the latest creation */
    struct cm_party *party; /* of the latest addition or making */
    volatile LONG af_count;
    volatile LONG sap_count;
    volatile LONG vc_count;
    volatile LONG party_count;
    NDIS_STATUS create_vc_status; /* what ProtocolCoCreateVc answers */
    NDIS_STATUS delete_vc_status;
    BOOLEAN leaks_vc; /* keeps the context of a VC that is deleted */
    PVOID kept;       /* the last context that it kept, so or as planned */
    BOOLEAN idle;     /* does nothing in make, close and modify but answer: no activation */
};

extern struct cm Cm;
extern const struct edge EdgeStandAlone;
extern const struct edge EdgeMcm;

extern const NDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS CmHandlers;
/* Sets the handlers in a set-options function. */
NDIS_STATUS CmSetHandlers(NDIS_HANDLE Driver);
/* Sets a table that a test may change or leave out. */
NDIS_STATUS ActorSetTable(enum moment Moment, NDIS_HANDLE Driver, PVOID Table);
VOID CmBegin(const struct edge *Edge, const struct edge *Other);
VOID CmDeskComplete(struct ticket *Ticket, NDIS_STATUS Status);
VOID CmDeskSettle(struct ticket *Ticket, NDIS_STATUS Status);

/* A VC for an incoming call on the AF that is open, activated. The call manager offers later. */
NDIS_STATUS CmCreateVc(struct cm_vc **Vc);
NDIS_STATUS CmDeleteVc(struct cm_vc *Vc);

/* ---- the miniport's side of the wire ----------------------------------------------------- */

struct mini {
    struct desk desk; /* ASK_ACTIVATE, ASK_DEACTIVATE, ASK_SEND */
    NDIS_HANDLE driver;
    NDIS_HANDLE adapter;
    NDIS_HANDLE pool; /* of lists that it indicates */
    NDIS_STATUS create_vc_status;
    BOOLEAN leaks_vc; /* keeps the context of a VC that is deleted */
    PVOID kept;
    volatile LONG vc_count;
    volatile LONG returned_count;
};

extern struct mini Mini;

VOID WireBegin(NDIS_HANDLE Handle);
VOID WireEnd(VOID);
MINIPORT_CO_SEND_NET_BUFFER_LISTS WireSend;
MINIPORT_RETURN_NET_BUFFER_LISTS WireReturn;
/* Completes the sends that wait for the test's hand. */
VOID WireFinishSends(NDIS_STATUS Status);
/* Indicates one list of its own on a VC. returns  the list; it is freed when it comes back. */
PNET_BUFFER_LIST WireIndicate(NDIS_HANDLE Vc, ULONG Flags);
/* What both miniports have in common. */
VOID MiniFillCharacteristics(PNDIS_MINIPORT_DRIVER_CHARACTERISTICS Characteristics);
NDIS_STATUS MiniSetAttributes(NDIS_HANDLE Adapter, PVOID Context);

/* ---- the client -------------------------------------------------------------------------- */

struct client_vc {
    NDIS_HANDLE handle;
    NDIS_STATUS status; /* of the last request that ended */
    volatile LONG made; /* how often each of these was told */
    volatile LONG closed;
    volatile LONG modified;
    volatile LONG told_close; /* ProtocolClIncomingCloseCall */
    volatile LONG connected;
    volatile LONG sent;
    volatile LONG received;
};

struct client_party {
    NDIS_HANDLE handle;
    struct client_vc *vc;
    NDIS_STATUS status;
    volatile LONG added;
    volatile LONG dropped;
    volatile LONG closed;
    volatile LONG told_drop; /* ProtocolClIncomingDropParty */
};

struct client_sap {
    NDIS_HANDLE handle;
    NDIS_STATUS status;
    volatile LONG registered;
    volatile LONG deregistered;
    CO_SAP address;
};

struct client {
    struct desk desk; /* ASK_INCOMING_CALL, ASK_NOTIFY_CLOSE */
    NDIS_HANDLE driver;
    NDIS_HANDLE binding;
    NDIS_HANDLE bind_context;
    NDIS_HANDLE unbind_context;
    NDIS_HANDLE af;
    NDIS_HANDLE pool;
    NDIS_STATUS af_status;
    volatile LONG offered; /* ProtocolCoAfRegisterNotify */
    volatile LONG af_opened;
    volatile LONG af_closed;
    CO_ADDRESS_FAMILY family;
    CO_CALL_PARAMETERS call;
    struct client_vc incoming_vc; /* context of VCs that the call manager creates */
    volatile LONG incoming_vc_count;
    NDIS_STATUS create_vc_status;
    BOOLEAN no_vc_context;  /* gives none back */
    BOOLEAN leaks_vc;       /* gives memory back, and keeps it when the VC is deleted */
    PVOID kept_vc;          /* that memory */
    BOOLEAN keeps_receives; /* returns received lists by the test's hand only */
    BOOLEAN returns_lent;   /* returns lists that were only lent to it, wrongly */
    PNET_BUFFER_LIST kept;
    /* Runs at the end of each completion callback; for chains. May be NULL. */
    VOID (*hook)(const char *Callback, PVOID Context);
};

extern struct client Client;
extern const NDIS_CO_CLIENT_OPTIONAL_HANDLERS ClientHandlers;
VOID ClientBegin(VOID);

/* Each makes the request and, when NDIS answers for good, runs its own completion.
 * returns  what the function of NDIS returned */
NDIS_STATUS ClientOpenAf(VOID);
NDIS_STATUS ClientCloseAf(VOID);
NDIS_STATUS ClientRegisterSap(struct client_sap *Sap);
NDIS_STATUS ClientDeregisterSap(struct client_sap *Sap);
NDIS_STATUS ClientCreateVc(struct client_vc *Vc);
NDIS_STATUS ClientDeleteVc(struct client_vc *Vc);
NDIS_STATUS ClientMakeCall(struct client_vc *Vc, struct client_party *Party);
NDIS_STATUS ClientCloseCall(struct client_vc *Vc, struct client_party *Party, PVOID Data,
                            UINT Size);
NDIS_STATUS ClientAddParty(struct client_vc *Vc, struct client_party *Party);
NDIS_STATUS ClientDropParty(struct client_party *Party, PVOID Data, UINT Size);
NDIS_STATUS ClientModifyQos(struct client_vc *Vc);
/* Sends one list of its own; it is freed when it comes back. */
PNET_BUFFER_LIST ClientSend(struct client_vc *Vc, ULONG Flags);
PNET_BUFFER_LIST ActorNewList(NDIS_HANDLE Pool);
NDIS_HANDLE ActorNewPool(NDIS_HANDLE Handle);

DRIVER_INITIALIZE ActorClientEntry;
DRIVER_INITIALIZE ActorMiniEntry;
DRIVER_INITIALIZE ActorMcmEntry;
DRIVER_INITIALIZE ActorCallMgrEntry;

/* ---- what the two protocols share -------------------------------------------------------- */

NDIS_STATUS ProtocolOpen(NDIS_HANDLE Driver, NDIS_HANDLE Context, NDIS_HANDLE BindContext,
                         PNDIS_BIND_PARAMETERS Parameters, PNDIS_HANDLE Binding);
VOID ProtocolFillCharacteristics(PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics, PWSTR Name);

#endif
