/* SPDX-License-Identifier: MIT */
/* caller is a client: it makes one call to the leaves that it is told, and takes calls at its own
 * address.
 *
 *   binding   an adapter, and what the settings say
 *   family    the call manager's address family on it, with the SAP
 *   call      a VC: ours for the call that is made, the call manager's for calls that come in
 *   party     a leaf of the call that is made
 *   message   one datum on its way out
 *
 * One spin lock per binding guards all of it and is never held inside NDIS. Whatever happens is
 * noted under the lock; then somebody, one at a time for each family and each call, takes the steps
 * that follow (CallerMoveFamily, CallerMoveCall). So nothing depends on who is told what first. */
#ifndef CALLER_H
#define CALLER_H

#include <ndis.h>
#include <atm.h>

#define CALLER_TAG            'rllC'
#define CALLER_LEAVES_MAX     32
#define CALLER_TEXT_MAX       128
#define CALLER_REFUSALS_MAX   3  /* of a call's drops and closes, after which it is let go */
#define CALLER_ADDRESSES_MAX  8  /* of this end */
#define CALLER_DELETES_MAX    10 /* of a VC, each after twice the time */
#define CALLER_DELETE_WAIT_US 1000U
#define CALLER_SAP_BYTES      (FIELD_OFFSET(ATM_SAP, Addresses) + sizeof(ATM_ADDRESS))

typedef struct _CALLER_BINDING *PCALLER_BINDING;
typedef struct _CALLER_FAMILY *PCALLER_FAMILY;
typedef struct _CALLER_CALL *PCALLER_CALL;
typedef struct _CALLER_PARTY *PCALLER_PARTY;
typedef struct _CALLER_MESSAGE *PCALLER_MESSAGE;

/* ---- settings.c: what the driver is told (README.md) ---- */

typedef struct _CALLER_TEXT {
    ULONG Length;
    UCHAR Bytes[CALLER_TEXT_MAX];
} CALLER_TEXT, *PCALLER_TEXT;

typedef struct _CALLER_SETTINGS {
    ULONG LeafCount; /* 0: it calls nobody */
    ATM_ADDRESS Leaves[CALLER_LEAVES_MAX];
    BOOLEAN Listens;
    ATM_ADDRESS Address;
    BOOLEAN Multipoint;
    BOOLEAN AnswerLater;
    ULONG RejectCount; /* of calls that come in, the first ones */
    ULONG MessageCount;
    CALLER_TEXT Message;
    CALLER_TEXT CloseData;
} CALLER_SETTINGS, *PCALLER_SETTINGS;

/* Reads the settings of the driver.
 * NdisHandle  the binding's
 * returns     SUCCESS; INVALID_DATA for one that says nothing; RESOURCES
 * IRQL        PASSIVE_LEVEL */
NDIS_STATUS CallerReadSettings(NDIS_HANDLE NdisHandle, PCALLER_SETTINGS Settings);

/* ---- binding.c ---- */

typedef struct _CALLER_BINDING {
    NDIS_HANDLE NdisBindingHandle;
    NDIS_HANDLE NblPool;
    NDIS_SPIN_LOCK Lock;
    NDIS_EVENT Done; /* an open or close of the adapter has ended */
    NDIS_STATUS DoneStatus;
    NDIS_EVENT Empty; /* the last family has gone, and Unbinding */
    BOOLEAN Unbinding;
    LIST_ENTRY Families;
    ULONG RejectsLeft;
    CALLER_SETTINGS Settings;
} CALLER_BINDING;

extern NDIS_HANDLE CallerProtocolHandle; /* the only global: what NdisRegisterProtocolDriver gave */

PROTOCOL_BIND_ADAPTER_EX CallerBindAdapter;
PROTOCOL_UNBIND_ADAPTER_EX CallerUnbindAdapter;
PROTOCOL_OPEN_ADAPTER_COMPLETE_EX CallerOpenAdapterComplete;
PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX CallerCloseAdapterComplete;

/* Allocates zeroed memory. returns NULL when there is none. IRQL <= DISPATCH_LEVEL */
PVOID CallerAllocate(SIZE_T Bytes);

/* ---- family.c, sap.c, address.c ---- */

typedef enum _CALLER_FAMILY_STATE {
    FAMILY_OPENING,
    FAMILY_OPEN,
    FAMILY_CLOSING, /* NdisClCloseAddressFamily is out */
    FAMILY_CLOSED,
} CALLER_FAMILY_STATE;

typedef enum _CALLER_SAP_STATE {
    SAP_NONE,
    SAP_REGISTERING,
    SAP_REGISTERED,
    SAP_DEREGISTERING,
} CALLER_SAP_STATE;

