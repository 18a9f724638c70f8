/* SPDX-License-Identifier: MIT */
#include "uni/inside.h"

#include <assert.h>
#include <string.h>

#include "uni/tables.h"

enum uni_direction uni_direction_in(const struct uni *uni)
{
    return uni->config.side == UNI_USER || uni->config.peer_is_network ? UNI_NETWORK_TO_USER
                                                                       : UNI_USER_TO_NETWORK;
}

enum uni_direction uni_direction_out(const struct uni *uni)
{
    return uni->config.side == UNI_NETWORK ? UNI_NETWORK_TO_USER : UNI_USER_TO_NETWORK;
}

bool uni_type_ours(const struct uni *uni, uint8_t type)
{
    return uni_type_known(type, uni->config.version) && type != UNI_LEAF_SETUP_REQUEST &&
           type != UNI_LEAF_SETUP_FAILURE;
}

struct reason uni_reason_of(uint8_t cause)
{
    struct reason reason;

    reason.cause = cause;
    reason.diagnostic_count = 0;
    return reason;
}

struct reason uni_reason_timer(const char *digits)
{
    struct reason reason = uni_reason_of(UNI_CAUSE_TIMER);

    memcpy(reason.diagnostics, digits, 3);
    reason.diagnostic_count = 3;
    return reason;
}

void uni_add_cause(struct uni *uni, struct uni_message *message, const struct reason *reason)
{
    struct uni_cause *const cause = UNI_ADD(message, CAUSE, cause);

    if (!cause)
        return;
    cause->location = uni->config.location;
    cause->value = reason->cause;
    cause->diagnostic = (struct uni_view){reason->diagnostics, reason->diagnostic_count};
}

/* The uni's own message, empty but for the cause; its views live as long as the reason. */
struct uni_message *uni_scratch_with(struct uni *uni, const struct reason *reason)
{
    uni_message_init(&uni->scratch, 0, 0, 0);
    if (reason && reason->cause != 0)
        uni_add_cause(uni, &uni->scratch, reason);
    return &uni->scratch;
}

/* What may leave in this version and direction, and no more. */
static size_t encode_allowed(struct uni *uni, struct uni_message *message)
{
    const unsigned index = uni_index_of_type[message->type] - 1u;

    assert(index < UNI_INDEX_COUNT);
    message->has &= uni_allowed[uni->config.version][uni_direction_out(uni)][index];
    /* SIG 9.3: a peer without the service shall go on, not complain. */
    if ((message->has & UNI_HAS(USER_USER)) && message->user_user->head == 0)
        message->user_user->head = UNI_HEAD_PROCEED;
    if ((message->has & UNI_HAS(CAUSE)) &&
        message->count[UNI_IE_CAUSE] > uni_count_max[index][UNI_IE_CAUSE])
        message->count[UNI_IE_CAUSE] = uni_count_max[index][UNI_IE_CAUSE];
    return uni_encode(message, uni->out);
}

void uni_send_message(struct uni *uni, struct uni_message *message)
{
    const size_t byte_count = encode_allowed(uni, message);

    assert(byte_count > 0);
    /* SIG 5.3: without a link, and none on its way, what is sent is lost. */
    if (uni->link_state == 1 || uni->link_state == 3)
        uni_queue_frame(uni, uni->out, byte_count);
}

enum uni_result uni_check_elements(struct uni *uni, const struct uni_message *elements)
{
    if (!elements)
        return UNI_OK;
    if (elements->has & UNI_HAS(USER_USER)) {
        if (uni->config.version == UNI_31)
            return UNI_NO_USER_USER;
        if (elements->user_user->octets.byte_count > UNI_USER_USER_BYTES_MAX)
            return UNI_TOO_LONG;
    }
    return uni_encode(elements, uni->out) > 0 ? UNI_OK : UNI_BAD_MESSAGE;
}

static void set_endpoint(struct uni_message *message, uint16_t id, bool flag)
{
    message->has &= ~UNI_HAS(ENDPOINT_REF);
    struct uni_endpoint_ref *const ref = UNI_ADD(message, ENDPOINT_REF, endpoint_ref);

    ref->id = id;
    ref->flag = flag;
}

static void set_header(const struct call *call, uint8_t type, struct uni_message *message)
{
    message->type = type;
    message->head = UNI_HEAD;
    message->call_ref = call->reference;
    message->call_ref_flag = !call->ours;
}

/* What leaves and may have to leave again: SETUP until it is answered, RELEASE until confirmed. */
static void keep(struct uni *uni, struct call *call, struct uni_message *message)
{
    size_t byte_count = encode_allowed(uni, message);

    if (byte_count > call->kept_room) {
        message->has &= UNI_HAS(CAUSE);
        byte_count = uni_encode(message, uni->out);
    }
    assert(byte_count > 0 && byte_count <= call->kept_room);
    memcpy(call->kept, uni->out, byte_count);
    call->kept_bytes = (uint32_t)byte_count;
}

static void send_again(struct uni *uni, struct call *call)
{
    struct uni_message *const message = &uni->scratch;
    const struct reason t308 = uni_reason_timer("308");

    if (call->state != 11 && call->state != 12) {
        if (uni->link_state == 1 || uni->link_state == 3)
            uni_queue_frame(uni, call->kept, call->kept_bytes);
        return;
    }
    uni_decode(message, call->kept, call->kept_bytes);
    uni_add_cause(uni, message, &t308);
    uni_send_message(uni, message);
}

