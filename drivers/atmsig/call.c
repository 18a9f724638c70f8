/* SPDX-License-Identifier: MIT */
/* Calls of the uni and the legs on them: what the network signals about them. */
#include "inside.h"

#include <assert.h>
#include <string.h>

enum { PARTIES_FIRST = 16 };

struct atm_call *call_new(struct atmsig *sig)
{
    struct atm_call *call = sig_allocate(sig, sizeof(*call));
    if (!call)
        return NULL;
    call->next = sig->calls;
    if (sig->calls)
        sig->calls->prev = call;
    sig->calls = call;
    return call;
}

void call_delete(struct atmsig *sig, struct atm_call *call)
{
    *(call->prev ? &call->prev->next : &sig->calls) = call->next;
    if (call->next)
        call->next->prev = call->prev;
    if (call->setup_offer)
        call->setup_offer->call = NULL;
    sig_release(sig, call->parties);
    sig_release(sig, call);
}

static bool parties_grow(struct atmsig *sig, struct atm_call *call, uint16_t party)
{
    uint32_t room = call->party_room ? call->party_room : PARTIES_FIRST;
    while (room <= party)
        room *= 2;
    if (room == call->party_room)
        return true;
    struct atm_leg **parties = sig_allocate(sig, room * sizeof(*parties));
    if (!parties)
        return false;
    if (call->parties)
        memcpy(parties, call->parties, call->party_room * sizeof(*parties));
    sig_release(sig, call->parties);
    call->parties = parties;
    call->party_room = room;
    return true;
}

bool call_attach(struct atmsig *sig, struct atm_call *call, struct atm_leg *leg, uint16_t party)
{
    if (call->multipoint && !parties_grow(sig, call, party))
        return false;
    leg->call = call;
    leg->party = call->multipoint;
    leg->leg.ref = call->handle;
    leg->leg.peer_ref = party;
    leg->prev = NULL;
    leg->next = call->first;
    if (call->first)
        call->first->prev = leg;
    call->first = leg;
    if (leg->party)
        call->parties[party] = leg;
    return true;
}

void call_release(struct atmsig *sig, struct atm_call *call, struct uni_message *elements)
{
    enum uni_result result =
        uni_request_call(sig->uni, sig->now_ms, call->handle, UNI_REQUEST_RELEASE, elements);
    call->releasing = result == UNI_NO_MEMORY;
    if (call->releasing)
        sig->retry_ms = sig->now_ms + ATM_RETRY_MS;
}

/* The leg is nobody's: the uni is done with it, or was told. */
static void leg_forget(struct atmsig *sig, struct atm_leg *leg)
{
    struct atm_call *call = leg->call;
    leg_unready(sig, leg);
    sig_release(sig, leg->data);
    leg->data = NULL;
    leg->leg.state = LEG_NULL;
    leg->call = NULL;
    if (!call)
        return;
    *(leg->prev ? &leg->prev->next : &call->first) = leg->next;
    if (leg->next)
        leg->next->prev = leg->prev;
    if (call->setup == leg)
        call->setup = NULL;
    if (leg->party && call->parties[leg->leg.peer_ref] == leg)
        call->parties[leg->leg.peer_ref] = NULL;
}

void call_detach(struct atmsig *sig, struct atm_leg *leg, struct uni_message *elements)
{
    struct atm_call *call = leg->call;
    leg_forget(sig, leg);
    if (call && call->ending && !call->first)
        call_release(sig, call, elements);
}

/* The first end counts: a RELEASE says why, the CLEARED behind it does not. */
static void leg_end(struct atmsig *sig, struct atm_leg *leg, uint8_t end,
                    const struct uni_event *event)
{
    const struct uni_message *message = event->message;
    uint8_t before = leg->end;
    leg->end = end;
    if (before != ATM_GOING)
        return;
    leg->status = uni_status_of_cause(event->cause);
    if (message && (message->has & UNI_HAS(USER_USER)) && message->user_user->octets.byte_count) {
        uint16_t bytes = message->user_user->octets.byte_count;
        leg->data = sig_allocate(sig, bytes); /* without memory the end is told without its data */
        leg->data_bytes = leg->data ? bytes : 0;
        if (leg->data)
            memcpy(leg->data, message->user_user->octets.bytes, bytes);
    }
    leg->ended = true;
    leg_ready(sig, leg);
}

