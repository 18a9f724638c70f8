/* SPDX-License-Identifier: MIT */
#include "link/simlink.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "link/wire.h"

#define WORLD_SLOT     1
#define WINDOW_DEFAULT (256u * 1024u)

struct chunk {
    struct chunk *next;
    uint64_t due;
    uint32_t byte_count;
    uint32_t read_bytes;
    uint8_t bytes[];
};

/* One end. Guarded by the simlink's lock, but for what only its own processor touches. The chunks
 * on their way to an end are appended by its peer and taken by the end itself alone. */
struct end {
    struct simlink *sim;
    struct link *link; /* NULL: nobody has this end */
    struct exec *exec;
    uint32_t processor;
    struct exec_item item;
    struct exec_timer timer;
    bool posted;
    bool closing;
    bool trying;    /* would be up if the other were */
    bool coming_up; /* at up_at */
    bool up;
    bool lost;     /* the connection is gone; the end does not know yet */
    bool ended;    /* the peer sends no more: gone when all is read */
    bool writable; /* it had to wait and may write again */
    bool blocked;
    bool wanted;
    uint64_t up_at;
    struct chunk *first;
    struct chunk *last;
    uint32_t unread_bytes;
    uint64_t last_due;
};

struct simlink {
    struct exec_link link; /* in the world's list; guarded, with users and kept, by the registry */
    struct exec_world *world;
    uint32_t users;
    bool kept; /* the host program set something: it stays */
    struct exec_lock lock;
    struct simlink_shape shape;
    bool cut;
    bool partitioned;
    bool connected;
    struct end ends[2];
    char name[SIMLINK_NAME_CHARACTERS_MAX + 1];
};

static struct end *end_peer(struct end *end)
{
    return &end->sim->ends[end == &end->sim->ends[0]];
}

/* ---- what an end has to do; with the lock held ---- */

static void end_post(struct end *end)
{
    if (end->posted || !end->link)
        return;
    end->posted = true;
    exec_post(end->exec, end->processor, &end->item);
}

static bool end_can_read(const struct end *end)
{
    return end->up && end->wanted && end->first && !end->sim->partitioned;
}

/* Sees to it that the end's work is done when it is due. */
static void end_arm(struct end *end)
{
    uint64_t now = exec_now(end->sim->world), due = UINT64_MAX;
    if (!end->link || end->closing)
        return;
    if (end->coming_up)
        due = end->up_at;
    else if (end_can_read(end))
        due = end->first->due;
    if (end->lost || end->writable || due <= now ||
        (end->up && end->ended && !end->first && !end->sim->partitioned))
        end_post(end);
    else if (due != UINT64_MAX)
        exec_timer_set(end->exec, &end->timer, due, 0, end->processor);
}

static uint64_t sim_delay(const struct simlink *sim)
{
    uint64_t steps = sim->shape.jitter_100ns / EXEC_MS; /* drawn in whole milliseconds */
    if (steps > UINT32_MAX - 1)
        steps = UINT32_MAX - 1;
    uint64_t delay = sim->shape.delay_100ns;
    if (steps)
        delay += EXEC_MS * exec_choose(sim->world, (uint32_t)steps + 1, "link jitter");
    return delay;
}

static void sim_connect_if_possible(struct simlink *sim)
{
    if (sim->connected || sim->cut || sim->partitioned || !sim->ends[0].trying ||
        !sim->ends[1].trying)
        return;
    uint64_t up_at = exec_now(sim->world) + sim_delay(sim);
    sim->connected = true;
    for (int i = 0; i < 2; i++) {
        struct end *end = &sim->ends[i];
        end->trying = false;
        end->coming_up = true;
        end->up_at = up_at;
        end->last_due = up_at;
        end_arm(end);
    }
}

static void end_discard(struct end *end)
{
    while (end->first) {
        struct chunk *chunk = end->first;
        end->first = chunk->next;
        free(chunk);
    }
    end->last = NULL;
    end->unread_bytes = 0;
}

/* The end has no connection any more, and knows. */
static void end_reset(struct end *end)
{
    end_discard(end);
    end->trying = end->coming_up = end->up = false;
    end->lost = end->ended = end->writable = end->blocked = end->wanted = false;
}

/* ---- the end's own processor ---- */

enum end_action { END_NOTHING, END_UP, END_LOST, END_WRITABLE, END_READ };

