/* SPDX-License-Identifier: MIT */
/* What a call manager asks about its legs. */
#include "inside.h"

#include <assert.h>
#include <string.h>

static enum hubsig_result result_of(enum uni_result result)
{
    if (result == UNI_OK)
        return HUBSIG_OK;
    return result == UNI_NO_MEMORY || result == UNI_LIMIT ? HUBSIG_NO_MEMORY : HUBSIG_REFUSED;
}

static void begin(struct atmsig *sig, uint64_t now_ms, struct hubsig_step *step)
{
    memset(step, 0, sizeof(*step));
    if (now_ms > sig->now_ms)
        sig->now_ms = now_ms;
}

static void done(struct atmsig *sig, struct hubsig_step *step)
{
    sig_settle(sig);
    step->send = true;
}

/* A new call, with a leg on it that the uni does not know yet. */
static struct atm_call *offer_call(struct atmsig *sig, struct atm_leg *leg,
                                   const struct hubsig_message *offer)
{
    struct atm_call *call = call_new(sig);
    if (!call)
        return NULL;
    call->ours = true;
    call->multipoint = offer->multipoint;
    call->forward = offer->forward;
    call->backward = offer->backward;
    if (call_attach(sig, call, leg, 0)) {
        call->setup = leg;
        leg->serial = (uint64_t)(uintptr_t)call; /* SETUP has one cookie, also for its party */
        return call;
    }
    call_delete(sig, call);
    return NULL;
}

static enum hubsig_result offer_setup(struct atmsig *sig, struct atm_leg *leg,
                                      const struct hubsig_message *offer)
{
    struct atm_call *call = offer_call(sig, leg, offer);
    enum uni_result result;
    if (!call)
        return HUBSIG_NO_MEMORY;
    result = uni_setup(sig->uni, sig->now_ms, &sig->out, (uint64_t)(uintptr_t)call, &call->handle);
    if (result != UNI_OK) {
        leg->call = NULL;
        call->first = NULL;
        call_delete(sig, call);
        return result_of(result);
    }
    leg->leg.ref = call->handle;
    return HUBSIG_OK;
}

static struct atm_call *call_of(const struct atmsig *sig, uint32_t handle)
{
    struct atm_call *call = sig->calls;
    while (call && call->handle != handle)
        call = call->next;
    return call;
}

static enum hubsig_result offer_party(struct atmsig *sig, struct atm_leg *leg,
                                      const struct hubsig_message *offer)
{
    struct atm_call *call = call_of(sig, offer->to_ref);
    enum uni_result result;
    uint16_t party;
    if (!call || call->ending)
        return HUBSIG_REFUSED;
    leg->serial = ++sig->serial;
    result = uni_add_party(sig->uni, sig->now_ms, call->handle, &sig->out, leg->serial, &party);
    if (result != UNI_OK)
        return result_of(result);
    if (call_attach(sig, call, leg, party))
        return HUBSIG_OK;
    uni_request_party(sig->uni, sig->now_ms, call->handle, party, UNI_REQUEST_DROP_PARTY, NULL);
    return HUBSIG_NO_MEMORY;
}

enum hubsig_result atmsig_offer(struct atmsig *sig, struct hubsig_leg *leg,
                                const struct hubsig_message *offer, uint64_t now_ms,
                                struct hubsig_step *step)
{
    struct atm_leg *mine = (struct atm_leg *)leg; /* its first member */
    enum hubsig_result result;
    begin(sig, now_ms, step);
    if (!elements_write(&sig->out, offer, sig->version))
        return HUBSIG_REFUSED;
    leg->added = offer->type == HUBSIG_ADD_PARTY;
    result = leg->added ? offer_party(sig, mine, offer) : offer_setup(sig, mine, offer);
    if (result == HUBSIG_OK)
        leg->state = LEG_OFFER_SENT;
    done(sig, step);
    return result;
}

static struct atm_offer *offer_of(const struct hubsig_message *message)
{
    return (struct atm_offer *)(uintptr_t)((const char *)message -
                                           offsetof(struct atm_offer, message));
}

enum hubsig_result atmsig_take_offer(struct atmsig *sig, struct hubsig_leg *leg,
                                     const struct hubsig_message *offer, uint64_t now_ms)
{
    struct atm_leg *mine = (struct atm_leg *)leg;
    struct atm_offer *taken = offer_of(offer);
    struct atm_call *call = taken->call;
    struct hubsig_step step;
    bool added = taken->added;
    begin(sig, now_ms, &step);
    if (!call || call->ending)
        return HUBSIG_REFUSED;
    if (!call_attach(sig, call, mine, taken->party))
        return HUBSIG_NO_MEMORY;
    leg->added = added;
    leg->state = LEG_OFFERED;
    if (added) {
        mine->serial = ++sig->serial;
    } else {
        mine->serial = (uint64_t)(uintptr_t)call;
        call->setup = mine;
        call->forward = taken->message.forward;
        call->backward = taken->message.backward;
        /* T303 of the network is shorter than people are. */
        uni_request_call(sig->uni, sig->now_ms, call->handle, UNI_REQUEST_PROCEEDING, NULL);
    }
    if (call->multipoint)
        uni_party_cookie(sig->uni, call->handle, taken->party, mine->serial);
    offer_remove(sig, taken);
    sig_settle(sig);
    return HUBSIG_OK;
}

static struct uni_message *cause_message(struct atmsig *sig, uint32_t status)
{
    struct uni_cause *cause;
    uni_message_init(&sig->out, 0, 0, 0);
    cause = UNI_ADD(&sig->out, CAUSE, cause);
    cause->value = uni_cause_of_status(status, sig->version);
    return &sig->out;
}

