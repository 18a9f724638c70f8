/* SPDX-License-Identifier: MIT */
/* Frames in flows and the members that receive them. Everything here runs with the hub's lock
 * held. */
#include "link/port.h"

#include <assert.h>
#include <stdlib.h>

static void frame_unlink(CONDIS_FRAME *frame)
{
    struct frame_state *state = frame_state(frame);
    struct flow *flow = state->flow;
    if (state->prev)
        frame_state(state->prev)->next = state->next;
    else
        flow->first = state->next;
    if (state->next)
        frame_state(state->next)->prev = state->prev;
    else
        flow->last = state->prev;
    state->flow = NULL;
}

void frame_finish(CONDIS_FRAME *frame, NDIS_STATUS status)
{
    struct frame_state *state = frame_state(frame);
    CONDIS_NIC *sender = state->sender;
    assert(state->references == 0);
    if (state->flow)
        frame_unlink(frame);
    state->status = status;
    state->next = NULL;
    if (sender->done_last)
        frame_state(sender->done_last)->next = frame;
    else
        sender->done_first = frame;
    sender->done_last = frame;
    port_post(sender);
}

static void frame_release(CONDIS_FRAME *frame)
{
    if (--frame_state(frame)->references == 0)
        frame_finish(frame, NDIS_STATUS_SUCCESS);
}

/* A member holds no reference to what its own port sent. */
static CONDIS_FRAME *next_for(const CONDIS_NIC_MEMBER *member, CONDIS_FRAME *frame)
{
    while (frame && frame_state(frame)->sender == member->port)
        frame = frame_state(frame)->next;
    return frame;
}

void flow_offer(struct flow *flow, CONDIS_NIC *sender, CONDIS_FRAME *frame)
{
    struct frame_state *state = frame_state(frame);
    state->flow = flow;
    state->next = NULL;
    state->prev = flow->last;
    if (flow->last)
        frame_state(flow->last)->next = frame;
    else
        flow->first = frame;
    flow->last = frame;
    for (struct exec_link *at = flow->members.next; at != &flow->members; at = at->next) {
        CONDIS_NIC_MEMBER *member = EXEC_CONTAINER(at, CONDIS_NIC_MEMBER, in_flow);
        if (member->port == sender || member->port->cut || member->leaving)
            continue;
        state->references++;
        if (!member->cursor) {
            member->cursor = frame;
            member_wake(member);
        }
    }
    if (state->references == 0)
        frame_finish(frame, NDIS_STATUS_SUCCESS);
}

static void member_timer(struct exec_timer *timer)
{
    CONDIS_NIC_MEMBER *member = EXEC_CONTAINER(timer, CONDIS_NIC_MEMBER, timer);
    struct hub *hub = member->port->hub;
    exec_lock(&hub->lock);
    member->timer_set = false;
    member_wake(member);
    member_end_if_idle(member);
    exec_unlock(&hub->lock);
}

void member_init(CONDIS_NIC_MEMBER *member, CONDIS_NIC *port, struct flow *flow, void *context)
{
    *member =
        (CONDIS_NIC_MEMBER){.head = {&hub_nic_ops}, .port = port, .flow = flow, .context = context};
    exec_link_init(&member->in_port);
    exec_link_init(&member->ready);
    exec_timer_init(&member->timer, member_timer);
    exec_list_append(&flow->members, &member->in_flow);
}

/* Says whether the cursor's frame is due; else the timer is set for when it is. Each frame's delay
 * is counted from its own sending, and frames wait for those before them, so the order stays. */
static bool cursor_is_due(CONDIS_NIC_MEMBER *member)
{
    CONDIS_NIC *port = member->port;
    const struct hub_shape *shape = &port->hub->shape;
    struct exec_world *world = port->hub->world;
    if (shape->delay_100ns == 0 && shape->jitter_100ns == 0)
        return true;
    if (member->due == 0) {
        uint64_t steps = shape->jitter_100ns / EXEC_MS; /* drawn in whole milliseconds */
        if (steps > UINT32_MAX - 1)
            steps = UINT32_MAX - 1;
        member->due = frame_state(member->cursor)->sent_at + shape->delay_100ns + 1;
        member->due += EXEC_MS * exec_choose(world, (uint32_t)steps + 1, "hub jitter");
    }
    if (exec_now(world) >= member->due)
        return true;
    member->timer_set = true;
    exec_timer_set(port->exec, &member->timer, member->due, 0, port->processor);
    return false;
}

void member_wake(CONDIS_NIC_MEMBER *member)
{
    if (!member->cursor || member->held || member->leaving || member->receiving ||
        member->timer_set || !exec_list_empty(&member->ready))
        return;
    if (!cursor_is_due(member))
        return;
    exec_list_append(&member->port->ready, &member->ready);
    port_post(member->port);
}

CONDIS_FRAME *member_take(CONDIS_NIC_MEMBER *member)
{
    CONDIS_FRAME *frame = member->cursor;
    if (!frame)
        return NULL;
    member->cursor = next_for(member, frame_state(frame)->next);
    member->due = 0;
    member->receiving = true;
    member->out_count++;
    return frame;
}

void member_release(CONDIS_NIC_MEMBER *member, CONDIS_FRAME *frame)
{
    assert(member->out_count > 0);
    member->out_count--;
    frame_release(frame);
    member_end_if_idle(member);
}

void member_discard(CONDIS_NIC_MEMBER *member)
{
    while (member->cursor) {
        CONDIS_FRAME *frame = member->cursor;
        member->cursor = next_for(member, frame_state(frame)->next);
        frame_release(frame);
    }
    member->due = 0;
    if (member->timer_set && exec_timer_cancel(member->port->exec, &member->timer))
        member->timer_set = false; /* else its run comes, finds nothing and clears it */
}

void member_leave(CONDIS_NIC_MEMBER *member)
{
    if (member->leaving)
        return;
    member->leaving = true;
    member_discard(member);
    exec_list_remove(&member->ready);
    member_end_if_idle(member);
}

void member_end_if_idle(CONDIS_NIC_MEMBER *member)
{
    CONDIS_NIC *port = member->port;
    if (!member->leaving || member->ended || member->receiving || member->timer_set ||
        member->out_count > 0)
        return;
    struct flow *flow = member->flow;
    struct hub *hub = port->hub;
    member->ended = true;
    member->flow = NULL;
    exec_list_remove(&member->in_flow);
    exec_list_remove(&member->in_port);
    if (member != &port->inbox_member) {
        exec_list_append(&port->left, &member->ready);
        if (exec_list_empty(&flow->members)) {
            assert(!flow->first); /* every frame of a flow is referenced by a member of it */
            index_remove(&hub->channels, &flow->node);
            free(flow);
        }
    }
    port_post(port);
}
