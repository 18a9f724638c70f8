/* SPDX-License-Identifier: MIT */
#include "link/hub.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "link/registry.h"

#define PORTS_MAX 65535u

static bool station_matches(const struct index_node *node, const void *key)
{
    const CONDIS_NIC *port = EXEC_CONTAINER(node, CONDIS_NIC, by_station);
    const UNICODE_STRING *name = key;
    return port->name_bytes == name->Length && memcmp(port->name, name->Buffer, name->Length) == 0;
}

static CONDIS_NIC *hub_station(struct hub *hub, const UNICODE_STRING *name)
{
    uint64_t hash = index_hash(name->Buffer, name->Length);
    struct index_node *node = index_find(&hub->stations, hash, station_matches, name);
    return node ? EXEC_CONTAINER(node, CONDIS_NIC, by_station) : NULL;
}

static bool number_matches(const struct index_node *node, const void *key)
{
    return EXEC_CONTAINER(node, CONDIS_NIC, by_number)->number == *(const uint32_t *)key;
}

static bool channel_matches(const struct index_node *node, const void *key)
{
    return EXEC_CONTAINER(node, struct flow, node)->channel == *(const ULONG *)key;
}

static struct flow *hub_channel(struct hub *hub, ULONG channel)
{
    uint64_t hash = index_hash(&channel, sizeof(channel));
    struct index_node *node = index_find(&hub->channels, hash, channel_matches, &channel);
    return node ? EXEC_CONTAINER(node, struct flow, node) : NULL;
}

static bool name_is_good(PCUNICODE_STRING name)
{
    return name && name->Buffer && name->Length > 0 && name->Length % sizeof(WCHAR) == 0 &&
           name->Length <= CONDIS_NIC_NAME_CHARACTERS_MAX * sizeof(WCHAR);
}

static CONDIS_NIC *port_create(struct exec *exec, struct hub *hub, PCUNICODE_STRING station,
                               const CONDIS_NIC_CHARACTERISTICS *calls, void *context)
{
    CONDIS_NIC *port = calloc(1, sizeof(*port));
    if (!port)
        return NULL;
    struct exec_task *task = exec_current();
    port->head.ops = &hub_nic_ops;
    port->hub = hub;
    port->exec = exec;
    port->processor = task->processor % exec->processor_count;
    port->owner = task->owner;
    port->calls = *calls;
    port->context = context;
    port->item.run = port_run;
    port->name_bytes = station->Length;
    memcpy(port->name, station->Buffer, station->Length);
    exec_link_init(&port->ready);
    exec_link_init(&port->left);
    exec_link_init(&port->members);
    exec_link_init(&port->inbox.members);
    member_init(&port->inbox_member, port, &port->inbox, NULL);
    exec_waitable_init(&port->closed, EXEC_EVENT_NOTIFICATION, 0);
    return port;
}

