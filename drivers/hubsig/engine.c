/* SPDX-License-Identifier: MIT */
/* The reference table, the timers, and the one function that runs every row of the leg table. */
#include "leg.h"

#include <assert.h>
#include <string.h>

#define SLOTS_FIRST 16u
#define SLOTS_MAX   (1u << 24)
#define NO_SLOT     UINT32_MAX

/* A reference is generation << 24 | index; the generation is never 0, so neither is it. */
static uint32_t ref_index(uint32_t ref)
{
    return ref & (SLOTS_MAX - 1);
}

void hubsig_begin(struct hubsig *engine, const struct hubsig_name *name, uint64_t answer_ms,
                  const struct hubsig_memory *memory)
{
    assert(answer_ms > 0);
    memset(engine, 0, sizeof(*engine));
    engine->name = *name;
    engine->memory = *memory;
    engine->answer_ms = answer_ms;
    engine->free_first = NO_SLOT;
    engine->free_last = NO_SLOT;
    engine->timers.next = &engine->timers;
    engine->timers.prev = &engine->timers;
}

void hubsig_end(struct hubsig *engine)
{
    if (engine->slots)
        engine->memory.release(engine->memory.context, engine->slots);
    engine->slots = NULL;
    engine->slot_count = 0;
    engine->leg_count = 0;
    engine->timers.next = &engine->timers;
    engine->timers.prev = &engine->timers;
}

static void slot_free(struct hubsig *engine, uint32_t index)
{
    engine->slots[index].leg = NULL;
    engine->slots[index].next_free = NO_SLOT;
    if (engine->free_last == NO_SLOT)
        engine->free_first = index;
    else
        engine->slots[engine->free_last].next_free = index;
    engine->free_last = index;
}

static bool slots_grow(struct hubsig *engine)
{
    uint32_t count = engine->slot_count ? engine->slot_count * 2 : SLOTS_FIRST;
    if (count > SLOTS_MAX)
        return false;
    struct hubsig_slot *slots =
        engine->memory.allocate(engine->memory.context, count * sizeof(struct hubsig_slot));
    if (!slots)
        return false;
    if (engine->slots) {
        memcpy(slots, engine->slots, engine->slot_count * sizeof(struct hubsig_slot));
        engine->memory.release(engine->memory.context, engine->slots);
    }
    engine->slots = slots;
    for (uint32_t i = engine->slot_count; i < count; i++) {
        slots[i].generation = 1;
        slot_free(engine, i);
    }
    engine->slot_count = count;
    return true;
}

static bool leg_enter(struct hubsig *engine, struct hubsig_leg *leg)
{
    if (engine->free_first == NO_SLOT && !slots_grow(engine))
        return false;
    uint32_t index = engine->free_first;
    struct hubsig_slot *slot = &engine->slots[index];
    engine->free_first = slot->next_free;
    if (engine->free_first == NO_SLOT)
        engine->free_last = NO_SLOT;
    slot->leg = leg;
    leg->ref = (uint32_t)slot->generation << 24 | index;
    engine->leg_count++;
    return true;
}

static void leg_leave(struct hubsig *engine, struct hubsig_leg *leg)
{
    uint32_t index = ref_index(leg->ref);
    struct hubsig_slot *slot = &engine->slots[index];
    assert(slot->leg == leg);
    assert(!leg->timer.runs);
    slot->generation = slot->generation == UINT8_MAX ? 1 : (uint8_t)(slot->generation + 1);
    slot_free(engine, index);
    leg->ref = 0;
    engine->leg_count--;
}

static struct hubsig_leg *leg_find(const struct hubsig *engine, uint32_t ref)
{
    uint32_t index = ref_index(ref);
    if (index >= engine->slot_count || engine->slots[index].generation != ref >> 24)
        return NULL;
    return engine->slots[index].leg;
}

static void timer_stop(struct hubsig_timer *timer)
{
    if (!timer->runs)
        return;
    timer->prev->next = timer->next;
    timer->next->prev = timer->prev;
    timer->runs = false;
}

