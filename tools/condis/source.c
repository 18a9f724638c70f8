/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "source.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "status.h"

#define SECOND_NS 1000000000ull
#define AWAY_NS   (SECOND_NS / 10)

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* --- Slots ---------------------------------------------------------------------------------- */

static struct source_slot *slot_take(struct source *source)
{
    pthread_mutex_lock(&source->mutex);
    while (!source->free_slots)
        pthread_cond_wait(&source->slot_freed, &source->mutex);
    struct source_slot *slot = source->free_slots;
    source->free_slots = slot->next_free;
    source->free_count--;
    pthread_mutex_unlock(&source->mutex);
    return slot;
}

static void slot_give(struct source_slot *slot, condis_status status)
{
    struct source *source = slot->source;
    pthread_mutex_lock(&source->mutex);
    slot->next_free = source->free_slots;
    source->free_slots = slot;
    source->free_count++;
    source->away = status == NDIS_STATUS_MEDIA_DISCONNECTED;
    if (source->status == CONDIS_SUCCESS && !source->away)
        source->status = status;
    pthread_cond_signal(&source->slot_freed);
    pthread_mutex_unlock(&source->mutex);
}

/* A send ended. Another thread holds the mutex for a few instructions only, so this does not wait
 * in any sense that a callback must not. */
static void slot_done(void *slot, condis_status status)
{
    slot_give(slot, status);
}

static condis_status slots_wait(struct source *source)
{
    pthread_mutex_lock(&source->mutex);
    while (source->free_count < SOURCE_SLOT_COUNT)
        pthread_cond_wait(&source->slot_freed, &source->mutex);
    condis_status status = source->status;
    pthread_mutex_unlock(&source->mutex);
    return status;
}

static bool is_away(struct source *source)
{
    pthread_mutex_lock(&source->mutex);
    bool away = source->away;
    pthread_mutex_unlock(&source->mutex);
    return away;
}

/* --- Sending -------------------------------------------------------------------------------- */

/* Waits for a time or for input. returns false on a stop. */
static bool wait_for(struct source *source, uint64_t until_ns, bool input)
{
    struct pollfd fds[] = {{.fd = source->stop_fd, .events = POLLIN},
                           {.fd = source->fd, .events = POLLIN}};
    uint64_t now = now_ns();
    uint64_t left = until_ns > now ? until_ns - now : 0;
    struct timespec time = {(time_t)(left / SECOND_NS), (long)(left % SECOND_NS)};
    while (ppoll(fds, input ? 2 : 1, input ? NULL : &time, NULL) < 0 && errno == EINTR)
        continue;
    return !fds[0].revents;
}

/* Fills a unit's data. returns their bytes; 0 at the end of the file; -1: stopped, or error set. */
static ssize_t unit_read(struct source *source, uint8_t *data)
{
    size_t filled = 0;
    while (filled < source->chunk_bytes) {
        if (!wait_for(source, 0, true))
            return -1;
        ssize_t count = read(source->fd, data + filled, source->chunk_bytes - filled);
        if (count < 0 && errno != EINTR && errno != EAGAIN) {
            source->error = errno;
            return -1;
        }
        if (count == 0)
            break;
        if (count > 0)
            filled += (size_t)count;
        if (count > 0 && lseek(source->fd, 0, SEEK_CUR) < 0)
            break; /* a pipe: what is there now goes now */
    }
    return (ssize_t)filled;
}

static bool unit_send(struct source *source, struct source_slot *slot, enum stream_kind kind,
                      size_t bytes)
{
    uint64_t place = atomic_load(&source->sent_bytes);
    struct condis_buffer buffer = {slot->unit, STREAM_HEADER_BYTES + bytes};
    stream_header_put(slot->unit, kind, place);
    condis_status status = condis_send_async(source->call, &buffer, 1, slot_done, slot);
    if (status != CONDIS_PENDING) {
        slot_give(slot, status);
        return false;
    }
    atomic_store(&source->sent_bytes, place + bytes);
    return true;
}

/* A call outlives its link for a while. Units that are sent meanwhile are lost, and the leaves
 * know; so they are few, and tell when the link is back. returns false on a stop. */
