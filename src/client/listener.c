/* SPDX-License-Identifier: MIT */
#include "client/listener.h"

#include "client/af.h"
#include "client/call.h"
#include "client/offer.h"
#include "client/parameters.h"

void listener_hold(struct condis_listener *listener)
{
    NdisInterlockedIncrement(&listener->refs);
}

void listener_free(struct condis_listener *listener)
{
    struct condis_client *client = listener->af->client;
    NdisAcquireSpinLock(&client->lock);
    RemoveEntryList(&listener->af_link);
    NdisReleaseSpinLock(&client->lock);
    client_free(listener->request);
    client_free(listener);
}

void listener_let_go(struct condis_listener *listener)
{
    if (NdisInterlockedDecrement(&listener->refs) == 0)
        listener_free(listener);
}

static struct condis_listener *listener_create(struct condis_af *af,
                                               const struct condis_address *address,
                                               const struct condis_listen_options *options)
{
    struct condis_listener *listener = client_allocate(sizeof *listener);
    if (!listener)
        return NULL;
    listener->request = parameters_sap(address);
    if (!listener->request) {
        client_free(listener);
        return NULL;
    }
    listener->af = af;
    listener->refs = 1;
    listener->backlog_max = CLIENT_BACKLOG;
    if (options) {
        listener->on_offer = options->on_offer;
        listener->context = options->context;
        if (options->backlog_max)
            listener->backlog_max = options->backlog_max;
    }
    InitializeListHead(&listener->waiting);
    wait_list_init(&listener->waiters);
    NdisAcquireSpinLock(&af->client->lock);
    InsertTailList(&af->listeners, &listener->af_link);
    NdisReleaseSpinLock(&af->client->lock);
    return listener;
}

/* Rejects every offer that nobody took. */
static void listener_reject_waiting(struct condis_listener *listener)
{
    struct condis_client *client = listener->af->client;
    for (;;) {
        struct condis_call *call = NULL;
        NdisAcquireSpinLock(&client->lock);
        if (!IsListEmpty(&listener->waiting))
            call = CONTAINING_RECORD(RemoveHeadList(&listener->waiting), struct condis_call,
                                     offer_link);
        NdisReleaseSpinLock(&client->lock);
        if (!call)
            return;
        condis_call_release(call);
    }
}

/* Calls NdisClDeregisterSap; the one who set stop_called does. */
static void listener_deregister(struct condis_listener *listener)
{
    listener_reject_waiting(listener);
    NDIS_STATUS status = NdisClDeregisterSap(listener->sap);
    if (status != NDIS_STATUS_PENDING)
        listener_deregistered(status, listener);
}

VOID listener_registered(NDIS_STATUS Status, NDIS_HANDLE ProtocolSapContext, PCO_SAP Sap,
                         NDIS_HANDLE NdisSapHandle)
{
    struct condis_listener *listener = ProtocolSapContext;
    struct condis_af *af = listener->af;
    bool failed = Status != NDIS_STATUS_SUCCESS;
    (void)Sap;
    NdisAcquireSpinLock(&af->client->lock);
    struct client_done done = listener->done;
    listener->done = (struct client_done){0};
    listener->sap = NdisSapHandle;
    listener->registered = !failed;
    listener->gone = failed;
    /* The AF may have begun to close meanwhile: it could not deregister a SAP without a handle. */
    bool deregister = !failed && listener->stopping;
    listener->stop_called = deregister;
    NdisReleaseSpinLock(&af->client->lock);
    client_tell(done, Status);
    if (deregister)
        listener_deregister(listener);
    if (failed) {
        listener_let_go(listener);
        client_af_let_go(af, &af->sap_count);
    }
}

VOID listener_deregistered(NDIS_STATUS Status, NDIS_HANDLE ProtocolSapContext)
{
    struct condis_listener *listener = ProtocolSapContext;
    struct condis_af *af = listener->af;
    NdisAcquireSpinLock(&af->client->lock);
    struct client_done done = listener->done;
    listener->done = (struct client_done){0};
    listener->gone = true;
    bool end = listener->stop_asked && Status == NDIS_STATUS_SUCCESS;
    NdisReleaseSpinLock(&af->client->lock);
    client_tell(done, Status);
    if (end)
        listener_let_go(listener);
    client_af_let_go(af, &af->sap_count);
}