/* A party that is being added fails before the call ends, and the leg that closes the call is the
 * last to hear (SIG 9.2). */
static unsigned end_rank(const struct atm_leg *leg)
{
    if (leg->leg.state == LEG_OFFER_SENT)
        return leg->leg.added ? 0 : 1;
    return leg->leg.state == LEG_CLEAR_SENT && !leg->leg.drop ? 3 : 2;
}

static void call_end(struct atmsig *sig, struct atm_call *call, uint8_t end,
                     const struct uni_event *event)
{
    struct atm_leg *leg, *next;
    for (unsigned rank = 0; rank <= 3; rank++)
        for (leg = call->first; leg; leg = next) {
            next = leg->next;
            if (end_rank(leg) == rank)
                leg_end(sig, leg, end, event);
        }
    for (struct atm_offer *offer = sig->offers; offer; offer = offer->next)
        if (offer->call == call)
            offer->call = NULL; /* taken back: who answers it is told so */
    call->setup_offer = NULL;
}

static void call_cleared(struct atmsig *sig, struct atm_call *call, const struct uni_event *event)
{
    call_end(sig, call, ATM_END_GONE, event);
    while (call->first) {
        struct atm_leg *leg = call->first;
        call->first = leg->next;
        leg->call = NULL;
        leg->next = leg->prev = NULL;
    }
    call_delete(sig, call);
}

static void read_channel(struct atm_call *call, const struct uni_message *message)
{
    if (message && (message->has & UNI_HAS(CONNECTION)))
        call->channel = (uint32_t)message->connection->vpci << 16 | message->connection->vci;
}

static struct atm_offer *offer_new(struct atmsig *sig, struct atm_call *call,
                                   const struct uni_event *event)
{
    struct atm_offer *offer = sig_allocate(sig, sizeof(*offer));
    if (!offer)
        return NULL;
    offer->call = call;
    offer->party = event->party;
    elements_read(event->message, &offer->message, offer->elements);
    offer->message.multipoint = call->multipoint;
    offer->message.channel = call->channel;
    offer->message.endpoint = event->party;
    offer->message.from_ref = call->handle;
    offer_append(sig, offer);
    return offer;
}

static void refuse_for_memory(struct atmsig *sig, uint32_t handle)
{
    uni_message_init(&sig->out, 0, 0, 0);
    UNI_ADD(&sig->out, CAUSE, cause)->value = UNI_CAUSE_RESOURCE;
    /* Without memory for that either, the network's T303 ends it. */
    uni_request_call(sig->uni, sig->now_ms, handle, UNI_REQUEST_RELEASE, &sig->out);
}

static void event_setup(struct atmsig *sig, const struct uni_event *event)
{
    struct atm_call *call = call_new(sig);
    if (!call) {
        refuse_for_memory(sig, event->call);
        return;
    }
    call->handle = event->call;
    call->multipoint =
        (event->message->has & UNI_HAS(BEARER)) != 0 && event->message->bearer->multipoint == 1;
    call->setup_party = event->party;
    read_channel(call, event->message);
    uni_call_cookie(sig->uni, event->call, (uint64_t)(uintptr_t)call);
    call->setup_offer = offer_new(sig, call, event);
    if (!call->setup_offer) {
        refuse_for_memory(sig, event->call); /* CLEARED ends our call too */
        return;
    }
    call->setup_offer->message.type = HUBSIG_SETUP;
}

static void event_add_party(struct atmsig *sig, struct atm_call *call,
                            const struct uni_event *event)
{
    struct atm_offer *offer = offer_new(sig, call, event);
    if (!offer) {
        uni_message_init(&sig->out, 0, 0, 0);
        UNI_ADD(&sig->out, CAUSE, cause)->value = UNI_CAUSE_RESOURCE;
        uni_request_party(sig->uni, sig->now_ms, event->call, event->party,
                          UNI_REQUEST_ADD_PARTY_REJECT, &sig->out);
        return;
    }
    offer->added = true;
    offer->message.type = HUBSIG_ADD_PARTY;
    offer->message.forward = call->forward;
    offer->message.backward = call->backward;
}

