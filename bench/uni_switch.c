/* SPDX-License-Identifier: MIT */
/* Parties through a switch: a root on one port, one leaf on another, with SSCOP and uni, in one
 * process without sockets. Measured are whole transactions from end to end, and the memory that the
 * switch takes for each party: all that it allocated, its uni and SSCOP of both ports included. */
#include "report.h"
#include "uni.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "saal/saal.h"
#include "switch/switch.h"
#include "uni/uni.h"

enum { ROOT, LEAF, PAIRS = 50000, SMOKE_PAIRS = 100, PARTIES = 32000, SMOKE_PARTIES = 1000 };

struct host {
    struct uni *uni;
    struct saal *saal;
    uint32_t port;
};

struct net {
    struct switch_core *core;
    struct saal_pool *pool; /* of the hosts */
    struct host hosts[2];
    uint32_t call;
    enum uni_event_kind heard; /* by the root, last */
    bool counting;
    double switch_bytes; /* that the switch has allocated while counting */
    double mark_bytes;
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static double allocated_bytes(void)
{
    const struct mallinfo2 info = mallinfo2();

    return (double)(info.uordblks + info.hblkhd);
}

/* Around what the switch does. */
static void enter(struct net *net)
{
    if (net->counting)
        net->mark_bytes = allocated_bytes();
}

static void leave(struct net *net)
{
    if (net->counting)
        net->switch_bytes += allocated_bytes() - net->mark_bytes;
}

static void hear(struct net *net, int which, const struct uni_event *event)
{
    struct uni *const uni = net->hosts[which].uni;

    if (event->kind == UNI_EVENT_LINK_WANTED)
        saal_establish(net->hosts[which].saal, 0);
    if (which == ROOT) {
        net->heard = event->kind;
        return;
    }
    if (event->kind == UNI_EVENT_SETUP)
        must(uni_request_call(uni, 0, event->call, UNI_REQUEST_CONNECT, NULL) == UNI_OK);
    if (event->kind == UNI_EVENT_ADD_PARTY)
        must(uni_request_party(uni, 0, event->call, event->party, UNI_REQUEST_ADD_PARTY_ACK,
                               NULL) == UNI_OK);
    if (event->kind == UNI_EVENT_DROP_PARTY)
        must(uni_request_party(uni, 0, event->call, event->party, UNI_REQUEST_DROP_PARTY_ACK,
                               NULL) == UNI_OK);
}

static void take_event(struct host *host, struct saal_event *event)
{
    if (event->kind == SAAL_AAL_DATA_INDICATION)
        must(uni_feed(host->uni, 0, event->data, event->bytes) == UNI_OK);
    else if (event->kind == SAAL_AAL_ESTABLISH_CONFIRM)
        must(uni_link(host->uni, 0, UNI_LINK_CONFIRMED) == UNI_OK);
    saal_buffer_release(event->buffer);
}

static bool pump(struct net *net, int which)
{
    struct host *host = &net->hosts[which];
    struct saal_event event;
    struct uni_event told;
    struct uni_frame frame;
    bool moved = false;

    for (; saal_take_event(host->saal, &event); moved = true)
        take_event(host, &event);
    for (; uni_take_event(host->uni, &told); moved = true)
        hear(net, which, &told);
    for (; uni_take_frame(host->uni, &frame); moved = true)
        must(saal_send_octets(host->saal, 0, frame.bytes, (uint32_t)frame.byte_count) == SAAL_OK);
    for (struct saal_buffer *out; (out = saal_take_frame(host->saal)); moved = true) {
        enter(net);
        switch_feed(net->core, 0, host->port, out->data, out->bytes);
        leave(net);
        saal_buffer_release(out);
    }
    return moved;
}

static void carry(struct net *net)
{
    struct saal_buffer *frame;
    uint32_t port;
    bool moved = true;

    while (moved) {
        moved = pump(net, ROOT);
        moved |= pump(net, LEAF);
        for (; (frame = switch_take_frame(net->core, &port)); moved = true) {
            struct host *host = &net->hosts[port == net->hosts[LEAF].port];

            must(saal_feed_octets(host->saal, 0, frame->data, frame->bytes) == SAAL_OK);
            saal_buffer_release(frame);
        }
    }
}

static void begin(struct net *net)
{
    static const uint8_t prefix[ROUTE_ADDRESS_BYTES] = {0x47};
    static struct uni_message setup;
    const struct switch_port_options port = {.version = UNI_40};
    const struct uni_config config = {.side = UNI_USER, .version = UNI_40};
    struct sscop_options sscop;

    *net = (struct net){.core = switch_new(), .pool = saal_pool_create(1U << 26)};
    must(net->core && net->pool);
    sscop_options_default(&sscop);
    for (int i = ROOT; i <= LEAF; i++) {
        struct host *host = &net->hosts[i];

        host->uni = uni_new(&config);
        host->saal = saal_create(&sscop, net->pool);
        must(host->uni && host->saal);
        must(switch_port_add(net->core, 0, &port, &host->port) == SWITCH_OK);
        must(uni_link_want(host->uni, 0) == UNI_OK);
    }
    carry(net);
    must(route_add(switch_routes(net->core), prefix, 2, net->hosts[LEAF].port, 0, ROUTE_STATIC));
    bench_make(&setup, BENCH_SETUP, 0);
    setup.has &= ~UNI_HAS(CONNECTION); /* the network chooses it */
    must(uni_setup(net->hosts[ROOT].uni, 0, &setup, 0, &net->call) == UNI_OK);
    carry(net);
    must(net->heard == UNI_EVENT_CONNECT);
}

static void end(struct net *net)
{
    for (int i = ROOT; i <= LEAF; i++) {
        uni_free(net->hosts[i].uni);
        saal_destroy(net->hosts[i].saal);
    }
    switch_free(net->core);
    saal_pool_destroy(net->pool);
}

static uint16_t add(struct net *net)
{
    static struct uni_message elements;
    uint16_t id;

    uni_message_init(&elements, 0, 0, 0);
    bench_add_called(&elements);
    must(uni_add_party(net->hosts[ROOT].uni, 0, net->call, &elements, 0, &id) == UNI_OK);
    carry(net);
    must(net->heard == UNI_EVENT_ADD_PARTY_ACK);
    return id;
}

static void drop(struct net *net, uint16_t id)
{
    must(uni_request_party(net->hosts[ROOT].uni, 0, net->call, id, UNI_REQUEST_DROP_PARTY, NULL) ==
         UNI_OK);
    carry(net);
    must(net->heard == UNI_EVENT_PARTY_GONE);
}

/* The parties there, with the memory that they take when asked for. */
static void fill(struct net *net, uint32_t from, uint32_t to, bool counting)
{
    net->counting = counting;
    for (uint32_t i = from; i < to; i++)
        add(net);
    net->counting = false;
}

static void measure_pairs(struct net *net, uint32_t parties, unsigned pairs)
{
    char text[64];
    const double start_ns = report_now_ns();

    for (unsigned i = 0; i < pairs; i++)
        drop(net, add(net));
    snprintf(text, sizeof(text), "add and drop among %u parties, through the switch", parties);
    const double ours = pairs * 1e9 / (report_now_ns() - start_ns);

    report_row(text, bench_floor_pairs(pairs) / 2, ours, "pairs/s"); /* over two links */
}

void bench_uni_switch(bool smoke)
{
    const uint32_t parties = smoke ? SMOKE_PARTIES : PARTIES;
    const unsigned pairs = smoke ? SMOKE_PAIRS : PAIRS;
    struct net net;

    begin(&net);
    fill(&net, 1, 100, true);
    measure_pairs(&net, 100, pairs);
    fill(&net, 100, parties, true);
    measure_pairs(&net, parties, pairs);
    report_row("memory of a party in the switch, of 512 aimed at", 512, net.switch_bytes / parties,
               "octets");
    end(&net);
}