typedef struct _CALLER_FAMILY {
    LIST_ENTRY Link; /* Binding->Families */
    PCALLER_BINDING Binding;
    NDIS_HANDLE NdisAfHandle;
    CALLER_FAMILY_STATE State;
    BOOLEAN Ending;              /* it is to be closed */
    BOOLEAN Notified;            /* and the call manager waits to hear that it is */
    BOOLEAN Moving;              /* somebody takes its steps */
    BOOLEAN CallWanted, Calling; /* the call to the leaves is to be made; is there */
    BOOLEAN Called;              /* it was connected once */
    BOOLEAN AddressesChanged;    /* and have not been asked for */
    BOOLEAN Asking;              /* OID_CO_GET_ADDRESSES is out */
    LIST_ENTRY Calls;            /* every VC */
    ULONG CallCount;             /* VCs of ours, and calls on the others */
    CALLER_SAP_STATE SapState;
    BOOLEAN SapWanted;
    NDIS_HANDLE NdisSapHandle;
    union {
        CO_SAP Sap;
        UCHAR Room[FIELD_OFFSET(CO_SAP, Sap) + CALLER_SAP_BYTES];
    };
    NDIS_OID_REQUEST Request;
    union {
        CO_ADDRESS_LIST List;
        UCHAR Room[sizeof(CO_ADDRESS_LIST) +
                   CALLER_ADDRESSES_MAX * (sizeof(CO_ADDRESS) + sizeof(ATM_ADDRESS))];
    } Addresses;
} CALLER_FAMILY;

PROTOCOL_CO_AF_REGISTER_NOTIFY CallerAfRegisterNotify;
PROTOCOL_CL_OPEN_AF_COMPLETE_EX CallerOpenAfComplete;
PROTOCOL_CL_CLOSE_AF_COMPLETE CallerCloseAfComplete;
PROTOCOL_CL_NOTIFY_CLOSE_AF CallerNotifyCloseAf;
PROTOCOL_CL_REGISTER_SAP_COMPLETE CallerRegisterSapComplete;
PROTOCOL_CL_DEREGISTER_SAP_COMPLETE CallerDeregisterSapComplete;
PROTOCOL_CO_OID_REQUEST CallerOidRequest;
PROTOCOL_CO_OID_REQUEST_COMPLETE CallerOidRequestComplete;

/* Takes the steps of a family that can be taken now, unless somebody does already.
 * With the lock held, which it releases; the family may be gone afterwards. */
VOID CallerMoveFamily(PCALLER_FAMILY Family);

/* Registers and deregisters the SAP. Without the lock. */
VOID CallerRegisterSap(PCALLER_FAMILY Family);
VOID CallerDeregisterSap(PCALLER_FAMILY Family);

/* Asks the call manager which addresses this end has. Without the lock. */
VOID CallerAskAddresses(PCALLER_FAMILY Family);

/* ---- call.c, offer.c ---- */

typedef enum _CALLER_CALL_STATE {
    CALL_NONE,    /* nothing is on the VC: it waits for an offer */
    CALL_MAKING,  /* NdisClMakeCall is out */
    CALL_OFFERED, /* came in and is not answered */
    CALL_UP,      /* made, or accepted */
    CALL_CLOSING, /* NdisClCloseCall is out */
    CALL_CLOSED,  /* and the VC, which is ours, is to be deleted */
    CALL_GONE,    /* or is being deleted */
} CALLER_CALL_STATE;

typedef struct _CALLER_CALL {
    LIST_ENTRY Link; /* Family->Calls */
    PCALLER_FAMILY Family;
    NDIS_HANDLE NdisVcHandle;
    NDIS_HANDLE WorkItem;
    CALLER_CALL_STATE State;
    BOOLEAN Incoming;  /* the VC is the call manager's */
    BOOLEAN Moving;    /* somebody takes its steps */
    BOOLEAN VcGone;    /* the call manager has taken the VC away meanwhile */
    BOOLEAN Connected; /* both ends have heard that the call stands */
    BOOLEAN Ending;    /* nothing begins any more */
    BOOLEAN FarEnded;  /* because the other end has left */
    BOOLEAN NoData;    /* the call manager carries no close data */
    BOOLEAN Answers;   /* what is received is sent back */
    ULONG Refusals;
    ULONG Deletes;
    ULONG NextLeaf; /* of the settings, that is called or added next */
    ULONG MessagesLeft;
    ULONG PartyCount; /* that have joined and are not dropped */
    ULONG AddsOut, DropsOut, SendsOut;
    LIST_ENTRY Parties;  /* that have joined, */
    LIST_ENTRY Leavers;  /* and those that have left by themselves and are to be dropped */
    PCALLER_PARTY Last;  /* the party that is made or closed together with the call */
    LIST_ENTRY Messages; /* to be sent back */
    PCO_CALL_PARAMETERS Parameters; /* ours while the call is made, lent while it is offered */
} CALLER_CALL;

