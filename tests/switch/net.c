/* SPDX-License-Identifier: MIT */
#include "net.h"

#include <stdio.h>

void net_address(uint8_t out[ROUTE_ADDRESS_BYTES], uint32_t user, uint32_t which)
{
    memset(out, 0, ROUTE_ADDRESS_BYTES);
    out[0] = 0x49;
    out[1] = 12;
    out[2] = 'u';
    out[3] = (uint8_t)user;
    out[4] = (uint8_t)(which >> 8);
    out[5] = (uint8_t)which;
}

static void put_text(struct uni_message *message, const char *text)
{
    if (!text || !*text)
        return;
    struct uni_user_user *user_user = UNI_ADD(message, USER_USER, user_user);
    user_user->octets = (struct uni_view){(const uint8_t *)text, (uint16_t)strlen(text)};
}

static void get_text(const struct uni_message *message, char text[NET_TEXT])
{
    if (!message || !(message->has & UNI_HAS(USER_USER)))
        return;
    size_t size = message->user_user->octets.byte_count;
    assert_true(size < NET_TEXT);
    memcpy(text, message->user_user->octets.bytes, size);
    text[size] = 0;
}

static struct uni_message *message_with(const char *text, uint8_t cause)
{
    static struct uni_message message;

    uni_message_init(&message, UNI_RELEASE, 0, 0);
    if (cause)
        UNI_ADD(&message, CAUSE, cause)->value = cause;
    put_text(&message, text);
    return &message;
}

static void user_called(struct net *net, struct net_user *user, const struct uni_event *event)
{
    user->call = event->call;
    user->vci = event->message->connection->vci;
    user->setup_text[0] = 0;
    get_text(event->message, user->setup_text);
    switch (user->answer) {
    case NET_CONNECT:
    case NET_REFUSE_PARTY:
        assert_int_equal(uni_request_call(user->uni, net->now_ms, event->call, UNI_REQUEST_CONNECT,
                                          message_with(user->connect_text, 0)),
                         UNI_OK);
        break;
    case NET_REFUSE:
        assert_int_equal(uni_request_call(user->uni, net->now_ms, event->call, UNI_REQUEST_RELEASE,
                                          message_with(user->connect_text, 17)),
                         UNI_OK);
        break;
    case NET_ALERT:
        assert_int_equal(
            uni_request_call(user->uni, net->now_ms, event->call, UNI_REQUEST_ALERTING, NULL),
            UNI_OK);
        break;
    case NET_SILENT:
        break;
    }
}

static void user_party(struct net *net, struct net_user *user, const struct uni_event *event)
{
    enum uni_request request = UNI_REQUEST_ADD_PARTY_ACK;
    uint8_t cause = 0;

    if (user->answer == NET_SILENT)
        return;
    if (user->answer == NET_REFUSE || user->answer == NET_REFUSE_PARTY) {
        request = UNI_REQUEST_ADD_PARTY_REJECT;
        cause = 17;
    } else if (user->answer == NET_ALERT) {
        request = UNI_REQUEST_PARTY_ALERTING;
    }
    assert_int_equal(uni_request_party(user->uni, net->now_ms, event->call, event->party, request,
                                       message_with(user->connect_text, cause)),
                     UNI_OK);
}

static void user_event(struct net *net, struct net_user *user, const struct uni_event *event)
{
    user->counts[event->kind]++;
    if (event->party)
        user->party = event->party;
    if (event->cause)
        user->cause = event->cause;
    get_text(event->message, user->text);
    switch (event->kind) {
    case UNI_EVENT_SETUP:
        user_called(net, user, event);
        break;
    case UNI_EVENT_PROCEEDING:
        user->vci = event->message->connection->vci;
        break;
    case UNI_EVENT_ADD_PARTY:
        user_party(net, user, event);
        break;
    case UNI_EVENT_RELEASE:
        uni_request_call(user->uni, net->now_ms, event->call, UNI_REQUEST_RELEASE, NULL);
        break;
    case UNI_EVENT_DROP_PARTY:
        uni_request_party(user->uni, net->now_ms, event->call, event->party,
                          UNI_REQUEST_DROP_PARTY_ACK, NULL);
        break;
    case UNI_EVENT_LINK_WANTED:
        user->link_wanted = user->away;
        if (!user->away)
            saal_establish(user->saal, net->now_ms);
        break;
    default:
        break;
    }
}

