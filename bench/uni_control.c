/* SPDX-License-Identifier: MIT */
/* Add and drop party, user side to network side in one process without sockets: each transaction is
 * complete at both ends before the next. */
#include "uni.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "uni/uni.h"

enum { USER, NETWORK, TRIES = 3, PAIRS = 200000, SMOKE_PAIRS = 200 };

static const uint8_t aesa[20] = {0x47, 0,    5,    0x80, 0xFF, 0xE1, 0, 0, 0, 0xF2,
                                 0x1A, 0x2B, 0x3C, 0,    0x20, 0xEA, 0, 1, 1, 0};

struct ends {
    struct uni *uni[2];
    uint32_t call[2];
    uint32_t parties;
};

static void must(enum uni_result result)
{
    if (result != UNI_OK)
        abort();
}

static void add_called(struct uni_message *m)
{
    struct uni_called_number *const number = UNI_ADD(m, CALLED_NUMBER, called_number);

    number->plan = 2;
    number->digits = (struct uni_view){aesa, sizeof(aesa)};
}

/* What the network's owner does with what it hears. */
static void answer(struct ends *ends, const struct uni_event *event)
{
    struct uni *const network = ends->uni[NETWORK];

    switch (event->kind) {
    case UNI_EVENT_SETUP:
        ends->call[NETWORK] = event->call;
        must(uni_request_call(network, 0, event->call, UNI_REQUEST_CONNECT, NULL));
        break;
    case UNI_EVENT_ADD_PARTY:
        must(uni_request_party(network, 0, event->call, event->party, UNI_REQUEST_ADD_PARTY_ACK,
                               NULL));
        break;
    case UNI_EVENT_DROP_PARTY:
        must(uni_request_party(network, 0, event->call, event->party, UNI_REQUEST_DROP_PARTY_ACK,
                               NULL));
        break;
    default:
        break;
    }
}

static enum uni_event_kind carry(struct ends *ends)
{
    enum uni_event_kind last = UNI_EVENT_LINK_DOWN;
    bool moved = true;

    while (moved) {
        moved = false;
        for (int side = USER; side <= NETWORK; side++) {
            struct uni_frame frame;
            struct uni_event event;

            while (uni_take_frame(ends->uni[side], &frame)) {
                must(uni_feed(ends->uni[!side], 0, frame.bytes, frame.byte_count));
                moved = true;
            }
            while (uni_take_event(ends->uni[!side], &event)) {
                moved = true;
                if (side == USER)
                    answer(ends, &event);
                else
                    last = event.kind;
            }
        }
    }
    return last;
}

static double allocated_bytes(void)
{
    const struct mallinfo2 info = mallinfo2();

    return (double)(info.uordblks + info.hblkhd);
}

static void begin(struct ends *ends)
{
    static struct uni_message setup;

    for (int side = USER; side <= NETWORK; side++) {
        const struct uni_config config = {.side = side == USER ? UNI_USER : UNI_NETWORK,
                                          .version = UNI_40};

        ends->uni[side] = uni_new(&config);
        if (!ends->uni[side])
            abort();
        must(uni_link(ends->uni[side], 0, UNI_LINK_ESTABLISHED));
    }
    carry(ends);
    uni_message_init(&setup, 0, 0, 0);
    UNI_ADD(&setup, TRAFFIC, traffic)->tags = UNI_TAG(BEST_EFFORT);
    struct uni_bearer *const bearer = UNI_ADD(&setup, BEARER, bearer);

    bearer->class = 0x10;
    bearer->multipoint = 1;
    UNI_ADD(&setup, QOS, qos);
    UNI_ADD(&setup, CONNECTION, connection)->vci = 32;
    add_called(&setup);
    must(uni_setup(ends->uni[USER], 0, &setup, 0, &ends->call[USER]));
    if (carry(ends) != UNI_EVENT_CONNECT)
        abort();
    ends->parties = 1;
}

static uint16_t add(struct ends *ends)
{
    static struct uni_message elements;
    uint16_t id;

    uni_message_init(&elements, 0, 0, 0);
    add_called(&elements);
    must(uni_add_party(ends->uni[USER], 0, ends->call[USER], &elements, 0, &id));
    if (carry(ends) != UNI_EVENT_ADD_PARTY_ACK)
        abort();
    return id;
}

static void drop(struct ends *ends, uint16_t id)
{
    must(uni_request_party(ends->uni[USER], 0, ends->call[USER], id, UNI_REQUEST_DROP_PARTY, NULL));
    if (carry(ends) != UNI_EVENT_PARTY_GONE)
        abort();
}

static double measure(struct ends *ends, uint32_t parties, unsigned pairs)
{
    double best = 1e18;

    for (; ends->parties < parties; ends->parties++)
        add(ends);
    for (unsigned try = 0; try < TRIES; try++) {
        const double start = bench_now_ns();

        for (unsigned i = 0; i < pairs; i++)
            drop(ends, add(ends));
        const double taken = (bench_now_ns() - start) / pairs;

        best = taken < best ? taken : best;
    }
    return best;
}

void bench_uni_control(bool smoke)
{
    static const struct {
        uint32_t parties;
        double other_pairs; /* a second, of a public UNI 4.0 stack in C */
    } rows[] = {{100, 216000}, {1000, 45000}, {10000, 3960}, {32000, 700}};
    struct ends ends;
    char text[64];

    begin(&ends);
    const double before = allocated_bytes();
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const double ns = measure(&ends, rows[i].parties, smoke ? SMOKE_PAIRS : PAIRS);

        snprintf(text, sizeof(text), "add and drop among %u parties", rows[i].parties);
        bench_row(text, ns, 1e9 / rows[i].other_pairs);
        printf("%-44s %9.0f a second\n", "", 1e9 / ns);
    }
    printf("%-44s %9.0f octets\n", "memory of a party, one end",
           (allocated_bytes() - before) / 2 / ends.parties);
    uni_free(ends.uni[USER]);
    uni_free(ends.uni[NETWORK]);
}
