/* SPDX-License-Identifier: MIT */
/* What a message of one port becomes on another. */
#include <stdlib.h>
#include <string.h>

#include "switch/inside.h"

enum {
    PLAN_E164 = 1,
    PLAN_AESA = 2,
    AFI_E164 = 0x45,
    E164_BYTES = 8,
    PRIVATE_NETWORK = 1, /* the location of our causes, SIG 4.10 */
};

/* Belongs to one link, or is written by its uni. */
static const uint64_t local_elements = UNI_HAS(ENDPOINT_REF) | UNI_HAS(CONNECTION) |
                                       UNI_HAS(ENDPOINT_STATE) | UNI_HAS(CALL_STATE) |
                                       UNI_HAS(TRANSIT_NETWORK);

static void filter(struct uni_message *message, const struct port *to)
{
    message->has &= ~local_elements;
    for (uint64_t left = message->has; left; left &= left - 1) {
        enum uni_ie ie = (enum uni_ie)__builtin_ctzll(left);
        if (!uni_ie_allowed(message->type, ie, to->options.version, UNI_NETWORK_TO_USER))
            message->has &= ~(UINT64_C(1) << ie);
    }
    if (message->has & UNI_HAS(CAUSE))
        message->count[UNI_IE_CAUSE] =
            1; /* the one that said why; DROP PARTY has room for no other */
    /* SIG 4.11: we accept one octet more than we may send. */
    if ((message->has & UNI_HAS(USER_USER)) &&
        message->user_user->octets.byte_count > UNI_USER_USER_BYTES_MAX)
        message->user_user->octets.byte_count = UNI_USER_USER_BYTES_MAX;
}

struct uni_message *carry(struct switch_core *core, const struct port *to, uint8_t type,
                          const struct uni_message *from)
{
    struct uni_message *message = &core->scratch;

    if (!from) {
        uni_message_init(message, type, 0, 0);
        return message;
    }
    if (from != message)
        *message = *from;
    message->type = type;
    message->head = UNI_HEAD;
    message->fault_count = 0;
    filter(message, to);
    return message;
}

struct uni_message *carry_ending(struct switch_core *core, const struct port *to, uint8_t type,
                                 const struct ending *ending)
{
    struct uni_message *message = carry(core, to, type, ending->message);

    if (message->has & UNI_HAS(CAUSE))
        return message;
    struct uni_cause *cause = UNI_ADD(message, CAUSE, cause);
    cause->location = PRIVATE_NETWORK;
    cause->value = ending->cause ? ending->cause : UNI_CAUSE_UNSPECIFIED;
    cause->value &= 0x7F;
    return message;
}

struct uni_message *connection_only(struct switch_core *core, uint16_t vci)
{
    uni_message_init(&core->scratch, UNI_CALL_PROCEEDING, 0, 0);
    struct uni_connection *connection = UNI_ADD(&core->scratch, CONNECTION, connection);
    connection->association = 1;
    connection->vci = vci;
    return &core->scratch;
}

