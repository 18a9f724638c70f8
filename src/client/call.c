/* SPDX-License-Identifier: MIT */
#include "client/call.h"

#include "client/close.h"
#include "client/offer.h"
#include "client/parameters.h"
#include "client/party.h"
#include "client/receive.h"
#include "client/vc.h"

struct condis_call *call_create(struct condis_af *af, enum condis_call_state state)
{
    struct condis_call *call = client_allocate(sizeof *call);
    if (!call)
        return NULL;
    call->af = af;
    call->state = state;
    call->refs = 2;
    NdisAllocateSpinLock(&call->lock);
    InitializeListHead(&call->offer_link);
    InitializeListHead(&call->parties.joined);
    InitializeListHead(&call->parties.owed);
    InitializeListHead(&call->parties.other);
    InitializeListHead(&call->queue);
    InitializeListHead(&call->held);
    wait_list_init(&call->waiters);
    call_limit(call, NULL);
    NdisAcquireSpinLock(&af->client->lock);
    InsertHeadList(&af->calls, &call->af_link);
    NdisReleaseSpinLock(&af->client->lock);
    return call;
}

void call_limit(struct condis_call *call, const struct condis_call_limits *limits)
{
    static const struct condis_call_limits defaults = {CLIENT_SENDS_MAX, CLIENT_RECEIVE_MAX,
                                                       CLIENT_COPIED_MAX};
    call->limits = limits ? *limits : defaults;
    if (call->limits.sends_max == 0)
        call->limits.sends_max = defaults.sends_max;
    if (call->limits.receive_max == 0)
        call->limits.receive_max = defaults.receive_max;
    if (call->limits.copied_bytes_max == 0)
        call->limits.copied_bytes_max = defaults.copied_bytes_max;
}

void call_free(struct condis_call *call)
{
    struct condis_client *client = call->af->client;
    NdisAcquireSpinLock(&client->lock);
    RemoveEntryList(&call->af_link);
    NdisReleaseSpinLock(&client->lock);
    party_free_list(call, &call->parties.joined);
    party_free_list(call, &call->parties.owed);
    party_free_list(call, &call->parties.other);
    NdisFreeSpinLock(&call->lock);
    client_free(call->vc);
    if (!call->incoming) /* those of an offer are the call manager's */
        client_free(call->parameters);
    client_free(call->qos_parameters);
    client_free(call->close_data);
    client_free(call);
}

void call_hold(struct condis_call *call)
{
    NdisInterlockedIncrement(&call->refs);
}

void call_let_go(struct condis_call *call)
{
    if (NdisInterlockedDecrement(&call->refs) == 0)
        call_free(call);
}

void call_end(struct condis_call *call, condis_status status)
{
    NdisAcquireSpinLock(&call->lock);
    struct client_vc *vc = call->vc;
    struct client_done begin = call->begin_done;
    struct client_done close = call->close_done;
    assert(vc && call->state != CONDIS_CALL_CLOSED);
    call->begin_done = call->close_done = (struct client_done){0};
    call->vc = NULL;
    call->state = CONDIS_CALL_CLOSED;
    call->closed_100ns = client_now_100ns(call->af->client);
    if (call->status == CONDIS_SUCCESS)
        call->status = status;
    party_close_all_locked(call);
    call->closing_party = NULL;
    struct condis_call_events events = call->events;
    bool tell = events.on_ended && !call->released;
    condis_status began = call->status != CONDIS_SUCCESS ? call->status : NDIS_STATUS_CLOSING;
    wait_list_wake(&call->waiters);
    NdisReleaseSpinLock(&call->lock);
    receive_discard(call);
    vc->call = NULL;
    vc_end(vc);
    client_tell(begin, began);
    if (tell)
        events.on_ended(events.context, call);
    client_tell(close, CONDIS_SUCCESS);
    call_let_go(call);
}

VOID call_made(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext, NDIS_HANDLE NdisPartyHandle,
               PCO_CALL_PARAMETERS CallParameters)
{
    struct client_vc *vc = ProtocolVcContext;
    struct condis_call *call = vc->call;
    struct client_done done = {0};
    call_hold(call);
    NdisAcquireSpinLock(&call->lock);
    PCO_CALL_PARAMETERS parameters = call->parameters;
    call->parameters = NULL;
    call->in_make = false;
    struct condis_party *party = call->multipoint ? call->closing_party : NULL;
    call->closing_party = NULL;
    if (Status == NDIS_STATUS_SUCCESS) {
        if (CallParameters && CallParameters->Flags & CALL_PARAMETERS_CHANGED)
            parameters_flows(CallParameters, &call->transmit, &call->receive);
        if (!call->close_wanted)
            call->state = CONDIS_CALL_CONNECTED;
        call->connected_100ns = client_now_100ns(call->af->client);
        done = call->begin_done;
        call->begin_done = (struct client_done){0};
    }
    if (party)
        party_join_locked(party, NdisPartyHandle, Status);
    wait_list_wake(&call->waiters);
    NdisReleaseSpinLock(&call->lock);
    client_free(parameters);
    client_tell(done, Status);
    receive_deliver(call);
    if (Status == NDIS_STATUS_SUCCESS)
        close_advance(call);
    else
        call_end(call, Status); /* no close after a failed make: the VC goes (C66) */
    call_let_go(call);
}

