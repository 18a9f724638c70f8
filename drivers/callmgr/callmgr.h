/* SPDX-License-Identifier: MIT */
/* A call manager: everything between NDIS's call-manager handlers and the signalling engine. What
 * differs between drivers is put under it twice: the engine (CM_SIGNALLING: the hub's, in hub.c, or
 * the UNI's, in drivers/atmsig) and the edge (CM_EDGE: an MCM, NdisMCm... on a NIC of its own, or a
 * stand-alone call manager, NdisCm... over a miniport).
 *
 * Locks: CM_ADAPTER.Lock guards the engine and every field that changes. It is never held in a call
 * to the edge. What must not be torn down while an indication is on its way up is held: a request
 * of a held call that could finish is finished when the hold ends (CmHold, CmUnhold). */
#ifndef CALLMGR_H
#define CALLMGR_H

#include <ndis.h>

#include <atm.h>

#include "atmleg.h"
#include "hubsig.h"

#define CM_TAG 'mCuH'

typedef struct _CM_ADAPTER CM_ADAPTER, *PCM_ADAPTER;
typedef struct _CM_AF CM_AF, *PCM_AF;
typedef struct _CM_SAP CM_SAP, *PCM_SAP;
typedef struct _CM_VC CM_VC, *PCM_VC;
typedef struct _CM_PARTY CM_PARTY, *PCM_PARTY;

/* Where a pended request is completed. */
enum {
    CM_FROM_HERE,      /* where its outcome becomes known */
    CM_FROM_TIMER,     /* in a timer's DPC */
    CM_FROM_WORK_ITEM, /* on a thread at PASSIVE_LEVEL */
};

/* What a call manager does with QoS changes. */
enum {
    CM_QOS_NONE,   /* ProtocolCmModifyCallQoS: NOT_SUPPORTED; the other end's wish is refused */
    CM_QOS_ACCEPT, /* both ways */
    CM_QOS_REFUSE, /* asks for the client; refuses the other end's wish */
};

/* Versions of the UNI. */
enum {
    CM_UNI_31 = 31,
    CM_UNI_40 = 40,
};

/* Settings; README.md has their names. */
typedef struct _CM_CONFIG {
    ULONG CloseData;
    ULONG PendOperations;
    ULONG PendMilliseconds;
    ULONG CompleteEarly;
    ULONG CompleteFrom;
    ULONG AnswerMilliseconds;
    ULONG Qos;
    ULONG Uni;
    ULONG T309Milliseconds; /* 0: the signalling's own choice */
} CM_CONFIG;

/* How far a VC's data path is open. */
typedef enum _CM_LEVEL {
    CM_CLOSED,
    CM_RESERVED, /* active to NDIS; nothing is received */
    CM_HELD,     /* may send; what comes waits */
    CM_FLOWING,
} CM_LEVEL;

/* What goes on when an activation has ended. */
typedef enum _CM_STEP {
    CM_STEP_NOTHING,
    CM_STEP_MAKE,         /* root: confirm, complete the make call */
    CM_STEP_OFFER,        /* leaf: offer the call to the client */
    CM_STEP_ANSWER,       /* leaf: answer the root */
    CM_STEP_FLOW,         /* both: data flows */
    CM_STEP_MODIFY,       /* the other end agreed: complete the modification */
    CM_STEP_MODIFY_OFFER, /* the other end asks: tell the client */
} CM_STEP;

typedef enum _CM_REQUEST_KIND {
    CM_NO_REQUEST,
    CM_OPEN_AF,
    CM_CLOSE_AF,
    CM_REGISTER_SAP,
    CM_DEREGISTER_SAP,
    CM_MAKE_CALL,
    CM_CLOSE_CALL,
    CM_ADD_PARTY,
    CM_DROP_PARTY,
    CM_MODIFY_QOS,
} CM_REQUEST_KIND;

/* A request of NDIS that pends; it lies inside the object that it is about. */
typedef struct _CM_REQUEST {
    LIST_ENTRY Link;
    ULONGLONG DueMs;
    PCM_VC Vc; /* whose hold it waits for; NULL for AF and SAP */
    CM_REQUEST_KIND Kind;
    NDIS_STATUS Status;
} CM_REQUEST, *PCM_REQUEST;

/* The signalling: an engine and what it needs to be told apart by. Engine, step, leg and message
 * are as hubsig.h says; a step with `send` makes the caller call the edge's Send. With the lock
 * held, but for the first two functions. */
