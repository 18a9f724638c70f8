/* SPDX-License-Identifier: MIT */
/* What a port does on its processor: every callback of a NIC's owner is made here. */
#include "link/port.h"

#include <assert.h>
#include <stdlib.h>

#define CALLBACKS_A_TURN 64u /* before others get the processor */

void port_post(CONDIS_NIC *port)
{
    if (port->posted)
        return;
    port->posted = true;
    exec_post(port->exec, port->processor, &port->item);
}

static bool port_tell_link(CONDIS_NIC *port)
{
    if (port->cut == port->cut_told)
        return false;
    bool connected = !port->cut;
    port->cut_told = port->cut;
    if (!port->calls.LinkChange || port->closing)
        return true;
    exec_unlock(&port->hub->lock);
    port->calls.LinkChange(port->context, connected);
    exec_lock(&port->hub->lock);
    return true;
}

static bool port_tell_done(CONDIS_NIC *port)
{
    CONDIS_FRAME *frame = port->done_first;
    if (!frame)
        return false;
    struct frame_state *state = frame_state(frame);
    NDIS_STATUS status = state->status;
    port->done_first = state->next;
    if (!port->done_first)
        port->done_last = NULL;
    exec_unlock(&port->hub->lock);
    port->calls.SendComplete(port->context, frame, status);
    exec_lock(&port->hub->lock);
    port->sent_count--;
    return true;
}

static bool port_tell_left(CONDIS_NIC *port)
{
    struct exec_link *link = exec_list_take(&port->left);
    if (!link)
        return false;
    CONDIS_NIC_MEMBER *member = EXEC_CONTAINER(link, CONDIS_NIC_MEMBER, ready);
    void *context = member->context;
    exec_unlock(&port->hub->lock);
    free(member);
    port->calls.LeaveComplete(port->context, context);
    exec_lock(&port->hub->lock);
    port->leave_count--;
    return true;
}

static bool port_receive(CONDIS_NIC *port)
{
    struct exec_link *link = exec_list_take(&port->ready);
    if (!link)
        return false;
    CONDIS_NIC_MEMBER *member = EXEC_CONTAINER(link, CONDIS_NIC_MEMBER, ready);
    CONDIS_FRAME *frame = member_take(member);
    if (!frame)
        return true;
    exec_unlock(&port->hub->lock);
    NDIS_STATUS status = port->calls.Receive(port->context, member, member->context, frame);
    exec_lock(&port->hub->lock);
    member->receiving = false;
    member_wake(member);
    if (status != NDIS_STATUS_PENDING)
        member_release(member, frame);
    else
        member_end_if_idle(member); /* the driver may have returned the frame already */
    return true;
}

static bool port_is_quiet(const CONDIS_NIC *port)
{
    return port->inbox_member.ended && port->leave_count == 0 && port->sent_count == 0;
}

/* SendComplete goes first: it frees what the others wait for. */
void port_run(struct exec_item *item)
{
    CONDIS_NIC *port = EXEC_CONTAINER(item, CONDIS_NIC, item);
    struct hub *hub = port->hub;
    struct exec_task *task = exec_current();
    struct nt_owner *owner = task->owner;
    bool more = true;
    task->owner = port->owner;
    exec_lock(&hub->lock);
    for (uint32_t turn = 0; more && turn < CALLBACKS_A_TURN; turn++)
        more = port_tell_link(port) || port_tell_done(port) || port_tell_left(port) ||
               port_receive(port);
    task->owner = owner;
    if (more)
        exec_post(port->exec, port->processor, item);
    else
        port->posted = false;
    if (!more && port->closing && port_is_quiet(port))
        exec_signal_set(hub->world, &port->closed); /* under the lock: the closer takes it next */
    exec_unlock(&hub->lock);
}
