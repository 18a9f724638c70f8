/* SPDX-License-Identifier: MIT */
#include "link/linknic.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "link/linknic_inside.h"
#include "link/simlink.h"
#include "link/tcp.h"

#define CAPTURE_SLOT  2 /* of the world */
#define CALLS_A_TURN  64u
#define PREFIX_LENGTH 4u /* "tcp:", "sim:" */

void linknic_set_capture(struct exec_world *world, struct link_capture *capture)
{
    struct link_capture *before = world->slots[CAPTURE_SLOT];
    world->slots[CAPTURE_SLOT] = capture ? link_capture_hold(capture) : NULL;
    link_capture_release(before);
}

struct link_capture *linknic_capture(struct exec_world *world)
{
    return world->slots[CAPTURE_SLOT];
}

/* ---- out ---- */

void nic_post(struct link_nic *nic)
{
    if (nic->posted)
        return;
    nic->posted = true;
    exec_post(nic->exec, nic->processor, &nic->item);
}

static CONDIS_FRAME *frame_of(const struct link_frame *frame)
{
    struct out_state *state = EXEC_CONTAINER(frame, struct out_state, frame);
    return EXEC_CONTAINER(state, CONDIS_FRAME, MediumReserved);
}

/* The pieces are what the MDLs say. */
static uint32_t mdl_fill(const struct link_frame *link_frame, uint32_t skip_bytes,
                         struct iovec *out, uint32_t room)
{
    const CONDIS_FRAME *frame = frame_of(link_frame);
    uint64_t skip = (uint64_t)frame->MdlOffset + skip_bytes;
    uint64_t left = frame->Length - skip_bytes;
    uint32_t piece_count = 0;
    for (PMDL mdl = frame->Mdl; mdl && left > 0 && piece_count < room; mdl = mdl->Next) {
        if (skip >= mdl->ByteCount) {
            skip -= mdl->ByteCount;
            continue;
        }
        uint64_t bytes = mdl->ByteCount - skip;
        if (bytes > left)
            bytes = left;
        out[piece_count].iov_base = (char *)mdl->MappedSystemVa + skip;
        out[piece_count++].iov_len = bytes;
        left -= bytes;
        skip = 0;
    }
    return piece_count;
}

static bool chain_is_long_enough(const CONDIS_FRAME *frame)
{
    uint64_t bytes = 0, needed = (uint64_t)frame->MdlOffset + frame->Length;
    for (PMDL mdl = frame->Mdl; mdl && bytes < needed; mdl = mdl->Next)
        bytes += mdl->ByteCount;
    return bytes >= needed;
}

static bool channel_is_good(ULONG channel)
{
    return channel != CONDIS_NIC_CONTROL_CHANNEL && channel >> 16 <= ATMTCP_VPI_MAX;
}

static NDIS_STATUS frame_fault(const struct link_nic *nic, const CONDIS_FRAME *frame)
{
    if (nic->closing)
        return NDIS_STATUS_SEND_ABORTED;
    if (!channel_is_good(frame->Channel))
        return NDIS_STATUS_NO_ROUTE_TO_DESTINATION;
    if (frame->Length > ATMTCP_FRAME_BYTES_MAX || !chain_is_long_enough(frame))
        return NDIS_STATUS_INVALID_LENGTH;
    return NDIS_STATUS_SUCCESS;
}

/* The frame's SendComplete is due. The lock is held. */
static void frame_is_done(struct link_nic *nic, CONDIS_FRAME *frame)
{
    if (nic->done_last)
        out_state(nic->done_last)->next = frame;
    else
        nic->done_first = frame;
    nic->done_last = frame;
    nic_post(nic);
}

static VOID nic_send(PCONDIS_NIC head, PCONDIS_FRAME frame)
{
    struct link_nic *nic = (struct link_nic *)(void *)head;
    struct out_state *state = out_state(frame);
    *state = (struct out_state){.frame = {.fill = mdl_fill, .payload_bytes = frame->Length}};
    frame->Source = (UNICODE_STRING){0};
    exec_lock(&nic->lock);
    nic->sent_count++;
    state->status = frame_fault(nic, frame);
    if (state->status == NDIS_STATUS_SUCCESS)
        link_send(nic->link, &state->frame, (uint16_t)(frame->Channel >> 16),
                  (uint16_t)frame->Channel);
    else
        frame_is_done(nic, frame);
    exec_unlock(&nic->lock);
}

static VOID nic_finish(PCONDIS_NIC head, PCONDIS_FRAME frame, NDIS_STATUS status)
{
    struct link_nic *nic = (struct link_nic *)(void *)head;
    *out_state(frame) = (struct out_state){.status = status};
    frame->Source = (UNICODE_STRING){0};
    exec_lock(&nic->lock);
    nic->sent_count++;
    frame_is_done(nic, frame);
    exec_unlock(&nic->lock);
}

static VOID nic_cut(PCONDIS_NIC head)
{
    struct link_nic *nic = (struct link_nic *)(void *)head;
    exec_lock(&nic->lock);
    if (!nic->closing)
        link_cut(nic->link);
    exec_unlock(&nic->lock);
}