PROTOCOL_CO_CREATE_VC CallerCreateVc;
PROTOCOL_CO_DELETE_VC CallerDeleteVc;
PROTOCOL_CL_MAKE_CALL_COMPLETE CallerMakeCallComplete;
PROTOCOL_CL_CLOSE_CALL_COMPLETE CallerCloseCallComplete;
PROTOCOL_CL_MODIFY_CALL_QOS_COMPLETE CallerModifyCallQoSComplete;
PROTOCOL_CL_INCOMING_CALL CallerIncomingCall;
PROTOCOL_CL_INCOMING_CALL_QOS_CHANGE CallerIncomingCallQoSChange;
PROTOCOL_CL_INCOMING_CLOSE_CALL CallerIncomingCloseCall;
PROTOCOL_CL_CALL_CONNECTED CallerCallConnected;

/* Allocates a call of an open family that does not end. returns NULL when there is no memory. */
PCALLER_CALL CallerCreateCall(PCALLER_FAMILY Family);

/* Frees a call whose VC is gone. With the lock held, which it releases. */
VOID CallerForgetCall(PCALLER_CALL Call);

/* Makes the call to the leaves. Without the lock; a failure is the end of it. */
VOID CallerMakeCall(PCALLER_FAMILY Family);

/* Takes the steps of a call that can be taken now, unless somebody does already.
 * With the lock held, which it releases; the call may be gone afterwards. */
VOID CallerMoveCall(PCALLER_CALL Call);

/* ---- party.c ---- */

typedef struct _CALLER_PARTY {
    LIST_ENTRY Link; /* Call->Parties or Call->Leavers, while it is in the call */
    PCALLER_CALL Call;
    NDIS_HANDLE NdisPartyHandle;
    PCO_CALL_PARAMETERS Parameters; /* while it is added */
    BOOLEAN Joined;
    BOOLEAN Left;  /* by itself */
    BOOLEAN Taken; /* it is being dropped or closed */
    BOOLEAN Told;  /* with close data */
} CALLER_PARTY;

PROTOCOL_CL_ADD_PARTY_COMPLETE CallerAddPartyComplete;
PROTOCOL_CL_DROP_PARTY_COMPLETE CallerDropPartyComplete;
PROTOCOL_CL_INCOMING_DROP_PARTY CallerIncomingDropParty;

PCALLER_PARTY CallerCreateParty(PCALLER_CALL Call); /* NULL: no memory */

/* With the lock held: the party is in the call. */
VOID CallerJoinParty(PCALLER_PARTY Party, NDIS_HANDLE NdisPartyHandle);

/* With the lock held: takes a party out of its list, the first of those that have left if any. */
PCALLER_PARTY CallerTakeParty(PCALLER_CALL Call);

/* Adds the leaf of this number, which is counted in AddsOut. Without the lock. */
VOID CallerAddParty(PCALLER_CALL Call, ULONG Leaf);

/* Drops a party that is in no list and counted in DropsOut. Without the lock. */
VOID CallerDropParty(PCALLER_PARTY Party, PVOID CloseData, UINT Size);

/* What a drop or a close of the call tells the other end: NULL and 0 for nothing. */
PVOID CallerCloseData(PCALLER_CALL Call, BOOLEAN FarEnded, PUINT Size);

/* ---- message.c ---- */

typedef struct _CALLER_MESSAGE {
    LIST_ENTRY Link;
    ULONG Length;
    UCHAR Bytes[1];
} CALLER_MESSAGE;

PROTOCOL_CO_RECEIVE_NET_BUFFER_LISTS CallerReceive;
PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE CallerSendComplete;

/* Sends one message of the settings, or one that is to be sent back (Message), which is counted in
 * SendsOut. Without the lock. One that there is no memory for is lost. */
VOID CallerSend(PCALLER_CALL Call, PCALLER_MESSAGE Message);

/* Frees what is to be sent back. */
VOID CallerFreeMessages(PCALLER_CALL Call);

/* ---- parameters.c ---- */

/* Makes the parameters of a call or of a party to an address; the caller frees them. NULL: no
 * memory. */
PCO_CALL_PARAMETERS CallerCreateParameters(const ATM_ADDRESS *To, BOOLEAN Multipoint);

/* Fills in a SAP of CALLER_SAP_BYTES for one address, whatever protocol is above it. */
VOID CallerFillSap(PCO_SAP Sap, const ATM_ADDRESS *Address);

#endif
