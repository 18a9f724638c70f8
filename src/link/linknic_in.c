/* SPDX-License-Identifier: MIT */
/* Members of a NIC on a link, and what they receive. */
#include <assert.h>
#include <stdlib.h>

#include "link/linknic_inside.h"

/* ---- members by channel ---- */

static bool channel_matches(const struct index_node *node, const void *key)
{
    return EXEC_CONTAINER(node, struct link_member, node)->channel == *(const ULONG *)key;
}

struct link_member *nic_member(struct link_nic *nic, ULONG channel)
{
    uint64_t hash = index_hash(&channel, sizeof(channel));
    struct index_node *node = index_find(&nic->channels, hash, channel_matches, &channel);
    return node ? EXEC_CONTAINER(node, struct link_member, node) : NULL;
}

static bool nic_add_member(struct link_nic *nic, struct link_member *member)
{
    struct link_member *first = nic_member(nic, member->channel);
    if (first) {
        member->twin = first->twin;
        first->twin = member;
        return true;
    }
    return index_insert(&nic->channels, &member->node,
                        index_hash(&member->channel, sizeof(member->channel)));
}

/* The index always has room for another in the place of one that it had. */
void nic_remove_member(struct link_nic *nic, struct link_member *member)
{
    struct link_member *at = nic_member(nic, member->channel);
    if (at == member) {
        index_remove(&nic->channels, &member->node);
        if (member->twin) {
            bool inserted = index_insert(&nic->channels, &member->twin->node,
                                         index_hash(&member->channel, sizeof(member->channel)));
            assert(inserted);
            (void)inserted;
        }
        return;
    }
    while (at->twin != member)
        at = at->twin;
    at->twin = member->twin;
}

/* ---- frames that arrived ---- */

static void mdl_describe(MDL *mdl, const struct atmtcp_piece *piece, MDL *next)
{
    void *bytes = (void *)(uintptr_t)piece->bytes;
    *mdl = (MDL){.Next = next,
                 .Size = sizeof(*mdl),
                 .MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL,
                 .MappedSystemVa = bytes,
                 .StartVa = PAGE_ALIGN(bytes),
                 .ByteCount = piece->byte_count,
                 .ByteOffset = BYTE_OFFSET(bytes)};
}

/* With the lock held. NULL: no memory. */
static struct in_frame *in_frame_take(struct link_nic *nic, const struct atmtcp_view *view)
{
    struct in_frame *in = nic->spare;
    if (in)
        nic->spare = in->next;
    else
        in = malloc(sizeof(*in));
    if (!in)
        return NULL;
    in->view = *view;
    in->next = NULL;
    atmtcp_view_hold(view);
    for (uint32_t i = view->piece_count; i > 0; i--)
        mdl_describe(&in->mdls[i - 1], &view->pieces[i - 1],
                     i < view->piece_count ? &in->mdls[i] : NULL);
    in->frame = (CONDIS_FRAME){.Channel = (ULONG)view->vpi << 16 | view->vci,
                               .Length = view->payload_bytes,
                               .Mdl = view->piece_count ? &in->mdls[0] : NULL};
    return in;
}

/* With the lock held. */
static void in_frame_free(struct link_nic *nic, struct in_frame *in)
{
    atmtcp_view_release(&in->view);
    in->next = nic->spare;
    nic->spare = in;
}

/* ---- members; with the lock held ---- */

static bool member_wake(struct link_member *member)
{
    if (!member->first || member->held || member->leaving || member->receiving ||
        !exec_list_empty(&member->ready))
        return false;
    exec_list_append(&member->nic->ready, &member->ready);
    return true;
}

static void member_end_if_idle(struct link_member *member)
{
    struct link_nic *nic = member->nic;
    if (!member->leaving || member->ended || member->receiving || member->out_count > 0)
        return;
    member->ended = true;
    exec_list_append(&nic->left, &member->ready);
    nic_post(nic);
}

void link_member_leave(struct link_member *member)
{
    struct link_nic *nic = member->nic;
    if (member->leaving)
        return;
    member->leaving = true;
    nic_remove_member(nic, member);
    exec_list_remove(&member->in_nic);
    exec_list_remove(&member->ready);
    while (member->first) {
        struct in_frame *in = member->first;
        member->first = in->next;
        in_frame_free(nic, in);
    }
    member->last = NULL;
    member_end_if_idle(member);
}