/* Fills in a new call from the program's options. returns false when there is no memory. */
static bool call_fill(struct condis_call *call, const struct condis_call_options *options)
{
    static const struct condis_flow nothing = {.service_type = SERVICETYPE_NOTRAFFIC};
    call->multipoint = options->multipoint;
    call->events = options->events;
    call_limit(call, &options->limits);
    call->to = options->to;
    call->has_from = options->has_from;
    call->from = options->from;
    call->transmit = options->transmit;
    call->receive = options->multipoint ? nothing : options->receive;
    call->in_make = true;
    call->parameters =
        parameters_create(&call->to, options->has_from ? &call->from : NULL, &call->transmit,
                          &call->receive, options->multipoint ? MULTIPOINT_VC : 0);
    if (!call->parameters)
        return false;
    if (!options->multipoint)
        return true;
    call->closing_party = party_create(call, options->party_context);
    return call->closing_party != NULL;
}

/* A call that NDIS never heard of. */
static condis_status call_undo(struct condis_call *call, condis_status status)
{
    call_free(call);
    return status;
}

static condis_status call_make_start(struct condis_af *af,
                                     const struct condis_call_options *options,
                                     struct condis_call **out, struct condis_party **party_out,
                                     struct client_done done)
{
    struct condis_call *call = call_create(af, CONDIS_CALL_MAKING);
    if (!call)
        return NDIS_STATUS_RESOURCES;
    if (!call_fill(call, options))
        return call_undo(call, NDIS_STATUS_RESOURCES);
    struct client_vc *vc;
    NDIS_STATUS status = vc_create(af, &vc);
    if (status != NDIS_STATUS_SUCCESS)
        return call_undo(call, status);
    struct condis_party *party = call->closing_party;
    NDIS_HANDLE *handle = party ? &party->handle : NULL;
    call->begin_done = done;
    call->vc = vc;
    vc->call = call;
    *out = call;
    if (party_out)
        *party_out = party;
    status = NdisClMakeCall(vc->handle, call->parameters, party, handle);
    if (status != NDIS_STATUS_PENDING)
        call_made(status, vc, handle ? *handle : NULL, call->parameters);
    return CONDIS_PENDING;
}

condis_status condis_call_make_async(struct condis_af *af,
                                     const struct condis_call_options *options,
                                     struct condis_call **call, struct condis_party **party,
                                     condis_done *done, void *context)
{
    struct attach attach;
    *call = NULL;
    if (party)
        *party = NULL;
    if (!attach_enter(&af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status =
        call_make_start(af, options, call, party, (struct client_done){done, context});
    attach_leave(&attach);
    return status;
}

condis_status condis_call_make(struct condis_af *af, const struct condis_call_options *options,
                               struct condis_call **call, struct condis_party **party)
{
    struct attach attach;
    condis_status status = NDIS_STATUS_INVALID_STATE;
    *call = NULL;
    if (party)
        *party = NULL;
    if (!attach_enter(&af->client->place, &attach))
        return status;
    struct wait_request *request = wait_request_begin(&status);
    if (request)
        status = wait_request_end(
            request, condis_call_make_async(af, options, call, party, wait_request_done, request));
    if (status != CONDIS_SUCCESS && *call) {
        condis_call_release(*call);
        *call = NULL;
        if (party)
            *party = NULL;
    }
    attach_leave(&attach);
    return status;
}

void condis_call_release(struct condis_call *call)
{
    struct attach attach;
    if (!call || !attach_enter(&call->af->client->place, &attach))
        return;
    NdisAcquireSpinLock(&call->lock);
    assert(!call->released);
    call->released = true;
    call->events = (struct condis_call_events){0};
    NdisReleaseSpinLock(&call->lock);
    offer_answer(call, NDIS_STATUS_FAILURE, (struct client_done){0});
    receive_discard(call);
    close_wish(call);
    call_let_go(call);
    attach_leave(&attach);
}
