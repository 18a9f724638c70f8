/* SPDX-License-Identifier: MIT */
/* Two SSCOP ends whose users ask for anything at any time, on a wire that also brings frames that
 * nobody sent. Asserts of the engine hold, and at the end every buffer is back. The first octet of
 * the input gives the options. */
#include "steps.h"

struct world {
    struct saal_pool *pool;
    struct sscop *end[2];
    uint64_t now_ms;
    bool answers;
};

static void world_begin(struct world *world, uint8_t choice)
{
    struct sscop_options options;
    sscop_options_default(&options);
    options.clear_buffers = (choice & 1) != 0;
    options.window_count = 1U << (choice >> 1 & 7);
    options.pd_count_max = choice & 16 ? 3 : 25;
    options.stat_count_max = choice & 32 ? 3 : 67;
    options.backlog_count_max = choice & 64 ? 100 : 5000;
    world->answers = (choice & 128) != 0;
    world->now_ms = 0;
    world->pool = saal_pool_create(1U << 24);
    require(world->pool != NULL);
    for (int i = 0; i < 2; i++) {
        world->end[i] = sscop_create(&options, world->pool);
        require(world->end[i] != NULL);
    }
}

static void world_end(struct world *world)
{
    sscop_destroy(world->end[0]);
    sscop_destroy(world->end[1]);
    require(saal_pool_live_count(world->pool) == 0);
    saal_pool_destroy(world->pool);
}

static void events_take(struct world *world, int index)
{
    struct sscop *s = world->end[index];
    struct saal_event event;
    while (sscop_take_event(s, &event)) {
        volatile uint8_t sum = 0;
        for (uint32_t i = 0; i < event.bytes; i++)
            sum = (uint8_t)(sum + event.data[i]);
        saal_buffer_release(event.buffer);
        if (!world->answers)
            continue;
        if (event.kind == SAAL_AA_ESTABLISH_INDICATION)
            sscop_request(s, world->now_ms, SSCOP_ESTABLISH_RESPONSE, NULL, 0);
        if (event.kind == SAAL_AA_RESYNC_INDICATION)
            sscop_request(s, world->now_ms, SSCOP_RESYNC_RESPONSE, NULL, 0);
        if (event.kind == SAAL_AA_RECOVER_INDICATION)
            sscop_request(s, world->now_ms, SSCOP_RECOVER_RESPONSE, NULL, 0);
    }
}

static bool frame_move(struct world *world, int from)
{
    struct saal_buffer *frame = sscop_take_frame(world->end[from]);
    if (!frame)
        return false;
    (void)sscop_feed(world->end[!from], world->now_ms, frame);
    saal_buffer_release(frame);
    return true;
}

/* Two ends that answer each other's errors with errors may go on for ever: so many at most. */
static void frames_move(struct world *world)
{
    int left = 500;
    for (bool moved = true; moved && left > 0; left--) {
        moved = frame_move(world, 0);
        moved = frame_move(world, 1) || moved;
        events_take(world, 0);
        events_take(world, 1);
    }
}

static void sdu_send(struct world *world, int index, struct saal_buffer *sdu, bool is_unit)
{
    if (!sdu)
        return;
    struct sscop *s = world->end[index];
    enum saal_result result = is_unit ? sscop_send_unit(s, world->now_ms, sdu, sdu->bytes & 1)
                                      : sscop_send(s, world->now_ms, sdu);
    if (result != SAAL_OK)
        saal_buffer_release(sdu);
}

static void frame_feed(struct world *world, int index, struct steps *steps)
{
    size_t bytes = steps_octet(steps);
    const uint8_t *octets = steps_octets(steps, &bytes);
    (void)sscop_feed_octets(world->end[index], world->now_ms, octets, bytes);
}

static void step_data(struct world *world, struct steps *steps, enum step step, int index)
{
    struct sscop *s = world->end[index];
    struct saal_buffer *buffer = NULL;
    switch (step) {
    case STEP_SEND:
    case STEP_SEND_UNIT:
        sdu_send(world, index, steps_sdu(steps, world->pool), step == STEP_SEND_UNIT);
        break;
    case STEP_BURST:
        for (uint32_t left = steps_octet(steps); left > 0; left--)
            sdu_send(world, index, saal_buffer_get(world->pool, 4), false);
        break;
    case STEP_LOSE:
        saal_buffer_release(sscop_take_frame(s));
        break;
    case STEP_FEED_NEAR:
        buffer = steps_near_pdu(steps, world->pool, s);
        if (buffer)
            (void)sscop_feed(s, world->now_ms, buffer);
        saal_buffer_release(buffer);
        break;
    case STEP_RETRIEVE:
        saal_buffer_release(sscop_retrieve(s));
        break;
    default:
        break;
    }
}

static void step_run(struct world *world, struct steps *steps)
{
    uint8_t octet = steps_octet(steps);
    int index = octet >> 4 & 1;
    struct sscop *s = world->end[index];
    uint8_t what;
    switch ((octet & 15) % STEP_COUNT) {
    case STEP_REQUEST:
        what = steps_octet(steps);
        (void)sscop_request(s, world->now_ms, (enum sscop_request)(what % SSCOP_REQUEST_COUNT),
                            (const uint8_t *)"octets", what >> 5);
        break;
    case STEP_MOVE_ONE:
        frame_move(world, index);
        break;
    case STEP_MOVE_ALL:
        frames_move(world);
        break;
    case STEP_FEED:
        frame_feed(world, index, steps);
        break;
    case STEP_TIME:
        world->now_ms += 100U * steps_octet(steps);
        (void)sscop_expire(world->end[0], world->now_ms);
        (void)sscop_expire(world->end[1], world->now_ms);
        break;
    case STEP_TAKE_EVENTS:
        events_take(world, index);
        break;
    case STEP_HOLD_CREDIT:
        sscop_hold_credit(s, (steps_octet(steps) & 1) != 0);
        break;
    default:
        step_data(world, steps, (octet & 15) % STEP_COUNT, index);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct steps steps = {data, size};
    struct world world;
    world_begin(&world, steps_octet(&steps));
    while (steps.left > 0)
        step_run(&world, &steps);
    world_end(&world);
    return 0;
}