static struct atm_leg *party_leg(const struct atm_call *call, const struct uni_event *event)
{
    struct atm_leg *leg = event->party < call->party_room ? call->parties[event->party] : NULL;
    return leg && leg->serial == event->party_cookie ? leg : NULL;
}

static void party_event(struct atmsig *sig, struct atm_call *call, const struct uni_event *event)
{
    struct atm_leg *leg = party_leg(call, event);
    struct atm_offer *offer = sig->offers;
    if (leg) {
        if (event->kind == UNI_EVENT_ADD_PARTY_ACK) {
            leg->answered = true;
            leg_ready(sig, leg);
        } else {
            leg_end(sig, leg, event->kind == UNI_EVENT_DROP_PARTY ? ATM_END_ASKED : ATM_END_GONE,
                    event);
        }
        return;
    }
    if (event->kind == UNI_EVENT_ADD_PARTY_ACK)
        return;
    while (offer && (offer->call != call || offer->party != event->party))
        offer = offer->next;
    if (offer)
        offer->call = NULL;
    if (event->kind == UNI_EVENT_DROP_PARTY) /* of a party that nobody has here */
        uni_request_party(sig->uni, sig->now_ms, event->call, event->party,
                          UNI_REQUEST_DROP_PARTY_ACK, NULL);
}

static void call_event(struct atmsig *sig, struct atm_call *call, const struct uni_event *event)
{
    switch (event->kind) {
    case UNI_EVENT_PROCEEDING:
    case UNI_EVENT_ALERTING:
        read_channel(call, event->message);
        break;
    case UNI_EVENT_CONNECT:
    case UNI_EVENT_CONNECT_ACK:
        read_channel(call, event->message);
        if (!call->setup)
            break;
        call->setup->answered = event->kind == UNI_EVENT_CONNECT;
        call->setup->connected = event->kind == UNI_EVENT_CONNECT_ACK;
        leg_ready(sig, call->setup);
        break;
    case UNI_EVENT_RELEASE:
        call->ending = true;
        call_end(sig, call, ATM_END_ASKED, event);
        if (!call->first)
            call_release(sig, call, NULL);
        break;
    case UNI_EVENT_CLEARED:
        call_cleared(sig, call, event);
        break;
    case UNI_EVENT_ADD_PARTY:
        event_add_party(sig, call, event);
        break;
    case UNI_EVENT_ADD_PARTY_ACK:
    case UNI_EVENT_ADD_PARTY_REJECT:
    case UNI_EVENT_DROP_PARTY:
    case UNI_EVENT_PARTY_GONE:
        party_event(sig, call, event);
        break;
    default: /* what is only for display */
        break;
    }
}

void sig_event(struct atmsig *sig, const struct uni_event *event)
{
    struct atm_call *call = (struct atm_call *)(uintptr_t)event->call_cookie;
    switch (event->kind) {
    case UNI_EVENT_LINK_WANTED:
        sig->link_wanted = sig->wire_lost;
        /* One that the peer has begun anew meanwhile is told next: nothing to ask for. */
        if (!sig->wire_lost && saal_state(sig->saal) != SSCF_ESTABLISHED)
            saal_establish(sig->saal, sig->now_ms);
        return;
    case UNI_EVENT_LINK_UP:
    case UNI_EVENT_LINK_DOWN:
        sig->linked = event->kind == UNI_EVENT_LINK_UP;
        sig->link_wanted = false;
        return;
    case UNI_EVENT_RESTART: /* its calls have been cleared, and their users hear of it */
        uni_restart_done(sig->uni, sig->now_ms);
        return;
    case UNI_EVENT_SETUP:
        event_setup(sig, event);
        return;
    default:
        break;
    }
    if (call)
        call_event(sig, call, event);
}
