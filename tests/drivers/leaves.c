/* SPDX-License-Identifier: MIT */
/* The actors of the contract (tests/ndis/contract) as drivers to load: each request is answered in
 * any legal way, drawn anew. They bring a network of their own, at whose other end every address
 * answers; a leaf whose station is called "brief" hangs up by itself as soon as it has joined, on
 * another processor, a worker or a thread. ROLE says which driver it is. */
#include "../ndis/contract/actor.h"

#include <atm.h>

enum { MCM, CALL_MANAGER, MINIPORT };
enum { LEAF_COUNT_MAX = 32 };

/* A party, from the request on until it has ended. */
struct leaf {
    NDIS_HANDLE handle; /* NULL: free */
    struct cm_vc *vc;
    BOOLEAN brief;
    BOOLEAN stays; /* neither end has hung up */
};

/* A drop or close that came while a leaf was told of: it runs when that is over, so that what is
 * told is of a party that lives and a call that goes on. */
struct held {
    LIST_ENTRY link;
    BOOLEAN close;
    struct cm_vc *vc; /* of a close */
    struct cm_party *party;
    NDIS_HANDLE vc_handle;
    NDIS_HANDLE party_handle;
    PVOID data;
    UINT size;
};

static struct {
    NDIS_SPIN_LOCK lock; /* guards the rest */
    struct leaf leaves[LEAF_COUNT_MAX];
    const struct cm_vc *ended; /* its last leaf hung up; until its close is over */
    ULONG telling;             /* leaves that NDIS is told of right now */
    LIST_ENTRY held;
} Net;

/* With the lock held. NULL: no such leaf, or, for NULL, no room. */
static struct leaf *find(NDIS_HANDLE Handle)
{
    for (ULONG i = 0; i < LEAF_COUNT_MAX; i++)
        if (Net.leaves[i].handle == Handle)
            return &Net.leaves[i];
    return NULL;
}

static BOOLEAN is_brief(PCO_CALL_PARAMETERS Parameters)
{
    static const UCHAR name[] = {'b', 'r', 'i', 'e', 'f'}; /* behind prefix and length */
    Q2931_CALLMGR_PARAMETERS *called =
        (PVOID)Parameters->CallMgrParameters->CallMgrSpecific.Parameters;
    return NdisEqualMemory(called->CalledParty.Address + 2, name, sizeof(name));
}

/* returns FALSE when the call's last leaf has hung up */
static BOOLEAN join(struct cm_vc *Vc, NDIS_HANDLE Handle, PCO_CALL_PARAMETERS Parameters)
{
    NdisAcquireSpinLock(&Net.lock);
    BOOLEAN open = Net.ended != Vc;
    struct leaf *leaf = open ? find(NULL) : NULL;
    if (leaf)
        *leaf = (struct leaf){Handle, Vc, is_brief(Parameters), TRUE};
    NdisReleaseSpinLock(&Net.lock);
    return open;
}

static VOID forget(NDIS_HANDLE Handle)
{
    NdisAcquireSpinLock(&Net.lock);
    struct leaf *leaf = find(Handle);
    if (leaf)
        leaf->handle = NULL;
    NdisReleaseSpinLock(&Net.lock);
}

/* ---- what the client asks ---------------------------------------------------------------- */

static PROTOCOL_CM_MAKE_CALL make_call;
static NDIS_STATUS NTAPI make_call(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters,
                                   NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    if (NdisPartyHandle)
        (VOID) join(CallMgrVcContext, NdisPartyHandle, CallParameters);
    return CmHandlers.CmMakeCallHandler(CallMgrVcContext, CallParameters, NdisPartyHandle,
                                        CallMgrPartyContext);
}

static PROTOCOL_CM_ADD_PARTY add_party;
static NDIS_STATUS NTAPI add_party(NDIS_HANDLE CallMgrVcContext, PCO_CALL_PARAMETERS CallParameters,
                                   NDIS_HANDLE NdisPartyHandle, PNDIS_HANDLE CallMgrPartyContext)
{
    if (!join(CallMgrVcContext, NdisPartyHandle, CallParameters))
        return NDIS_STATUS_FAILURE;
    return CmHandlers.CmAddPartyHandler(CallMgrVcContext, CallParameters, NdisPartyHandle,
                                        CallMgrPartyContext);
}