static enum end_action end_next(struct end *end)
{
    enum end_action action = END_NOTHING;
    uint64_t now = exec_now(end->sim->world);
    exec_lock(&end->sim->lock);
    if (end->lost || (end->up && end->ended && !end->first && !end->sim->partitioned)) {
        end_reset(end);
        action = END_LOST;
    } else if (end->coming_up && end->up_at <= now) {
        end->coming_up = false;
        end->up = true;
        action = END_UP;
    } else if (end->writable) {
        end->writable = false;
        action = END_WRITABLE;
    } else if (end_can_read(end) && end->first->due <= now) {
        action = END_READ;
    } else {
        end_arm(end);
    }
    exec_unlock(&end->sim->lock);
    return action;
}

static uint32_t read_size(struct simlink *sim, uint32_t byte_count)
{
    if (!sim->shape.split || byte_count < 2 || exec_choose(sim->world, 2, "link split") == 0)
        return byte_count;
    return 1 + exec_choose(sim->world, byte_count, "link read");
}

static void end_read(struct end *end)
{
    struct simlink *sim = end->sim;
    size_t room_bytes = 0;
    uint8_t *room = link_wire_room(end->link, &room_bytes);
    struct chunk *chunk = end->first;
    if (!room)
        return; /* the link said by `want` or `drop` what it wants instead */
    uint32_t bytes = read_size(sim, chunk->byte_count - chunk->read_bytes);
    if (bytes > room_bytes)
        bytes = (uint32_t)room_bytes;
    memcpy(room, chunk->bytes + chunk->read_bytes, bytes);
    exec_lock(&sim->lock);
    struct end *peer = end_peer(end);
    chunk->read_bytes += bytes;
    end->unread_bytes -= bytes;
    if (chunk->read_bytes == chunk->byte_count) {
        end->first = chunk->next;
        if (!end->first)
            end->last = NULL;
        free(chunk);
    }
    if (peer->blocked) {
        peer->blocked = false;
        peer->writable = true;
        end_post(peer);
    }
    exec_unlock(&sim->lock);
    (void)link_wire_filled(end->link, bytes);
}

static void end_work(struct end *end)
{
    struct link *link = end->link;
    enum end_action action;
    link_enter(link);
    while ((action = end_next(end)) != END_NOTHING) {
        if (action == END_UP)
            link_wire_up(link);
        else if (action == END_LOST)
            link_wire_lost(link, "the simulated link was lost");
        else if (action == END_WRITABLE)
            link_wire_writable(link);
        else
            end_read(end);
    }
    link_leave(link);
}

static void sim_leave(struct simlink *sim);

/* Gives the end back, when nothing of it is queued any more. */
static void end_finish(struct end *end)
{
    struct simlink *sim = end->sim;
    struct link *link = end->link;
    exec_lock(&sim->lock);
    bool queued = end->posted;
    if (!queued) {
        end->closing = false;
        end->link = NULL;
    }
    exec_unlock(&sim->lock);
    if (queued)
        return;
    sim_leave(sim);
    link_wire_closed(link);
}

static void end_item(struct exec_item *item)
{
    struct end *end = EXEC_CONTAINER(item, struct end, item);
    struct link *link = end->link;
    exec_lock(&end->sim->lock);
    end->posted = false;
    bool closing = end->closing;
    exec_unlock(&end->sim->lock);
    if (!closing) {
        end_work(end);
        return;
    }
    link_enter(link);
    end_finish(end);
    link_leave(link);
}

static void end_timer(struct exec_timer *timer)
{
    struct end *end = EXEC_CONTAINER(timer, struct end, timer);
    end_work(end); /* closing cancelled it, on this processor */
}

/* ---- the wire ---- */

static void wire_connect(void *wire)
{
    struct end *end = wire;
    exec_lock(&end->sim->lock);
    end->trying = true;
    sim_connect_if_possible(end->sim);
    exec_unlock(&end->sim->lock);
}

static struct chunk *chunk_of(const struct iovec *pieces, uint32_t piece_count, size_t byte_count)
{
    struct chunk *chunk = malloc(sizeof(*chunk) + byte_count);
    if (!chunk)
        return NULL;
    *chunk = (struct chunk){.byte_count = (uint32_t)byte_count};
    size_t at = 0;
    for (uint32_t i = 0; i < piece_count && at < byte_count; i++) {
        size_t bytes = pieces[i].iov_len < byte_count - at ? pieces[i].iov_len : byte_count - at;
        memcpy(chunk->bytes + at, pieces[i].iov_base, bytes);
        at += bytes;
    }
    return chunk;
}

