/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <assert.h>
#include <string.h>

#include "uni/uni.h"

enum { CALLS = 8, FOREVER_MS = 400000, FRAMES_MOST = 100000 };

struct known {
    uint32_t call;
    uint16_t party; /* the last one heard of */
};

struct script {
    const uint8_t *at;
    const uint8_t *end;
    struct uni *uni[2];
    struct known known[2][CALLS];
    unsigned next[2];
    uint64_t now_ms;
    int64_t cleared_owed[2]; /* calls that have begun and not yet been cleared */
    bool up;
    bool unpredictable; /* frames were changed: the ends need not agree */
};

static unsigned take(struct script *script)
{
    return script->at < script->end ? *script->at++ : 0;
}

static void learn(struct script *script, int side, uint32_t call, uint16_t party)
{
    for (unsigned i = 0; i < CALLS; i++)
        if (script->known[side][i].call == call) {
            script->known[side][i].party = party;
            return;
        }
    script->known[side][script->next[side]++ % CALLS] = (struct known){call, party};
}

static void hear(struct script *script, int side)
{
    struct uni_event event;

    while (uni_take_event(script->uni[side], &event)) {
        if (event.kind == UNI_EVENT_SETUP)
            script->cleared_owed[side]++;
        if (event.kind == UNI_EVENT_CLEARED)
            script->cleared_owed[side]--;
        assert(script->cleared_owed[side] >= 0);
        if (event.call != 0 && event.kind != UNI_EVENT_CLEARED)
            learn(script, side, event.call, event.party);
    }
}

/* What one octet may do to a frame on its way. */
static void carry_one(struct script *script, int side, const struct uni_frame *frame, unsigned how)
{
    static uint8_t bytes[UNI_FRAME_BYTES_MAX];
    size_t count = frame->byte_count;

    memcpy(bytes, frame->bytes, count);
    if (how == 1)
        return;
    if (how == 2) {
        bytes[take(script) % count] = (uint8_t)take(script);
        script->unpredictable = true;
    }
    if (how == 3) {
        count = take(script) % (count + 1);
        script->unpredictable = true;
    }
    for (unsigned turn = 0; turn < (how == 4 ? 2 : 1); turn++)
        assert(uni_feed(script->uni[!side], script->now_ms, bytes, count) == UNI_OK);
}

static void carry(struct script *script, unsigned how)
{
    bool moved = true;

    for (unsigned frames = 0; moved && frames < FRAMES_MOST; frames++) {
        moved = false;
        for (int side = 0; side < 2; side++) {
            struct uni_frame frame;

            if (uni_take_frame(script->uni[side], &frame)) {
                moved = true;
                carry_one(script, side, &frame, how);
                how = 0;
            }
            hear(script, side);
        }
    }
}

static struct uni_message *some_elements(struct script *script, bool setup)
{
    static struct uni_message m;
    static const uint8_t digits[20] = {0x47, 1, 2, 3};
    static const uint8_t data[UNI_USER_USER_BYTES_MAX];
    const unsigned what = take(script);

    uni_message_init(&m, 0, 0, 0);
    if (setup) {
        UNI_ADD(&m, TRAFFIC, traffic)->tags = UNI_TAG(BEST_EFFORT);
        UNI_ADD(&m, BEARER, bearer)->class = 0x10;
        m.bearer->multipoint = what & 1;
        UNI_ADD(&m, QOS, qos);
    } else if (what & 2) {
        UNI_ADD(&m, CAUSE, cause)->value = (uint8_t)(what >> 1);
    }
    UNI_ADD(&m, CONNECTION, connection)->vci = 32 + what % 4;
    UNI_ADD(&m, CALLED_NUMBER, called_number)->plan = 2;
    m.called_number->digits = (struct uni_view){digits, 20};
    UNI_ADD(&m, NOTIFICATION, notification)->octets = (struct uni_view){data, 2};
    if (what & 4)
        UNI_ADD(&m, USER_USER, user_user)->octets =
            (struct uni_view){data, (uint16_t)(take(script) % sizeof(data))};
    return &m;
}