typedef struct _CM_SIGNALLING {
    BOOLEAN NetworkChannels; /* a call's channel comes with the answer, and is the network's */
    BOOLEAN Registers; /* the network knows addresses or not; else this end's is known at once */
    /* May these 20 octets be an address here? */
    BOOLEAN (*AddressIsGood)(const UCHAR *Octets);
    /* Whom a call would go to; fills Offer->to. returns SUCCESS, INVALID_ADDRESS, NO_ROUTE. */
    NDIS_STATUS(*CheckCalled)
    (PCM_ADAPTER Adapter, const ATM_ADDRESS *Called, struct hubsig_message *Offer);
    enum hubsig_result (*Offer)(PVOID Engine, struct hubsig_leg *Leg,
                                const struct hubsig_message *Offer, ULONGLONG NowMs,
                                struct hubsig_step *Step);
    enum hubsig_result (*TakeOffer)(PVOID Engine, struct hubsig_leg *Leg,
                                    const struct hubsig_message *Offer, ULONGLONG NowMs);
    VOID(*RefuseOffer)
    (PVOID Engine, const struct hubsig_message *Offer, ULONG Status, ULONGLONG NowMs,
     struct hubsig_step *Step);
    enum hubsig_result (*Request)(PVOID Engine, struct hubsig_leg *Leg, enum hubsig_event Request,
                                  const struct hubsig_message *Detail, ULONGLONG NowMs,
                                  struct hubsig_step *Step);
    ULONGLONG (*DueMs)(PVOID Engine);
    /* Takes one thing that is due or to be told; FALSE: there is none. */
    BOOLEAN (*Expire)(PVOID Engine, ULONGLONG NowMs, struct hubsig_step *Step);
    VOID (*End)(PVOID Engine);
} CM_SIGNALLING;

/* The edge: what differs between an MCM and a stand-alone call manager. All may be called at
 * <= DISPATCH_LEVEL without a lock. The functions after `Deactivate` are NDIS's, without the prefix
 * NdisCm or NdisMCm. */
typedef struct _CM_EDGE {
    ULONG VcBytes; /* of the edge's VC, which begins with a CM_VC */
    VOID (*Send)(PCM_ADAPTER Adapter, const struct hubsig_message *Message);
    NDIS_STATUS (*CreateVc)(PCM_VC Vc, NDIS_HANDLE NdisAfHandle);
    NDIS_STATUS (*DeleteVc)(PCM_VC Vc);
    /* Ends in CmVcActivated, maybe before it returns. */
    VOID (*Activate)(PCM_VC Vc, CM_LEVEL Level);
    /* Ends in CmVcDeactivated, maybe before it returns. */
    VOID (*Deactivate)(PCM_VC Vc);
    VOID (*OpenAfComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE);
    VOID (*CloseAfComplete)(NDIS_STATUS, NDIS_HANDLE);
    VOID (*RegisterSapComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE);
    VOID (*DeregisterSapComplete)(NDIS_STATUS, NDIS_HANDLE);
    VOID(*MakeCallComplete)
    (NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE, NDIS_HANDLE, PCO_CALL_PARAMETERS);
    VOID (*CloseCallComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE);
    VOID (*AddPartyComplete)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE, PCO_CALL_PARAMETERS);
    VOID (*DropPartyComplete)(NDIS_STATUS, NDIS_HANDLE);
    VOID (*ModifyCallQoSComplete)(NDIS_STATUS, NDIS_HANDLE, PCO_CALL_PARAMETERS);
    NDIS_STATUS (*DispatchIncomingCall)(NDIS_HANDLE, NDIS_HANDLE, PCO_CALL_PARAMETERS);
    VOID (*DispatchCallConnected)(NDIS_HANDLE);
    VOID (*DispatchIncomingCallQoSChange)(NDIS_HANDLE, PCO_CALL_PARAMETERS);
    VOID (*DispatchIncomingCloseCall)(NDIS_STATUS, NDIS_HANDLE, PVOID, UINT);
    VOID (*DispatchIncomingDropParty)(NDIS_STATUS, NDIS_HANDLE, PVOID, UINT);
    NDIS_STATUS (*NotifyCloseAf)(NDIS_HANDLE);
    /* Sends a request of ours to a client; PENDING: CmOidRequestComplete follows. */
    NDIS_STATUS (*AskClient)(PCM_ADAPTER Adapter, NDIS_HANDLE NdisAfHandle, PNDIS_OID_REQUEST);
} CM_EDGE;