/* From here on nobody else ends what the request ends. returns whether it must wait */
static BOOLEAN end_or_hold(const struct held *Request)
{
    NdisAcquireSpinLock(&Net.lock);
    for (ULONG i = 0; i < LEAF_COUNT_MAX; i++)
        if (Request->close ? Net.leaves[i].vc == Request->vc
                           : Net.leaves[i].handle == Request->party_handle)
            Net.leaves[i].stays = FALSE;
    struct held *held = Net.telling ? ActorAllocate(sizeof(*held)) : NULL;
    if (held) {
        *held = *Request;
        InsertTailList(&Net.held, &held->link);
    }
    NdisReleaseSpinLock(&Net.lock);
    return held != NULL;
}

static PROTOCOL_CM_DROP_PARTY drop_party;
static NDIS_STATUS NTAPI drop_party(NDIS_HANDLE CallMgrPartyContext, PVOID CloseData, UINT Size)
{
    struct cm_party *party = CallMgrPartyContext;
    struct held request = {
        .party = party, .party_handle = party->handle, .data = CloseData, .size = Size};
    return end_or_hold(&request) ? NDIS_STATUS_PENDING
                                 : CmHandlers.CmDropPartyHandler(party, CloseData, Size);
}

static PROTOCOL_CM_CLOSE_CALL close_call;
static NDIS_STATUS NTAPI close_call(NDIS_HANDLE CallMgrVcContext, NDIS_HANDLE CallMgrPartyContext,
                                    PVOID CloseData, UINT Size)
{
    struct cm_vc *vc = CallMgrVcContext;
    struct cm_party *party = CallMgrPartyContext;
    struct held request = {.close = TRUE,
                           .vc = vc,
                           .vc_handle = vc->wire.handle,
                           .party = party,
                           .party_handle = party ? party->handle : NULL,
                           .data = CloseData,
                           .size = Size};
    return end_or_hold(&request) ? NDIS_STATUS_PENDING
                                 : CmHandlers.CmCloseCallHandler(vc, party, CloseData, Size);
}

static VOID run_held(struct held *Held)
{
    struct held held = *Held;
    NDIS_STATUS status;
    ActorFree(Held);
    if (held.close) {
        status = CmHandlers.CmCloseCallHandler(held.vc, held.party, held.data, held.size);
        if (status != NDIS_STATUS_PENDING)
            Cm.edge->CloseCallComplete(status, held.vc_handle, held.party_handle);
    } else {
        status = CmHandlers.CmDropPartyHandler(held.party, held.data, held.size);
        if (status != NDIS_STATUS_PENDING)
            Cm.edge->DropPartyComplete(status, held.party_handle);
    }
}

/* ---- what the network tells -------------------------------------------------------------- */

static VOID told(VOID)
{
    for (;;) {
        PLIST_ENTRY first = NULL;
        NdisAcquireSpinLock(&Net.lock);
        if (Net.telling == 1 && !IsListEmpty(&Net.held))
            first = RemoveHeadList(&Net.held);
        else
            Net.telling--;
        NdisReleaseSpinLock(&Net.lock);
        if (!first)
            return;
        run_held(CONTAINING_RECORD(first, struct held, link));
    }
}

/* A leaf hangs up. The last one of a call ends it. */
static VOID leave(PVOID Context)
{
    static UCHAR bye[] = {'b', 'y', 'e'};
    NDIS_HANDLE handle = Context;
    NdisAcquireSpinLock(&Net.lock);
    struct leaf *leaf = find(handle);
    struct cm_vc *vc = leaf && leaf->stays ? leaf->vc : NULL;
    BOOLEAN last = TRUE;
    if (vc) {
        leaf->stays = FALSE;
        for (ULONG i = 0; i < LEAF_COUNT_MAX; i++)
            last = last && !(Net.leaves[i].handle && Net.leaves[i].vc == vc && Net.leaves[i].stays);
        if (last)
            Net.ended = vc;
        Net.telling++;
    }
    NdisReleaseSpinLock(&Net.lock);
    if (!vc)
        return; /* the client was first */
    if (last)
        Cm.edge->IncomingCloseCall(NDIS_STATUS_SUCCESS, vc->wire.handle, bye, sizeof(bye));
    else
        Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, handle, bye, sizeof(bye));
    told();
}