/* Numbers go round, so that a number (and the channels under it) rests before it comes again. */
static NDIS_STATUS hub_add_port(struct hub *hub, CONDIS_NIC *port)
{
    UNICODE_STRING name = {port->name_bytes, port->name_bytes, port->name};
    if (hub_station(hub, &name))
        return NDIS_STATUS_RESOURCE_CONFLICT;
    if (hub->port_count == PORTS_MAX)
        return NDIS_STATUS_RESOURCES;
    do {
        hub->last_number = hub->last_number % PORTS_MAX + 1;
    } while (index_find(&hub->numbers, index_hash(&hub->last_number, sizeof(uint32_t)),
                        number_matches, &hub->last_number));
    port->number = hub->last_number;
    if (!index_insert(&hub->stations, &port->by_station, index_hash(port->name, port->name_bytes)))
        return NDIS_STATUS_RESOURCES;
    if (!index_insert(&hub->numbers, &port->by_number,
                      index_hash(&port->number, sizeof(uint32_t)))) {
        index_remove(&hub->stations, &port->by_station);
        return NDIS_STATUS_RESOURCES;
    }
    hub->port_count++;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS hub_open(struct exec *exec, PCUNICODE_STRING medium, PCUNICODE_STRING station,
                     const CONDIS_NIC_CHARACTERISTICS *characteristics, void *context,
                     PCONDIS_NIC *out)
{
    if (!name_is_good(medium) || !name_is_good(station) || !characteristics->Receive ||
        !characteristics->SendComplete || !characteristics->LeaveComplete)
        return NDIS_STATUS_INVALID_PARAMETER;
    struct hub *hub = registry_use(exec->world, medium->Buffer, medium->Length, true);
    if (!hub)
        return NDIS_STATUS_RESOURCES;
    NDIS_STATUS status = NDIS_STATUS_RESOURCES;
    CONDIS_NIC *port = port_create(exec, hub, station, characteristics, context);
    if (!port)
        goto leave_hub;
    exec_lock(&hub->lock);
    status = hub_add_port(hub, port);
    if (status == NDIS_STATUS_SUCCESS)
        *out = port;
    exec_unlock(&hub->lock);
    if (status == NDIS_STATUS_SUCCESS)
        return status;
    free(port);
leave_hub:
    registry_leave(hub);
    return status;
}

static VOID hub_close(PCONDIS_NIC port)
{
    struct hub *hub = port->hub;
    exec_lock(&hub->lock);
    assert(!port->closing);
    port->closing = true;
    index_remove(&hub->stations, &port->by_station);
    for (struct exec_link *at = port->members.next, *next; at != &port->members; at = next) {
        next = at->next;
        member_leave(EXEC_CONTAINER(at, CONDIS_NIC_MEMBER, in_port));
    }
    member_leave(&port->inbox_member);
    port_post(port);
    exec_unlock(&hub->lock);
    exec_wait_one(&port->closed, EXEC_FOREVER, "CondisNicClose");
    exec_lock(&hub->lock); /* after the one who signalled */
    index_remove(&hub->numbers, &port->by_number);
    hub->port_count--;
    exec_unlock(&hub->lock);
    free(port);
    registry_leave(hub);
}

static ULONG hub_port(PCONDIS_NIC Nic)
{
    return Nic->number;
}

static bool frame_is_long_enough(const CONDIS_FRAME *frame)
{
    uint64_t bytes = 0, needed = (uint64_t)frame->MdlOffset + frame->Length;
    for (PMDL mdl = frame->Mdl; mdl && bytes < needed; mdl = mdl->Next)
        bytes += mdl->ByteCount;
    return bytes >= needed;
}

/* The frame is the medium's. The lock is held. */
static void frame_begin(PCONDIS_NIC port, PCONDIS_FRAME frame)
{
    *frame_state(frame) =
        (struct frame_state){.sender = port, .sent_at = exec_now(port->hub->world)};
    frame->Source = (UNICODE_STRING){port->name_bytes, port->name_bytes, port->name};
    port->sent_count++;
}

static VOID hub_finish(PCONDIS_NIC port, PCONDIS_FRAME frame, NDIS_STATUS status)
{
    struct hub *hub = port->hub;
    exec_lock(&hub->lock);
    frame_begin(port, frame);
    frame_finish(frame, status);
    exec_unlock(&hub->lock);
}

static VOID hub_send(PCONDIS_NIC port, PCONDIS_FRAME frame)
{
    struct hub *hub = port->hub;
    bool long_enough = frame_is_long_enough(frame);
    exec_lock(&hub->lock);
    frame_begin(port, frame);
    if (port->closing) {
        frame_finish(frame, NDIS_STATUS_SEND_ABORTED);
    } else if (!long_enough) {
        frame_finish(frame, NDIS_STATUS_INVALID_LENGTH);
    } else if (port->cut) {
        frame_finish(frame, NDIS_STATUS_MEDIA_DISCONNECTED);
    } else if (frame->Channel != CONDIS_NIC_CONTROL_CHANNEL) {
        struct flow *flow = hub_channel(hub, frame->Channel);
        if (flow)
            flow_offer(flow, port, frame);
        else
            frame_finish(frame, NDIS_STATUS_SUCCESS);
    } else {
        CONDIS_NIC *to = hub_station(hub, &frame->Destination);
        if (to)
            flow_offer(&to->inbox, port, frame);
        else
            frame_finish(frame, NDIS_STATUS_NO_ROUTE_TO_DESTINATION);
    }
    exec_unlock(&hub->lock);
}

static struct flow *flow_create(struct hub *hub, ULONG channel)
{
    struct flow *flow = calloc(1, sizeof(*flow));
    if (!flow)
        return NULL;
    flow->channel = channel;
    exec_link_init(&flow->members);
    if (!index_insert(&hub->channels, &flow->node, index_hash(&channel, sizeof(channel)))) {
        free(flow);
        return NULL;
    }
    return flow;
}

static NDIS_STATUS hub_join(PCONDIS_NIC Nic, ULONG Channel, PVOID ChannelContext, BOOLEAN Held,
                            PCONDIS_NIC_MEMBER *Member)
{
    struct hub *hub = Nic->hub;
    if (Channel == CONDIS_NIC_CONTROL_CHANNEL)
        return NDIS_STATUS_INVALID_PARAMETER;
    CONDIS_NIC_MEMBER *member = malloc(sizeof(*member));
    if (!member)
        return NDIS_STATUS_RESOURCES;
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    exec_lock(&hub->lock);
    struct flow *flow = NULL;
    if (Nic->closing) {
        status = NDIS_STATUS_CLOSING;
        goto unlock;
    }
    flow = hub_channel(hub, Channel);
    if (!flow)
        flow = flow_create(hub, Channel);
    if (!flow) {
        status = NDIS_STATUS_RESOURCES;
        goto unlock;
    }
    member_init(member, Nic, flow, ChannelContext);
    member->held = Held;
    exec_list_append(&Nic->members, &member->in_port);
    Nic->leave_count++;
    *Member = member;
unlock:
    exec_unlock(&hub->lock);
    if (status != NDIS_STATUS_SUCCESS)
        free(member);
    return status;
}

static VOID hub_resume(PCONDIS_NIC_MEMBER member)
{
    struct hub *hub = member->port->hub;
    exec_lock(&hub->lock);
    member->held = false;
    member_wake(member);
    exec_unlock(&hub->lock);
}

static VOID hub_leave(PCONDIS_NIC_MEMBER member)
{
    struct hub *hub = member->port->hub;
    exec_lock(&hub->lock);
    member_leave(member);
    exec_unlock(&hub->lock);
}

static VOID hub_give_back(PCONDIS_NIC_MEMBER member, PCONDIS_FRAME frame)
{
    struct hub *hub = member->port->hub;
    exec_lock(&hub->lock);
    member_release(member, frame);
    exec_unlock(&hub->lock);
}

/* A hub counts nothing: its ports are in one process with those who can. */
static NDIS_STATUS hub_statistics(PCONDIS_NIC port, PCONDIS_NIC_STATISTICS out)
{
    (void)port;
    (void)out;
    return NDIS_STATUS_NOT_SUPPORTED;
}

/* The lock is held. */
static void port_set_cut(CONDIS_NIC *port, bool cut)
{
    if (port->cut == cut)
        return;
    port->cut = cut;
    member_discard(&port->inbox_member);
    for (struct exec_link *at = port->members.next; at != &port->members; at = at->next)
        member_discard(EXEC_CONTAINER(at, CONDIS_NIC_MEMBER, in_port));
    port_post(port);
}

static VOID hub_cut(PCONDIS_NIC port)
{
    exec_lock(&port->hub->lock);
    port_set_cut(port, true);
    exec_unlock(&port->hub->lock);
}

const struct nic_ops hub_nic_ops = {hub_close,     hub_port,      hub_send,   hub_finish,
                                    hub_cut,       hub_join,      hub_resume, hub_leave,
                                    hub_give_back, hub_statistics};

bool hub_set_shape(struct exec_world *world, const char *medium, const struct hub_shape *shape)
{
    WCHAR name[CONDIS_NIC_NAME_CHARACTERS_MAX];
    USHORT bytes = registry_widen(medium, name);
    struct hub *hub = bytes ? registry_use(world, name, bytes, true) : NULL;
    if (!hub)
        return false;
    exec_lock(&hub->lock);
    hub->shape = *shape;
    hub->shaped = true;
    exec_unlock(&hub->lock);
    registry_leave(hub);
    return true;
}

bool hub_set_cut(struct exec_world *world, const char *medium, const char *station, bool cut)
{
    WCHAR name[CONDIS_NIC_NAME_CHARACTERS_MAX], station_name[CONDIS_NIC_NAME_CHARACTERS_MAX];
    USHORT bytes = registry_widen(medium, name);
    USHORT station_bytes = registry_widen(station, station_name);
    struct hub *hub = bytes && station_bytes ? registry_use(world, name, bytes, false) : NULL;
    if (!hub)
        return false;
    UNICODE_STRING key = {station_bytes, station_bytes, station_name};
    exec_lock(&hub->lock);
    CONDIS_NIC *port = hub_station(hub, &key);
    if (port)
        port_set_cut(port, cut);
    exec_unlock(&hub->lock);
    registry_leave(hub);
    return port != NULL;
}
