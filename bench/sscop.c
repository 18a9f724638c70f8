/* SPDX-License-Identifier: MIT */
/* bench_sscop [--smoke] [--json]: SSCOP data PDUs per second between two ends in one process, by
 * the length of the bursts that the user sends before anything moves. The floor passes the same
 * buffers through two queues without a protocol, in the same run. Figures gate nothing. */
#include "report.h"
#include "saal/saal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SDU_BYTES = 50, QUEUE_COUNT = 16384, TRIES = 3 };

struct figure {
    uint32_t burst;
    uint32_t window;
    uint32_t lost; /* in each thousand frames */
};

struct bench {
    struct saal_pool *pool;
    struct saal *end[2];
    uint64_t now_ms;
    uint64_t random;
    uint32_t lost;
    uint64_t delivered;
};

static bool frame_is_lost(struct bench *b)
{
    if (b->lost == 0)
        return false;
    b->random = b->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (b->random >> 33) % 1000 < b->lost;
}

static void events_take(struct bench *b, struct saal *saal)
{
    struct saal_event event;
    while (saal_take_event(saal, &event)) {
        b->delivered += event.kind == SAAL_AAL_DATA_INDICATION;
        saal_buffer_release(event.buffer);
    }
}

/* Each frame goes to the other end, which is emptied before the next one. */
static bool frames_move(struct bench *b, struct saal *from, struct saal *to)
{
    bool moved = false;
    for (struct saal_buffer *frame; (frame = saal_take_frame(from)) != NULL; moved = true) {
        if (!frame_is_lost(b))
            saal_feed(to, b->now_ms, frame);
        saal_buffer_release(frame);
        events_take(b, to);
    }
    return moved;
}

static void settle(struct bench *b)
{
    bool moved = true;
    while (moved) {
        moved = frames_move(b, b->end[0], b->end[1]);
        moved = frames_move(b, b->end[1], b->end[0]) || moved;
    }
}

static void burst_send(struct bench *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct saal_buffer *sdu = saal_buffer_get(b->pool, SDU_BYTES);
        if (!sdu)
            abort();
        memset(sdu->data, 0x5a, SDU_BYTES);
        sdu->bytes = SDU_BYTES;
        if (saal_send(b->end[0], b->now_ms, sdu) != SAAL_OK)
            abort();
    }
    settle(b);
    /* What was lost at the end of a burst is asked for when a timer says so. */
    while (b->lost && sscop_backlog_count(saal_sscop(b->end[0])) > 0) {
        b->now_ms = saal_deadline_ms(b->end[0]);
        saal_expire(b->end[0], b->now_ms);
        settle(b);
    }
}

/* PDUs per second, the best of a few tries: the machine's other work only ever adds time. */
static double pdus_per_second(const struct figure *figure, uint64_t total)
{
    double best_ns = 0;
    for (int attempt = 0; attempt < TRIES; attempt++) {
        struct bench b = {.pool = saal_pool_create(1U << 28), .random = 7};
        struct sscop_options options;
        sscop_options_default(&options);
        options.window_count = figure->window;
        for (int i = 0; i < 2; i++)
            b.end[i] = saal_create(&options, b.pool);
        if (!b.pool || !b.end[0] || !b.end[1])
            abort();
        saal_establish(b.end[0], 0);
        settle(&b);
        burst_send(&b, figure->burst); /* the pool grows once */
        b.lost = figure->lost;
        b.delivered = 0;
        double start_ns = report_now_ns();
        for (uint64_t sent = 0; sent < total; sent += figure->burst)
            burst_send(&b, figure->burst);
        double ns = (report_now_ns() - start_ns) / (double)b.delivered;
        if (b.delivered < total)
            abort();
        best_ns = best_ns == 0 || ns < best_ns ? ns : best_ns;
        saal_destroy(b.end[0]);
        saal_destroy(b.end[1]);
        saal_pool_destroy(b.pool);
    }
    return 1e9 / best_ns;
}

static double floor_per_second(uint32_t burst, uint64_t total)
{
    static struct saal_buffer *queues[2][QUEUE_COUNT];
    double best_ns = 0;
    struct saal_pool *pool = saal_pool_create(1U << 28);
    if (!pool)
        abort();
    for (int attempt = 0; attempt < TRIES; attempt++) {
        uint64_t passed = 0;
        double start_ns = report_now_ns();
        while (passed < total) {
            for (uint32_t i = 0; i < burst; i++) {
                struct saal_buffer *sdu = saal_buffer_get(pool, SDU_BYTES);
                memset(sdu->data, 0x5a, SDU_BYTES);
                queues[0][i % QUEUE_COUNT] = sdu;
            }
            for (uint32_t i = 0; i < burst; i++)
                queues[1][i % QUEUE_COUNT] = queues[0][i % QUEUE_COUNT];
            for (uint32_t i = 0; i < burst; i++)
                saal_buffer_release(queues[1][i % QUEUE_COUNT]);
            passed += burst;
        }
        double ns = (report_now_ns() - start_ns) / (double)passed;
        best_ns = best_ns == 0 || ns < best_ns ? ns : best_ns;
    }
    saal_pool_destroy(pool);
    return 1e9 / best_ns;
}

int main(int argc, char **argv)
{
    bool smoke = report_begin("bench_sscop", "floor", "SSCOP", argc, argv);
    uint64_t total = smoke ? 20000 : 6000000;
    static const struct figure figures[] = {
        {1, 128, 0},       {25, 128, 0},       {100, 128, 0},       {10000, 128, 0},
        {100, 16384, 0},   {10000, 16384, 0},  {100, 128, 10},      {10000, 128, 10},
        {10000, 16384, 1}, {10000, 16384, 10}, {10000, 16384, 100},
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        const struct figure *figure = &figures[i];
        char what[64];
        snprintf(what, sizeof what, "bursts of %u, window %u, %.1f %% lost", figure->burst,
                 figure->window, figure->lost / 10.0);
        double floor = floor_per_second(figure->burst, total);
        report_row(what, floor, pdus_per_second(figure, total), "PDUs/s");
    }
    report_end();
    return 0;
}
