/* SPDX-License-Identifier: MIT */
/* One side of a link whose peer says anything: messages that are good but come out of place, made
 * by the generator of the tests, and octets of any kind. The owner answers what it hears as it
 * likes. No assertion fails, every call that began is cleared once, and what is sent is good.
 *
 * The first octet gives the side and version, then come orders of one octet:
 *   below 128    a good message: its type, then two octets of seed
 *   below 160    octets: one of length, then they
 *   below 176    time: one octet, 200 ms each
 *   else         an answer or request of the owner: two octets */
#include <assert.h>
#include <string.h>

#include "../../tests/uni/generate.h"
#include "uni/uni.h"

enum { KNOWN = 8, REFERENCES = 4, FOREVER_MS = 400000 };

struct world {
    const uint8_t *at;
    const uint8_t *end;
    struct uni *uni;
    enum uni_direction toward; /* of what the peer says */
    uint64_t now_ms;
    uint32_t calls[KNOWN];
    uint16_t parties[KNOWN];
    unsigned next;
    int64_t cleared_owed;
};

static unsigned take(struct world *world)
{
    return world->at < world->end ? *world->at++ : 0;
}

static void hear(struct world *world)
{
    static struct uni_message sent;
    struct uni_event event;
    struct uni_frame frame;

    while (uni_take_event(world->uni, &event)) {
        world->cleared_owed += event.kind == UNI_EVENT_SETUP;
        world->cleared_owed -= event.kind == UNI_EVENT_CLEARED;
        assert(world->cleared_owed >= 0);
        if (event.call != 0 && event.kind != UNI_EVENT_CLEARED) {
            world->calls[world->next % KNOWN] = event.call;
            world->parties[world->next++ % KNOWN] = event.party;
        }
    }
    while (uni_take_frame(world->uni, &frame)) {
        assert(uni_decode(&sent, frame.bytes, frame.byte_count) == UNI_DECODE_OK);
        assert(sent.fault_count == 0);
    }
}

/* References that calls may well have; every other value stands for one that none has. */
static void set_references(struct uni_message *message, unsigned choice)
{
    message->call_ref = 1 + choice % REFERENCES;
    message->call_ref_flag = choice >> 2 & 1;
    if (message->has & UNI_HAS(ENDPOINT_REF)) {
        message->endpoint_ref->id = (uint16_t)(choice >> 3 & 3);
        message->endpoint_ref->flag = choice >> 5 & 1;
    }
    if (message->type == UNI_RESTART || message->type == UNI_RESTART_ACKNOWLEDGE)
        message->call_ref = 0;
}

static void feed_good(struct world *world, unsigned order)
{
    static struct generator generator;
    static struct uni_message message, again;
    static uint8_t out[UNI_MESSAGE_BYTES_MAX];
    unsigned types = 0;

    while (generator_type(types) != 0)
        types++;
    const uint8_t type = generator_type(order % types);
    const unsigned references = take(world);

    generator_init(&generator, take(world) << 8 | order);
    generate_message(&generator, type, UNI_40, world->toward, &message);
    set_references(&message, references);
    const size_t length = uni_encode(&message, out);

    assert(uni_decode(&again, out, length) == UNI_DECODE_OK);
    assert(again.fault_count == 0 && uni_message_equal(&message, &again));
    assert(uni_feed(world->uni, world->now_ms, out, length) == UNI_OK);
}

static void feed_octets(struct world *world)
{
    size_t length = take(world);
    const size_t left = (size_t)(world->end - world->at);

    length = length < left ? length : left;
    assert(uni_feed(world->uni, world->now_ms, world->at, length) == UNI_OK);
    world->at += length;
}

static void pass_time(struct world *world, uint64_t ms)
{
    world->now_ms += ms;
    assert(uni_advance(world->uni, world->now_ms) == UNI_OK);
    hear(world);
}

