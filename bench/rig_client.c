/* SPDX-License-Identifier: MIT */
/* The rig's client: a CoNDIS client driver whose system threads do the measured work. */
#include "rig_inside.h"

enum { LEAF_TAG = 0x6661654c };

/* ---- parties: what is measured ----------------------------------------------------------- */

static void ask_next(struct leaf *leaf);

/* A pipelined party's request was answered: the next one, from the processor that asks. */
static void answered(struct leaf *leaf)
{
    struct rig_vc *vc = leaf->vc;
    if (vc->finish != RIG_OTHER) {
        ask_next(leaf);
        return;
    }
    NdisAcquireSpinLock(&vc->answers_lock);
    BOOLEAN start = !vc->answers;
    leaf->next = vc->answers;
    vc->answers = leaf;
    NdisReleaseSpinLock(&vc->answers_lock);
    if (start)
        KeInsertQueueDpc(&vc->ask_dpc, NULL, NULL);
}

static void ask_answered(PRKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct rig_vc *vc = context;
    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    NdisDprAcquireSpinLock(&vc->answers_lock);
    struct leaf *list = vc->answers;
    vc->answers = NULL;
    NdisDprReleaseSpinLock(&vc->answers_lock);
    for (struct leaf *next; list; list = next) {
        next = list->next;
        ask_next(list);
    }
}

static void check(NDIS_STATUS status, const char *what)
{
    if (status != NDIS_STATUS_SUCCESS && status != NDIS_STATUS_PENDING)
        rig_fail("%s: 0x%08X", what, (unsigned)status);
}

static struct leaf *leaf_new(struct rig_vc *vc, uint32_t slot)
{
    struct leaf *leaf = ExAllocateFromNPagedLookasideList(&vc->leaves[vc->edge->lists]);
    if (!leaf)
        rig_fail("out of memory at party %u", slot);
    leaf->vc = vc;
    leaf->slot = slot;
    leaf->joined = false;
    vc->parties[slot] = leaf;
    return leaf;
}

void rig_cl_add_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext,
                         NDIS_HANDLE NdisPartyHandle, PCO_CALL_PARAMETERS CallParameters)
{
    struct leaf *leaf = ProtocolPartyContext;
    UNREFERENCED_PARAMETER(CallParameters);
    check(Status, "add party");
    leaf->handle = NdisPartyHandle;
    leaf->joined = true;
    if (leaf->vc->finish != RIG_INLINE)
        answered(leaf);
}

void rig_cl_drop_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolPartyContext)
{
    struct leaf *leaf = ProtocolPartyContext;
    struct rig_vc *vc = leaf->vc;
    check(Status, "drop party");
    if (vc->finish == RIG_INLINE) {
        ExFreeToNPagedLookasideList(&vc->leaves[vc->edge->lists], leaf);
        return;
    }
    leaf->joined = false;
    answered(leaf);
}

static void add(struct leaf *leaf)
{
    NDIS_STATUS status = leaf->vc->edge->add(leaf);
    if (status != NDIS_STATUS_PENDING)
        rig_cl_add_complete(status, leaf, leaf->handle, &rig_parameters);
}

static void drop(struct leaf *leaf)
{
    NDIS_STATUS status = leaf->vc->edge->drop(leaf);
    if (status != NDIS_STATUS_PENDING)
        rig_cl_drop_complete(status, leaf);
}

/* The next request of a pipelined party: drop what has joined, add what has left. */
static void ask_next(struct leaf *leaf)
{
    struct rig_vc *vc = leaf->vc;
    if (leaf->joined) {
        if (vc->pairs_left == 0) {
            if (--vc->in_flight == 0)
                KeSetEvent(&vc->done, 0, FALSE);
            return;
        }
        vc->pairs_left--;
        drop(leaf);
        return;
    }
    uint32_t slot = leaf->slot;
    ExFreeToNPagedLookasideList(&vc->leaves[vc->edge->lists], leaf);
    add(leaf_new(vc, slot));
}

void rig_fill(struct rig_vc *vc, const struct rig_edge *edge, uint32_t party_count)
{
    vc->edge = edge;
    vc->finish = RIG_INLINE;
    vc->parties =
        ExAllocatePoolWithTag(NonPagedPool, sizeof(struct leaf *) * party_count, LEAF_TAG);
    if (!vc->parties)
        rig_fail("out of memory for %u parties", party_count);
    vc->party_count = party_count;
    for (uint32_t i = 0; i < party_count; i++)
        add(leaf_new(vc, i));
}