/* Every timer lasts equally long, so the list is in order by appending. */
static void timer_start(struct hubsig *engine, struct hubsig_timer *timer, uint64_t now_ms)
{
    assert(!timer->runs);
    timer->due_ms = now_ms + engine->answer_ms;
    timer->next = &engine->timers;
    timer->prev = engine->timers.prev;
    timer->prev->next = timer;
    engine->timers.prev = timer;
    timer->runs = true;
}

uint64_t hubsig_due_ms(const struct hubsig *engine)
{
    const struct hubsig_timer *first = engine->timers.next;
    return first == &engine->timers ? UINT64_MAX : first->due_ms;
}

static bool state_has_timer(uint8_t state)
{
    return state == LEG_OFFER_SENT || state == LEG_ANSWER_SENT || state == LEG_MODIFY_SENT ||
           state == LEG_CLEAR_SENT;
}

static void leg_check(const struct hubsig_leg *leg)
{
    assert((leg->ref != 0) == (leg->state != LEG_NULL));
    assert(leg->timer.runs == state_has_timer(leg->state));
}

/* A peer's word for why something failed is never success and never "pending". */
static uint32_t failure_status(uint32_t status)
{
    return status & 0x80000000u ? status : HUBSIG_STATUS_FAILURE;
}

static enum hubsig_type type_to_send(const struct hubsig_leg *leg, enum leg_send send,
                                     const struct hubsig_message *received)
{
    switch (send) {
    case SEND_NOTHING:
        return HUBSIG_NO_MESSAGE;
    case SEND_OFFER:
        return leg->added ? HUBSIG_ADD_PARTY : HUBSIG_SETUP;
    case SEND_ANSWER:
        return leg->added ? HUBSIG_ADD_PARTY_ACK : HUBSIG_CONNECT;
    case SEND_CONFIRM:
        return HUBSIG_CONNECT_ACK;
    case SEND_REFUSE:
        return leg->added ? HUBSIG_ADD_PARTY_REJECT : HUBSIG_RELEASE_COMPLETE;
    case SEND_CLEAR:
        return leg->drop ? HUBSIG_DROP_PARTY : HUBSIG_RELEASE;
    case SEND_CLEARED:
        return received && received->type == HUBSIG_DROP_PARTY ? HUBSIG_DROP_PARTY_ACK
                                                               : HUBSIG_RELEASE_COMPLETE;
    case SEND_MODIFY:
        return HUBSIG_MODIFY;
    case SEND_MODIFY_YES:
        return HUBSIG_MODIFY_ACK;
    case SEND_MODIFY_NO:
        return HUBSIG_MODIFY_REJECT;
    }
    return HUBSIG_NO_MESSAGE;
}

static void step_send(const struct hubsig *engine, const struct hubsig_leg *leg,
                      enum hubsig_type type, const struct hubsig_message *detail,
                      struct hubsig_step *step)
{
    struct hubsig_message *message = &step->message;
    if (type == HUBSIG_NO_MESSAGE)
        return;
    if (detail)
        *message = *detail;
    if (!(hubsig_type_parts(type) & PART_DATA)) {
        message->data = NULL;
        message->data_bytes = 0;
    }
    message->type = type;
    message->to = leg->peer;
    message->from = engine->name;
    message->to_ref = leg->peer_ref;
    message->from_ref = leg->ref;
    step->send = true;
}

static uint32_t status_to_tell(enum hubsig_event event, enum hubsig_tell tell,
                               const struct hubsig_message *received)
{
    if (event == EXP_ANSWER)
        return tell == HUBSIG_TELL_DONE ? HUBSIG_STATUS_CLEARED : HUBSIG_STATUS_SILENT;
    if (!received)
        return HUBSIG_STATUS_CLEARED;
    if (tell == HUBSIG_TELL_REFUSED || tell == HUBSIG_TELL_MODIFY_REFUSED)
        return failure_status(received->status);
    if (tell == HUBSIG_TELL_CLEARED)
        return received->status == HUBSIG_STATUS_CLEARED && event == RX_CLEAR
                   ? HUBSIG_STATUS_CLEARED
                   : failure_status(received->status);
    return HUBSIG_STATUS_CLEARED;
}