static BOOLEAN hangs_up(const struct ticket *Ticket, NDIS_STATUS Status)
{
    struct cm_party *party = Ticket->object;
    if ((Ticket->ask != ASK_MAKE_CALL && Ticket->ask != ASK_ADD_PARTY) || !party ||
        Status != NDIS_STATUS_SUCCESS)
        return FALSE;
    NdisAcquireSpinLock(&Net.lock);
    struct leaf *leaf = find(party->handle);
    BOOLEAN brief = leaf && leaf->brief;
    NdisReleaseSpinLock(&Net.lock);
    return brief;
}

static VOID complete(struct ticket *Ticket, NDIS_STATUS Status)
{
    static const enum how hows[] = {FROM_DPC, FROM_WORK, FROM_THREAD};
    static volatile LONG turn;
    BOOLEAN leaves = hangs_up(Ticket, Status);
    NDIS_HANDLE handle = leaves ? ((struct cm_party *)Ticket->object)->handle : NULL;
    CmDeskComplete(Ticket, Status);
    if (leaves)
        DeskRun(&Cm.desk, hows[(ULONG)InterlockedIncrement(&turn) % 3], leave, handle);
}

static VOID settle(struct ticket *Ticket, NDIS_STATUS Status)
{
    const struct cm_party *party = Ticket->object;
    BOOLEAN good = Status == NDIS_STATUS_SUCCESS;
    BOOLEAN begins = Ticket->ask == ASK_MAKE_CALL || Ticket->ask == ASK_ADD_PARTY;
    BOOLEAN ends = Ticket->ask == ASK_CLOSE_CALL || Ticket->ask == ASK_DROP_PARTY;
    if (party && ((begins && !good) || (ends && good))) {
        if (Ticket->ask == ASK_CLOSE_CALL) {
            NdisAcquireSpinLock(&Net.lock);
            if (Net.ended == party->vc)
                Net.ended = NULL;
            NdisReleaseSpinLock(&Net.lock);
        }
        forget(party->handle);
    }
    CmDeskSettle(Ticket, Status);
}

/* ---- the driver -------------------------------------------------------------------------- */

static VOID begin(VOID)
{
    for (int ask = 0; ask < ASK_COUNT; ask++) {
        Cm.desk.plans[ask].how = ANY_LEGAL;
        Mini.desk.plans[ask].how = ANY_LEGAL;
    }
    /* A leaf can only hang up after a completion. */
    Cm.desk.plans[ASK_MAKE_CALL].how = Cm.desk.plans[ASK_ADD_PARTY].how = ANY_LATE;
    Cm.desk.settle = settle;
    Cm.desk.complete = complete;
}

static VOID wait_for_tasks(struct desk *Desk)
{
    while (InterlockedCompareExchange(&Desk->in_flight, 0, 0))
        NdisMSleep(100);
}

static NDIS_STATUS hook(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    PNDIS_CO_CALL_MANAGER_OPTIONAL_HANDLERS handlers = What;
    switch (Moment) {
    case AT_MINI_CHARACTERISTICS:
    case AT_CM_CHARACTERISTICS:
        begin();
        break;
    case AT_CM_HANDLERS:
        handlers->CmMakeCallHandler = make_call;
        handlers->CmCloseCallHandler = close_call;
        handlers->CmAddPartyHandler = add_party;
        handlers->CmDropPartyHandler = drop_party;
        break;
    case AT_CM_UNLOAD:
    case AT_MINI_UNLOAD:
        wait_for_tasks(&Cm.desk);
        wait_for_tasks(&Mini.desk);
        break;
    default:
        break;
    }
    return Status;
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const PDRIVER_INITIALIZE entries[] = {
        [MCM] = ActorMcmEntry, [CALL_MANAGER] = ActorCallMgrEntry, [MINIPORT] = ActorMiniEntry};
    NdisAllocateSpinLock(&Net.lock);
    InitializeListHead(&Net.held);
    ActorHook = hook;
    return entries[ROLE](DriverObject, RegistryPath);
}