/* Addresses of one adapter that its network knows: the station's, and one for each prefix. */
#define CM_ADDRESSES_MAX 8
#define CM_ESI_BYTES     6
#define CM_HOST_BYTES    (ATM_ADDRESS_LENGTH - 1) /* of an address: all but its selector */

struct _CM_ADAPTER {
    const CM_EDGE *Edge;
    const CM_SIGNALLING *Signalling;
    PVOID Engine;
    UCHAR Address[ATM_ADDRESS_LENGTH]; /* this station's, with selector 0 */
    UCHAR Esi[CM_ESI_BYTES];           /* its end of the addresses that the network gives */
    BOOLEAN HasEsi;
    BOOLEAN HasAlias;
    UCHAR Alias[ATM_ADDRESS_LENGTH]; /* one more address of this end */
    BOOLEAN AddressesUntold;         /* a client has to be told: see CM_AF */
    ULONG AddressCount;
    UCHAR Addresses[CM_ADDRESSES_MAX][ATM_ADDRESS_LENGTH]; /* those that the network knows */
    ULONG CloseBytesMax;      /* close data that the signalling carries */
    NDIS_STATUS CloseTooLong; /* what more of it gets */
    NDIS_HANDLE NdisHandle;   /* for memory, timers, work items */
    CM_CONFIG Config;
    ULONG Port;
    NDIS_SPIN_LOCK Lock;
    LIST_ENTRY Afs;
    PCM_SAP Saps[256]; /* by selector; those of different addresses are chained */
    ULONG NextVci;
    ULONG VciCount;
    UCHAR VciUsed[65536 / 8];
    NPAGED_LOOKASIDE_LIST Parties;
    NDIS_HANDLE AnswerTimer; /* the engine's */
    ULONGLONG AnswerTimerMs; /* when it is set for; 0: not set */
    NDIS_HANDLE PendTimer;   /* of pended requests, oldest first */
    NDIS_HANDLE WorkItem;
    LIST_ENTRY Pended;
    LIST_ENTRY Worked; /* requests for the work item */
    BOOLEAN PendTimerSet;
    BOOLEAN WorkQueued;
    BOOLEAN Telling;   /* somebody takes what is to be told, one thing at a time */
    BOOLEAN TellAgain; /* and has to look once more */
    BOOLEAN Ending;    /* nothing is waited for any more */
    NDIS_EVENT Idle;   /* signalled while no AF is open and no request pends */
    ULONG PendCount;
    ULONG AfCount;
};

struct _CM_AF {
    LIST_ENTRY Link;
    PCM_ADAPTER Adapter;
    NDIS_HANDLE NdisAfHandle;
    ULONG VcCount;
    ULONG SapCount;
    BOOLEAN Notified;
    BOOLEAN CloseWaits;   /* for the last VC and SAP to go, and for the client to be told */
    BOOLEAN AddressesOld; /* the client has to be told (again) that addresses changed */
    BOOLEAN Telling;      /* it is being told */
    NDIS_OID_REQUEST AddressChange;
    CM_REQUEST Request;
};

struct _CM_SAP {
    PCM_AF Af;
    NDIS_HANDLE NdisSapHandle;
    PCM_SAP Next; /* with the same selector */
    UCHAR Address[ATM_ADDRESS_LENGTH];
    ULONG Offers; /* incoming calls that are being offered over it */
    BOOLEAN Deregistering;
    BOOLEAN Registered; /* NDIS has our yes, or gets it now: */
    BOOLEAN Telling;    /* until then calls wait */
    LIST_ENTRY Waiting;
    CM_REQUEST Request;
};

/* What one end of the signalling belongs to. */
typedef struct _CM_LEG {
    union { /* first */
        struct hubsig_leg Leg;
        struct atm_leg Atm; /* begins with one */
    };
    PCM_VC Vc;
    PCM_PARTY Party; /* NULL: the VC's own leg */
} CM_LEG, *PCM_LEG;

/* A hang-up that came while the client could not be told yet. */
typedef struct _CM_LATE {
    NDIS_STATUS Status;
    ULONG Length;
    UCHAR Data[1];
} CM_LATE, *PCM_LATE;

/* A call's parameters in one piece. */
typedef struct _CM_PARAMETERS {
    CO_CALL_PARAMETERS Call;
    CO_CALL_MANAGER_PARAMETERS *Manager;
    Q2931_CALLMGR_PARAMETERS *Q2931;
} CM_PARAMETERS, *PCM_PARAMETERS;