static void signal_link(struct script *script, int side, unsigned what)
{
    static const enum uni_link_signal signals[] = {UNI_LINK_RELEASED, UNI_LINK_ESTABLISHED,
                                                   UNI_LINK_CONFIRMED};

    script->up = false;
    assert(uni_link(script->uni[side], script->now_ms, signals[what % 3]) == UNI_OK);
}

static void request(struct script *script, int side)
{
    struct uni *const uni = script->uni[side];
    const unsigned what = take(script) % 16;
    const struct known known = script->known[side][take(script) % CALLS];
    uint32_t call;
    uint16_t party;

    if (what == 0) {
        if (uni_setup(uni, script->now_ms, some_elements(script, true), 1, &call) == UNI_OK) {
            script->cleared_owed[side]++;
            learn(script, side, call, 0);
        }
    } else if (what == 1) {
        if (uni_add_party(uni, script->now_ms, known.call, some_elements(script, false), 2,
                          &party) == UNI_OK)
            learn(script, side, known.call, party);
    } else if (what == 2) {
        uni_audit(uni, script->now_ms, known.call);
    } else if (what == 3) {
        uni_restart(uni, script->now_ms, (uint8_t)(take(script) % 3), 0, 33);
    } else if (what == 4) {
        uni_restart_done(uni, script->now_ms);
    } else if (what < 11) {
        uni_request_call(uni, script->now_ms, known.call, (enum uni_request)(what - 5),
                         some_elements(script, false));
    } else {
        uni_request_party(uni, script->now_ms, known.call,
                          take(script) & 1 ? known.party : (uint16_t)(take(script) % 3),
                          (enum uni_request)(UNI_REQUEST_PARTY_ALERTING + (what - 11)),
                          some_elements(script, false));
    }
    hear(script, side);
}

static void pass_time(struct script *script, uint64_t ms)
{
    script->now_ms += ms;
    for (int side = 0; side < 2; side++) {
        assert(uni_advance(script->uni[side], script->now_ms) == UNI_OK);
        hear(script, side);
    }
}

/* Every call is asked to end; then nobody speaks for longer than any timer. */
static void settle(struct script *script)
{
    for (int side = 0; side < 2; side++)
        assert(uni_link(script->uni[side], script->now_ms, UNI_LINK_RELEASED) == UNI_OK);
    for (unsigned turn = 0; turn < 4; turn++)
        pass_time(script, FOREVER_MS);
    for (int side = 0; side < 2; side++) {
        const struct uni_counters counters = uni_counters(script->uni[side]);

        assert(counters.call_count == 0);
        assert(counters.party_count == 0);
        assert(script->cleared_owed[side] == 0);
        assert(uni_deadline(script->uni[side]) == UINT64_MAX);
    }
}

void script_run(const uint8_t *orders, size_t order_count)
{
    struct script script = {.at = orders, .end = orders + order_count, .up = true};
    const unsigned options = take(&script);

    for (int side = 0; side < 2; side++) {
        const struct uni_config config = {
            .side = side == 1 || (options & 2) ? UNI_NETWORK : UNI_USER,
            .version = options & 1 ? UNI_40 : UNI_31,
            .peer_is_network = options & 2,
            .call_count_max = 5,
            .party_count_max = 9,
        };

        script.uni[side] = uni_new(&config);
        assert(script.uni[side]);
        assert(uni_link(script.uni[side], 0, UNI_LINK_ESTABLISHED) == UNI_OK);
        hear(&script, side);
    }
    while (script.at < script.end) {
        const unsigned order = take(&script);
        const int side = order & 1;

        if (order < 160)
            request(&script, side);
        else if (order < 220)
            carry(&script, order / 2 % 8);
        else if (order < 240)
            pass_time(&script, take(&script) * 200);
        else
            signal_link(&script, side, order / 2);
    }
    settle(&script);
    uni_free(script.uni[0]);
    uni_free(script.uni[1]);
}
