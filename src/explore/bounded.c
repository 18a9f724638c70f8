/* SPDX-License-Identifier: MIT */
/* Enumerates the schedules that deviate from the usual one a bounded number of times. A schedule is
 * its list of deviations in the order of the run; each is reached once, from the one that lacks its
 * last deviation. */
#include "explore/explore.h"

#include <stdlib.h>
#include <string.h>

#define PREEMPTIONS_DEFAULT 2u
#define DEVIATIONS_MAX      64u

static const char *read_bound(const char *text, uint32_t *bound)
{
    char *end;
    if (*text != ':')
        return text;
    if (text[1] < '0' || text[1] > '9')
        return NULL;
    unsigned long value = strtoul(text + 1, &end, 10);
    *bound = value <= 16 ? (uint32_t)value : 17;
    return end;
}

const char *bounded_begin(struct bounded *bounded, const char *text)
{
    *bounded = (struct bounded){.preemption_max = PREEMPTIONS_DEFAULT};
    uint32_t *const bounds[] = {&bounded->preemption_max, &bounded->switch_max,
                                &bounded->answer_max};
    const char *rest = text + strlen("bounded");
    for (size_t i = 0; i < 3 && rest; i++)
        rest = read_bound(rest, bounds[i]);
    if (!rest || *rest || bounded->preemption_max > 16 || bounded->switch_max > 16 ||
        bounded->answer_max > 16)
        return "of bounded[:PREEMPTIONS[:SWITCHES[:ANSWERS]]] each is a number from 0 to 16";
    bounded->plan = calloc(DEVIATIONS_MAX, sizeof *bounded->plan);
    bounded->nodes = calloc(64, sizeof *bounded->nodes);
    if (!bounded->plan || !bounded->nodes)
        return "no memory";
    bounded->capacity = 64;
    bounded->count = 1; /* the usual schedule */
    return NULL;
}

void bounded_end(struct bounded *bounded)
{
    free(bounded->plan);
    free(bounded->nodes);
    bounded->plan = NULL;
    bounded->nodes = NULL;
}

static uint32_t deviation_count(const struct node *node)
{
    return (uint32_t)node->preemptions + node->switches + node->answers;
}

uint32_t bounded_plan(const struct bounded *bounded, uint32_t node, struct decision *plan)
{
    uint32_t count = deviation_count(&bounded->nodes[node]);
    for (uint32_t i = count; i > 0; node = bounded->nodes[node].parent) {
        const struct node *at = &bounded->nodes[node];
        plan[--i] = (struct decision){.number = at->number,
                                      .task = at->task,
                                      .answer = at->answer,
                                      .kind = at->kind,
                                      .task_kind = UINT8_MAX,
                                      .answer_kind = UINT8_MAX,
                                      .task_host = SCHEDULE_HOSTS_MAX,
                                      .answer_host = SCHEDULE_HOSTS_MAX};
    }
    return count;
}

/* Whether one more deviation of this kind is within the bounds. */
static bool may_deviate(struct bounded *bounded, const struct node *node, uint8_t kind,
                        uint32_t alternative_count)
{
    if (kind == DECISION_PREEMPTS)
        return node->preemptions < bounded->preemption_max;
    bool may = kind == DECISION_SWITCHES ? node->switches < bounded->switch_max
                                         : node->answers < bounded->answer_max;
    if (!may && kind == DECISION_SWITCHES)
        bounded->held_switches += alternative_count;
    else if (!may)
        bounded->held_answers += alternative_count;
    return may;
}

static void fill(struct node *child, uint32_t parent_index, const struct node *parent,
                 const struct schedule_seen *seen, uint32_t answer)
{
    *child = *parent;
    child->parent = parent_index;
    child->number = seen->number;
    child->task = seen->task;
    child->answer = answer;
    child->kind = seen->kind;
    if (seen->kind == DECISION_PREEMPTS)
        child->preemptions++;
    else if (seen->kind == DECISION_SWITCHES)
        child->switches++;
    else
        child->answers++;
}

bool bounded_children(struct bounded *bounded, uint32_t node, const struct schedule_log *log,
                      struct result *result)
{
    const struct node *parent = &bounded->nodes[node];
    uint32_t decided = deviation_count(parent);
    uint32_t room = 0;
    bounded->seen_lost += log->seen_lost;
    for (int pass = 0; pass < 2; pass++) { /* count, then fill */
        for (uint32_t i = 0; i < log->seen_count; i++) {
            const struct schedule_seen *seen = &log->seen[i];
            /* What lies before its last deviation belongs to its parent; at that deviation's own
             * point `decided` still counts one less. */
            if (seen->decided < decided)
                continue;
            if (pass == 0) {
                if (may_deviate(bounded, parent, seen->kind, seen->count - 1))
                    room += seen->count - 1;
                continue;
            }
            struct bounded unused = *bounded;
            if (!may_deviate(&unused, parent, seen->kind, 0))
                continue;
            for (uint32_t k = 1; k < seen->count; k++)
                fill(&result->children[result->child_count++], node, parent, seen,
                     seen->kind == DECISION_ANSWERS ? k : log->ids[seen->ids + k]);
        }
        if (pass == 0 && room == 0)
            return true;
        if (pass == 0)
            result->children = malloc(room * sizeof *result->children);
        if (!result->children)
            return false;
    }
    return true;
}

void bounded_keep_shard(struct result *result, uint32_t shard, uint32_t shard_count)
{
    uint32_t kept = 0;
    for (uint32_t i = shard - 1; i < result->child_count; i += shard_count)
        result->children[kept++] = result->children[i];
    result->child_count = kept;
}

bool bounded_add(struct bounded *bounded, const struct result *result)
{
    uint32_t count = result->child_count;
    if (count > BOUNDED_NODES_MAX - bounded->count) {
        bounded->beyond += count - (BOUNDED_NODES_MAX - bounded->count);
        count = BOUNDED_NODES_MAX - bounded->count;
    }
    if (bounded->count + count > bounded->capacity) {
        uint32_t capacity = 2 * (bounded->count + count);
        struct node *nodes = realloc(bounded->nodes, capacity * sizeof *nodes);
        if (!nodes)
            return false;
        bounded->nodes = nodes;
        bounded->capacity = capacity;
    }
    if (count)
        memcpy(bounded->nodes + bounded->count, result->children, count * sizeof *bounded->nodes);
    bounded->count += count;
    return true;
}

uint64_t bounded_count(const struct bounded *bounded, uint32_t preemptions, uint32_t next)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < next; i++)
        count += bounded->nodes[i].preemptions == preemptions;
    return count;
}