struct _CM_VC {
    PCM_ADAPTER Adapter;
    PCM_AF Af;
    NDIS_HANDLE NdisVcHandle;
    CM_LEG Leg; /* point-to-point, or the leaf's */
    ULONG Channel;
    ULONG CallReference; /* the engine's; what its parties are added to */
    CM_LEVEL Level;
    CM_LEVEL AskedLevel; /* by the activation under way */
    CM_STEP Step;        /* CM_STEP_NOTHING: no activation is under way */
    struct hubsig_flow Forward;
    struct hubsig_flow Backward;
    struct hubsig_flow AskedForward; /* while a modification is under way */
    struct hubsig_flow AskedBackward;
    PCO_CALL_PARAMETERS ClientParameters; /* of a pended make call or modification */
    NDIS_HANDLE MakingParty;              /* of the call that is made: a failure names it, too */
    PCM_PARAMETERS Parameters;            /* of an incoming call */
    PCM_SAP Sap;                          /* while it is offered */
    LIST_ENTRY SapLink;                   /* while it waits for the SAP */
    PCM_PARTY FirstParty;                 /* while the make call pends */
    PCM_PARTY LastParty;                  /* while the close call pends */
    PCM_LATE Late;
    CM_REQUEST Call; /* make or close */
    CM_REQUEST Modify;
    ULONG Hold;
    LIST_ENTRY Deferred; /* requests that wait for the hold's end */
    ULONG Joined;        /* parties that NDIS knows and the client has not begun to drop */
    ULONG Living;        /* those of them whose leaf has not hung up */
    ULONG NextEndpoint;
    NDIS_STATUS EndStatus; /* with which a dying call ends */
    BOOLEAN Incoming;
    BOOLEAN Multipoint;
    BOOLEAN Calling; /* a call is on it, from make or offer to close */
    BOOLEAN Accepted;
    BOOLEAN Closing; /* the client closes, or the call is being undone */
    BOOLEAN CloseTold;
    BOOLEAN Making;         /* until the client has the call */
    BOOLEAN ReceiveOnly;    /* leaf of a multipoint call */
    BOOLEAN ModifyEnding;   /* the outcome of the modification is known */
    BOOLEAN Tellable;       /* leaf: the client may hear that the other end is gone */
    BOOLEAN CloseInHandler; /* CmCloseCall is running and has not seen the deactivation end */
    BOOLEAN Deactivating;
    BOOLEAN DeactivateWanted;
};

struct _CM_PARTY {
    CM_LEG Leg; /* first */
    PCM_VC Vc;
    NDIS_HANDLE NdisPartyHandle;
    PCO_CALL_PARAMETERS ClientParameters;
    PCM_LATE Late;
    CM_REQUEST Request;
    BOOLEAN Adding; /* until the client has the party */
    BOOLEAN Joined;
    BOOLEAN Dropping;
    BOOLEAN Gone; /* its leaf hung up */
};

/* ---- adapter.c: life, time, messages ------------------------------------------------------ */

/* Adapter: zeros but for Edge, Signalling, Engine, Address, the close data's two, NdisHandle,
 * Config and Port. The engine is the adapter's from here on, also on failure. At PASSIVE. */
NDIS_STATUS CmAdapterBegin(PCM_ADAPTER Adapter);
/* Asks every client to close its address families and waits until all have. At PASSIVE. */
VOID CmAdapterCloseFamilies(PCM_ADAPTER Adapter);
VOID CmAdapterEnd(PCM_ADAPTER Adapter);
/* Reads the settings of an adapter or a binding. At PASSIVE. */
NDIS_STATUS CmReadConfiguration(NDIS_HANDLE NdisHandle, CM_CONFIG *Config);
/* Does everything that is due or to be told, in order. At DISPATCH. */
VOID CmRun(PCM_ADAPTER Adapter);
PVOID CmEngineAllocate(PVOID Context, size_t Bytes); /* Context: the CM_ADAPTER; for engines */
VOID CmEngineRelease(PVOID Context, PVOID Memory);
ULONGLONG CmNowMs(VOID);
/* Does what a step wants, without the lock. */
VOID CmStepDone(PCM_ADAPTER Adapter, const struct hubsig_step *Step);
/* With the lock held: sets the timer for the engine's next deadline. */
VOID CmAnswerTimerUpdate(PCM_ADAPTER Adapter);
/* With the lock held. */
ULONG CmChannelAllocate(PCM_ADAPTER Adapter); /* 0: none is free */
VOID CmChannelFree(PCM_ADAPTER Adapter, ULONG Channel);
PVOID CmAllocate(PCM_ADAPTER Adapter, SIZE_T Bytes); /* zeros; NULL on failure */