/* SIG 3.3, 7, 9.2: RELEASE COMPLETE that confirms has a cause only to name a fault of the RELEASE,
 * and carries no user-user data, which belongs into the first clearing message. */
static void set_answer(struct uni *uni, const struct call *call, struct uni_message *message)
{
    message->has &= ~(UNI_HAS(CAUSE) | UNI_HAS(USER_USER) | UNI_HAS(GENERIC_ID));
    if (call->answer_cause == 0)
        return;
    struct uni_cause *const cause = UNI_ADD(message, CAUSE, cause);

    cause->location = uni->config.location;
    cause->value = call->answer_cause;
    cause->diagnostic = (struct uni_view){&call->answer_diagnostic, 1};
}

void uni_send_call(struct uni *uni, struct call *call, uint8_t type, struct uni_message *elements)
{
    const struct reason normal = uni_reason_of(call->cause ? call->cause : UNI_CAUSE_NORMAL);
    struct uni_message *const message = elements ? elements : uni_scratch_with(uni, NULL);

    if (type == SEND_AGAIN) {
        send_again(uni, call);
        return;
    }
    set_header(call, type, message);
    if (type == UNI_RELEASE_COMPLETE && (call->state == 11 || call->state == 12))
        set_answer(uni, call, message);
    else if ((type == UNI_RELEASE || type == UNI_RELEASE_COMPLETE) &&
             !(message->has & UNI_HAS(CAUSE)))
        uni_add_cause(uni, message, &normal);
    if (type == UNI_STATUS_ENQUIRY && call->enquiry_party)
        set_endpoint(message, call->audit_id, !call->ours);
    else if (call->setup && type != UNI_STATUS_ENQUIRY && type != UNI_NOTIFY)
        set_endpoint(message, call->setup->id, !call->ours);
    if (type == UNI_SETUP || type == UNI_RELEASE)
        keep(uni, call, message);
    uni_send_message(uni, message);
}

void uni_send_party(struct uni *uni, struct party *party, uint8_t type,
                    struct uni_message *elements)
{
    const struct reason normal = uni_reason_of(UNI_CAUSE_NORMAL);
    struct uni_message *const message = elements ? elements : uni_scratch_with(uni, NULL);

    set_header(party->call, type, message);
    if ((type == UNI_DROP_PARTY || type == UNI_ADD_PARTY_REJECT) &&
        !(message->has & UNI_HAS(CAUSE)))
        uni_add_cause(uni, message, &normal);
    if (type == UNI_DROP_PARTY_ACKNOWLEDGE && party->answer_cause != 0) {
        const struct reason fault = {party->answer_cause, 1, {0x08}};

        message->has &= ~UNI_HAS(CAUSE);
        uni_add_cause(uni, message, &fault);
        set_endpoint(message, party->id, !party->call->ours);
        uni_send_message(uni, message);
        return;
    }
    set_endpoint(message, party->id, !party->call->ours);
    uni_send_message(uni, message);
}

static void finish_status(struct uni *uni, const struct uni_message *about, unsigned endpoint_state,
                          uint8_t call_state, const struct reason *reason)
{
    struct uni_message *const message = &uni->scratch;

    UNI_ADD(message, CALL_STATE, call_state)->state = call_state & 0x3F;
    uni_add_cause(uni, message, reason);
    if (about->has & UNI_HAS(ENDPOINT_REF)) {
        set_endpoint(message, about->endpoint_ref->id, !about->endpoint_ref->flag);
        UNI_ADD(message, ENDPOINT_STATE, endpoint_state)->state = endpoint_state & 0x3F;
    }
    if (reason->cause != UNI_CAUSE_STATUS_RESPONSE)
        uni->counters.statuses_out++;
    uni_send_message(uni, message);
}

/* SIG 5.2: what the states of a party are called on the wire. */
static const uint8_t state_value[PARTY_STATE_COUNT] = {
    [P0] = 0, [P1] = 1, [P2] = 6, [P3] = 4, [P4] = 7, [P5] = 11, [P6] = 12, [P7] = 10};

void uni_send_status(struct uni *uni, struct call *call, const struct uni_message *about,
                     const struct reason *reason)
{
    const struct party *const party = about->has & UNI_HAS(ENDPOINT_REF)
                                          ? uni_party_find(uni, call, about->endpoint_ref->id)
                                          : NULL;

    uni_message_init(&uni->scratch, UNI_STATUS, call->reference, !call->ours);
    finish_status(uni, about, party ? state_value[party->state] : 0, call->state, reason);
}

void uni_send_status_unknown(struct uni *uni, const struct uni_message *about, uint8_t call_state,
                             const struct reason *reason)
{
    uni_message_init(&uni->scratch, UNI_STATUS, about->call_ref, !about->call_ref_flag);
    finish_status(uni, about, 0, call_state, reason);
}

void uni_send_release_complete(struct uni *uni, uint32_t reference, uint8_t flag,
                               const struct reason *reason)
{
    struct uni_message *const message = uni_scratch_with(uni, reason);

    message->type = UNI_RELEASE_COMPLETE;
    message->call_ref = reference;
    message->call_ref_flag = flag;
    uni_send_message(uni, message);
}
