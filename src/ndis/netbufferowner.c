/* SPDX-License-Identifier: MIT */
/* Who owns a net buffer list: the moves of netbufferlist.h and what they must keep to. */
#include "ndis/mark.h"
#include "ndis/netbufferpool.h"

enum { NB_CHAIN_MAX = 65536 }; /* NET_BUFFERs in one list; more is a circle */

enum nbl_state nbl_state(const NET_BUFFER_LIST *nbl)
{
    struct nbl_block *b = nbl_block_of(nbl);
    return b ? (enum nbl_state)atomic_load(&b->state) : NBL_STATE_FOREIGN;
}

const char *nbl_state_text(enum nbl_state state)
{
    static const char *const texts[] = {
        [NBL_STATE_FREE] = "free",
        [NBL_STATE_OWNED] = "its allocator's",
        [NBL_STATE_SENT] = "out as a send",
        [NBL_STATE_INDICATED] = "out as a receive",
        [NBL_STATE_LENT] = "lent for a receive with RESOURCES",
        [NBL_STATE_FOREIGN] = "not from a pool",
    };
    return texts[state];
}

void *nbl_vc(const NET_BUFFER_LIST *nbl)
{
    struct nbl_block *b = nbl_block_of(nbl);
    return b ? b->vc : NULL;
}

struct nt_owner *nbl_holder(const NET_BUFFER_LIST *nbl)
{
    struct nbl_block *b = nbl_block_of(nbl);
    return b ? b->holder : NULL;
}

struct nt_owner *nbl_allocator(const NET_BUFFER_LIST *nbl)
{
    struct nbl_block *b = nbl_block_of(nbl);
    return b ? b->allocator : NULL;
}

static uint32_t nb_chain_count(const NET_BUFFER *nb)
{
    uint32_t count = 0;
    for (; nb && count < NB_CHAIN_MAX; nb = nb->Next)
        count++;
    return count;
}

void nbl_note(struct nbl_block *b, enum nbl_state state)
{
    if (!host_verifies(b->pool->host))
        return;
    const struct exec_task *task = exec_current();
    uint64_t word =
        object_mark_word((uint8_t)state, 0, task->owner, exec_now_coarse(task->exec->world));
    uint32_t written = atomic_fetch_add_explicit(&b->moves_written, 1, memory_order_relaxed);
    atomic_store_explicit(&b->moves[written % NBL_MOVES_KEPT], word, memory_order_relaxed);
}

/* The mover owns the list from the swap until somebody hears of it, so the rest needs no order. */
static bool block_move(struct nbl_block *b, enum nbl_state from, enum nbl_state to, void *vc,
                       struct nt_owner *holder)
{
    uint32_t expected = from;
    if (!atomic_compare_exchange_strong(&b->state, &expected, to))
        return false;
    nbl_note(b, to);
    if (to != NBL_STATE_OWNED)
        atomic_store_explicit(&b->since_100ns, exec_now_coarse(exec_current()->exec->world),
                              memory_order_relaxed);
    b->vc = to == NBL_STATE_OWNED ? NULL : vc;
    b->holder = to == NBL_STATE_OWNED ? b->allocator : holder;
    if (to == NBL_STATE_SENT) {
        b->first_nb = b->nbl.FirstNetBuffer;
        b->nb_count = nb_chain_count(b->nbl.FirstNetBuffer);
        b->nbl.Status = NDIS_STATUS_PENDING;
    }
    return true;
}

bool nbl_set_state(PNET_BUFFER_LIST nbl, enum nbl_state from, enum nbl_state to, void *vc,
                   struct nt_owner *holder)
{
    struct nbl_block *b = nbl_block_of(nbl);
    return b && block_move(b, from, to, vc, holder);
}

/* What sending and indicating share: the list is the caller's own, and says on which VC. */
static bool go_out(const struct call *call, PNET_BUFFER_LIST nbl, NDIS_HANDLE VcHandle, void *vc,
                   enum nbl_state to, enum rule_id still_out, struct nt_owner *holder)
{
    struct nbl_block *b = nbl_block_of(nbl);
    if (!b) {
        call_breaks(call, RULE_NBL_NOT_FROM_POOL, VcHandle, NDIS_STATUS_FAILURE,
                    "a NET_BUFFER_LIST of the chain is not from a pool");
        return false;
    }
    if (!block_move(b, NBL_STATE_OWNED, to, vc, holder)) {
        enum nbl_state state = nbl_state(nbl);
        enum rule_id rule = state == NBL_STATE_FREE ? RULE_POOL_USED_AFTER_FREE : still_out;
        call_breaks(call, rule, VcHandle, NDIS_STATUS_FAILURE, "the NET_BUFFER_LIST is %s",
                    nbl_state_text(state));
        return false;
    }
    if (nbl->SourceHandle != VcHandle) {
        call_breaks(call, RULE_NBL_SOURCE_HANDLE, VcHandle, NDIS_STATUS_FAILURE,
                    nbl->SourceHandle ? "SourceHandle is another handle" : "SourceHandle is NULL");
        nbl->SourceHandle = VcHandle;
    }
    return true;
}