static void nic_sent(void *context, struct link_frame *frame, enum link_result result)
{
    struct link_nic *nic = context;
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    if (result != LINK_SENT)
        status = nic->closing ? NDIS_STATUS_SEND_ABORTED : NDIS_STATUS_MEDIA_DISCONNECTED;
    nic->calls.SendComplete(nic->context, frame_of(frame), status);
    exec_lock(&nic->lock);
    nic->sent_count--;
    exec_unlock(&nic->lock);
}

static void nic_changed(void *context, bool up, const char *reason)
{
    struct link_nic *nic = context;
    (void)reason;
    exec_lock(&nic->lock); /* until the one who opens it has put the link in its place */
    exec_unlock(&nic->lock);
    if (nic->calls.LinkChange && !nic->closing)
        nic->calls.LinkChange(nic->context, up);
}

static void nic_link_closed(void *context)
{
    struct link_nic *nic = context;
    exec_lock(&nic->lock);
    nic->link_closed = true;
    nic_post(nic);
    exec_unlock(&nic->lock);
}

static const struct link_calls link_calls = {nic_receive, nic_sent, nic_changed, nic_link_closed};

/* ---- its turn on the processor ---- */

static bool nic_tell_done(struct link_nic *nic)
{
    CONDIS_FRAME *frame = nic->done_first;
    if (!frame)
        return false;
    NDIS_STATUS status = out_state(frame)->status;
    nic->done_first = out_state(frame)->next;
    if (!nic->done_first)
        nic->done_last = NULL;
    exec_unlock(&nic->lock);
    nic->calls.SendComplete(nic->context, frame, status);
    exec_lock(&nic->lock);
    nic->sent_count--;
    return true;
}

static bool nic_tell_left(struct link_nic *nic)
{
    struct exec_link *link = exec_list_take(&nic->left);
    if (!link)
        return false;
    struct link_member *member = EXEC_CONTAINER(link, struct link_member, ready);
    void *context = member->context;
    exec_unlock(&nic->lock);
    free(member);
    nic->calls.LeaveComplete(nic->context, context);
    exec_lock(&nic->lock);
    nic->leave_count--;
    return true;
}

static bool nic_is_quiet(const struct link_nic *nic)
{
    return nic->link_closed && nic->leave_count == 0 && nic->sent_count == 0;
}

static void nic_run(struct exec_item *item)
{
    struct link_nic *nic = EXEC_CONTAINER(item, struct link_nic, item);
    struct exec_world *world = nic->exec->world;
    struct exec_task *task = exec_current();
    struct nt_owner *owner = task->owner;
    bool more = true;
    task->owner = nic->owner;
    exec_lock(&nic->lock);
    for (uint32_t turn = 0; more && turn < CALLS_A_TURN; turn++)
        more = nic_tell_done(nic) || nic_tell_left(nic) || nic_deliver_one(nic);
    task->owner = owner;
    if (more)
        exec_post(nic->exec, nic->processor, item);
    else
        nic->posted = false;
    if (!more && nic->closing && nic_is_quiet(nic))
        exec_signal_set(world, &nic->closed); /* under the lock: the closer takes it next */
    exec_unlock(&nic->lock);
}

/* ---- open and close ---- */

static VOID nic_close(PCONDIS_NIC head)
{
    struct link_nic *nic = (struct link_nic *)(void *)head;
    exec_lock(&nic->lock);
    assert(!nic->closing);
    nic->closing = true;
    while (!exec_list_empty(&nic->members))
        link_member_leave(EXEC_CONTAINER(nic->members.next, struct link_member, in_nic));
    exec_unlock(&nic->lock);
    link_close(nic->link);
    exec_wait_one(&nic->closed, EXEC_FOREVER, "CondisNicClose");
    exec_lock(&nic->lock); /* after the one who signalled */
    exec_unlock(&nic->lock);
    index_end(&nic->channels);
    while (nic->spare) {
        struct in_frame *frame = nic->spare;
        nic->spare = frame->next;
        free(frame);
    }
    free(nic);
}

/* A link's channels are under VPI 0, as port 0. */
static ULONG nic_port(PCONDIS_NIC head)
{
    (void)head;
    return 0;
}

static NDIS_STATUS nic_statistics(PCONDIS_NIC head, PCONDIS_NIC_STATISTICS out)
{
    struct link_nic *nic = (struct link_nic *)(void *)head;
    struct link_statistics link = {0};
    exec_lock(&nic->lock);
    if (!nic->closing)
        link_statistics_read(nic->link, &link);
    *out = (CONDIS_NIC_STATISTICS){.FramesIn = link.frames_in,
                                   .BytesIn = link.bytes_in,
                                   .FramesOut = link.frames_out,
                                   .BytesOut = link.bytes_out,
                                   .FramesFailed = link.frames_failed,
                                   .FramesInvalid = nic->invalid_count,
                                   .FramesNoBuffer = nic->no_buffer_count,
                                   .Connects = link.ups};
    exec_unlock(&nic->lock);
    return NDIS_STATUS_SUCCESS;
}

