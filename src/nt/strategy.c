/* SPDX-License-Identifier: MIT */
/* The two strategies without a plan. */
#include "nt/strategy.h"
#include "nt/random.h"

static uint32_t random_pick(void *self, const struct exec_point *point)
{
    struct nt_random *random = self;
    /* Going on three times of four keeps runs of several steps likely; a fair coin at each of a
     * hundred points would never let one task get far ahead of another. */
    if (point->from_index < point->count && nt_random_below(random, 4))
        return point->from_index;
    return nt_random_below(random, point->count);
}

static uint32_t random_choose(void *self, const struct exec_question *question)
{
    return nt_random_below(self, question->count);
}

const struct exec_strategy strategy_random = {"random", random_pick, random_choose};

static uint32_t usual_pick(void *self, const struct exec_point *point)
{
    (void)self;
    return point->usual;
}

static uint32_t usual_choose(void *self, const struct exec_question *question)
{
    (void)self;
    (void)question;
    return 0;
}

const struct exec_strategy strategy_usual = {"usual", usual_pick, usual_choose};