bool nbl_check_send(const struct call *call, PNET_BUFFER_LIST nbl, NDIS_HANDLE VcHandle, void *vc,
                    struct nt_owner *holder)
{
    return go_out(call, nbl, VcHandle, vc, NBL_STATE_SENT, RULE_NBL_SENT_TWICE, holder);
}

bool nbl_check_indicate(const struct call *call, PNET_BUFFER_LIST nbl, NDIS_HANDLE VcHandle,
                        void *vc, bool resources, struct nt_owner *holder)
{
    enum nbl_state to = resources ? NBL_STATE_LENT : NBL_STATE_INDICATED;
    return go_out(call, nbl, VcHandle, vc, to, RULE_RECEIVE_STILL_OUT, holder);
}

/* Reports a completed list that the miniport does not hold. */
static void complete_refused(const struct call *call, PNET_BUFFER_LIST nbl, NDIS_HANDLE VcHandle)
{
    enum nbl_state state = nbl_state(nbl);
    bool was_sent = state == NBL_STATE_FREE || state == NBL_STATE_OWNED;
    call_breaks(call, was_sent ? RULE_SEND_COMPLETE_TWICE : RULE_SEND_COMPLETE_UNSENT, VcHandle,
                NDIS_STATUS_FAILURE, "the NET_BUFFER_LIST is %s", nbl_state_text(state));
}

/* Judges a list that is still the miniport's, so that nobody else changes it meanwhile. */
static void complete_judge(const struct call *call, struct nbl_block *b, NDIS_HANDLE VcHandle)
{
    PNET_BUFFER_LIST nbl = &b->nbl;
    if (nbl->Status == NDIS_STATUS_PENDING) {
        call_breaks(call, RULE_SEND_COMPLETE_NO_STATUS, VcHandle, NDIS_STATUS_FAILURE,
                    "Status is what NDIS left in it: NDIS_STATUS_PENDING");
        nbl->Status = NDIS_STATUS_FAILURE;
    }
    uint32_t count = nb_chain_count(nbl->FirstNetBuffer);
    if (nbl->FirstNetBuffer == b->first_nb && count == b->nb_count)
        return;
    call_breaks(call, RULE_SEND_COMPLETE_CHAIN, VcHandle, NDIS_STATUS_FAILURE,
                "the list went out with %u NET_BUFFERs and comes back with %u%s", b->nb_count,
                count, nbl->FirstNetBuffer == b->first_nb ? "" : ", another one first");
    nbl->FirstNetBuffer = b->first_nb;
}

bool nbl_check_complete(const struct call *call, PNET_BUFFER_LIST nbl, NDIS_HANDLE VcHandle,
                        void *vc)
{
    struct nbl_block *b = nbl_block_of(nbl);
    if (!b || nbl_state(nbl) != NBL_STATE_SENT) {
        complete_refused(call, nbl, VcHandle);
        return false;
    }
    if (b->vc != vc) {
        call_breaks(call, RULE_SEND_COMPLETE_WRONG_VC, VcHandle, NDIS_STATUS_FAILURE,
                    "the list was sent on another VC");
        return false;
    }
    complete_judge(call, b, VcHandle);
    if (block_move(b, NBL_STATE_SENT, NBL_STATE_OWNED, NULL, NULL))
        return true;
    complete_refused(call, nbl, VcHandle);
    return false;
}

bool nbl_check_return(const struct call *call, PNET_BUFFER_LIST nbl)
{
    if (nbl_set_state(nbl, NBL_STATE_INDICATED, NBL_STATE_OWNED, NULL, NULL))
        return true;
    static const enum rule_id rules[] = {
        [NBL_STATE_FREE] = RULE_RETURN_TWICE,      [NBL_STATE_OWNED] = RULE_RETURN_TWICE,
        [NBL_STATE_SENT] = RULE_RETURN_UNRECEIVED, [NBL_STATE_INDICATED] = RULE_RETURN_TWICE,
        [NBL_STATE_LENT] = RULE_RETURN_RESOURCES,  [NBL_STATE_FOREIGN] = RULE_RETURN_UNRECEIVED,
    };
    enum nbl_state state = nbl_state(nbl);
    struct nbl_block *b = nbl_block_of(nbl);
    /* A list that its allocator never indicated cannot have been returned before. */
    bool own = b && state == NBL_STATE_OWNED && call->task->owner == b->allocator;
    call_breaks(call, own ? RULE_RETURN_UNRECEIVED : rules[state], NULL, NDIS_STATUS_FAILURE,
                "the NET_BUFFER_LIST is %s", nbl_state_text(state));
    return false;
}
