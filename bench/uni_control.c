/* SPDX-License-Identifier: MIT */
/* Add and drop party, user side to network side in one process without sockets: each transaction is
 * complete at both ends before the next. Directly, where a frame of one uni is the input of the
 * other, and over SSCOP, where each goes as an assured PDU with all that belongs to it (POLL, STAT,
 * buffers). The floor codes and decodes the four messages of a pair, and remembers nothing. */
#include "report.h"
#include "uni.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "saal/saal.h"
#include "uni/uni.h"

enum { USER, NETWORK, TRIES = 3, PAIRS = 200000, SMOKE_PAIRS = 200 };

struct ends {
    struct uni *uni[2];
    struct saal *saal[2]; /* NULL: directly */
    struct saal_pool *pool;
    uint32_t call[2];
    uint32_t parties;
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* What the network's owner does with what it hears. */
static void answer(struct ends *ends, const struct uni_event *event)
{
    struct uni *const network = ends->uni[NETWORK];
    enum uni_result result = UNI_OK;

    switch (event->kind) {
    case UNI_EVENT_SETUP:
        ends->call[NETWORK] = event->call;
        result = uni_request_call(network, 0, event->call, UNI_REQUEST_CONNECT, NULL);
        break;
    case UNI_EVENT_ADD_PARTY:
        result = uni_request_party(network, 0, event->call, event->party, UNI_REQUEST_ADD_PARTY_ACK,
                                   NULL);
        break;
    case UNI_EVENT_DROP_PARTY:
        result = uni_request_party(network, 0, event->call, event->party,
                                   UNI_REQUEST_DROP_PARTY_ACK, NULL);
        break;
    default:
        break;
    }
    must(result == UNI_OK);
}

/* Moves the frames of one uni towards the other. returns whether there were any. */
static bool send_frames(struct ends *ends, int side)
{
    struct uni_frame frame;
    bool moved = false;

    for (; uni_take_frame(ends->uni[side], &frame); moved = true)
        if (!ends->saal[side])
            must(uni_feed(ends->uni[!side], 0, frame.bytes, frame.byte_count) == UNI_OK);
        else
            must(saal_send_octets(ends->saal[side], 0, frame.bytes, (uint32_t)frame.byte_count) ==
                 SAAL_OK);
    return moved;
}

static bool move_pdus(struct ends *ends, int side)
{
    struct saal_event event;
    bool moved = false;

    if (!ends->saal[side])
        return false;
    for (struct saal_buffer *pdu; (pdu = saal_take_frame(ends->saal[side])); moved = true) {
        saal_feed(ends->saal[!side], 0, pdu);
        saal_buffer_release(pdu);
    }
    for (; saal_take_event(ends->saal[!side], &event); moved = true) {
        if (event.kind == SAAL_AAL_DATA_INDICATION)
            must(uni_feed(ends->uni[!side], 0, event.data, event.bytes) == UNI_OK);
        saal_buffer_release(event.buffer);
    }
    return moved;
}

/* Until nothing moves. returns what the user heard last. */
static enum uni_event_kind carry(struct ends *ends)
{
    enum uni_event_kind last = UNI_EVENT_LINK_DOWN;
    bool moved = true;

