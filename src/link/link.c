/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "link/link_inside.h"

#define BLOCK_BYTES         (128u * 1024u)
#define BLOCK_COUNT_DEFAULT 32u
#define TRY_AFTER_MIN       (100 * EXEC_MS)
#define TRY_AFTER_MAX       (30 * EXEC_SECOND)
#define TRY_AFTER_PART      4u /* of the time that it is down already */
#define TURNS_MAX           64u
#define STABLE              (10 * EXEC_SECOND) /* up for less: it was not really */

static void link_run(struct exec_item *item);
static void link_wake_run(struct exec_item *item);
static void link_timer_run(struct exec_timer *timer);

/* On the thread that gave a block back. */
static void on_block_back(void *context)
{
    struct link *link = context;
    exec_post(link->exec, link->processor, &link->wake_item);
}

struct link *link_create(const struct link_options *options, bool persistent)
{
    struct link *link = calloc(1, sizeof(*link));
    if (!link)
        return NULL;
    uint32_t blocks = options->block_count_max ? options->block_count_max : BLOCK_COUNT_DEFAULT;
    if (blocks < 2)
        blocks = 2; /* a frame may lie in two */
    link->pool = block_pool_create(BLOCK_BYTES, blocks, on_block_back, link);
    if (!link->pool) {
        free(link);
        return NULL;
    }
    link->exec = options->exec;
    link->processor = options->processor;
    link->owner = options->owner;
    link->calls = *options->calls;
    link->context = options->context;
    link->direction = options->direction;
    link->capture = options->capture ? link_capture_hold(options->capture) : NULL;
    link->persistent = persistent;
    link->item.run = link_run;
    link->wake_item.run = link_wake_run;
    exec_timer_init(&link->timer, link_timer_run);
    atmtcp_reader_init(&link->reader, link->pool);
    return link;
}

void link_discard(struct link *link)
{
    link_capture_release(link->capture);
    (void)block_pool_end(link->pool);
    free(link);
}

struct exec *link_exec(const struct link *link)
{
    return link->exec;
}

uint32_t link_processor(const struct link *link)
{
    return link->processor;
}

bool link_is_up(const struct link *link)
{
    return atomic_load(&link->up);
}

void link_post(struct link *link)
{
    link->pending = true;
    if (link->inside || link->item_queued)
        return;
    link->item_queued = true;
    exec_post(link->exec, link->processor, &link->item);
}

void link_begin(struct link *link, const struct wire_ops *ops, void *wire)
{
    link->ops = ops;
    link->wire = wire;
    exec_lock(&link->lock);
    link->asked |= LINK_ASKED_BEGIN;
    link_post(link);
    exec_unlock(&link->lock);
}

static void link_ask(struct link *link, uint32_t what)
{
    exec_lock(&link->lock);
    link->asked |= what;
    link_post(link);
    exec_unlock(&link->lock);
}

void link_close(struct link *link)
{
    atomic_store(&link->closing, true);
    link_ask(link, LINK_ASKED_CLOSE);
}

void link_cut(struct link *link)
{
    link_ask(link, LINK_ASKED_CUT);
}

void link_send(struct link *link, struct link_frame *frame, uint16_t vpi, uint16_t vci)
{
    assert(vpi <= ATMTCP_VPI_MAX);
    assert(vpi || vci);
    atmtcp_header_write(frame->header, vpi, vci, frame->payload_bytes);
    frame->next = NULL;
    exec_lock(&link->lock);
    frames_append(&link->queue, frame);
    link_post(link);
    exec_unlock(&link->lock);
}

/* ---- up and down ---- */

static void link_try(struct link *link)
{
    link->trying = true;
    if (link->ops->try_limit) {
        uint64_t now = exec_now(link->exec->world);
        exec_timer_set(link->exec, &link->timer, now + link->ops->try_limit, 0, link->processor);
    }
    link->ops->connect(link->wire);
}

/* Up to an eighth more, so that those who lost one peer do not all come back at once. */
static uint64_t jitter_of(struct link *link, uint64_t delay)
{
    struct exec_world *world = link->exec->world;
    uint32_t steps = (uint32_t)(delay / 8 / EXEC_MS) + 1;
    uint32_t step = world->kind == EXEC_SIMULATED ? exec_choose(world, steps, "link back-off")
                                                  : (uint32_t)(exec_now(world) / 10 % steps);
    return delay + step * EXEC_MS;
}

/* A wait is a part of the time without a connection, so the tries come at equal ratios of it: often
 * at first, and whatever waits for the link some seconds long, as calls do for T309, sees
 * several. */
static void link_try_later(struct link *link)
{
    uint64_t now = exec_now(link->exec->world);
    uint64_t delay = (now - link->down_since) / TRY_AFTER_PART;
    if (delay < TRY_AFTER_MIN)
        delay = TRY_AFTER_MIN;
    if (delay > TRY_AFTER_MAX)
        delay = TRY_AFTER_MAX;
    exec_timer_set(link->exec, &link->timer, now + jitter_of(link, delay), 0, link->processor);
}

/* Gets down what is up or tries to be. */
void link_lose(struct link *link, const char *reason)
{
    bool was_up = atomic_load(&link->up);
    if (!was_up && !link->trying)
        return;
    atomic_store(&link->up, false);
    link->trying = false;
    link->blocked = false;
    link->reading = false;
    (void)exec_timer_cancel(link->exec, &link->timer);
    link->ops->drop(link->wire);
    atmtcp_reader_end(&link->reader);
    link_fail_all(link);
    if (was_up)
        link->calls.changed(link->context, false, reason);
    else
        count(&link->counts.tries_failed, 1);
    uint64_t now = exec_now(link->exec->world);
    if (was_up && now - link->up_since >= STABLE)
        link->down_since = now;
    if (atomic_load(&link->closing))
        return;
    if (link->persistent)
        link_try_later(link);
    else
        link_close(link);
}