/* The SETUP of a branch: what the root said of the call, and what it said of this party. */
struct uni_message *setup_for(struct switch_core *core, const struct leg *branch,
                              const struct uni_message *from)
{
    static const uint64_t of_call = UNI_HAS(TRAFFIC) | UNI_HAS(BEARER) | UNI_HAS(QOS) |
                                    UNI_HAS(EXTENDED_QOS) | UNI_HAS(TRAFFIC_81) |
                                    UNI_HAS(TRAFFIC_82) | UNI_HAS(ABR_SETUP) |
                                    UNI_HAS(ABR_ADDITIONAL) | UNI_HAS(MDCR);
    const struct port *port = port_of(core, branch->port);
    struct uni_message *message = &core->scratch;

    if (from->type != UNI_SETUP) {
        static const uint64_t described =
            UNI_HAS(AAL_PARAMETERS) | UNI_HAS(BHLI) | UNI_HAS(BLLI) | UNI_HAS(REPEAT);
        if (uni_decode(message, branch->tree->setup, branch->tree->setup_bytes) != UNI_DECODE_OK)
            return NULL;
        /* Parties that say nothing of the upper layers use what the call began with. */
        message->has &= of_call | (from->has & described ? 0 : described);
#define TAKE(NAME, name)                                                                           \
    if (from->has & UNI_HAS(NAME)) {                                                               \
        message->has |= UNI_HAS(NAME);                                                             \
        message->count[UNI_IE_##NAME] = from->count[UNI_IE_##NAME];                                \
        memcpy(message->name, from->name, sizeof message->name);                                   \
    }
        TAKE(AAL_PARAMETERS, aal_parameters)
        TAKE(BHLI, bhli)
        TAKE(REPEAT, repeat)
        TAKE(BLLI, blli)
        TAKE(CALLED_NUMBER, called_number)
        TAKE(CALLED_SUBADDRESS, called_subaddress)
        TAKE(CALLING_NUMBER, calling_number)
        TAKE(CALLING_SUBADDRESS, calling_subaddress)
        TAKE(SENDING_COMPLETE, sending_complete)
        TAKE(DELAY, delay)
        TAKE(NOTIFICATION, notification)
        TAKE(USER_USER, user_user)
        TAKE(GENERIC_ID, generic_id)
        TAKE(LEAF_SEQUENCE, leaf_sequence)
#undef TAKE
        from = message;
    }
    message = carry(core, port, UNI_SETUP, from);
    if (!(message->has & (UNI_HAS(QOS) | UNI_HAS(EXTENDED_QOS))))
        UNI_ADD(message, QOS, qos); /* UNI 3.1 wants it: unspecified both ways */
    struct uni_connection *connection = UNI_ADD(message, CONNECTION, connection);
    connection->association = 1;
    connection->vci = branch->vci;
    return message;
}

uint8_t *message_keep(struct switch_core *core, const struct uni_message *message, uint32_t *bytes)
{
    size_t size = uni_encode(message, core->octets);
    uint8_t *kept = size ? malloc(size) : NULL;

    if (!kept)
        return NULL;
    memcpy(kept, core->octets, size);
    *bytes = (uint32_t)size;
    return kept;
}

/* A native E.164 number is reached like the AESA that holds it (SIG 8.1). */
static bool address_of_e164(struct uni_view digits, uint8_t out[ROUTE_ADDRESS_BYTES])
{
    size_t nibble = 2 * E164_BYTES - 1 - digits.byte_count;

    if (digits.byte_count < 1 || digits.byte_count > 15)
        return false;
    memset(out, 0, ROUTE_ADDRESS_BYTES);
    out[0] = AFI_E164;
    for (uint16_t i = 0; i < digits.byte_count; i++, nibble++) {
        uint8_t digit = digits.bytes[i] & 0x0F;
        out[1 + nibble / 2] |= (uint8_t)(nibble % 2 ? digit : digit << 4);
    }
    out[E164_BYTES] |= 0x0F;
    return true;
}

bool called_address(const struct uni_message *message, uint8_t out[ROUTE_ADDRESS_BYTES])
{
    const struct uni_called_number *number = message->called_number;

    if (!(message->has & UNI_HAS(CALLED_NUMBER)))
        return false;
    if (number->plan == PLAN_E164)
        return address_of_e164(number->digits, out);
    if (number->plan != PLAN_AESA || number->digits.byte_count != ROUTE_ADDRESS_BYTES)
        return false;
    memcpy(out, number->digits.bytes, ROUTE_ADDRESS_BYTES);
    return true;
}

/* Best effort is promised nothing (SIG 4.4). */
void rates_of(const struct uni_message *setup, uint32_t *forward, uint32_t *backward)
{
    const struct uni_traffic *traffic = setup->traffic;

    *forward = *backward = 0;
    if (!(setup->has & UNI_HAS(TRAFFIC)) || (traffic->tags & UNI_TAG(BEST_EFFORT)))
        return;
    if (traffic->tags & UNI_TAG(FWD_PCR01))
        *forward = traffic->fwd_pcr01;
    else if (traffic->tags & UNI_TAG(FWD_PCR0))
        *forward = traffic->fwd_pcr0;
    if (traffic->tags & UNI_TAG(BWD_PCR01))
        *backward = traffic->bwd_pcr01;
    else if (traffic->tags & UNI_TAG(BWD_PCR0))
        *backward = traffic->bwd_pcr0;
}