    while (moved) {
        moved = false;
        for (int side = USER; side <= NETWORK; side++) {
            struct uni_event event;

            moved |= send_frames(ends, side);
            moved |= move_pdus(ends, side);
            for (; uni_take_event(ends->uni[!side], &event); moved = true) {
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

static void begin_sscop(struct ends *ends)
{
    struct sscop_options options;

    sscop_options_default(&options);
    ends->pool = saal_pool_create(1U << 26);
    must(ends->pool != NULL);
    for (int side = USER; side <= NETWORK; side++) {
        ends->saal[side] = saal_create(&options, ends->pool);
        must(ends->saal[side] != NULL);
    }
    saal_establish(ends->saal[USER], 0);
    while (move_pdus(ends, USER) || move_pdus(ends, NETWORK))
        continue;
    must(saal_state(ends->saal[USER]) == SSCF_ESTABLISHED);
}

static void begin(struct ends *ends, bool over_sscop)
{
    static struct uni_message setup;

    *ends = (struct ends){.parties = 1};
    for (int side = USER; side <= NETWORK; side++) {
        const struct uni_config config = {.side = side == USER ? UNI_USER : UNI_NETWORK,
                                          .version = UNI_40};

        ends->uni[side] = uni_new(&config);
        must(ends->uni[side] != NULL);
        must(uni_link(ends->uni[side], 0, UNI_LINK_ESTABLISHED) == UNI_OK);
    }
    if (over_sscop)
        begin_sscop(ends);
    carry(ends);
    bench_make(&setup, BENCH_SETUP, 0);
    must(uni_setup(ends->uni[USER], 0, &setup, 0, &ends->call[USER]) == UNI_OK);
    must(carry(ends) == UNI_EVENT_CONNECT);
}

static void end(struct ends *ends)
{
    for (int side = USER; side <= NETWORK; side++) {
        uni_free(ends->uni[side]);
        if (ends->saal[side])
            saal_destroy(ends->saal[side]);
    }
    if (ends->pool)
        saal_pool_destroy(ends->pool);
}

static uint16_t add(struct ends *ends)
{
    static struct uni_message elements;
    uint16_t id;

    uni_message_init(&elements, 0, 0, 0);
    bench_add_called(&elements);
    must(uni_add_party(ends->uni[USER], 0, ends->call[USER], &elements, 0, &id) == UNI_OK);
    must(carry(ends) == UNI_EVENT_ADD_PARTY_ACK);
    return id;
}

static void drop(struct ends *ends, uint16_t id)
{
    must(uni_request_party(ends->uni[USER], 0, ends->call[USER], id, UNI_REQUEST_DROP_PARTY,
                           NULL) == UNI_OK);
    must(carry(ends) == UNI_EVENT_PARTY_GONE);
}

/* Pairs a second, the most of a few tries. */
static double pairs(struct ends *ends, uint32_t parties, unsigned count)
{
    double most = 0;

    for (; ends->parties < parties; ends->parties++)
        add(ends);
    for (unsigned try = 0; try < TRIES; try++) {
        const double start_ns = report_now_ns();

        for (unsigned i = 0; i < count; i++)
            drop(ends, add(ends));
        const double now = count * 1e9 / (report_now_ns() - start_ns);

        most = now > most ? now : most;
    }
    return most;
}

double bench_floor_pairs(unsigned count)
{
    static struct uni_message message, received;
    static uint8_t out[UNI_MESSAGE_BYTES_MAX];
    double most = 0;

    for (unsigned try = 0; try < TRIES; try++) {
        const double start_ns = report_now_ns();

        for (unsigned i = 0; i < count; i++)
            for (unsigned which = BENCH_ADD_PARTY; which <= BENCH_DROP_PARTY_ACK; which++) {
                bench_make(&message, (enum bench_message)which, (uint16_t)(i & 0x7FFF));
                must(uni_decode(&received, out, uni_encode(&message, out)) == UNI_DECODE_OK);
            }
        const double now = count * 1e9 / (report_now_ns() - start_ns);

        most = now > most ? now : most;
    }
    return most;
}

static void measure(bool over_sscop, unsigned count)
{
    static const uint32_t counts[] = {100, 1000, 10000, 32000};
    struct ends ends;
    char text[64];

    begin(&ends, over_sscop);
    const double before = allocated_bytes();

    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        snprintf(text, sizeof(text), "add and drop among %u parties%s", counts[i],
                 over_sscop ? ", over SSCOP" : "");
        const double floor = bench_floor_pairs(count);

        report_row(text, floor, pairs(&ends, counts[i], count), "pairs/s");
    }
    if (!over_sscop)
        report_row("memory of a party in uni, one end", 0,
                   (allocated_bytes() - before) / 2 / ends.parties, "octets");
    end(&ends);
}

void bench_uni_control(bool smoke)
{
    measure(false, smoke ? SMOKE_PAIRS : PAIRS);
    measure(true, smoke ? SMOKE_PAIRS : PAIRS);
}