static void make_call(struct world *world)
{
    static struct uni_message m;
    static const uint8_t digits[20] = {0x47, 1, 2, 3};
    uint32_t call;

    uni_message_init(&m, 0, 0, 0);
    UNI_ADD(&m, TRAFFIC, traffic)->tags = UNI_TAG(BEST_EFFORT);
    UNI_ADD(&m, BEARER, bearer)->class = 0x10;
    m.bearer->multipoint = take(world) & 1;
    UNI_ADD(&m, QOS, qos);
    UNI_ADD(&m, CONNECTION, connection)->vci = 32;
    UNI_ADD(&m, CALLED_NUMBER, called_number)->plan = 2;
    m.called_number->digits = (struct uni_view){digits, sizeof(digits)};
    if (uni_setup(world->uni, world->now_ms, &m, 1, &call) == UNI_OK) {
        world->cleared_owed++;
        world->calls[world->next % KNOWN] = call;
        world->parties[world->next++ % KNOWN] = 0;
    }
}

static void request(struct world *world, unsigned order)
{
    static struct uni_message m;
    static const uint8_t digits[20] = {0x47, 1, 2, 3};
    const unsigned known = take(world) % KNOWN;
    const uint32_t call = world->calls[known];
    uint16_t party = world->parties[known];

    if (order % 16 == 0) {
        make_call(world);
    } else if (order % 16 == 1) {
        uni_message_init(&m, 0, 0, 0);
        UNI_ADD(&m, CALLED_NUMBER, called_number)->plan = 2;
        m.called_number->digits = (struct uni_view){digits, sizeof(digits)};
        uni_add_party(world->uni, world->now_ms, call, &m, 2, &party);
    } else if (order % 16 == 2) {
        uni_audit(world->uni, world->now_ms, call);
    } else if (order % 16 == 3) {
        uni_restart_done(world->uni, world->now_ms);
    } else if (order % 16 == 4) {
        uni_restart(world->uni, world->now_ms, (uint8_t)(take(world) % 3), 0, 32);
    } else if (order % 16 < 11) {
        uni_request_call(world->uni, world->now_ms, call, (enum uni_request)(order % 16 - 5), NULL);
    } else {
        uni_request_party(world->uni, world->now_ms, call, party,
                          (enum uni_request)(UNI_REQUEST_PARTY_ALERTING + (order % 16 - 11)), NULL);
    }
}

static void begin(struct world *world)
{
    const unsigned options = take(world);
    const struct uni_config config = {.side = options & 1 ? UNI_NETWORK : UNI_USER,
                                      .version = options & 2 ? UNI_40 : UNI_31,
                                      .peer_is_network = (options & 5) == 5,
                                      .call_count_max = 5,
                                      .party_count_max = 9};

    world->toward = config.side == UNI_USER || config.peer_is_network ? UNI_NETWORK_TO_USER
                                                                      : UNI_USER_TO_NETWORK;
    world->uni = uni_new(&config);
    assert(world->uni);
    assert(uni_link(world->uni, 0, UNI_LINK_ESTABLISHED) == UNI_OK);
    hear(world);
}

/* The link goes and nobody speaks for longer than any timer: nothing may be left. */
static void settle(struct world *world)
{
    assert(uni_link(world->uni, world->now_ms, UNI_LINK_RELEASED) == UNI_OK);
    for (unsigned turn = 0; turn < 4; turn++)
        pass_time(world, FOREVER_MS);
    const struct uni_counters counters = uni_counters(world->uni);

    assert(counters.call_count == 0 && counters.party_count == 0);
    assert(world->cleared_owed == 0);
    assert(uni_deadline(world->uni) == UINT64_MAX);
    uni_free(world->uni);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world = {.at = data, .end = data + size};

    begin(&world);
    while (world.at < world.end) {
        const unsigned order = take(&world);

        if (order < 128)
            feed_good(&world, order);
        else if (order < 160)
            feed_octets(&world);
        else if (order < 176)
            pass_time(&world, take(&world) * UINT64_C(200));
        else
            request(&world, order);
        hear(&world);
    }
    settle(&world);
    return 0;
}
