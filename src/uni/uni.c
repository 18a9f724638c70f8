/* SPDX-License-Identifier: MIT */
#include "uni/inside.h"

#include <assert.h>
#include <stdlib.h>

enum { CALLS_DEFAULT = 65536, CALLS_MOST = 131072, PARTIES_DEFAULT = 1048576 };

struct uni *uni_new(const struct uni_config *config)
{
    struct uni *const uni = calloc(1, sizeof(*uni));

    if (!uni)
        return NULL;
    uni->config = *config;
    if (uni->config.call_count_max == 0)
        uni->config.call_count_max = CALLS_DEFAULT;
    if (uni->config.party_count_max == 0)
        uni->config.party_count_max = PARTIES_DEFAULT;
    assert(uni->config.call_count_max <= CALLS_MOST);
    uni_timers_init(uni);
    uni->t309.owner = uni->restart_timer.owner = uni->answer_timer.owner = OWNER_UNI;
    uni_pool_init(&uni->call_pool, sizeof(struct call), uni->config.call_count_max);
    uni_pool_init(&uni->party_pool, sizeof(struct party), uni->config.party_count_max);
    if (!uni_map_init(&uni->calls) || !uni_map_init(&uni->parties)) {
        uni_free(uni);
        return NULL;
    }
    return uni;
}

void uni_free(struct uni *uni)
{
    if (!uni)
        return;
    while (uni->first)
        uni_call_discard(uni, uni->first);
    for (uint32_t i = 0; i < uni->call_pool.made; i++)
        free(((struct call *)uni_pool_at(&uni->call_pool, i))->kept);
    uni_pool_free(&uni->call_pool);
    uni_pool_free(&uni->party_pool);
    uni_map_free(&uni->calls);
    uni_map_free(&uni->parties);
    uni_queues_free(uni);
    free(uni);
}

static void expire(struct uni *uni, struct timer *timer)
{
    const enum uni_timer_kind kind = (enum uni_timer_kind)timer->kind;
    char *const base = (char *)timer;

    uni_timer_stop(timer);
    switch (timer->owner) {
    case OWNER_CALL:
        uni_call_expire(uni, (struct call *)(base - offsetof(struct call, timer)), kind);
        break;
    case OWNER_ENQUIRY:
        uni_call_expire(uni, (struct call *)(base - offsetof(struct call, enquiry_timer)), kind);
        break;
    case OWNER_PARTY:
        uni_party_expire(uni, (struct party *)(base - offsetof(struct party, timer)), kind);
        break;
    default:
        if (kind == UNI_T309)
            uni_link_expire(uni);
        else
            uni_restart_expire(uni, kind);
    }
}

enum uni_result uni_advance(struct uni *uni, uint64_t now_ms)
{
    assert(now_ms >= uni->now_ms);
    uni->now_ms = now_ms;
    for (;;) {
        struct timer *const timer = uni_timer_due(uni, now_ms);

        if (!timer)
            return UNI_OK;
        if (!uni_queues_reserve(uni, 3, 4) ||
            (timer->kind == UNI_T309 &&
             !uni_queues_reserve_short(uni, 1, (size_t)uni->call_pool.count + 4)))
            return UNI_NO_MEMORY;
        expire(uni, timer);
    }
}

unsigned uni_call_state(const struct uni *uni, uint32_t handle)
{
    const struct call *const call = uni_call_of_handle(uni, handle);

    return call ? call->state : 0;
}

unsigned uni_party_state(const struct uni *uni, uint32_t handle, uint16_t id)
{
    const struct call *const call = uni_call_of_handle(uni, handle);
    const struct party *const party = call ? uni_party_find(uni, call, id) : NULL;

    return party ? party->state : 0;
}

enum uni_result uni_call_cookie(struct uni *uni, uint32_t handle, uint64_t cookie)
{
    struct call *const call = uni_call_of_handle(uni, handle);

    if (!call)
        return UNI_NO_SUCH_CALL;
    call->cookie = cookie;
    return UNI_OK;
}

enum uni_result uni_party_cookie(struct uni *uni, uint32_t handle, uint16_t id, uint64_t cookie)
{
    struct call *const call = uni_call_of_handle(uni, handle);
    struct party *const party = call ? uni_party_find(uni, call, id) : NULL;

    if (!party)
        return call ? UNI_NO_SUCH_PARTY : UNI_NO_SUCH_CALL;
    party->cookie = cookie;
    return UNI_OK;
}

struct uni_counters uni_counters(const struct uni *uni)
{
    struct uni_counters counters = uni->counters;

    counters.call_count = uni->call_pool.count;
    counters.party_count = uni->party_pool.count;
    return counters;
}
