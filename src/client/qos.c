/* SPDX-License-Identifier: MIT */
#include "client/qos.h"

#include "client/call.h"
#include "client/close.h"
#include "client/parameters.h"

VOID qos_modified(NDIS_STATUS Status, NDIS_HANDLE ProtocolVcContext,
                  PCO_CALL_PARAMETERS CallParameters)
{
    struct client_vc *vc = ProtocolVcContext;
    struct condis_call *call = vc->call;
    call_hold(call);
    NdisAcquireSpinLock(&call->lock);
    PCO_CALL_PARAMETERS parameters = call->qos_parameters;
    struct client_done done = call->qos_done;
    call->qos_parameters = NULL;
    call->qos_done = (struct client_done){0};
    call->in_qos = false;
    if (Status == NDIS_STATUS_SUCCESS)
        parameters_flows(CallParameters ? CallParameters : parameters, &call->transmit,
                         &call->receive);
    NdisReleaseSpinLock(&call->lock);
    client_free(parameters);
    client_tell(done, Status);
    close_advance(call);
    call_let_go(call);
}

VOID qos_changed(NDIS_HANDLE ProtocolVcContext, PCO_CALL_PARAMETERS CallParameters)
{
    struct client_vc *vc = ProtocolVcContext;
    struct condis_call *call = vc->call;
    call_hold(call);
    NdisAcquireSpinLock(&call->lock);
    parameters_flows(CallParameters, &call->transmit, &call->receive);
    struct condis_flow transmit = call->transmit;
    struct condis_flow receive = call->receive;
    struct condis_call_events events = call->events;
    NdisReleaseSpinLock(&call->lock);
    if (events.on_qos)
        events.on_qos(events.context, call, &transmit, &receive);
    call_let_go(call);
}

static condis_status qos_start(struct condis_call *call, const struct condis_flow *transmit,
                               const struct condis_flow *receive, struct client_done done)
{
    PCO_CALL_PARAMETERS parameters =
        parameters_create(&call->to, call->has_from ? &call->from : NULL, transmit, receive,
                          call->multipoint ? MULTIPOINT_VC : 0);
    if (!parameters)
        return NDIS_STATUS_RESOURCES;
    condis_status status = CONDIS_PENDING;
    NdisAcquireSpinLock(&call->lock);
    if (call->state == CONDIS_CALL_CLOSING)
        status = NDIS_STATUS_CLOSING;
    else if (call->state != CONDIS_CALL_CONNECTED || call->in_qos)
        status = NDIS_STATUS_INVALID_STATE;
    struct client_vc *vc = call->vc;
    if (status == CONDIS_PENDING) {
        call->in_qos = true; /* the VC stays until it has ended */
        call->qos_done = done;
        call->qos_parameters = parameters;
    }
    NdisReleaseSpinLock(&call->lock);
    if (status != CONDIS_PENDING) {
        client_free(parameters);
        return status;
    }
    NDIS_STATUS answer = NdisClModifyCallQoS(vc->handle, parameters);
    if (answer != NDIS_STATUS_PENDING)
        qos_modified(answer, vc, parameters);
    return CONDIS_PENDING;
}

condis_status condis_call_modify_qos_async(struct condis_call *call,
                                           const struct condis_flow *transmit,
                                           const struct condis_flow *receive, condis_done *done,
                                           void *context)
{
    struct attach attach;
    if (!attach_enter(&call->af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status = qos_start(call, transmit, receive, (struct client_done){done, context});
    attach_leave(&attach);
    return status;
}

condis_status condis_call_modify_qos(struct condis_call *call, const struct condis_flow *transmit,
                                     const struct condis_flow *receive)
{
    struct attach attach;
    condis_status status = NDIS_STATUS_INVALID_STATE;
    if (!attach_enter(&call->af->client->place, &attach))
        return status;
    struct wait_request *request = wait_request_begin(&status);
    if (request)
        status =
            wait_request_end(request, condis_call_modify_qos_async(call, transmit, receive,
                                                                   wait_request_done, request));
    attach_leave(&attach);
    return status;
}
