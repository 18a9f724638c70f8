/* SPDX-License-Identifier: MIT */
/* What the owner asks for. Everything is checked and reserved before anything changes. */
#include "uni/inside.h"

#include <assert.h>

#include "uni/tables.h"

static enum uni_result begin(struct uni *uni, uint64_t now_ms, const struct uni_message *elements)
{
    assert(now_ms >= uni->now_ms);
    uni->now_ms = now_ms;
    const enum uni_result result = uni_check_elements(uni, elements);

    if (result != UNI_OK)
        return result;
    return uni_queues_reserve(uni, 3, 4) ? UNI_OK : UNI_NO_MEMORY;
}

static bool complete(const struct uni *uni, uint8_t type, const struct uni_message *elements)
{
    const uint64_t ours = UNI_HAS(ENDPOINT_REF);
    const uint64_t needed =
        uni_mandatory[uni->config.version][uni_direction_out(uni)][uni_index_of_type[type] - 1];

    return (needed & ~ours & ~elements->has) == 0;
}

/* References are taken in turn, so that one that ended rests for long. */
static uint32_t next_reference(struct uni *uni)
{
    do {
        uni->next_reference++;
        if (uni->next_reference >= UNI_CALL_REF_DUMMY)
            uni->next_reference = 1;
    } while (uni_call_find(uni, uni->next_reference, true));
    return uni->next_reference;
}

enum uni_result uni_setup(struct uni *uni, uint64_t now_ms, struct uni_message *elements,
                          uint64_t cookie, uint32_t *handle)
{
    const enum uni_result result = begin(uni, now_ms, elements);

    if (result != UNI_OK)
        return result;
    if (!complete(uni, UNI_SETUP, elements))
        return UNI_BAD_MESSAGE;
    const bool multipoint = elements->bearer->multipoint == 1;

    if (uni->call_pool.count >= uni->call_pool.limit ||
        (multipoint && uni->party_pool.count >= uni->party_pool.limit))
        return UNI_LIMIT;
    struct call *const call = uni_call_begin(uni, next_reference(uni), true, multipoint);
    if (!call)
        return UNI_NO_MEMORY;
    if (!uni_call_keep(call, uni_encode(elements, uni->out) + 8))
        goto discard;
    if (multipoint) {
        call->setup = uni_party_begin(uni, call, 0);
        if (!call->setup)
            goto discard;
        call->setup->cookie = cookie;
        uni_party_step(uni, call->setup, CALL_SETUP_OUT, NULL, NULL);
    }
    call->cookie = cookie;
    if (elements->has & UNI_HAS(CONNECTION)) {
        call->has_connection = true;
        call->vpci = elements->connection->vpci;
        call->vci = elements->connection->vci;
    }
    uni_link_needed(uni);
    *handle = call->handle;
    uni_call_step(uni, call, CALL_REQ_SETUP, elements, 0);
    return UNI_OK;
discard:
    uni_call_discard(uni, call);
    return UNI_NO_MEMORY;
}

enum uni_result uni_add_party(struct uni *uni, uint64_t now_ms, uint32_t handle,
                              struct uni_message *elements, uint64_t cookie, uint16_t *id)
{
    const enum uni_result result = begin(uni, now_ms, elements);
    struct call *const call = uni_call_of_handle(uni, handle);

    if (result != UNI_OK)
        return result;
    if (!call)
        return UNI_NO_SUCH_CALL;
    if (!complete(uni, UNI_ADD_PARTY, elements))
        return UNI_BAD_MESSAGE;
    /* Q.2971's SDL: U4, U10, N7, N10. */
    const bool user = uni->config.side == UNI_USER;

    if (!call->ours || !call->multipoint || call->told_release ||
        (call->state != 10 && call->state != (user ? 4 : 7)))
        return UNI_WRONG_STATE;
    if (uni->party_pool.count >= uni->party_pool.limit)
        return UNI_LIMIT;
    if (!uni_endpoints_next(&call->endpoints, id))
        return call->endpoints.words ? UNI_LIMIT : UNI_NO_MEMORY;
    struct party *const party = uni_party_begin(uni, call, *id);
    if (!party)
        return UNI_NO_MEMORY;
    party->cookie = cookie;
    return uni_party_step(uni, party, REQ_ADD_PARTY, elements, NULL);
}

