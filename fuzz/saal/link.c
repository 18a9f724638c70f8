/* SPDX-License-Identifier: MIT */
/* Two signalling links, with SSCF-UNI, on a wire that also brings frames that nobody sent. Asserts
 * of the engines hold; once the frames of nobody end, the two ends come to terms again. */
#include "steps.h"

#include "saal/saal.h"

struct world {
    struct saal_pool *pool;
    struct saal *end[2];
    uint64_t now_ms;
};

static void events_take(struct world *world, int index)
{
    struct saal_event event;
    while (saal_take_event(world->end[index], &event)) {
        require(event.kind >= SAAL_AAL_ESTABLISH_INDICATION ||
                event.kind == SAAL_MAA_ERROR_INDICATION ||
                event.kind == SAAL_MAA_UNITDATA_INDICATION);
        saal_buffer_release(event.buffer);
    }
}

static bool frame_move(struct world *world, int from)
{
    struct saal_buffer *frame = saal_take_frame(world->end[from]);
    if (!frame)
        return false;
    (void)saal_feed(world->end[!from], world->now_ms, frame);
    saal_buffer_release(frame);
    return true;
}

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

static void time_pass(struct world *world, uint32_t ms)
{
    world->now_ms += ms;
    (void)saal_expire(world->end[0], world->now_ms);
    (void)saal_expire(world->end[1], world->now_ms);
}

static void sdu_send(struct world *world, int index, struct saal_buffer *sdu, bool is_unit)
{
    if (!sdu)
        return;
    struct saal *saal = world->end[index];
    enum saal_result result =
        is_unit ? saal_send_unit(saal, world->now_ms, sdu) : saal_send(saal, world->now_ms, sdu);
    if (result != SAAL_OK)
        saal_buffer_release(sdu);
}

static void step_data(struct world *world, struct steps *steps, enum step step, int index)
{
    struct saal *saal = world->end[index];
    struct saal_buffer *near = NULL;
    size_t bytes;
    const uint8_t *octets;
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
        saal_buffer_release(saal_take_frame(saal));
        break;
    case STEP_FEED:
        bytes = steps_octet(steps);
        octets = steps_octets(steps, &bytes);
        (void)saal_feed_octets(saal, world->now_ms, octets, bytes);
        break;
    case STEP_FEED_NEAR:
        near = steps_near_pdu(steps, world->pool, saal_sscop(saal));
        if (near)
            (void)saal_feed(saal, world->now_ms, near);
        saal_buffer_release(near);
        break;
    default:
        break;
    }
}

static void step_run(struct world *world, struct steps *steps)
{
    uint8_t octet = steps_octet(steps);
    int index = octet >> 4 & 1;
    struct saal *saal = world->end[index];
    switch ((octet & 15) % STEP_COUNT) {
    case STEP_REQUEST:
        if (steps_octet(steps) & 1)
            (void)saal_release(saal, world->now_ms);
        else
            (void)saal_establish(saal, world->now_ms);
        break;
    case STEP_MOVE_ONE:
        frame_move(world, index);
        break;
    case STEP_MOVE_ALL:
        frames_move(world);
        break;
    case STEP_TIME:
        time_pass(world, 100U * steps_octet(steps));
        break;
    case STEP_TAKE_EVENTS:
        events_take(world, index);
        break;
    case STEP_HOLD_CREDIT:
        sscop_hold_credit(saal_sscop(saal), (steps_octet(steps) & 1) != 0);
        break;
    default:
        step_data(world, steps, (octet & 15) % STEP_COUNT, index);
        break;
    }
}

/* On a good wire, both ends are linked or neither is, and a link carries data. */
static void world_settle(struct world *world)
{
    for (int i = 0; i < 2; i++)
        sscop_hold_credit(saal_sscop(world->end[i]), false);
    for (int second = 0; second < 120; second++) {
        frames_move(world);
        time_pass(world, 1000);
    }
    frames_move(world);
    bool linked = saal_state(world->end[0]) == SSCF_ESTABLISHED;
    require(linked || saal_state(world->end[0]) == SSCF_RELEASED);
    require(linked == (saal_state(world->end[1]) == SSCF_ESTABLISHED));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct steps steps = {data, size};
    struct world world = {.pool = saal_pool_create(1U << 24)};
    require(world.pool != NULL);
    struct sscop_options options;
    sscop_options_default(&options);
    options.window_count = 1U + steps_octet(&steps) % 128;
    for (int i = 0; i < 2; i++) {
        world.end[i] = saal_create(&options, world.pool);
        require(world.end[i] != NULL);
    }
    while (steps.left > 0)
        step_run(&world, &steps);
    world_settle(&world);
    saal_destroy(world.end[0]);
    saal_destroy(world.end[1]);
    require(saal_pool_live_count(world.pool) == 0);
    saal_pool_destroy(world.pool);
    return 0;
}