struct condis_listener *listener_next_to_stop(struct condis_af *af)
{
    for (LIST_ENTRY *at = af->listeners.Flink; at != &af->listeners; at = at->Flink) {
        struct condis_listener *listener = CONTAINING_RECORD(at, struct condis_listener, af_link);
        if (listener->stopping)
            continue;
        listener->stopping = true;
        wait_list_wake(&listener->waiters);
        NdisInterlockedIncrement(&listener->refs);
        return listener;
    }
    return NULL;
}

void listener_evict(struct condis_listener *listener)
{
    struct condis_client *client = listener->af->client;
    NdisAcquireSpinLock(&client->lock);
    bool deregister = listener->registered && !listener->stop_called;
    listener->stop_called = listener->stop_called || deregister;
    NdisReleaseSpinLock(&client->lock);
    if (deregister)
        listener_deregister(listener);
    listener_let_go(listener);
}

static condis_status listen_start(struct condis_af *af, const struct condis_address *address,
                                  const struct condis_listen_options *options,
                                  struct condis_listener **out, struct client_done done)
{
    if (!client_af_hold(af, &af->sap_count))
        return NDIS_STATUS_CLOSING;
    struct condis_listener *listener = listener_create(af, address, options);
    if (!listener) {
        client_af_let_go(af, &af->sap_count);
        return NDIS_STATUS_RESOURCES;
    }
    listener->done = done;
    *out = listener;
    NDIS_STATUS status = NdisClRegisterSap(af->handle, listener, listener->request, &listener->sap);
    if (status != NDIS_STATUS_PENDING)
        listener_registered(status, listener, listener->request, listener->sap);
    return CONDIS_PENDING;
}

condis_status condis_listen_async(struct condis_af *af, const struct condis_address *address,
                                  const struct condis_listen_options *options,
                                  struct condis_listener **out, condis_done *done, void *context)
{
    struct attach attach;
    *out = NULL;
    if (!attach_enter(&af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status =
        listen_start(af, address, options, out, (struct client_done){done, context});
    attach_leave(&attach);
    return status;
}

condis_status condis_listen(struct condis_af *af, const struct condis_address *address,
                            const struct condis_listen_options *options,
                            struct condis_listener **out)
{
    struct attach attach;
    condis_status status = NDIS_STATUS_INVALID_STATE;
    *out = NULL;
    if (!attach_enter(&af->client->place, &attach))
        return status;
    struct wait_request *request = wait_request_begin(&status);
    if (request)
        status = wait_request_end(
            request, condis_listen_async(af, address, options, out, wait_request_done, request));
    if (status != CONDIS_SUCCESS)
        *out = NULL;
    attach_leave(&attach);
    return status;
}

static condis_status listen_stop_start(struct condis_listener *listener, struct client_done done)
{
    struct condis_client *client = listener->af->client;
    condis_status status = CONDIS_PENDING;
    NdisAcquireSpinLock(&client->lock);
    if (!listener->registered || listener->stop_asked)
        status = NDIS_STATUS_INVALID_STATE;
    else if (listener->gone)
        status = CONDIS_SUCCESS; /* its AF has closed */
    bool deregister = status == CONDIS_PENDING && !listener->stop_called;
    if (status != NDIS_STATUS_INVALID_STATE) {
        listener->stop_asked = listener->stopping = true;
        listener->stop_called = listener->stop_called || deregister;
        wait_list_wake(&listener->waiters);
    }
    if (status == CONDIS_PENDING)
        listener->done = done;
    NdisReleaseSpinLock(&client->lock);
    if (deregister)
        listener_deregister(listener);
    if (status == CONDIS_SUCCESS)
        listener_let_go(listener);
    return status;
}

condis_status condis_listen_stop_async(struct condis_listener *listener, condis_done *done,
                                       void *context)
{
    struct attach attach;
    if (!attach_enter(&listener->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status = listen_stop_start(listener, (struct client_done){done, context});
    attach_leave(&attach);
    return status;
}

condis_status condis_listen_stop(struct condis_listener *listener)
{
    struct attach attach;
    condis_status status = NDIS_STATUS_INVALID_STATE;
    if (!attach_enter(&listener->af->client->place, &attach))
        return status;
    struct wait_request *request = wait_request_begin(&status);
    if (request)
        status = wait_request_end(request,
                                  condis_listen_stop_async(listener, wait_request_done, request));
    attach_leave(&attach);
    return status;
}