static const struct nic_ops linknic_ops = {nic_close,     nic_port,      nic_send,   nic_finish,
                                           nic_cut,       nic_join,      nic_resume, nic_leave,
                                           nic_give_back, nic_statistics};

/* An ASCII name as characters; false: it is none, or too long. */
static bool name_narrow(PCUNICODE_STRING name, char out[CONDIS_NIC_NAME_CHARACTERS_MAX + 1])
{
    uint32_t count = name && name->Buffer ? name->Length / (uint32_t)sizeof(WCHAR) : 0;
    if (count == 0 || count > CONDIS_NIC_NAME_CHARACTERS_MAX)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (name->Buffer[i] < 0x20 || name->Buffer[i] > 0x7e)
            return false;
        out[i] = (char)name->Buffer[i];
    }
    out[count] = 0;
    return true;
}

bool linknic_is_name(PCUNICODE_STRING medium)
{
    char name[CONDIS_NIC_NAME_CHARACTERS_MAX + 1];
    return name_narrow(medium, name) &&
           (strncmp(name, "tcp:", PREFIX_LENGTH) == 0 || strncmp(name, "sim:", PREFIX_LENGTH) == 0);
}

/* Splits HOST, HOST:PORT, [V6]:PORT or V6 in place. returns false: there is no such port. */
static bool address_split(char *text, char **host, uint16_t *port)
{
    char *colon = strrchr(text, ':');
    *host = text;
    *port = ATMTCP_PORT;
    if (text[0] == '[') {
        char *end = strchr(text, ']');
        if (!end || (end[1] && end[1] != ':'))
            return false;
        colon = end[1] ? end + 1 : NULL;
        *end = 0;
        *host = text + 1;
    } else if (colon && colon != strchr(text, ':')) {
        colon = NULL; /* an IPv6 address alone */
    }
    if (colon) {
        char *end;
        unsigned long number = strtoul(colon + 1, &end, 10);
        if (colon[1] < '0' || colon[1] > '9' || *end || number == 0 || number > UINT16_MAX)
            return false;
        *colon = 0;
        *port = (uint16_t)number;
    }
    return **host != 0;
}

static NDIS_STATUS nic_open_link(struct link_nic *nic, char *name)
{
    struct link_options options = {.exec = nic->exec,
                                   .processor = nic->processor,
                                   .owner = nic->owner,
                                   .calls = &link_calls,
                                   .context = nic,
                                   .capture = nic->exec->world->slots[CAPTURE_SLOT],
                                   .direction = LINK_USER_TO_NETWORK};
    char *rest = name + PREFIX_LENGTH;
    if (name[0] == 's') {
        nic->link = simlink_open(&options, rest);
        return nic->link ? NDIS_STATUS_SUCCESS : NDIS_STATUS_RESOURCE_CONFLICT;
    }
    char *host;
    uint16_t port;
    if (!address_split(rest, &host, &port))
        return NDIS_STATUS_INVALID_PARAMETER;
    if (nic->exec->world->kind != EXEC_LIVE)
        return NDIS_STATUS_NOT_SUPPORTED;
    nic->link = tcp_connect(&options, host, port);
    return nic->link ? NDIS_STATUS_SUCCESS : NDIS_STATUS_RESOURCES;
}

NDIS_STATUS linknic_open(struct exec *exec, PCUNICODE_STRING medium,
                         const CONDIS_NIC_CHARACTERISTICS *characteristics, void *context,
                         PCONDIS_NIC *out)
{
    char name[CONDIS_NIC_NAME_CHARACTERS_MAX + 1] = {0};
    if (!name_narrow(medium, name) || !name[PREFIX_LENGTH] || !characteristics->Receive ||
        !characteristics->SendComplete || !characteristics->LeaveComplete)
        return NDIS_STATUS_INVALID_PARAMETER;
    struct link_nic *nic = calloc(1, sizeof(*nic));
    if (!nic)
        return NDIS_STATUS_RESOURCES;
    struct exec_task *task = exec_current();
    nic->head.ops = &linknic_ops;
    nic->exec = exec;
    nic->processor = task->processor % exec->processor_count;
    nic->owner = task->owner;
    nic->calls = *characteristics;
    nic->context = context;
    nic->item.run = nic_run;
    exec_link_init(&nic->members);
    exec_link_init(&nic->ready);
    exec_link_init(&nic->left);
    exec_waitable_init(&nic->closed, EXEC_EVENT_NOTIFICATION, 0);
    PCONDIS_NIC before = *out;
    *out = (PCONDIS_NIC)(void *)nic; /* before the first callback */
    exec_lock(&nic->lock);
    NDIS_STATUS status = nic_open_link(nic, name);
    exec_unlock(&nic->lock);
    if (status != NDIS_STATUS_SUCCESS) {
        *out = before;
        free(nic);
    }
    return status;
}
