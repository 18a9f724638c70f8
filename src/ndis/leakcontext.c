/* SPDX-License-Identifier: MIT */
#include "ndis/leakcontext.h"

#include "ndis/party.h"
#include "ndis/sap.h"

#include <stdlib.h>

/* Which kinds have which contexts, and who asks to free them. */
struct context_row {
    uint8_t kind;
    uint16_t rule;
    size_t offset; /* of an NDIS_HANDLE in the object */
};

static const struct context_row rows[] = {
    {OBJECT_PARTY, RULE_CM_PARTY_CONTEXT_LEAKED, offsetof(struct party, cm_context)},
    {OBJECT_SAP, RULE_CM_SAP_CONTEXT_LEAKED, offsetof(struct sap, cm_context)},
    {OBJECT_AF, RULE_CM_AF_CONTEXT_LEAKED, offsetof(struct af, cm_context)},
    {OBJECT_VC, RULE_CO_VC_CONTEXT_LEAKED, offsetof(struct vc, client_context)},
    {OBJECT_VC, RULE_CO_VC_CONTEXT_LEAKED, offsetof(struct vc, cm_context)},
    {OBJECT_VC, RULE_MINIPORT_VC_CONTEXT_LEAKED, offsetof(struct vc, miniport_context)},
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

/* What was taken away by a sweep ended without the driver's doing. */
static bool was_taken_away(const struct object *object)
{
    struct object_event events[OBJECT_MARKS_KEPT];
    uint32_t lost_count;
    uint32_t count = object_history(object, events, &lost_count);
    return object->kind == OBJECT_PARTY && count > 0 && events[count - 1].mark == MARK_DEAD;
}

static void gather_row(struct leak_contexts *contexts, const struct slab *slab,
                       const struct context_row *row)
{
    uint32_t carved = atomic_load(&slab->carved);
    for (uint32_t index = 0; index < carved; index++) {
        struct object *object = slab_at(slab, index);
        if (!object_generation(object) || object_alive(object) || was_taken_away(object))
            continue;
        const void *address =
            *(NDIS_HANDLE *)(void *)((char *)object + row->offset); /* nobody writes it now */
        if (address)
            contexts->list[contexts->count++] =
                (struct leak_context){address, object, (enum rule_id)row->rule};
    }
}

static int compare(const void *left, const void *right)
{
    const struct leak_context *a = left;
    const struct leak_context *b = right;
    if (a->address != b->address)
        return (uintptr_t)a->address < (uintptr_t)b->address ? -1 : 1;
    return a->object->index < b->object->index ? -1 : a->object->index > b->object->index;
}

void leak_contexts_gather(struct leak_contexts *contexts, struct host *host)
{
    size_t room = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        room += atomic_load(&host->slabs[rows[i].kind].carved);
    contexts->count = 0;
    contexts->list = calloc(room + 1, sizeof(*contexts->list));
    for (size_t i = 0; contexts->list && i < ROW_COUNT; i++)
        gather_row(contexts, &host->slabs[rows[i].kind], &rows[i]);
    if (contexts->list)
        qsort(contexts->list, contexts->count, sizeof(*contexts->list), compare);
}

struct leak_context leak_context_in(const struct leak_contexts *contexts, const void *block,
                                    uint64_t bytes)
{
    size_t low = 0;
    size_t high = contexts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uintptr_t)contexts->list[middle].address < (uintptr_t)block)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < contexts->count && (uintptr_t)contexts->list[low].address < (uintptr_t)block + bytes)
        return contexts->list[low];
    return (struct leak_context){NULL, NULL, RULE_NONE};
}

void leak_contexts_free(struct leak_contexts *contexts)
{
    free(contexts->list);
}