/* returns whether anything moved. */
static bool user_pump(struct net *net, struct net_user *user)
{
    struct saal_event event;
    struct uni_event told;
    struct uni_frame frame;
    struct saal_buffer *out;
    bool moved = false;

    while (saal_take_event(user->saal, &event)) {
        moved = true;
        if (event.kind == SAAL_AAL_DATA_INDICATION)
            uni_feed(user->uni, net->now_ms, event.data, event.bytes);
        else if (event.kind == SAAL_AAL_ESTABLISH_CONFIRM)
            uni_link(user->uni, net->now_ms, UNI_LINK_CONFIRMED);
        else if (event.kind == SAAL_AAL_ESTABLISH_INDICATION)
            uni_link(user->uni, net->now_ms, UNI_LINK_ESTABLISHED);
        else if (event.kind == SAAL_AAL_RELEASE_INDICATION)
            uni_link(user->uni, net->now_ms, UNI_LINK_RELEASED);
        saal_buffer_release(event.buffer);
        while (uni_take_event(user->uni, &told))
            user_event(net, user, &told);
    }
    while (uni_take_event(user->uni, &told))
        user_event(net, user, &told);
    while (uni_take_frame(user->uni, &frame))
        saal_send_octets(user->saal, net->now_ms, frame.bytes, (uint32_t)frame.byte_count);
    while ((out = saal_take_frame(user->saal))) {
        moved = true;
        if (user->plugged && !user->away)
            switch_feed(net->core, net->now_ms, user->port, out->data, out->bytes);
        saal_buffer_release(out);
    }
    return moved;
}

static struct net_user *user_of_port(struct net *net, uint32_t port)
{
    for (uint32_t i = 0; i < net->user_count; i++)
        if (net->users[i].plugged && net->users[i].port == port)
            return &net->users[i];
    return NULL;
}

static bool run_once(struct net *net)
{
    struct saal_buffer *frame;
    uint32_t port;
    bool moved = false;

    for (uint32_t i = 0; i < net->user_count; i++)
        moved |= user_pump(net, &net->users[i]);
    while ((frame = switch_take_frame(net->core, &port))) {
        struct net_user *user = user_of_port(net, port);
        moved = true;
        if (user)
            saal_feed_octets(user->saal, net->now_ms, frame->data, frame->bytes);
        else if (net->peer && port == net->trunk_port && !net->trunk_cut)
            switch_feed(net->peer->core, net->now_ms, net->peer->trunk_port, frame->data,
                        frame->bytes);
        saal_buffer_release(frame);
    }
    while (switch_take_broken(net->core, &port)) {
        struct net_user *user = user_of_port(net, port);
        moved = true;
        if (net->peer && port == net->trunk_port) {
            net->trunk_broken = true;
            continue;
        }
        if (!user || !user->away)
            fail_msg("port %u broke", port);
        user->plugged = false;
        user->gone = true;
        assert_int_equal(switch_port_remove(net->core, net->now_ms, port), SWITCH_OK);
    }
    return moved;
}

void net_run(struct net *net)
{
    bool moved;

    if (net->peer)
        net->peer->now_ms = net->now_ms;
    do {
        moved = run_once(net);
        if (net->peer)
            moved |= run_once(net->peer);
    } while (moved);
}

void net_join(struct net *a, struct net *b)
{
    net_join_by(a, b, NULL);
}