void rig_empty(struct rig_vc *vc)
{
    vc->finish = RIG_INLINE;
    for (uint32_t i = 0; i < vc->party_count; i++)
        drop(vc->parties[i]);
    ExFreePoolWithTag(vc->parties, LEAF_TAG);
    vc->parties = NULL;
    vc->party_count = 0;
}

void rig_pairs(struct rig_vc *vc, uint64_t pair_count)
{
    uint32_t slot = 0;
    vc->finish = RIG_INLINE;
    for (uint64_t i = 0; i < pair_count; i++) {
        if (vc->in_order)
            slot = slot + 1 < vc->party_count ? slot + 1 : 0;
        else
            slot = (uint32_t)(rig_random(&vc->random) % vc->party_count);
        drop(vc->parties[slot]);
        add(leaf_new(vc, slot));
    }
}

void rig_pipeline(struct rig_vc *vc, enum rig_finish finish, uint64_t pair_count, uint32_t depth)
{
    if (depth > vc->party_count)
        depth = vc->party_count;
    vc->finish = finish;
    vc->pairs_left = pair_count;
    vc->in_flight = depth;
    KeSetTargetProcessorDpc(&vc->finish_dpc[vc->edge->lists], finish == RIG_OTHER ? 1 : 0);
    KeSetTargetProcessorDpc(&vc->ask_dpc, 0);
    KeClearEvent(&vc->done);
    /* The first requests are asked like answers, so that every request comes from one processor. */
    NdisAcquireSpinLock(&vc->answers_lock);
    for (uint32_t i = 0; i < depth; i++) {
        vc->parties[i]->next = vc->answers;
        vc->answers = vc->parties[i];
    }
    NdisReleaseSpinLock(&vc->answers_lock);
    KeInsertQueueDpc(&vc->ask_dpc, NULL, NULL);
    KeWaitForSingleObject(&vc->done, Executive, KernelMode, FALSE, NULL);
}

/* ---- data -------------------------------------------------------------------------------- */

void rig_cl_send_complete(NDIS_HANDLE ProtocolVcContext, PNET_BUFFER_LIST NetBufferLists,
                          ULONG SendCompleteFlags)
{
    UNREFERENCED_PARAMETER(ProtocolVcContext);
    UNREFERENCED_PARAMETER(NetBufferLists);
    UNREFERENCED_PARAMETER(SendCompleteFlags);
}

void rig_cl_receive(NDIS_HANDLE ProtocolBindingContext, NDIS_HANDLE ProtocolVcContext,
                    PNET_BUFFER_LIST NetBufferLists, ULONG NumberOfNetBufferLists,
                    ULONG ReceiveFlags)
{
    struct rig_vc *vc = ProtocolVcContext;
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    UNREFERENCED_PARAMETER(ReceiveFlags);
    vc->round_trips += NumberOfNetBufferLists;
    vc->edge->give_back(vc, NetBufferLists);
}

PNET_BUFFER_LIST rig_lists(struct rig_vc *vc, NDIS_HANDLE pool, PMDL mdl, uint32_t count)
{
    PNET_BUFFER_LIST first = NULL;
    for (uint32_t i = 0; i < count; i++) {
        PNET_BUFFER_LIST nbl =
            NdisAllocateNetBufferAndNetBufferList(pool, 0, 0, mdl, 0, MmGetMdlByteCount(mdl));
        if (!nbl)
            rig_fail("no NET_BUFFER_LIST");
        nbl->SourceHandle = vc->handle;
        nbl->MiniportReserved[0] = vc;
        NET_BUFFER_LIST_NEXT_NBL(nbl) = first;
        first = nbl;
    }
    return first;
}

void rig_free_lists(PNET_BUFFER_LIST lists)
{
    PNET_BUFFER_LIST next;
    for (PNET_BUFFER_LIST nbl = lists; nbl; nbl = next) {
        next = NET_BUFFER_LIST_NEXT_NBL(nbl);
        NET_BUFFER_LIST_NEXT_NBL(nbl) = NULL;
        NdisFreeNetBufferList(nbl);
    }
}

