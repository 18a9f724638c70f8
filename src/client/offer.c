/* SPDX-License-Identifier: MIT */
#include "client/offer.h"

#include "client/call.h"
#include "client/close.h"
#include "client/listener.h"
#include "client/parameters.h"
#include "client/receive.h"

/* Under the lock: the offer is answered with success; the call manager will connect it or close it.
 */
static void offer_accept_locked(struct condis_call *call)
{
    call->answered = true;
    call->in_make = true;
    call->state = call->close_wanted ? CONDIS_CALL_CLOSING : CONDIS_CALL_ACCEPTING;
    wait_list_wake(&call->waiters);
}

/* Under the lock: the offer is answered with failure; the VC knows the call no more. */
static void offer_reject_locked(struct condis_call *call, condis_status status)
{
    call->answered = true;
    call->vc->call = NULL;
    call->vc = NULL;
    call->state = CONDIS_CALL_CLOSED;
    call->closed_100ns = client_now_100ns(call->af->client);
    if (call->status == CONDIS_SUCCESS)
        call->status = status;
    wait_list_wake(&call->waiters);
}

condis_status offer_answer(struct condis_call *call, condis_status status, struct client_done done)
{
    NdisAcquireSpinLock(&call->lock);
    if (call->state != CONDIS_CALL_OFFERED || call->answered) {
        NdisReleaseSpinLock(&call->lock);
        return NDIS_STATUS_INVALID_STATE;
    }
    NDIS_HANDLE vc = call->vc->handle;
    PCO_CALL_PARAMETERS parameters = call->parameters;
    call->parameters = NULL;
    /* A call that the other end has closed meanwhile is accepted and then closed: both of its
     * obligations are met, in an order that the call manager knows (API §8.8, C1, C69). */
    if (call->remote_closed)
        status = NDIS_STATUS_SUCCESS;
    if (status == NDIS_STATUS_SUCCESS) {
        call->begin_done = done;
        offer_accept_locked(call);
    } else {
        offer_reject_locked(call, status);
    }
    NdisReleaseSpinLock(&call->lock);
    NdisClIncomingCallComplete(status, vc, parameters);
    if (status != NDIS_STATUS_SUCCESS) {
        call_let_go(call); /* the VC's reference */
        return CONDIS_PENDING;
    }
    NdisAcquireSpinLock(&call->lock);
    if (call->remote_closed)
        call->in_make = false;
    NdisReleaseSpinLock(&call->lock);
    close_advance(call);
    return CONDIS_PENDING;
}

static struct condis_call *offer_create(struct condis_listener *listener, struct client_vc *vc,
                                        PCO_CALL_PARAMETERS parameters)
{
    struct condis_call *call = call_create(listener->af, CONDIS_CALL_OFFERED);
    if (!call)
        return NULL;
    call->incoming = true;
    call->vc = vc;
    vc->call = call;
    call->parameters = parameters;
    parameters_called(parameters, &call->to);
    call->has_from = parameters_calling(parameters, &call->from);
    parameters_flows(parameters, &call->transmit, &call->receive);
    return call;
}

/* ProtocolClIncomingCall answers itself. returns that answer, NDIS_STATUS_PENDING when the program
 * has answered meanwhile, or will. */
static NDIS_STATUS offer_answer_inside(struct condis_call *call, enum condis_answer answer)
{
    NDIS_STATUS status = NDIS_STATUS_PENDING;
    NdisAcquireSpinLock(&call->lock);
    if (answer != CONDIS_LATER && call->state == CONDIS_CALL_OFFERED && !call->answered) {
        call->parameters = NULL;
        status = answer == CONDIS_ACCEPT ? NDIS_STATUS_SUCCESS : NDIS_STATUS_FAILURE;
        if (answer == CONDIS_ACCEPT)
            offer_accept_locked(call);
        else
            offer_reject_locked(call, status);
    }
    NdisReleaseSpinLock(&call->lock);
    if (status == NDIS_STATUS_FAILURE)
        call_let_go(call); /* the VC's reference */
    return status;
}

static NDIS_STATUS offer_ask(struct condis_listener *listener, struct condis_call *call)
{
    call_hold(call);
    enum condis_answer answer = listener->on_offer(listener->context, listener, call);
    NDIS_STATUS status = offer_answer_inside(call, answer);
    if (answer == CONDIS_REJECT)
        condis_call_release(call);
    call_let_go(call);
    return status;
}

/* Puts the offer in line. returns PENDING, or why it is rejected. */
static NDIS_STATUS offer_enqueue(struct condis_listener *listener, struct condis_call *call)
{
    struct condis_client *client = listener->af->client;
    NDIS_STATUS status = NDIS_STATUS_PENDING;
    NdisAcquireSpinLock(&client->lock);
    if (listener->stopping)
        status = NDIS_STATUS_CLOSING;
    else if (listener->waiting_count >= listener->backlog_max)
        status = NDIS_STATUS_RESOURCES;
    if (status == NDIS_STATUS_PENDING) {
        InsertTailList(&listener->waiting, &call->offer_link);
        listener->waiting_count++;
        wait_list_wake(&listener->waiters);
    }
    NdisReleaseSpinLock(&client->lock);
    return status;
}