static void member_release(struct link_member *member, struct in_frame *in)
{
    assert(member->out_count > 0);
    member->out_count--;
    in_frame_free(member->nic, in);
    member_end_if_idle(member);
}

bool nic_deliver_one(struct link_nic *nic)
{
    struct exec_link *link = exec_list_take(&nic->ready);
    if (!link)
        return false;
    struct link_member *member = EXEC_CONTAINER(link, struct link_member, ready);
    struct in_frame *in = member->first;
    member->first = in->next;
    if (!member->first)
        member->last = NULL;
    member->receiving = true;
    member->out_count++;
    exec_unlock(&nic->lock);
    NDIS_STATUS status = nic->calls.Receive(nic->context, (PCONDIS_NIC_MEMBER)(void *)member,
                                            member->context, &in->frame);
    exec_lock(&nic->lock);
    member->receiving = false;
    (void)member_wake(member);
    if (status != NDIS_STATUS_PENDING)
        member_release(member, in);
    else
        member_end_if_idle(member); /* the driver may have returned the frame already */
    return true;
}

void nic_receive(void *context, const struct atmtcp_view *view)
{
    struct link_nic *nic = context;
    exec_lock(&nic->lock);
    struct link_member *member = nic_member(nic, (ULONG)view->vpi << 16 | view->vci);
    if (!member)
        nic->invalid_count++;
    for (; member; member = member->twin) {
        struct in_frame *in = in_frame_take(nic, view);
        if (!in) {
            nic->no_buffer_count++;
            continue;
        }
        if (member->last)
            member->last->next = in;
        else
            member->first = in;
        member->last = in;
        (void)member_wake(member);
    }
    while (nic_deliver_one(nic))
        ;
    exec_unlock(&nic->lock);
}

/* ---- for drivers ---- */

NDIS_STATUS nic_join(PCONDIS_NIC head, ULONG channel, PVOID context, BOOLEAN held,
                     PCONDIS_NIC_MEMBER *out)
{
    struct link_nic *nic = (struct link_nic *)(void *)head;
    if (channel == CONDIS_NIC_CONTROL_CHANNEL || channel >> 16 > ATMTCP_VPI_MAX)
        return NDIS_STATUS_INVALID_PARAMETER;
    struct link_member *member = calloc(1, sizeof(*member));
    if (!member)
        return NDIS_STATUS_RESOURCES;
    member->head = nic->head;
    member->nic = nic;
    member->channel = channel;
    member->context = context;
    member->held = held;
    exec_link_init(&member->in_nic);
    exec_link_init(&member->ready);
    NDIS_STATUS status = NDIS_STATUS_SUCCESS;
    exec_lock(&nic->lock);
    if (nic->closing) {
        status = NDIS_STATUS_CLOSING;
    } else if (!nic_add_member(nic, member)) {
        status = NDIS_STATUS_RESOURCES;
    } else {
        exec_list_append(&nic->members, &member->in_nic);
        nic->leave_count++;
        *out = (PCONDIS_NIC_MEMBER)(void *)member;
    }
    exec_unlock(&nic->lock);
    if (status != NDIS_STATUS_SUCCESS)
        free(member);
    return status;
}

VOID nic_resume(PCONDIS_NIC_MEMBER head)
{
    struct link_member *member = (struct link_member *)(void *)head;
    struct link_nic *nic = member->nic;
    exec_lock(&nic->lock);
    member->held = false;
    if (member_wake(member))
        nic_post(nic);
    exec_unlock(&nic->lock);
}

VOID nic_leave(PCONDIS_NIC_MEMBER head)
{
    struct link_member *member = (struct link_member *)(void *)head;
    struct link_nic *nic = member->nic;
    exec_lock(&nic->lock);
    link_member_leave(member);
    exec_unlock(&nic->lock);
}

VOID nic_give_back(PCONDIS_NIC_MEMBER head, PCONDIS_FRAME frame)
{
    struct link_member *member = (struct link_member *)(void *)head;
    struct link_nic *nic = member->nic;
    exec_lock(&nic->lock);
    member_release(member, EXEC_CONTAINER(frame, struct in_frame, frame));
    exec_unlock(&nic->lock);
}