void rig_data(struct rig_vc *vc, const struct rig_edge *edge, uint64_t round_trip_count,
              uint32_t chain_count)
{
    static UCHAR payload[8192];
    struct rig *rig = vc->rig;
    PMDL mdl = NdisAllocateMdl(rig->binding, payload, sizeof(payload));
    if (!mdl)
        rig_fail("no MDL");
    vc->edge = edge;
    vc->round_trips = 0;
    PNET_BUFFER_LIST lists = rig_lists(vc, rig->pool, mdl, chain_count);
    while (vc->round_trips < round_trip_count)
        edge->send(vc, lists);
    rig_free_lists(lists);
    NdisFreeMdl(mdl);
}

/* ---- the edges --------------------------------------------------------------------------- */

static NDIS_STATUS ndis_add(struct leaf *leaf)
{
    return NdisClAddParty(leaf->vc->handle, leaf, &rig_parameters, &leaf->handle);
}

static NDIS_STATUS ndis_drop(struct leaf *leaf)
{
    return NdisClDropParty(leaf->handle, NULL, 0);
}

static void ndis_add_complete(NDIS_STATUS status, NDIS_HANDLE party, struct branch *branch)
{
    NdisMCmAddPartyComplete(status, party, branch, &rig_parameters);
}

static void ndis_drop_complete(NDIS_STATUS status, NDIS_HANDLE party)
{
    NdisMCmDropPartyComplete(status, party);
}

static void ndis_send(struct rig_vc *vc, PNET_BUFFER_LIST lists)
{
    NdisCoSendNetBufferLists(vc->handle, lists, 0);
}

static void ndis_send_complete(struct rig_vc *vc, PNET_BUFFER_LIST lists)
{
    NdisMCoSendNetBufferListsComplete(vc->handle, lists, 0);
}

static void ndis_indicate(struct rig_vc *vc, PNET_BUFFER_LIST lists, ULONG count)
{
    NdisMCoIndicateReceiveNetBufferLists(vc->handle, lists, count, 0);
}

static void ndis_give_back(struct rig_vc *vc, PNET_BUFFER_LIST lists)
{
    NdisReturnNetBufferLists(vc->rig->binding, lists, 0);
}

const struct rig_edge rig_through_ndis = {
    .name = "NDIS",
    .add = ndis_add,
    .drop = ndis_drop,
    .add_complete = ndis_add_complete,
    .drop_complete = ndis_drop_complete,
    .send = ndis_send,
    .send_complete = ndis_send_complete,
    .indicate = ndis_indicate,
    .give_back = ndis_give_back,
};

/* The floor reaches the handlers through pointers that the compiler cannot see through. */
static NDIS_STATUS (*volatile cm_add)(NDIS_HANDLE, PCO_CALL_PARAMETERS, NDIS_HANDLE,
                                      PNDIS_HANDLE) = rig_cm_add_party;
static NDIS_STATUS (*volatile cm_drop)(NDIS_HANDLE, PVOID, UINT) = rig_cm_drop_party;
static void (*volatile cl_added)(NDIS_STATUS, NDIS_HANDLE, NDIS_HANDLE,
                                 PCO_CALL_PARAMETERS) = rig_cl_add_complete;
static void (*volatile cl_dropped)(NDIS_STATUS, NDIS_HANDLE) = rig_cl_drop_complete;

static NDIS_STATUS floor_add(struct leaf *leaf)
{
    return cm_add(leaf->vc, &rig_parameters, leaf, &leaf->branch);
}

static NDIS_STATUS floor_drop(struct leaf *leaf)
{
    return cm_drop(leaf->branch, NULL, 0);
}

static void floor_add_complete(NDIS_STATUS status, NDIS_HANDLE party, struct branch *branch)
{
    struct leaf *leaf = party;
    leaf->branch = branch;
    cl_added(status, leaf, leaf, &rig_parameters);
}

static void floor_drop_complete(NDIS_STATUS status, NDIS_HANDLE party)
{
    cl_dropped(status, party);
}