static bool away_wait(struct source *source)
{
    return !is_away(source) || wait_for(source, now_ns() + AWAY_NS, false);
}

/* The end is sent until it got away: nobody would miss it. */
static bool end_send(struct source *source, struct source_slot *slot)
{
    while (unit_send(source, slot, STREAM_END, 0)) {
        if (slots_wait(source) != CONDIS_SUCCESS || !is_away(source))
            return true;
        if (!away_wait(source))
            return false;
        slot = slot_take(source);
    }
    return false;
}

/* returns whether the whole file and its end were handed over. */
static bool file_send(struct source *source)
{
    uint64_t due_ns = now_ns();
    for (;;) {
        struct source_slot *slot = slot_take(source);
        if (!away_wait(source)) {
            slot_give(slot, CONDIS_SUCCESS);
            return false;
        }
        ssize_t bytes = unit_read(source, slot->unit + STREAM_HEADER_BYTES);
        if (bytes < 0) {
            slot_give(slot, CONDIS_SUCCESS);
            return false;
        }
        atomic_store(&source->end_sent, bytes == 0);
        if (bytes == 0)
            return end_send(source, slot);
        if (!unit_send(source, slot, STREAM_DATA, (size_t)bytes))
            return false;
        if (!source->rate_bits_s)
            continue;
        due_ns += (uint64_t)bytes * 8 * SECOND_NS / source->rate_bits_s;
        if (!wait_for(source, due_ns, false))
            return false;
        if (now_ns() > due_ns + SECOND_NS)
            due_ns = now_ns(); /* time that was lost elsewhere is not made up for */
    }
}

static void *source_main(void *context)
{
    struct source *source = context;
    bool all = file_send(source);
    condis_status status = slots_wait(source);
    enum source_state state = SOURCE_STOPPED;
    if (source->error || (status != CONDIS_SUCCESS && status != NDIS_STATUS_CLOSING))
        state = SOURCE_FAILED;
    else if (all)
        state = SOURCE_SENT; /* leaves that hang up at the end may be faster than its send */
    atomic_store(&source->state, state);
    eventfd_write(source->poke_fd, 1);
    return NULL;
}

/* --- Begin and end -------------------------------------------------------------------------- */

static void units_free(struct source *source)
{
    for (int i = 0; i < SOURCE_SLOT_COUNT; i++)
        free(source->slots[i].unit);
}

static bool units_make(struct source *source)
{
    for (int i = 0; i < SOURCE_SLOT_COUNT; i++) {
        struct source_slot *slot = &source->slots[i];
        slot->source = source;
        slot->unit = malloc(STREAM_HEADER_BYTES + source->chunk_bytes);
        if (!slot->unit)
            return false;
        slot->next_free = source->free_slots;
        source->free_slots = slot;
    }
    source->free_count = SOURCE_SLOT_COUNT;
    return true;
}

bool source_begin(struct source *source)
{
    assert(source->chunk_bytes > 0 && source->chunk_bytes <= SOURCE_CHUNK_MAX);
    source->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (source->stop_fd < 0)
        return false;
    if (!units_make(source) || pthread_mutex_init(&source->mutex, NULL) != 0)
        goto free_units;
    if (pthread_cond_init(&source->slot_freed, NULL) != 0)
        goto end_mutex;
    atomic_store(&source->state, SOURCE_SENDING);
    if (pthread_create(&source->thread, NULL, source_main, source) == 0)
        return true;
    atomic_store(&source->state, SOURCE_IDLE);
    pthread_cond_destroy(&source->slot_freed);
end_mutex:
    pthread_mutex_destroy(&source->mutex);
free_units:
    units_free(source);
    close(source->stop_fd);
    return false;
}

void source_stop(struct source *source)
{
    if (atomic_load(&source->state) != SOURCE_IDLE)
        eventfd_write(source->stop_fd, 1);
}

void source_end(struct source *source)
{
    if (atomic_load(&source->state) == SOURCE_IDLE)
        return;
    source_stop(source);
    pthread_join(source->thread, NULL);
    pthread_cond_destroy(&source->slot_freed);
    pthread_mutex_destroy(&source->mutex);
    units_free(source);
    close(source->stop_fd);
}
