/* SPDX-License-Identifier: MIT */
#include "inside.h"

#include <assert.h>
#include <string.h>

void *sig_allocate(struct atmsig *sig, size_t bytes)
{
    void *memory = sig->memory.allocate(sig->memory.context, bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

void sig_release(struct atmsig *sig, void *memory)
{
    if (memory)
        sig->memory.release(sig->memory.context, memory);
}

struct atmsig *atmsig_new(const struct atmsig_config *config, const struct hubsig_memory *memory,
                          uint64_t now_ms)
{
    struct sscop_options options;
    struct uni_config uni = {.side = UNI_USER, .version = config->version};
    struct atmsig *sig = memory->allocate(memory->context, sizeof(*sig));
    if (!sig)
        return NULL;
    memset(sig, 0, sizeof(*sig));
    sig->memory = *memory;
    sig->version = config->version;
    sig->now_ms = now_ms;
    memcpy(uni.timers_ms, config->timers_ms, sizeof(uni.timers_ms));
    sscop_options_default(&options);
    options.first_sq = config->first_sq;
    options.backlog_count_max = ATM_BACKLOG_COUNT;
    sig->pool = saal_pool_create(ATM_POOL_BYTES);
    sig->saal = sig->pool ? saal_create(&options, sig->pool) : NULL;
    sig->uni = sig->saal ? uni_new(&uni) : NULL;
    if (!sig->uni || uni_link_want(sig->uni, now_ms) != UNI_OK) {
        atmsig_free(sig);
        return NULL;
    }
    sig_settle(sig);
    return sig;
}

void atmsig_free(struct atmsig *sig)
{
    while (sig->ready) {
        struct atm_leg *leg = sig->ready;
        leg_unready(sig, leg);
        sig_release(sig, leg->data);
        leg->data = NULL;
    }
    while (sig->offers)
        offer_remove(sig, sig->offers);
    while (sig->calls)
        call_delete(sig, sig->calls);
    if (sig->event_waits)
        saal_buffer_release(sig->event.buffer);
    if (sig->uni)
        uni_free(sig->uni);
    saal_destroy(sig->saal);
    if (sig->pool)
        saal_pool_destroy(sig->pool);
    sig_release(sig, sig);
}

static enum uni_result feed_event(struct atmsig *sig, const struct saal_event *event)
{
    switch (event->kind) {
    case SAAL_AAL_DATA_INDICATION:
        return uni_feed(sig->uni, sig->now_ms, event->data, event->bytes);
    case SAAL_AAL_ESTABLISH_INDICATION:
        return uni_link(sig->uni, sig->now_ms, UNI_LINK_ESTABLISHED);
    case SAAL_AAL_ESTABLISH_CONFIRM:
        return uni_link(sig->uni, sig->now_ms, UNI_LINK_CONFIRMED);
    case SAAL_AAL_RELEASE_INDICATION:
        return uni_link(sig->uni, sig->now_ms, UNI_LINK_RELEASED);
    case SAAL_AAL_RELEASE_CONFIRM:
        return uni_link(sig->uni, sig->now_ms, UNI_LINK_RELEASE_CONFIRMED);
    default: /* errors that management hears of are counted by the SSCOP */
        return UNI_OK;
    }
}

/* What the layer below says is fed to the uni at once. An event that it has no memory for waits,
 * and with it every one behind it, so that nothing assured is lost.
 * returns whether there was one. */
static bool settle_link(struct atmsig *sig)
{
    struct saal_event *event = &sig->event;
    if (!sig->event_waits && !saal_take_event(sig->saal, event))
        return false;
    sig->event_waits = feed_event(sig, event) == UNI_NO_MEMORY;
    if (sig->event_waits) {
        sig->retry_ms = sig->now_ms + ATM_RETRY_MS;
        return false;
    }
    saal_buffer_release(event->buffer);
    return true;
}

/* Events that wait for memory may fill the layer below; it hears of the loss when they are gone. */
static bool settle_loss(struct atmsig *sig)
{
    if (!sig->losing || saal_wire_lost(sig->saal, sig->now_ms) != SAAL_OK)
        return false;
    sig->losing = false;
    return true;
}

/* What the network signalled reaches its call at once, so that a call is known when the next
 * message for it is read. */
static bool settle_uni(struct atmsig *sig)
{
    struct uni_event event;
    struct uni_frame frame;
    bool any = false;
    while (uni_take_event(sig->uni, &event)) {
        sig_event(sig, &event);
        any = true;
    }
    while (uni_take_frame(sig->uni, &frame)) {
        /* Refused only by a link that is down or full: the uni's timers send again. */
        saal_send_octets(sig->saal, sig->now_ms, frame.bytes, (uint32_t)frame.byte_count);
        any = true;
    }
    return any;
}

void sig_settle(struct atmsig *sig)
{
    bool any;
    do {
        any = settle_uni(sig);
        any = settle_link(sig) || any;
        any = settle_loss(sig) || any;
    } while (any);
}

static void sig_time(struct atmsig *sig, uint64_t now_ms)
{
    if (now_ms > sig->now_ms)
        sig->now_ms = now_ms;
}

void atmsig_receive(struct atmsig *sig, const uint8_t *bytes, size_t byte_count, uint64_t now_ms)
{
    sig_time(sig, now_ms);
    /* Full or without memory it is lost, as on a bad line: SSCOP asks for it again. */
    saal_feed_octets(sig->saal, sig->now_ms, bytes, byte_count);
    sig_settle(sig);
}

void atmsig_lost(struct atmsig *sig, uint64_t now_ms)
{
    sig_time(sig, now_ms);
    if (sig->wire_lost)
        return;
    sig->wire_lost = sig->losing = true;
    sig_settle(sig);
}

void atmsig_want(struct atmsig *sig, uint64_t now_ms)
{
    sig_time(sig, now_ms);
    sig->wire_lost = false;
    if (sig->link_wanted)
        saal_establish(sig->saal, sig->now_ms);
    sig->link_wanted = false;
    uni_link_want(sig->uni, sig->now_ms); /* without memory the first call asks again */
    sig_settle(sig);
}

struct saal_buffer *atmsig_take_frame(struct atmsig *sig)
{
    return saal_take_frame(sig->saal);
}

bool atmsig_linked(const struct atmsig *sig)
{
    return sig->linked;
}

uint64_t atmsig_due_ms(const struct atmsig *sig)
{
    uint64_t due = uni_deadline(sig->uni), link = saal_deadline_ms(sig->saal);
    if (sig->ready || (sig->offers_last && !sig->offers_last->told))
        return sig->now_ms;
    if (link < due)
        due = link;
    if (sig->retry_ms != 0 && sig->retry_ms < due)
        due = sig->retry_ms;
    return due;
}

void leg_ready(struct atmsig *sig, struct atm_leg *leg)
{
    if (leg->ready)
        return;
    leg->ready = true;
    leg->ready_next = NULL;
    leg->ready_prev = sig->ready_last;
    *(sig->ready_last ? &sig->ready_last->ready_next : &sig->ready) = leg;
    sig->ready_last = leg;
}

void leg_unready(struct atmsig *sig, struct atm_leg *leg)
{
    if (!leg->ready)
        return;
    leg->ready = false;
    *(leg->ready_prev ? &leg->ready_prev->ready_next : &sig->ready) = leg->ready_next;
    *(leg->ready_next ? &leg->ready_next->ready_prev : &sig->ready_last) = leg->ready_prev;
}

void offer_append(struct atmsig *sig, struct atm_offer *offer)
{
    offer->next = NULL;
    offer->prev = sig->offers_last;
    *(sig->offers_last ? &sig->offers_last->next : &sig->offers) = offer;
    sig->offers_last = offer;
}

void offer_remove(struct atmsig *sig, struct atm_offer *offer)
{
    *(offer->prev ? &offer->prev->next : &sig->offers) = offer->next;
    *(offer->next ? &offer->next->prev : &sig->offers_last) = offer->prev;
    if (offer->call && offer->call->setup_offer == offer)
        offer->call->setup_offer = NULL;
    sig_release(sig, offer);
}

static void tell(struct hubsig_step *step, enum hubsig_tell what, struct atm_leg *leg,
                 uint32_t status, const struct hubsig_message *received)
{
    step->tell = what;
    step->leg = leg ? &leg->leg : NULL;
    step->status = status;
    step->received = received;
}

/* What ended, told as the leg's state wants it. returns whether there was something to tell. */
static bool tell_end(struct atmsig *sig, struct atm_leg *leg, struct hubsig_step *step)
{
    uint32_t status = leg->status;
    struct hubsig_message *told = &sig->told;
    leg->ended = false;
    switch (leg->leg.state) {
    case LEG_OFFER_SENT:
        if (!(status & 0x80000000u))
            status = HUBSIG_STATUS_FAILURE;
        tell(step, HUBSIG_TELL_REFUSED, leg, status, told);
        break;
    case LEG_CLEAR_SENT:
        tell(step, HUBSIG_TELL_DONE, leg, HUBSIG_STATUS_CLEARED, NULL);
        break;
    case LEG_FAR_CLEARED:
        return false;
    default:
        told->data_bytes = leg->data_bytes;
        told->data = leg->data_bytes ? sig->told_data : NULL;
        if (leg->data_bytes)
            memcpy(sig->told_data, leg->data, leg->data_bytes);
        sig_release(sig, leg->data);
        leg->data = NULL;
        leg->leg.state = LEG_FAR_CLEARED;
        tell(step, HUBSIG_TELL_CLEARED, leg, status, told);
        return true;
    }
    call_detach(sig, leg, NULL);
    return true;
}

static bool tell_leg(struct atmsig *sig, struct atm_leg *leg, struct hubsig_step *step)
{
    bool any = false;
    sig->told = (struct hubsig_message){.channel = leg->call ? leg->call->channel : 0};
    if (leg->answered) {
        leg->answered = false;
        any = leg->leg.state == LEG_OFFER_SENT && leg->call;
        if (any) {
            sig->told.forward = leg->call->forward;
            sig->told.backward = leg->call->backward;
            leg->leg.state = LEG_ANSWERED;
            tell(step, HUBSIG_TELL_ANSWERED, leg, 0, &sig->told);
        }
    } else if (leg->connected) {
        leg->connected = false;
        any = leg->leg.state == LEG_ANSWER_SENT;
        if (any) {
            leg->leg.state = LEG_ACTIVE;
            tell(step, HUBSIG_TELL_CONNECTED, leg, 0, &sig->told);
        }
    }
    if (!any && leg->ended)
        any = tell_end(sig, leg, step);
    if (!leg->ended && !leg->answered && !leg->connected)
        leg_unready(sig, leg);
    return any;
}

/* Offers that the network took back before anybody heard of them are nobody's. */
static bool tell_offer(struct atmsig *sig, struct hubsig_step *step)
{
    struct atm_offer *offer = sig->offers;
    while (offer && offer->told)
        offer = offer->next;
    if (!offer)
        return false;
    offer->told = true;
    if (!offer->call) {
        offer_remove(sig, offer);
        return tell_offer(sig, step);
    }
    tell(step, HUBSIG_TELL_OFFER, NULL, 0, &offer->message);
    return true;
}

static void retry(struct atmsig *sig)
{
    struct atm_call *call, *next;
    if (sig->retry_ms == 0 || sig->retry_ms > sig->now_ms)
        return;
    sig->retry_ms = 0;
    for (call = sig->calls; call; call = next) {
        next = call->next;
        if (call->releasing)
            call_release(sig, call, NULL);
    }
}

bool atmsig_expire(struct atmsig *sig, uint64_t now_ms, struct hubsig_step *step)
{
    memset(step, 0, sizeof(*step));
    sig_time(sig, now_ms);
    if (saal_deadline_ms(sig->saal) <= sig->now_ms)
        saal_expire(sig->saal, sig->now_ms);
    if (uni_deadline(sig->uni) <= sig->now_ms)
        uni_advance(sig->uni, sig->now_ms);
    retry(sig);
    sig_settle(sig);
    step->send = true;
    while (sig->ready)
        if (tell_leg(sig, sig->ready, step)) {
            sig_settle(sig);
            return true;
        }
    return tell_offer(sig, step);
}
