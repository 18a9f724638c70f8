/* SPDX-License-Identifier: MIT */
#include "nt/exec.h"
#include "nt/schedule.h"

#include <assert.h>
#include <stdlib.h>

/* Of a task that is seen for the first time: above every lowered one. */
#define PRIORITY_FIRST ((int64_t)1 << 32)

static int compare_numbers(const void *left, const void *right)
{
    const uint64_t *one = left;
    const uint64_t *other = right;
    return (*one > *other) - (*one < *other);
}

void schedule_pct_begin(struct schedule_pct *pct, uint64_t seed, uint32_t depth, uint64_t points)
{
    assert(depth >= 1 && depth <= SCHEDULE_DEPTH_MAX && points >= 1);
    *pct = (struct schedule_pct){.depth = depth};
    nt_random_seed(&pct->random, seed);
    for (uint32_t i = 0; i + 1 < depth; i++)
        pct->change_at[i] = 1 + nt_random_next(&pct->random) % points;
    qsort(pct->change_at, depth - 1, sizeof pct->change_at[0], compare_numbers);
}

/* Returns where the priority of a task stands; NULL: no memory, then it has none. */
static int64_t *priority_of(struct schedule_pct *pct, uint32_t task)
{
    if (task >= pct->priority_count) {
        uint32_t count = 2 * (task + 8);
        int64_t *priority = realloc(pct->priority, count * sizeof(*priority));
        if (!priority)
            return NULL;
        for (uint32_t i = pct->priority_count; i < count; i++)
            priority[i] = PRIORITY_FIRST + (int64_t)(nt_random_next(&pct->random) >> 2);
        pct->priority = priority;
        pct->priority_count = count;
    }
    return &pct->priority[task];
}

static void lower(struct schedule_pct *pct, const struct exec_task *task, int64_t to)
{
    int64_t *priority = priority_of(pct, task->id);
    if (priority)
        *priority = to;
}

static uint32_t highest(struct schedule_pct *pct, const struct exec_point *point)
{
    uint32_t best = 0;
    int64_t best_priority = INT64_MIN;
    for (uint32_t i = 0; i < point->count; i++) {
        const int64_t *priority = priority_of(pct, point->candidates[i]->id);
        if (priority && *priority > best_priority) {
            best_priority = *priority;
            best = i;
        }
    }
    return best;
}

static uint32_t pct_pick(void *self, const struct exec_point *point)
{
    struct schedule_pct *pct = self;
    /* Who polls would keep the processor for ever: it goes below everybody, which is no change
     * point. */
    if (point->from_index < point->count && point->usual != point->from_index)
        lower(pct, point->candidates[point->from_index], --pct->lowest);
    uint32_t best = highest(pct, point);
    pct->step++;
    while (pct->changed_count + 1 < pct->depth && pct->change_at[pct->changed_count] <= pct->step) {
        pct->changed_count++;
        lower(pct, point->candidates[best], (int64_t)(pct->depth - pct->changed_count));
        best = highest(pct, point);
    }
    return best;
}

static uint32_t pct_choose(void *self, const struct exec_question *question)
{
    struct schedule_pct *pct = self;
    return nt_random_below(&pct->random, question->count);
}

const struct exec_strategy strategy_pct = {"pct", pct_pick, pct_choose};