/* How many of the bytes fit; what is sent to nobody is taken and lost. */
static size_t end_room(struct end *end, size_t all_bytes)
{
    const struct simlink *sim = end->sim;
    const struct end *peer = end_peer(end);
    uint32_t window = sim->shape.window_bytes ? sim->shape.window_bytes : WINDOW_DEFAULT;
    size_t room = peer->unread_bytes < window ? window - peer->unread_bytes : 0;
    return !sim->connected || room > all_bytes ? all_bytes : room;
}

static ssize_t wire_write(void *wire, const struct iovec *pieces, uint32_t piece_count)
{
    struct end *end = wire, *peer = end_peer(end);
    struct simlink *sim = end->sim;
    size_t all_bytes = 0;
    for (uint32_t i = 0; i < piece_count; i++)
        all_bytes += pieces[i].iov_len;
    exec_lock(&sim->lock);
    size_t bytes = end_room(end, all_bytes);
    struct chunk *chunk = sim->connected && bytes ? chunk_of(pieces, piece_count, bytes) : NULL;
    ssize_t taken = (ssize_t)bytes;
    if (chunk) {
        uint64_t due = exec_now(sim->world) + sim_delay(sim);
        chunk->due = peer->last_due = due > peer->last_due ? due : peer->last_due;
        if (peer->last)
            peer->last->next = chunk;
        else
            peer->first = chunk;
        peer->last = chunk;
        peer->unread_bytes += (uint32_t)bytes;
        end_arm(peer);
    } else if (sim->connected && bytes) {
        taken = -1; /* no memory breaks a wire, as it would a socket */
    }
    end->blocked = taken >= 0 && bytes < all_bytes; /* until the peer read some */
    exec_unlock(&sim->lock);
    return taken;
}

static void wire_want(void *wire, bool wanted)
{
    struct end *end = wire;
    exec_lock(&end->sim->lock);
    end->wanted = wanted;
    end_arm(end);
    exec_unlock(&end->sim->lock);
}

/* What this end wrote still arrives; then its peer learns that it is gone. */
static void wire_drop(void *wire)
{
    struct end *end = wire, *peer = end_peer(end);
    struct simlink *sim = end->sim;
    exec_lock(&sim->lock);
    if (sim->connected && (end->up || end->coming_up)) {
        sim->connected = false;
        peer->lost = peer->lost || peer->coming_up;
        peer->ended = true;
        if (peer->blocked) {
            peer->blocked = false;
            peer->writable = true;
        }
        end_arm(peer);
    }
    end_reset(end);
    exec_unlock(&sim->lock);
    (void)exec_timer_cancel(end->exec, &end->timer);
}

static void wire_close(void *wire)
{
    struct end *end = wire;
    wire_drop(end);
    exec_lock(&end->sim->lock);
    end->closing = true;
    exec_unlock(&end->sim->lock);
    (void)exec_timer_cancel(end->exec, &end->timer);
    end_finish(end);
}

static const struct wire_ops sim_ops = {0,         wire_connect, wire_write,
                                        wire_want, wire_drop,    wire_close};

/* ---- the registry ---- */

/* A leaf: no other lock is taken and no simulated choice is made while it is held. */
static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;

static struct simlink *sim_find(struct exec_link *head, const char *name)
{
    for (struct exec_link *at = head->next; at != head; at = at->next) {
        struct simlink *sim = EXEC_CONTAINER(at, struct simlink, link);
        if (strcmp(sim->name, name) == 0)
            return sim;
    }
    return NULL;
}

static struct exec_link *world_sims(struct exec_world *world)
{
    struct exec_link *head = world->slots[WORLD_SLOT];
    if (!head) {
        head = malloc(sizeof(*head));
        if (head)
            exec_link_init(head);
        world->slots[WORLD_SLOT] = head;
    }
    return head;
}