void net_join_by(struct net *a, struct net *b, const struct sscop_options *sscop)
{
    const struct switch_port_options even = {
        .version = UNI_40, .trunk = true, .stays = true, .sscop = sscop};
    const struct switch_port_options odd = {
        .version = UNI_40, .trunk = true, .stays = true, .trunk_odd = true};
    uint8_t prefix[ROUTE_ADDRESS_BYTES];

    a->peer = b;
    b->peer = a;
    assert_int_equal(switch_port_add(a->core, a->now_ms, &even, &a->trunk_port), SWITCH_OK);
    assert_int_equal(switch_port_add(b->core, b->now_ms, &odd, &b->trunk_port), SWITCH_OK);
    for (uint32_t i = 0; i < b->user_count; i++) {
        net_address(prefix, NET_FAR + i, 0);
        assert_true(route_add(switch_routes(a->core), prefix, 8, a->trunk_port, 0, ROUTE_STATIC));
        assert_true(route_add(switch_routes(b->core), prefix, 8, i, 0, ROUTE_REGISTERED));
    }
    for (uint32_t i = 0; i < a->user_count; i++) {
        net_address(prefix, i, 0);
        route_remove(switch_routes(b->core), prefix, 8, i, ROUTE_REGISTERED);
        assert_true(route_add(switch_routes(b->core), prefix, 8, b->trunk_port, 0, ROUTE_STATIC));
    }
    net_run(a);
}

static uint64_t earliest_of(const struct net *net)
{
    uint64_t due = switch_deadline(net->core);

    for (uint32_t i = 0; i < net->user_count; i++) {
        uint64_t saal = saal_deadline_ms(net->users[i].saal);
        uint64_t uni = uni_deadline(net->users[i].uni);
        due = saal < due ? saal : due;
        due = uni < due ? uni : due;
    }
    return due;
}

static uint64_t earliest(const struct net *net)
{
    uint64_t due = earliest_of(net);
    uint64_t far = net->peer ? earliest_of(net->peer) : UINT64_MAX;

    return far < due ? far : due;
}

static void expire(struct net *net, uint64_t now_ms)
{
    net->now_ms = now_ms;
    switch_advance(net->core, now_ms);
    for (uint32_t i = 0; i < net->user_count; i++) {
        saal_expire(net->users[i].saal, now_ms);
        uni_advance(net->users[i].uni, now_ms);
    }
}

void net_pass(struct net *net, uint64_t ms)
{
    uint64_t until = net->now_ms + ms;

    net_run(net);
    while (earliest(net) <= until) {
        uint64_t due = earliest(net);
        due = due > net->now_ms ? due : net->now_ms;
        expire(net, due);
        if (net->peer)
            expire(net->peer, due);
        net_run(net);
    }
    net->now_ms = until;
    if (net->peer)
        net->peer->now_ms = until;
}

uint32_t net_plug(struct net *net, const struct switch_port_options *options)
{
    const struct switch_port_options plain = {.version = UNI_40};
    const struct switch_port_options *used = options ? options : &plain;
    const struct uni_config config = {.side = UNI_USER, .version = used->version};
    struct net_user *user = &net->users[net->user_count];
    struct sscop_options sscop;
    uint8_t address[ROUTE_ADDRESS_BYTES];

    assert_true(net->user_count < NET_USERS);
    sscop_options_default(&sscop);
    *user = (struct net_user){.plugged = true};
    user->saal = saal_create(&sscop, net->pool);
    user->uni = uni_new(&config);
    assert_non_null(user->saal);
    assert_non_null(user->uni);
    assert_int_equal(switch_port_add(net->core, net->now_ms, used, &user->port), SWITCH_OK);
    net_address(address, net->user_count, 0);
    assert_true(route_add(switch_routes(net->core), address, 8, user->port, 0, ROUTE_REGISTERED));
    net->user_count++;
    uni_link_want(user->uni, net->now_ms);
    net_run(net);
    return net->user_count - 1;
}