static void link_timer_run(struct exec_timer *timer)
{
    struct link *link = EXEC_CONTAINER(timer, struct link, timer);
    link_enter(link);
    if (link->trying)
        link_lose(link, "no connection in time");
    else if (!atomic_load(&link->up) && !atomic_load(&link->closing))
        link_try(link);
    link_leave(link);
}

void link_wire_up(struct link *link)
{
    if (!link->trying)
        return;
    (void)exec_timer_cancel(link->exec, &link->timer);
    link->trying = false;
    link->up_since = exec_now(link->exec->world);
    atomic_store(&link->up, true);
    count(&link->counts.ups, 1);
    link->calls.changed(link->context, true, NULL);
    link_want(link);
}

void link_wire_lost(struct link *link, const char *reason)
{
    link_lose(link, reason);
}

/* ---- the end ---- */

static void link_end_if_done(struct link *link)
{
    if (!link->wire_gone || link->wake_owed || link->ended)
        return;
    link->ended = true; /* link_leave frees it */
}

void link_wire_closed(struct link *link)
{
    link->wire_gone = true;
    link_end_if_done(link);
}

static void link_begin_end(struct link *link)
{
    if (link->ending)
        return;
    link->ending = true;
    link_lose(link, "closed");
    (void)exec_timer_cancel(link->exec, &link->timer);
    link_fail_all(link);
    atmtcp_reader_end(&link->reader);
    if (block_pool_end(link->pool))
        link->wake_owed = false;
    link->pool = NULL;
    link->ops->close(link->wire);
}

static void link_wake_run(struct exec_item *item)
{
    struct link *link = EXEC_CONTAINER(item, struct link, wake_item);
    link_enter(link);
    link->wake_owed = false;
    if (link->ending)
        link_end_if_done(link);
    else if (atomic_load(&link->up))
        link_want(link);
    link_leave(link);
}

/* ---- inside and outside ---- */

static void link_run(struct exec_item *item)
{
    struct link *link = EXEC_CONTAINER(item, struct link, item);
    exec_lock(&link->lock);
    link->item_queued = false;
    exec_unlock(&link->lock);
    link_enter(link);
    link_leave(link);
}

void link_enter(struct link *link)
{
    struct exec_task *task = exec_current();
    assert(task->irql == EXEC_DISPATCH);
    exec_lock(&link->lock);
    link->inside_depth++;
    link->inside = true;
    exec_unlock(&link->lock);
    if (link->inside_depth == 1) {
        link->outer_owner = task->owner;
        task->owner = link->owner;
    }
}

/* Takes what others asked for since. returns whether there was any. */
static bool link_take_asked(struct link *link, uint32_t *asked)
{
    struct frames queue = {0};
    exec_lock(&link->lock);
    bool any = link->pending;
    link->pending = false;
    *asked = link->asked;
    link->asked = 0;
    queue = link->queue;
    link->queue = (struct frames){0};
    if (!any) {
        link->inside = false; /* from here on whoever asks posts the item */
        link->inside_depth = 0;
    }
    exec_unlock(&link->lock);
    if (queue.first)
        frames_join(&link->writing, &queue);
    return any;
}

static void link_do(struct link *link, uint32_t asked)
{
    if (asked & LINK_ASKED_CUT)
        link_lose(link, "cut");
    if (asked & LINK_ASKED_BEGIN && !atomic_load(&link->closing)) {
        link->down_since = exec_now(link->exec->world);
        link_try(link);
    }
    if (asked & LINK_ASKED_CLOSE)
        link_begin_end(link);
    if (atomic_load(&link->up))
        link_flush(link);
    else
        link_fail_all(link);
}

/* The last one out. An item that is still queued comes once more, and is then the last. */
static void link_end(struct link *link)
{
    exec_lock(&link->lock);
    bool comes_back = link->item_queued;
    link->inside = false;
    link->inside_depth = 0;
    exec_unlock(&link->lock);
    if (comes_back)
        return;
    link->calls.closed(link->context);
    link_capture_release(link->capture);
    free(link);
}

/* Who sends anew from each `sent` never lets it end: others get the processor meanwhile. */
static void link_yield(struct link *link)
{
    exec_lock(&link->lock);
    link->inside = false;
    link->inside_depth = 0;
    if (link->pending)
        link_post(link);
    exec_unlock(&link->lock);
}

void link_leave(struct link *link)
{
    uint32_t asked = 0;
    if (link->inside_depth > 1) {
        link->inside_depth--;
        return;
    }
    struct nt_owner *outer = link->outer_owner;
    uint32_t turn = 0;
    while (turn < TURNS_MAX && link_take_asked(link, &asked)) {
        link_do(link, asked);
        turn++;
    }
    if (link->ended)
        link_end(link);
    else if (turn == TURNS_MAX)
        link_yield(link);
    exec_current()->owner = outer;
}

void link_statistics_read(const struct link *link, struct link_statistics *out)
{
    *out = (struct link_statistics){
#define COPY(name) .name = atomic_load_explicit(&link->counts.name, memory_order_relaxed)
        COPY(frames_in),        COPY(bytes_in),      COPY(frames_out),
        COPY(bytes_out),        COPY(frames_failed), COPY(controls_in),
        COPY(controls_unknown), COPY(reads),         COPY(writes),
        COPY(stalls),           COPY(ups),           COPY(tries_failed),
        COPY(broken),
#undef COPY
    };
}