/* ---- af.c ---------------------------------------------------------------------------------- */

/* With the lock held: the SAP of an address, its selector included; NULL: there is none. */
PCM_SAP CmSapFind(PCM_ADAPTER Adapter, const UCHAR *Address);

/* Tells the client that its SAP is registered. */
VOID CmSapTell(PCM_SAP Sap);

/* ---- address.c: this end's addresses -------------------------------------------------------- */

/* With the lock held: the network knows an address, or knows it no more. What was told is not told
 * again. CmRun, which must follow, tells the clients. */
VOID CmAddressAdd(PCM_ADAPTER Adapter, const UCHAR *Address);
VOID CmAddressRemove(PCM_ADAPTER Adapter, const UCHAR *Address);
/* Whether calls for these 20 octets may come here: the station's address, its other one, one that
 * the network knows, or this end's ESI behind any prefix, with any selector. With the lock held. */
BOOLEAN CmAddressIsOurs(PCM_ADAPTER Adapter, const UCHAR *Address);
/* Tells the clients of open families what has changed (OID_CO_ADDRESS_CHANGE). Without the lock; at
 * <= DISPATCH. */
VOID CmAddressesTell(PCM_ADAPTER Adapter);
/* A family is open, or will be in a moment: its client is told for the first time, by the adapter's
 * timer. Without the lock. */
VOID CmAfOpened(PCM_AF Af);
/* Answers OID_CO_GET_ADDRESSES. */
NDIS_STATUS CmAddressesGet(PCM_ADAPTER Adapter, PNDIS_OID_REQUEST Request);

/* ---- request.c: pended requests ----------------------------------------------------------- */

/* In a handler, before the outcome can become known. */
VOID CmRequestBegin(PCM_REQUEST Request, CM_REQUEST_KIND Kind, PCM_VC Vc);
/* In a handler: the outcome is known. returns what the handler returns: the status, with the
 * request ended, or PENDING. */
NDIS_STATUS CmRequestAnswer(PCM_ADAPTER Adapter, PCM_REQUEST Request, NDIS_STATUS Status);
/* In a handler: as CmRequestAnswer, but always pended. */
NDIS_STATUS CmRequestPend(PCM_ADAPTER Adapter, PCM_REQUEST Request, NDIS_STATUS Status);
/* Elsewhere: the outcome is known. */
VOID CmRequestFinish(PCM_ADAPTER Adapter, PCM_REQUEST Request, NDIS_STATUS Status);
VOID CmUnhold(PCM_VC Vc);
VOID CmPendTimer(PCM_ADAPTER Adapter);
NDIS_IO_WORKITEM CmWorkItem;
/* What the objects do after their completion was given to NDIS. */
VOID CmMadeCall(PCM_VC Vc, NDIS_STATUS Status, BOOLEAN Told);
VOID CmAddedParty(PCM_PARTY Party);
VOID CmClosedCall(PCM_VC Vc, NDIS_STATUS Status);
/* With the lock held, which it releases: a VC or SAP of the family went; finishes a close that
 * waits. */
VOID CmAfUnlockAndSettle(PCM_AF Af);
VOID CmAfRequestEnded(PCM_AF Af, CM_REQUEST_KIND Kind, NDIS_STATUS Status);
VOID CmSapRequestEnded(PCM_SAP Sap, CM_REQUEST_KIND Kind, NDIS_STATUS Status);

/* ---- vc.c: VCs and their activation -------------------------------------------------------- */

VOID CmVcActivate(PCM_VC Vc, CM_LEVEL Level, CM_STEP Step);
VOID CmVcActivated(PCM_VC Vc, NDIS_STATUS Status);
VOID CmVcDeactivate(PCM_VC Vc);
VOID CmVcDeactivated(PCM_VC Vc, NDIS_STATUS Status);
PCM_VC CmVcAllocate(PCM_ADAPTER Adapter, PCM_AF Af);
VOID CmVcFree(PCM_VC Vc);
/* The call is over for the signalling: deactivate, and then end it as Closing and Incoming say. */
VOID CmVcRelease(PCM_VC Vc);

/* ---- call.c, party.c, incoming.c, qos.c: what the engine tells ------------------------------ */