void atmsig_refuse_offer(struct atmsig *sig, const struct hubsig_message *offer, uint32_t status,
                         uint64_t now_ms, struct hubsig_step *step)
{
    struct atm_offer *refused = offer_of(offer);
    struct atm_call *call = refused->call;
    begin(sig, now_ms, step);
    if (call && refused->added)
        uni_request_party(sig->uni, sig->now_ms, call->handle, refused->party,
                          UNI_REQUEST_ADD_PARTY_REJECT, cause_message(sig, status));
    else if (call)
        call_release(sig, call, cause_message(sig, status));
    offer_remove(sig, refused);
    done(sig, step);
}

/* What a clearing message holds besides what the uni puts there. */
static struct uni_message *clear_message(struct atmsig *sig, const struct hubsig_message *detail)
{
    struct uni_user_user *user;
    uint32_t status = detail ? detail->status : HUBSIG_STATUS_CLEARED;
    uni_message_init(&sig->out, 0, 0, 0);
    if (status != HUBSIG_STATUS_CLEARED)
        cause_message(sig, status);
    if (detail && detail->data_bytes != 0 && sig->version != UNI_31) {
        assert(detail->data_bytes <= UNI_USER_USER_BYTES_MAX);
        user = UNI_ADD(&sig->out, USER_USER, user_user);
        user->head = UNI_HEAD_PROCEED; /* who lacks the service goes on (SIG 9.3) */
        user->octets = (struct uni_view){detail->data, (uint16_t)detail->data_bytes};
    }
    return &sig->out;
}

/* Says to the network that a leg ends. returns false when it hears nothing of it any more, or could
 * not be told for want of memory: then its end is not waited for. */
static bool say_end(struct atmsig *sig, struct atm_leg *leg, struct uni_message *elements)
{
    struct atm_call *call = leg->call;
    bool last = call->first == leg && !leg->next;
    enum uni_request request = UNI_REQUEST_DROP_PARTY;
    if (call->ending)
        return false;
    if (leg->end == ATM_END_GONE && !last)
        return false;
    if (!leg->party || (last && leg->end != ATM_END_ASKED) ||
        (leg->leg.state == LEG_OFFERED && !leg->leg.added)) {
        call_release(sig, call, elements);
        return !call->releasing;
    }
    if (leg->end == ATM_END_ASKED)
        request = UNI_REQUEST_DROP_PARTY_ACK;
    else if (leg->leg.state == LEG_OFFERED)
        request = UNI_REQUEST_ADD_PARTY_REJECT;
    return uni_request_party(sig->uni, sig->now_ms, call->handle, (uint16_t)leg->leg.peer_ref,
                             request, elements) == UNI_OK;
}

static void leg_clear(struct atmsig *sig, struct atm_leg *leg, enum hubsig_event request,
                      const struct hubsig_message *detail)
{
    bool wait = request == REQ_CLEAR && leg->leg.state != LEG_FAR_CLEARED && !leg->ended;
    struct uni_message *elements = clear_message(sig, detail);
    bool said = leg->call && say_end(sig, leg, elements);
    if (wait && said) {
        leg->leg.state = LEG_CLEAR_SENT;
        return;
    }
    call_detach(sig, leg, elements);
}

static enum hubsig_result leg_answer(struct atmsig *sig, struct atm_leg *leg)
{
    enum uni_result result;
    if (leg->leg.state != LEG_OFFERED || leg->ended || !leg->call)
        return HUBSIG_REFUSED;
    if (leg->leg.added)
        result = uni_request_party(sig->uni, sig->now_ms, leg->call->handle,
                                   (uint16_t)leg->leg.peer_ref, UNI_REQUEST_ADD_PARTY_ACK, NULL);
    else
        result =
            uni_request_call(sig->uni, sig->now_ms, leg->call->handle, UNI_REQUEST_CONNECT, NULL);
    if (result != UNI_OK)
        return result_of(result);
    leg->leg.state = LEG_ANSWER_SENT;
    if (leg->leg.added) { /* nobody acknowledges an acknowledgement */
        leg->connected = true;
        leg_ready(sig, leg);
    }
    return HUBSIG_OK;
}

enum hubsig_result atmsig_request(struct atmsig *sig, struct hubsig_leg *leg,
                                  enum hubsig_event request, const struct hubsig_message *detail,
                                  uint64_t now_ms, struct hubsig_step *step)
{
    struct atm_leg *mine = (struct atm_leg *)leg;
    enum hubsig_result result = HUBSIG_REFUSED;
    begin(sig, now_ms, step);
    switch (request) {
    case REQ_CONFIRM: /* the uni has said CONNECT ACKNOWLEDGE */
        if (leg->state == LEG_ANSWERED) {
            leg->state = LEG_ACTIVE;
            result = HUBSIG_OK;
        }
        break;
    case REQ_ANSWER:
        result = leg_answer(sig, mine);
        break;
    case REQ_REFUSE:
    case REQ_CLEAR:
    case REQ_ABANDON:
        if (leg->state == LEG_NULL || (leg->state == LEG_CLEAR_SENT && request != REQ_ABANDON))
            break;
        result = HUBSIG_OK;
        if (leg->state == LEG_CLEAR_SENT)
            call_detach(sig, mine, NULL); /* said already */
        else
            leg_clear(sig, mine, request, detail);
        break;
    default:
        break;
    }
    done(sig, step);
    return result;
}