static void (*volatile mp_send)(NDIS_HANDLE, PNET_BUFFER_LIST, ULONG) = rig_cm_send;
static void (*volatile mp_return)(NDIS_HANDLE, PNET_BUFFER_LIST, ULONG) = rig_cm_return;
static void (*volatile cl_sent)(NDIS_HANDLE, PNET_BUFFER_LIST, ULONG) = rig_cl_send_complete;
static void (*volatile cl_receive)(NDIS_HANDLE, NDIS_HANDLE, PNET_BUFFER_LIST, ULONG,
                                   ULONG) = rig_cl_receive;

static void floor_send(struct rig_vc *vc, PNET_BUFFER_LIST lists)
{
    mp_send(vc, lists, 0);
}

static void floor_send_complete(struct rig_vc *vc, PNET_BUFFER_LIST lists)
{
    cl_sent(vc, lists, 0);
}

static void floor_indicate(struct rig_vc *vc, PNET_BUFFER_LIST lists, ULONG count)
{
    cl_receive(vc->rig, vc, lists, count, 0);
}

static void floor_give_back(struct rig_vc *vc, PNET_BUFFER_LIST lists)
{
    mp_return(vc->rig, lists, 0);
}

const struct rig_edge rig_floor = {
    .name = "floor",
    .lists = 1,
    .add = floor_add,
    .drop = floor_drop,
    .add_complete = floor_add_complete,
    .drop_complete = floor_drop_complete,
    .send = floor_send,
    .send_complete = floor_send_complete,
    .indicate = floor_indicate,
    .give_back = floor_give_back,
};

/* ---- VCs --------------------------------------------------------------------------------- */

static void wait_for_settled(struct rig_vc *vc)
{
    KeWaitForSingleObject(&vc->done, Executive, KernelMode, FALSE, NULL);
}

void rig_vc_open(struct rig_vc *vc)
{
    vc->random = 88172645463325252ull;
    KeInitializeEvent(&vc->done, NotificationEvent, FALSE);
    NdisAllocateSpinLock(&vc->answers_lock);
    for (int i = 0; i < 2; i++)
        ExInitializeNPagedLookasideList(&vc->leaves[i], NULL, NULL, 0, sizeof(struct leaf),
                                        LEAF_TAG, 0);
    /* On the floor the client runs the call manager's handlers: their memory is the client's. */
    ExInitializeNPagedLookasideList(&vc->branches[1], NULL, NULL, 0, sizeof(struct branch),
                                    LEAF_TAG, 0);
    KeInitializeDpc(&vc->ask_dpc, ask_answered, vc);
    KeInitializeDpc(&vc->finish_dpc[1], rig_cm_finish_pending, vc);
    vc->rig->creating = vc;
    NDIS_HANDLE handle = NULL;
    check(NdisCoCreateVc(vc->rig->binding, vc->rig->af, vc, &handle), "create VC");
    NDIS_STATUS status = NdisClMakeCall(handle, &rig_parameters, &vc->first, &vc->first_handle);
    check(status, "make call");
    if (status == NDIS_STATUS_PENDING)
        wait_for_settled(vc);
}

void rig_vc_close(struct rig_vc *vc)
{
    KeClearEvent(&vc->done);
    NDIS_STATUS status = NdisClCloseCall(vc->handle, vc->first_handle, NULL, 0);
    check(status, "close call");
    if (status == NDIS_STATUS_PENDING)
        wait_for_settled(vc);
    NDIS_HANDLE handle = vc->handle;
    check(NdisCoDeleteVc(handle), "delete VC");
    NdisFreeSpinLock(&vc->answers_lock);
    ExDeleteNPagedLookasideList(&vc->leaves[0]);
    ExDeleteNPagedLookasideList(&vc->leaves[1]);
    ExDeleteNPagedLookasideList(&vc->branches[1]);
}

void rig_cl_make_call_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                               NDIS_HANDLE NdisPartyHandle, PCO_CALL_PARAMETERS CallParameters)
{
    struct rig_vc *vc = ProtocolVcContext;
    UNREFERENCED_PARAMETER(NdisPartyHandle);
    UNREFERENCED_PARAMETER(CallParameters);
    check(Status, "make call");
    KeSetEvent(&vc->done, 0, FALSE);
}

void rig_cl_close_call_complete(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                                NDIS_HANDLE ProtocolPartyContext)
{
    struct rig_vc *vc = ProtocolVcContext;
    UNREFERENCED_PARAMETER(ProtocolPartyContext);
    check(Status, "close call");
    KeSetEvent(&vc->done, 0, FALSE);
}