VOID CmTellOffer(PCM_ADAPTER Adapter, const struct hubsig_message *Offer);
VOID CmTellAnswered(PCM_LEG Leg, const struct hubsig_message *Answer);
VOID CmTellRefused(PCM_LEG Leg, NDIS_STATUS Status);
VOID CmTellConnected(PCM_LEG Leg);
VOID CmTellCleared(PCM_LEG Leg, NDIS_STATUS Status, const struct hubsig_message *Clear);
VOID CmTellDone(PCM_LEG Leg);
VOID CmTellModify(PCM_LEG Leg, const struct hubsig_message *Modify);
VOID CmTellModified(PCM_LEG Leg, const struct hubsig_message *Answer);
VOID CmTellModifyRefused(PCM_LEG Leg, NDIS_STATUS Status);
VOID CmStepMake(PCM_VC Vc, NDIS_STATUS Status);
VOID CmStepOffer(PCM_VC Vc, NDIS_STATUS Status);
VOID CmStepAnswer(PCM_VC Vc, NDIS_STATUS Status);
VOID CmStepModify(PCM_VC Vc, NDIS_STATUS Status);
VOID CmStepModifyOffer(PCM_VC Vc, NDIS_STATUS Status);
VOID CmModifyAbort(PCM_VC Vc);
/* The VC may be gone by then: the client deletes it as soon as it has heard. */
VOID CmPartyFree(PCM_ADAPTER Adapter, PCM_PARTY Party);
VOID CmTellLate(PCM_LEG Leg, PCM_LATE Late);
/* Ends a leg: with an answer from the other end, or at once when nothing is waited for. returns
 * whether it has ended. Without the lock. */
BOOLEAN CmLegClear(PCM_LEG Leg, BOOLEAN Drop, NDIS_STATUS Status, PVOID Data, ULONG Length,
                   BOOLEAN AtOnce);
/* SUCCESS, INVALID_DATA, or what the signalling says to data that is too long. */
NDIS_STATUS CmCloseDataCheck(PCM_ADAPTER Adapter, PVOID Data, UINT Length);

/* ---- parameters.c -------------------------------------------------------------------------- */

/* Reads a client's parameters. Offer: type, channel and endpoint are kept, the rest is filled; data
 * points into Parameters. returns SUCCESS, INVALID_DATA, INVALID_ADDRESS. */
NDIS_STATUS CmParametersRead(PCM_ADAPTER Adapter, PCO_CALL_PARAMETERS Parameters,
                             struct hubsig_message *Offer);
BOOLEAN CmFlowsRead(PCO_CALL_PARAMETERS Parameters, struct hubsig_flow *Transmit,
                    struct hubsig_flow *Receive);
/* Writes flows back into a client's parameters when they differ, and says so there. */
VOID CmFlowsWrite(PCO_CALL_PARAMETERS Parameters, const struct hubsig_flow *Transmit,
                  const struct hubsig_flow *Receive);
/* The parameters of an incoming call; NULL: no memory, or information elements that do not
 * parse. */
PCM_PARAMETERS CmParametersCreate(PCM_ADAPTER Adapter, const struct hubsig_message *Offer);

/* ---- the handlers of both drivers ----------------------------------------------------------- */

PROTOCOL_CM_OPEN_AF CmOpenAf; /* CallMgrBindingContext: the CM_ADAPTER */
PROTOCOL_CM_CLOSE_AF CmCloseAf;
PROTOCOL_CM_REG_SAP CmRegisterSap;
PROTOCOL_CM_DEREGISTER_SAP CmDeregisterSap;
PROTOCOL_CO_CREATE_VC CmCreateVc;
PROTOCOL_CO_DELETE_VC CmDeleteVc;
PROTOCOL_CM_MAKE_CALL CmMakeCall;
PROTOCOL_CM_CLOSE_CALL CmCloseCall;
PROTOCOL_CM_INCOMING_CALL_COMPLETE CmIncomingCallComplete;
PROTOCOL_CM_ADD_PARTY CmAddParty;
PROTOCOL_CM_DROP_PARTY CmDropParty;
PROTOCOL_CM_MODIFY_QOS_CALL CmModifyCallQoS;
PROTOCOL_CM_NOTIFY_CLOSE_AF_COMPLETE CmNotifyCloseAfComplete;
PROTOCOL_CO_OID_REQUEST CmOidRequest;
PROTOCOL_CO_OID_REQUEST_COMPLETE CmOidRequestComplete;

#endif