void net_unplug(struct net *net, uint32_t which)
{
    struct net_user *user = &net->users[which];

    user->plugged = false;
    assert_int_equal(switch_port_remove(net->core, net->now_ms, user->port), SWITCH_OK);
    net_run(net);
}

void net_cut(struct net *net, uint32_t which)
{
    struct net_user *user = &net->users[which];

    user->away = true;
    saal_wire_lost(user->saal, net->now_ms);
    assert_int_equal(switch_port_down(net->core, net->now_ms, user->port), SWITCH_OK);
    net_run(net);
}

void net_mend(struct net *net, uint32_t which)
{
    struct net_user *user = &net->users[which];

    assert_false(user->gone);
    user->away = false;
    assert_int_equal(switch_port_up(net->core, net->now_ms, user->port), SWITCH_OK);
    if (user->link_wanted)
        saal_establish(user->saal, net->now_ms);
    user->link_wanted = false;
    net_run(net);
}

void net_cut_trunk(struct net *net)
{
    net->trunk_cut = net->peer->trunk_cut = true;
    assert_int_equal(switch_port_down(net->core, net->now_ms, net->trunk_port), SWITCH_OK);
    assert_int_equal(switch_port_down(net->peer->core, net->now_ms, net->peer->trunk_port),
                     SWITCH_OK);
    net_run(net);
}

void net_mend_trunk(struct net *net)
{
    net->trunk_cut = net->peer->trunk_cut = false;
    assert_int_equal(switch_port_up(net->core, net->now_ms, net->trunk_port), SWITCH_OK);
    assert_int_equal(switch_port_up(net->peer->core, net->now_ms, net->peer->trunk_port),
                     SWITCH_OK);
    net_run(net);
}

void net_begin(struct net *net, uint32_t user_count, const struct switch_port_options *options)
{
    *net = (struct net){.now_ms = 1000};
    net->core = switch_new();
    net->pool = saal_pool_create(64 << 20);
    assert_non_null(net->core);
    assert_non_null(net->pool);
    for (uint32_t i = 0; i < user_count; i++)
        net_plug(net, options);
}

void net_end(struct net *net)
{
    if (net->peer) /* what it still sends goes nowhere, which its timers bear */
        net->peer->peer = NULL;
    net->peer = NULL;
    switch_release_all(net->core, net->now_ms, 38);
    net_pass(net, 120000);
    assert_int_equal(switch_call_count(net->core), 0);
    for (uint32_t i = 0; i < net->user_count; i++) {
        struct switch_port_status status;
        if (!net->users[i].plugged)
            continue;
        assert_true(switch_port_status(net->core, net->users[i].port, &status));
        assert_int_equal(status.leg_count, 0);
        assert_int_equal(status.party_count, 0);
        assert_int_equal(status.rate_in, 0);
        assert_int_equal(status.rate_out, 0);
        assert_int_equal(status.uni.call_count, 0);
        assert_int_equal(status.uni.party_count, 0);
        assert_int_equal(uni_counters(net->users[i].uni).call_count, 0);
    }
    for (uint32_t i = 0; i < net->user_count; i++) {
        saal_destroy(net->users[i].saal);
        uni_free(net->users[i].uni);
    }
    switch_free(net->core);
    saal_pool_destroy(net->pool);
}

static void put_address(struct uni_message *message, uint8_t *address)
{
    struct uni_called_number *number = UNI_ADD(message, CALLED_NUMBER, called_number);

    number->plan = 2;
    number->digits = (struct uni_view){address, ROUTE_ADDRESS_BYTES};
}