static void leg_set_timer(struct hubsig *engine, struct hubsig_leg *leg, enum leg_timer timer,
                          uint64_t now_ms)
{
    if (timer == TIMER_STOP || timer == TIMER_RESTART)
        timer_stop(&leg->timer);
    if (timer == TIMER_START || timer == TIMER_RESTART)
        timer_start(engine, &leg->timer, now_ms);
}

/* Runs one row. detail: what a request brings; received: what a message brought. */
static enum hubsig_result leg_step(struct hubsig *engine, struct hubsig_leg *leg,
                                   enum hubsig_event event, const struct hubsig_message *detail,
                                   const struct hubsig_message *received, uint64_t now_ms,
                                   struct hubsig_step *step)
{
    const struct leg_row *row = &leg_table[leg->state][event];
    leg_check(leg);
    switch (row->kind) {
    case LEG_BAD:
        return HUBSIG_REFUSED;
    case LEG_PEER:
        engine->misplaced_count++;
        return HUBSIG_REFUSED;
    case LEG_LATE:
        return HUBSIG_REFUSED;
    case LEG_UNDECIDED:
    case LEG_NEVER:
        assert(row->kind == LEG_ROW); /* an event that this state never sees */
        return HUBSIG_REFUSED;
    case LEG_ROW:
        break;
    }
    if (leg->state == LEG_NULL && !leg_enter(engine, leg))
        return HUBSIG_NO_MEMORY;
    leg_set_timer(engine, leg, row->timer, now_ms);
    step_send(engine, leg, type_to_send(leg, row->send, received), detail, step);
    step->tell = row->tell;
    step->leg = leg;
    step->status = status_to_tell(event, row->tell, received);
    step->received = received;
    leg->state = (uint8_t)row->next;
    if (leg->state == LEG_NULL)
        leg_leave(engine, leg);
    leg_check(leg);
    return HUBSIG_OK;
}

enum hubsig_result hubsig_offer(struct hubsig *engine, struct hubsig_leg *leg,
                                const struct hubsig_message *offer, uint64_t now_ms,
                                struct hubsig_step *step)
{
    memset(step, 0, sizeof(*step));
    leg->peer = offer->to;
    leg->peer_ref = 0;
    leg->added = offer->type == HUBSIG_ADD_PARTY;
    return leg_step(engine, leg, REQ_OFFER, offer, NULL, now_ms, step);
}

enum hubsig_result hubsig_take_offer(struct hubsig *engine, struct hubsig_leg *leg,
                                     const struct hubsig_message *offer)
{
    struct hubsig_step step = {0};
    leg->peer = offer->from;
    leg->peer_ref = offer->from_ref;
    leg->added = offer->type == HUBSIG_ADD_PARTY;
    return leg_step(engine, leg, REQ_TAKE, NULL, NULL, 0, &step);
}

static void step_reply(const struct hubsig *engine, const struct hubsig_message *to,
                       enum hubsig_type type, uint32_t status, struct hubsig_step *step)
{
    step->send = true;
    step->message = (struct hubsig_message){.type = type,
                                            .to = to->from,
                                            .from = engine->name,
                                            .to_ref = to->from_ref,
                                            .status = status};
}

void hubsig_refuse_offer(struct hubsig *engine, const struct hubsig_message *offer, uint32_t status,
                         struct hubsig_step *step)
{
    enum hubsig_type type =
        offer->type == HUBSIG_ADD_PARTY ? HUBSIG_ADD_PARTY_REJECT : HUBSIG_RELEASE_COMPLETE;
    memset(step, 0, sizeof(*step));
    step_reply(engine, offer, type, failure_status(status), step);
}