/* Finds or makes one and takes a use of it. */
static struct simlink *sim_use(struct exec_world *world, const char *name)
{
    size_t characters = strlen(name);
    if (characters == 0 || characters > SIMLINK_NAME_CHARACTERS_MAX)
        return NULL;
    pthread_mutex_lock(&registry_lock);
    struct exec_link *head = world_sims(world);
    struct simlink *sim = head ? sim_find(head, name) : NULL;
    if (head && !sim) {
        sim = calloc(1, sizeof(*sim));
        if (sim) {
            sim->world = world;
            memcpy(sim->name, name, characters);
            sim->ends[0].sim = sim->ends[1].sim = sim;
            exec_list_append(head, &sim->link);
        }
    }
    if (sim)
        sim->users++;
    pthread_mutex_unlock(&registry_lock);
    return sim;
}

static void world_sims_end_if_empty(struct exec_world *world)
{
    struct exec_link *head = world->slots[WORLD_SLOT];
    if (head && exec_list_empty(head)) {
        free(head);
        world->slots[WORLD_SLOT] = NULL;
    }
}

static void sim_leave(struct simlink *sim)
{
    struct exec_world *world = sim->world;
    pthread_mutex_lock(&registry_lock);
    sim->users--;
    if (sim->users == 0 && !sim->kept) {
        exec_list_remove(&sim->link);
        free(sim);
    }
    world_sims_end_if_empty(world);
    pthread_mutex_unlock(&registry_lock);
}

void simlink_forget_world(struct exec_world *world)
{
    pthread_mutex_lock(&registry_lock);
    struct exec_link *head = world->slots[WORLD_SLOT];
    while (head && !exec_list_empty(head)) {
        struct simlink *sim = EXEC_CONTAINER(exec_list_take(head), struct simlink, link);
        assert(sim->users == 0);
        free(sim);
    }
    world_sims_end_if_empty(world);
    pthread_mutex_unlock(&registry_lock);
}

/* ---- for host programs ---- */

struct link *simlink_open(const struct link_options *options, const char *name)
{
    struct simlink *sim = sim_use(options->exec->world, name);
    if (!sim)
        return NULL;
    struct link *link = link_create(options, true);
    struct end *end = NULL;
    exec_lock(&sim->lock);
    for (int i = 0; i < 2 && link && !end; i++)
        if (!sim->ends[i].link)
            end = &sim->ends[i];
    if (end) {
        *end = (struct end){.sim = sim, .link = link, .exec = options->exec};
        end->processor = options->processor;
        end->item.run = end_item;
        exec_timer_init(&end->timer, end_timer);
    }
    exec_unlock(&sim->lock);
    if (end) {
        link_begin(link, &sim_ops, end);
        return link;
    }
    if (link)
        link_discard(link);
    sim_leave(sim);
    return NULL;
}

/* Takes a use that stays the host program's until the world forgets it. */
static struct simlink *sim_keep(struct exec_world *world, const char *name)
{
    struct simlink *sim = sim_use(world, name);
    if (!sim)
        return NULL;
    pthread_mutex_lock(&registry_lock);
    sim->kept = true;
    pthread_mutex_unlock(&registry_lock);
    return sim;
}

bool simlink_set_shape(struct exec_world *world, const char *name,
                       const struct simlink_shape *shape)
{
    struct simlink *sim = sim_keep(world, name);
    if (!sim)
        return false;
    exec_lock(&sim->lock);
    sim->shape = *shape;
    exec_unlock(&sim->lock);
    sim_leave(sim);
    return true;
}

static void sim_mend(struct simlink *sim)
{
    sim_connect_if_possible(sim);
    end_arm(&sim->ends[0]);
    end_arm(&sim->ends[1]);
}

bool simlink_set_cut(struct exec_world *world, const char *name, bool cut)
{
    struct simlink *sim = sim_keep(world, name);
    if (!sim)
        return false;
    exec_lock(&sim->lock);
    sim->cut = cut;
    for (int i = 0; cut && i < 2; i++) {
        struct end *end = &sim->ends[i];
        end->lost = end->lost || end->up || end->coming_up;
        sim->connected = false;
    }
    sim_mend(sim);
    exec_unlock(&sim->lock);
    sim_leave(sim);
    return true;
}

bool simlink_set_partition(struct exec_world *world, const char *name, bool partitioned)
{
    struct simlink *sim = sim_keep(world, name);
    if (!sim)
        return false;
    exec_lock(&sim->lock);
    sim->partitioned = partitioned;
    sim_mend(sim);
    exec_unlock(&sim->lock);
    sim_leave(sim);
    return true;
}