NDIS_STATUS offer_incoming(NDIS_HANDLE ProtocolSapContext, NDIS_HANDLE ProtocolVcContext,
                           PCO_CALL_PARAMETERS CallParameters)
{
    struct condis_listener *listener = ProtocolSapContext;
    struct client_vc *vc = ProtocolVcContext;
    struct condis_call *call = offer_create(listener, vc, CallParameters);
    if (!call)
        return NDIS_STATUS_RESOURCES;
    listener_hold(listener);
    NDIS_STATUS status;
    if (listener->on_offer) {
        status = offer_ask(listener, call);
    } else {
        status = offer_enqueue(listener, call);
        if (status != NDIS_STATUS_PENDING) {
            offer_answer_inside(call, CONDIS_REJECT);
            condis_call_release(call);
        }
    }
    listener_let_go(listener);
    return status;
}

VOID offer_connected(NDIS_HANDLE ProtocolVcContext)
{
    struct client_vc *vc = ProtocolVcContext;
    struct condis_call *call = vc->call;
    call_hold(call);
    NdisAcquireSpinLock(&call->lock);
    call->in_make = false;
    call->connected_100ns = client_now_100ns(call->af->client);
    if (call->state == CONDIS_CALL_ACCEPTING)
        call->state = CONDIS_CALL_CONNECTED;
    struct client_done done = call->begin_done;
    struct condis_call_events events = call->events;
    call->begin_done = (struct client_done){0};
    wait_list_wake(&call->waiters);
    NdisReleaseSpinLock(&call->lock);
    if (events.on_connected)
        events.on_connected(events.context, call);
    client_tell(done, CONDIS_SUCCESS);
    receive_deliver(call);
    close_advance(call);
    call_let_go(call);
}

condis_status condis_call_prepare(struct condis_call *call, const struct condis_call_events *events,
                                  const struct condis_call_limits *limits)
{
    struct attach attach;
    if (!attach_enter(&call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    NdisAcquireSpinLock(&call->lock);
    bool offered = call->state == CONDIS_CALL_OFFERED && !call->answered;
    if (offered) {
        call->events = events ? *events : (struct condis_call_events){0};
        call_limit(call, limits);
    }
    NdisReleaseSpinLock(&call->lock);
    attach_leave(&attach);
    return offered ? CONDIS_SUCCESS : NDIS_STATUS_INVALID_STATE;
}

/* An offer that the other end has closed was answered already: the program hears why. */
condis_status condis_call_accept_async(struct condis_call *call, condis_done *done, void *context)
{
    struct attach attach;
    if (!attach_enter(&call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status =
        offer_answer(call, NDIS_STATUS_SUCCESS, (struct client_done){done, context});
    if (status != CONDIS_PENDING) {
        NdisAcquireSpinLock(&call->lock);
        if (call->remote_closed || call->evicting)
            status = call->status != CONDIS_SUCCESS ? call->status : NDIS_STATUS_CLOSING;
        NdisReleaseSpinLock(&call->lock);
    }
    attach_leave(&attach);
    return status;
}

condis_status condis_call_accept(struct condis_call *call)
{
    struct attach attach;
    condis_status status = NDIS_STATUS_INVALID_STATE;
    if (!attach_enter(&call->af->client->place, &attach))
        return status;
    struct wait_request *request = wait_request_begin(&status);
    if (request)
        status =
            wait_request_end(request, condis_call_accept_async(call, wait_request_done, request));
    attach_leave(&attach);
    return status;
}

condis_status condis_call_reject(struct condis_call *call, condis_status status)
{
    struct attach attach;
    if (status == CONDIS_SUCCESS || status == CONDIS_PENDING)
        return NDIS_STATUS_INVALID_PARAMETER;
    if (!attach_enter(&call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status answer = offer_answer(call, status, (struct client_done){0});
    NdisAcquireSpinLock(&call->lock);
    bool over = answer == CONDIS_PENDING || call->remote_closed || call->evicting;
    NdisReleaseSpinLock(&call->lock);
    if (over)
        condis_call_release(call);
    attach_leave(&attach);
    return over ? CONDIS_SUCCESS : NDIS_STATUS_INVALID_STATE;
}

static bool offer_is_waiting(void *what)
{
    struct condis_listener *listener = what;
    return listener->stopping || !IsListEmpty(&listener->waiting);
}

condis_status condis_offer_wait(struct condis_listener *listener, uint32_t timeout_ms,
                                struct condis_call **out)
{
    struct condis_client *client = listener->af->client;
    struct attach attach;
    *out = NULL;
    if (!attach_enter(&client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    listener_hold(listener);
    condis_status status =
        wait_until(&listener->waiters, &client->lock, offer_is_waiting, listener, timeout_ms);
    if (status == CONDIS_SUCCESS) {
        if (listener->stopping) {
            status = NDIS_STATUS_CLOSING;
        } else {
            *out = CONTAINING_RECORD(RemoveHeadList(&listener->waiting), struct condis_call,
                                     offer_link);
            listener->waiting_count--;
        }
        NdisReleaseSpinLock(&client->lock);
    }
    listener_let_go(listener);
    attach_leave(&attach);
    return status;
}

condis_status condis_accept(struct condis_listener *listener,
                            const struct condis_call_events *events, uint32_t timeout_ms,
                            struct condis_call **out)
{
    condis_status status = condis_offer_wait(listener, timeout_ms, out);
    if (status != CONDIS_SUCCESS)
        return status;
    condis_call_prepare(*out, events, NULL);
    status = condis_call_accept(*out);
    if (status != CONDIS_SUCCESS) {
        condis_call_release(*out);
        *out = NULL;
    }
    return status;
}