enum hubsig_result hubsig_request(struct hubsig *engine, struct hubsig_leg *leg,
                                  enum hubsig_event request, const struct hubsig_message *detail,
                                  uint64_t now_ms, struct hubsig_step *step)
{
    assert(request <= REQ_MODIFY_NO);
    memset(step, 0, sizeof(*step));
    return leg_step(engine, leg, request, detail, NULL, now_ms, step);
}

static enum hubsig_event event_of(enum hubsig_type type)
{
    static const uint8_t events[HUBSIG_TYPES] = {
#define MESSAGE(name, number, parts, event) [number] = (event),
#include "message.def"
#undef MESSAGE
    };
    return (enum hubsig_event)events[type];
}

/* Nobody here has the reference: whoever still counts on the call is told, an acknowledgement
 * not. */
static void receive_unknown(struct hubsig *engine, enum hubsig_event event,
                            const struct hubsig_message *received, struct hubsig_step *step)
{
    engine->unknown_count++;
    if (received->from_ref == 0)
        return;
    if (event == RX_CLEAR)
        step_reply(engine, received,
                   received->type == HUBSIG_DROP_PARTY ? HUBSIG_DROP_PARTY_ACK
                                                       : HUBSIG_RELEASE_COMPLETE,
                   HUBSIG_STATUS_CLEARED, step);
    else if (event == RX_ANSWER || event == RX_CONFIRM || event == RX_MODIFY)
        step_reply(engine, received, HUBSIG_RELEASE_COMPLETE, HUBSIG_STATUS_LOST, step);
}

/* A message belongs to a leg when it comes from the leg's other end, by station and reference. */
static bool belongs(const struct hubsig_leg *leg, enum hubsig_event event,
                    const struct hubsig_message *received)
{
    if (!hubsig_name_equal(&leg->peer, &received->from))
        return false;
    if (received->from_ref == 0)
        return event == RX_CLEARED;
    return leg->peer_ref == 0 || leg->peer_ref == received->from_ref;
}

void hubsig_receive(struct hubsig *engine, const uint8_t *bytes, size_t byte_count, uint64_t now_ms,
                    struct hubsig_message *received, struct hubsig_step *step)
{
    memset(step, 0, sizeof(*step));
    if (hubsig_decode(bytes, byte_count, received) ||
        !hubsig_name_equal(&received->to, &engine->name)) {
        engine->malformed_count++;
        return;
    }
    enum hubsig_event event = event_of(received->type);
    if (event == RX_OFFER) {
        step->tell = HUBSIG_TELL_OFFER;
        step->received = received;
        return;
    }
    struct hubsig_leg *leg = leg_find(engine, received->to_ref);
    if (!leg || !belongs(leg, event, received)) {
        receive_unknown(engine, event, received, step);
        return;
    }
    if (event == RX_ANSWER && leg->added != (received->type == HUBSIG_ADD_PARTY_ACK)) {
        engine->misplaced_count++;
        return;
    }
    if (leg->peer_ref == 0)
        leg->peer_ref = received->from_ref;
    leg_step(engine, leg, event, NULL, received, now_ms, step);
}

void hubsig_undelivered(struct hubsig *engine, const uint8_t *bytes, size_t byte_count,
                        uint32_t status, uint64_t now_ms, struct hubsig_message *sent,
                        struct hubsig_step *step)
{
    memset(step, 0, sizeof(*step));
    if (hubsig_decode(bytes, byte_count, sent) || event_of(sent->type) == RX_CLEARED)
        return;
    struct hubsig_leg *leg = leg_find(engine, sent->from_ref);
    if (!leg)
        return;
    sent->status = failure_status(status);
    leg_step(engine, leg, RX_CLEARED, NULL, sent, now_ms, step);
}

bool hubsig_expire(struct hubsig *engine, uint64_t now_ms, struct hubsig_step *step)
{
    memset(step, 0, sizeof(*step));
    if (hubsig_due_ms(engine) > now_ms)
        return false;
    struct hubsig_leg *leg = (struct hubsig_leg *)engine->timers.next; /* its first member */
    leg_step(engine, leg, EXP_ANSWER, NULL, NULL, now_ms, step);
    return true;
}
