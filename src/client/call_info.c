/* SPDX-License-Identifier: MIT */
/* What a program may ask about a call, and its waits for a call or party to be gone. */
#include "client/call.h"

void condis_call_info(struct condis_call *call, struct condis_call_info *out)
{
    struct attach attach;
    *out = (struct condis_call_info){0};
    if (!attach_enter(&call->af->client->place, &attach))
        return;
    NdisAcquireSpinLock(&call->lock);
    *out = (struct condis_call_info){
        .state = call->state,
        .multipoint = call->multipoint,
        .incoming = call->incoming,
        .closed_by_remote = call->remote_closed,
        .status = call->status,
        .to = call->to,
        .has_from = call->has_from,
        .from = call->from,
        .transmit = call->transmit,
        .receive = call->receive,
        .connected_100ns = call->connected_100ns,
        .closed_100ns = call->closed_100ns,
        .party_count = call->party_count,
        .sent_bytes = call->sent_bytes,
        .sent_count = call->sent_count,
        .received_bytes = call->received_bytes,
        .received_count = call->received_count,
        .lost_count = call->lost_count,
        .close_data = call->close_data,
        .close_bytes = call->close_bytes,
    };
    NdisReleaseSpinLock(&call->lock);
    attach_leave(&attach);
}

struct condis_af *condis_call_af(struct condis_call *call)
{
    return call->af;
}

void condis_party_info(struct condis_party *party, struct condis_party_info *out)
{
    struct attach attach;
    *out = (struct condis_party_info){0};
    if (!attach_enter(&party->call->af->client->place, &attach))
        return;
    NdisAcquireSpinLock(&party->call->lock);
    *out = (struct condis_party_info){
        .state = (enum condis_party_state)party->state,
        .left_by_itself = party->left_by_itself,
        .status = party->status,
        .joined_100ns = party->joined_100ns,
        .left_100ns = party->left_100ns,
        .close_data = party->state == CONDIS_PARTY_ADDING ? NULL : party->close_data,
        .close_bytes = party->close_bytes,
    };
    NdisReleaseSpinLock(&party->call->lock);
    attach_leave(&attach);
}

void *condis_party_context(struct condis_party *party)
{
    return party->context;
}

struct condis_call *condis_party_call(struct condis_party *party)
{
    return party->call;
}

static bool call_is_closed(void *what)
{
    struct condis_call *call = what;
    return call->state == CONDIS_CALL_CLOSED;
}

static bool party_is_gone(void *what)
{
    struct condis_party *party = what;
    return party->state == CONDIS_PARTY_GONE;
}

static condis_status call_wait(struct condis_call *call, bool (*ready)(void *what), void *what,
                               uint32_t timeout_ms)
{
    struct attach attach;
    if (!attach_enter(&call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status = wait_until(&call->waiters, &call->lock, ready, what, timeout_ms);
    if (status == CONDIS_SUCCESS)
        NdisReleaseSpinLock(&call->lock);
    attach_leave(&attach);
    return status;
}

condis_status condis_call_closed_wait(struct condis_call *call, uint32_t timeout_ms)
{
    return call_wait(call, call_is_closed, call, timeout_ms);
}

condis_status condis_party_gone_wait(struct condis_party *party, uint32_t timeout_ms)
{
    return call_wait(party->call, party_is_gone, party, timeout_ms);
}
