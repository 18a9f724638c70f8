/* SPDX-License-Identifier: MIT */
#include "atmnet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void *take(void *context, size_t bytes)
{
    (void)context;
    return malloc(bytes);
}

static void give(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static const struct hubsig_memory memory = {take, give, NULL};

void net_begin(struct net *net, unsigned station_count, enum uni_version version)
{
    const struct switch_port_options port = {.version = version, .cell_rate = 353207};
    struct atmsig_config config = {.version = version};
    memset(net, 0, sizeof(*net));
    net->now_ms = 1000;
    net->core = switch_new();
    assert_non_null(net->core);
    net->station_count = station_count;
    for (unsigned i = 0; i < station_count; i++) {
        struct net_station *station = &net->stations[i];
        assert_int_equal(switch_port_add(net->core, net->now_ms, &port, &station->port), SWITCH_OK);
        station->address[0] = 0x49;
        station->address[1] = (uint8_t)('a' + i);
        assert_true(route_add(switch_routes(net->core), station->address, ROUTE_HOST_DIGITS,
                              station->port, 0, ROUTE_STATIC));
        config.first_sq = (uint8_t)i;
        station->sig = atmsig_new(&config, &memory, net->now_ms);
        assert_non_null(station->sig);
    }
    net_run(net);
}

void net_end(struct net *net)
{
    for (unsigned i = 0; i < net->station_count; i++)
        atmsig_free(net->stations[i].sig);
    switch_free(net->core);
}

static void answer_offer(struct net *net, struct net_station *station,
                         const struct hubsig_message *offer)
{
    struct atm_leg *leg = station->offer_count == 0 ? &station->offered : &station->second;
    struct hubsig_step step;
    if (station->refuses) {
        atmsig_refuse_offer(station->sig, offer, 0xC0010020u, net->now_ms, &step);
        return;
    }
    station->offer = *offer;
    station->offer.data = NULL;
    station->offer_count++;
    memset(leg, 0, sizeof(*leg));
    assert_int_equal(atmsig_take_offer(station->sig, &leg->leg, offer, net->now_ms), HUBSIG_OK);
    if (!station->withholds)
        assert_int_equal(
            atmsig_request(station->sig, &leg->leg, REQ_ANSWER, NULL, net->now_ms, &step),
            HUBSIG_OK);
}

static bool take_tells(struct net *net, struct net_station *station)
{
    struct hubsig_step step, next;
    bool any = false;
    while (atmsig_expire(station->sig, net->now_ms, &step)) {
        struct net_tell *tell = &station->tells[station->tell_count];
        any = true;
        if (step.tell == HUBSIG_TELL_OFFER) {
            answer_offer(net, station, step.received);
            continue;
        }
        assert_true(station->tell_count < NET_TELLS_MAX);
        station->tell_count++;
        *tell = (struct net_tell){.tell = step.tell, .leg = step.leg, .status = step.status};
        if (step.received) {
            tell->channel = step.received->channel;
            tell->data_bytes = step.received->data_bytes;
            if (tell->data_bytes)
                memcpy(tell->data, step.received->data, tell->data_bytes);
        }
        if (step.tell == HUBSIG_TELL_ANSWERED)
            assert_int_equal(
                atmsig_request(station->sig, step.leg, REQ_CONFIRM, NULL, net->now_ms, &next),
                HUBSIG_OK);
    }
    return any;
}

static bool move_frames(struct net *net)
{
    struct saal_buffer *frame;
    uint32_t port;
    bool any = false;
    for (unsigned i = 0; i < net->station_count; i++)
        while ((frame = atmsig_take_frame(net->stations[i].sig))) {
            if (!net->cut && !net->stations[i].severed)
                switch_feed(net->core, net->now_ms, net->stations[i].port, frame->data,
                            frame->bytes);
            saal_buffer_release(frame);
            any = true;
        }
    while ((frame = switch_take_frame(net->core, &port))) {
        for (unsigned i = 0; i < net->station_count; i++)
            if (net->stations[i].port == port && !net->cut && !net->stations[i].severed)
                atmsig_receive(net->stations[i].sig, frame->data, frame->bytes, net->now_ms);
        saal_buffer_release(frame);
        any = true;
    }
    while (switch_take_broken(net->core, &port)) {
        for (unsigned i = 0; i < net->station_count; i++)
            net->stations[i].gone |= net->stations[i].port == port;
        assert_int_equal(switch_port_remove(net->core, net->now_ms, port), SWITCH_OK);
        any = true;
    }
    return any;
}

void net_sever(struct net *net, unsigned at)
{
    net->stations[at].severed = true;
    atmsig_lost(net->stations[at].sig, net->now_ms);
    assert_int_equal(switch_port_down(net->core, net->now_ms, net->stations[at].port), SWITCH_OK);
    net_run(net);
}

void net_restore(struct net *net, unsigned at)
{
    net->stations[at].severed = false;
    assert_int_equal(switch_port_up(net->core, net->now_ms, net->stations[at].port), SWITCH_OK);
    atmsig_want(net->stations[at].sig, net->now_ms);
    net_run(net);
}

void net_run(struct net *net)
{
    bool any;
    do {
        any = move_frames(net);
        for (unsigned i = 0; i < net->station_count; i++)
            any = take_tells(net, &net->stations[i]) || any;
    } while (any);
}

static uint64_t due(const struct net *net)
{
    uint64_t first = switch_deadline(net->core);
    for (unsigned i = 0; i < net->station_count; i++)
        if (atmsig_due_ms(net->stations[i].sig) < first)
            first = atmsig_due_ms(net->stations[i].sig);
    return first;
}

void net_wait(struct net *net, uint64_t ms)
{
    const uint64_t end = net->now_ms + ms;
    net_run(net);
    while (due(net) <= end) {
        if (due(net) > net->now_ms)
            net->now_ms = due(net);
        switch_advance(net->core, net->now_ms);
        net_run(net);
    }
    net->now_ms = end;
}

const struct net_tell *net_last(const struct net_station *station, const struct atm_leg *leg)
{
    for (unsigned i = station->tell_count; i > 0; i--)
        if (station->tells[i - 1].leg == &leg->leg)
            return &station->tells[i - 1];
    fail_msg("nothing was told about the leg");
    return NULL;
}

void net_offer(const struct net *net, unsigned from, unsigned to, bool multipoint,
               struct hubsig_message *offer)
{
    memset(offer, 0, sizeof(*offer));
    offer->type = HUBSIG_SETUP;
    offer->multipoint = multipoint;
    memcpy(offer->called, net->stations[to].address, 20);
    memcpy(offer->calling, net->stations[from].address, 20);
    for (unsigned i = 0; i < 8; i++)
        offer->forward.field[i] = offer->backward.field[i] = UINT32_MAX;
    offer->forward.field[6] = 8192;
}