static const struct {
    uint8_t event;
    uint8_t type;
    bool of_party;
} requests[] = {
    [UNI_REQUEST_PROCEEDING] = {CALL_REQ_PROCEEDING, UNI_CALL_PROCEEDING, false},
    [UNI_REQUEST_ALERTING] = {CALL_REQ_ALERTING, UNI_ALERTING, false},
    [UNI_REQUEST_CONNECT] = {CALL_REQ_CONNECT, UNI_CONNECT, false},
    [UNI_REQUEST_CONNECT_ACK] = {CALL_REQ_CONNECT_ACK, UNI_CONNECT_ACKNOWLEDGE, false},
    [UNI_REQUEST_RELEASE] = {CALL_REQ_RELEASE, UNI_RELEASE, false},
    [UNI_REQUEST_NOTIFY] = {CALL_REQ_NOTIFY, UNI_NOTIFY, false},
    [UNI_REQUEST_PARTY_ALERTING] = {REQ_ALERT, UNI_PARTY_ALERTING, true},
    [UNI_REQUEST_ADD_PARTY_ACK] = {REQ_ACCEPT, UNI_ADD_PARTY_ACKNOWLEDGE, true},
    [UNI_REQUEST_ADD_PARTY_REJECT] = {REQ_REJECT, UNI_ADD_PARTY_REJECT, true},
    [UNI_REQUEST_DROP_PARTY] = {REQ_DROP, UNI_DROP_PARTY, true},
    [UNI_REQUEST_DROP_PARTY_ACK] = {REQ_CONFIRM, UNI_DROP_PARTY_ACKNOWLEDGE, true},
};

enum uni_result uni_request_call(struct uni *uni, uint64_t now_ms, uint32_t handle,
                                 enum uni_request request, struct uni_message *elements)
{
    const enum uni_result result = begin(uni, now_ms, elements);
    struct call *const call = uni_call_of_handle(uni, handle);

    if (result != UNI_OK)
        return result;
    if (!call)
        return UNI_NO_SUCH_CALL;
    assert((unsigned)request < sizeof(requests) / sizeof(requests[0]));
    assert(!requests[request].of_party);
    if ((call->told_release && request != UNI_REQUEST_RELEASE) ||
        !uni_type_known(requests[request].type, uni->config.version))
        return UNI_WRONG_STATE;
    if (request == UNI_REQUEST_NOTIFY && (!elements || !(elements->has & UNI_HAS(NOTIFICATION))))
        return UNI_BAD_MESSAGE;
    if (elements && (elements->has & UNI_HAS(CONNECTION)) && request < UNI_REQUEST_RELEASE) {
        call->has_connection = true;
        call->vpci = elements->connection->vpci;
        call->vci = elements->connection->vci;
    }
    const bool has_cause = elements && (elements->has & UNI_HAS(CAUSE));
    const uint8_t cause = request != UNI_REQUEST_RELEASE ? 0
                          : has_cause                    ? elements->cause->value
                          : call->cause                  ? call->cause
                                                         : UNI_CAUSE_NORMAL;

    return uni_call_step(uni, call, (enum call_event)requests[request].event, elements, cause);
}

/* Call states in which parties may be answered (Q.2971's SDL): the first party is the call's. */
static bool party_request_fits(const struct uni *uni, const struct call *call,
                               const struct party *party, enum uni_request request)
{
    const bool user = uni->config.side == UNI_USER;

    switch (request) {
    case UNI_REQUEST_DROP_PARTY:
    case UNI_REQUEST_DROP_PARTY_ACK:
        return true;
    case UNI_REQUEST_ADD_PARTY_ACK:
        return party != call->setup && call->state == 10;
    default:
        return party != call->setup &&
               (call->state == 10 ||
                (user ? call->state == 7 || call->state == 8 : call->state == 4));
    }
}

enum uni_result uni_request_party(struct uni *uni, uint64_t now_ms, uint32_t handle, uint16_t id,
                                  enum uni_request request, struct uni_message *elements)
{
    const enum uni_result result = begin(uni, now_ms, elements);
    struct call *const call = uni_call_of_handle(uni, handle);
    struct party *const party = call ? uni_party_find(uni, call, id) : NULL;

    if (result != UNI_OK)
        return result;
    if (!party)
        return call ? UNI_NO_SUCH_PARTY : UNI_NO_SUCH_CALL;
    assert((unsigned)request < sizeof(requests) / sizeof(requests[0]));
    assert(requests[request].of_party);
    if (call->told_release || !uni_type_known(requests[request].type, uni->config.version) ||
        !party_request_fits(uni, call, party, request))
        return UNI_WRONG_STATE;
    return uni_party_step(uni, party, (enum party_event)requests[request].event, elements, NULL);
}

enum uni_result uni_audit(struct uni *uni, uint64_t now_ms, uint32_t handle)
{
    const enum uni_result result = begin(uni, now_ms, NULL);
    struct call *const call = uni_call_of_handle(uni, handle);

    if (result != UNI_OK)
        return result;
    if (!call)
        return UNI_NO_SUCH_CALL;
    if (call->state > 10)
        return UNI_WRONG_STATE;
    uni_audit_call(uni, call);
    return UNI_OK;
}