void net_setup(struct net *net, const struct net_call *call)
{
    struct net_user *user = &net->users[call->from];
    static struct uni_message message;
    uint8_t address[ROUTE_ADDRESS_BYTES];

    net_address(address, call->to, call->which);
    uni_message_init(&message, UNI_SETUP, 0, 0);
    struct uni_traffic *traffic = UNI_ADD(&message, TRAFFIC, traffic);
    traffic->tags = UNI_TAG(FWD_PCR01) | UNI_TAG(BWD_PCR01);
    traffic->fwd_pcr01 = call->cells;
    traffic->bwd_pcr01 = call->multipoint ? 0 : call->cells;
    if (!call->cells)
        traffic->tags |= UNI_TAG(BEST_EFFORT);
    struct uni_bearer *bearer = UNI_ADD(&message, BEARER, bearer);
    bearer->class = 0x10;
    bearer->multipoint = call->multipoint;
    UNI_ADD(&message, QOS, qos);
    put_address(&message, address);
    put_text(&message, call->text);
    assert_int_equal(uni_setup(user->uni, net->now_ms, &message, 0, &user->call), UNI_OK);
    net_run(net);
}

static uint16_t add(struct net *net, uint32_t from, uint8_t *address, const char *text)
{
    struct net_user *user = &net->users[from];
    static struct uni_message message;
    uint16_t party;

    uni_message_init(&message, UNI_ADD_PARTY, 0, 0);
    put_address(&message, address);
    put_text(&message, text);
    assert_int_equal(uni_add_party(user->uni, net->now_ms, user->call, &message, 0, &party),
                     UNI_OK);
    net_run(net);
    return party;
}

uint16_t net_add(struct net *net, uint32_t from, uint32_t to, uint32_t which, const char *text)
{
    uint8_t address[ROUTE_ADDRESS_BYTES];

    net_address(address, to, which);
    return add(net, from, address, text);
}

uint16_t net_add_address(struct net *net, uint32_t from, uint8_t address[ROUTE_ADDRESS_BYTES])
{
    return add(net, from, address, NULL);
}

void net_drop(struct net *net, uint32_t from, uint16_t party, const char *text)
{
    struct net_user *user = &net->users[from];

    assert_int_equal(uni_request_party(user->uni, net->now_ms, user->call, party,
                                       UNI_REQUEST_DROP_PARTY, message_with(text, 16)),
                     UNI_OK);
    net_run(net);
}

void net_release(struct net *net, uint32_t which, const char *text)
{
    struct net_user *user = &net->users[which];

    assert_int_equal(uni_request_call(user->uni, net->now_ms, user->call, UNI_REQUEST_RELEASE,
                                      message_with(text, 16)),
                     UNI_OK);
    net_run(net);
}

void net_connect(struct net *net, uint32_t which)
{
    struct net_user *user = &net->users[which];

    assert_int_equal(
        uni_request_call(user->uni, net->now_ms, user->call, UNI_REQUEST_CONNECT, NULL), UNI_OK);
    net_run(net);
}

uint32_t net_reach(const struct net *net, uint32_t which)
{
    const struct net_user *user = &net->users[which];
    const struct switch_tree *tree = switch_forward(net->core, user->port, 0, user->vci);
    uint32_t reached = 0;

    for (uint32_t i = 0; tree && i < tree->hop_count; i++) {
        assert_false(reached & 1u << tree->hops[i].port);
        reached |= 1u << tree->hops[i].port;
    }
    return reached;
}

void net_begin_tree(struct net *net)
{
    net_begin(net, 4, NULL);
    net_setup(net, &(struct net_call){.from = 0, .to = 1, .multipoint = true});
    net_add(net, 0, 2, 0, NULL);
    net_add(net, 0, 2, 1, NULL);
    net_add(net, 0, 3, 0, NULL);
    assert_int_equal(net_reach(net, 0), 0x0E);
}

void net_check_tree_gone(struct net *net)
{
    for (uint32_t i = 1; i < 4; i++) {
        assert_int_equal(net_count(net, i, UNI_EVENT_CLEARED), 1);
        assert_int_equal(net->users[i].cause, 27);
    }
    assert_int_equal(switch_call_count(net->core), 0);
}
