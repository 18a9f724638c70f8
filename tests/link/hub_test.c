/* SPDX-License-Identifier: MIT */
/* The hub: frames by reference, order, back-pressure, joining and leaving, cuts and delays; in a
 * simulated world, so that every interleaving follows from the seed. */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link/hub.h"

#define FRAMES_MAX 64

struct station {
    PCONDIS_NIC nic;
    PCONDIS_NIC_MEMBER member;
    unsigned received_count;
    unsigned done_count;
    unsigned left_count;
    unsigned link_count;
    BOOLEAN connected;
    bool keep; /* keep every frame in kept[] */
    PCONDIS_FRAME received[FRAMES_MAX];
    PCONDIS_NIC_MEMBER through[FRAMES_MAX];
    uint64_t at[FRAMES_MAX];
    NDIS_STATUS last_status;
    void *last_context;
};

static struct exec_world *world;
static struct exec *host[2];
static char payload[16] = "sixteen octets.";
static MDL payload_mdl;

static NDIS_STATUS NTAPI on_receive(PVOID context, PCONDIS_NIC_MEMBER member, PVOID channel_context,
                                    PCONDIS_FRAME frame)
{
    struct station *station = context;
    /* not cmocka's asserts: this runs on another stack than the test */
    assert(exec_current()->irql == EXEC_DISPATCH);
    assert(station->received_count < FRAMES_MAX);
    station->at[station->received_count] = exec_now(world);
    station->through[station->received_count] = member;
    station->received[station->received_count++] = frame;
    station->last_context = channel_context;
    return station->keep ? NDIS_STATUS_PENDING : NDIS_STATUS_SUCCESS;
}

static VOID NTAPI on_done(PVOID context, PCONDIS_FRAME frame, NDIS_STATUS status)
{
    struct station *station = context;
    (void)frame;
    station->done_count++;
    station->last_status = status;
}

static VOID NTAPI on_left(PVOID context, PVOID channel_context)
{
    struct station *station = context;
    station->left_count++;
    station->last_context = channel_context;
}

static VOID NTAPI on_link(PVOID context, BOOLEAN connected)
{
    struct station *station = context;
    station->link_count++;
    station->connected = connected;
}

static const CONDIS_NIC_CHARACTERISTICS calls = {on_receive, on_done, on_left, on_link};

static UNICODE_STRING text(const WCHAR *of)
{
    UNICODE_STRING string = {0, 0, (PWCH)(uintptr_t)of};
    while (of[string.Length / sizeof(WCHAR)])
        string.Length = (USHORT)(string.Length + sizeof(WCHAR));
    string.MaximumLength = string.Length;
    return string;
}

static NDIS_STATUS station_try(struct station *station, int on, const WCHAR *medium,
                               const WCHAR *name)
{
    UNICODE_STRING medium_name = text(medium), station_name = text(name);
    exec_switch(host[on]);
    return hub_open(host[on], &medium_name, &station_name, &calls, station, &station->nic);
}

static void station_open(struct station *station, int on, const WCHAR *name)
{
    memset(station, 0, sizeof(*station));
    assert_int_equal(station_try(station, on, L"hub", name), NDIS_STATUS_SUCCESS);
}

static CONDIS_FRAME frame_to(const WCHAR *destination)
{
    CONDIS_FRAME frame = {.Mdl = &payload_mdl, .MdlOffset = 1, .Length = 15};
    frame.Destination = text(destination);
    return frame;
}

static CONDIS_FRAME frame_on(ULONG channel)
{
    return (CONDIS_FRAME){.Channel = channel, .Mdl = &payload_mdl, .Length = 16};
}

static void run(void)
{
    assert_int_equal(exec_run_until_idle(world, EXEC_FOREVER), EXEC_IDLE);
}

static int world_begin(void **state)
{
    (void)state;
    world = exec_world_create(&(struct exec_world_options){.kind = EXEC_SIMULATED, .seed = 11});
    assert_non_null(world);
    for (uint32_t i = 0; i < 2; i++) {
        host[i] = exec_create(world, &(struct exec_options){.name = i ? "b" : "a", .index = i});
        assert_non_null(host[i]);
    }
    assert_non_null(exec_attach(host[0], 0));
    payload_mdl =
        (MDL){.StartVa = payload, .MappedSystemVa = payload, .ByteCount = sizeof(payload)};
    return 0;
}

static int world_end(void **state)
{
    (void)state;
    exec_switch(host[0]);
    hub_forget_world(world);
    assert_null(world->slots[0]);
    exec_destroy(host[1]);
    exec_detach();
    exec_destroy(host[0]);
    exec_world_destroy(world);
    return 0;
}

static void a_control_frame_reaches_the_station_it_names_without_a_copy(void **state)
{
    (void)state;
    struct station a, b;
    station_open(&a, 0, L"a");
    station_open(&b, 1, L"b");
    CONDIS_FRAME frame = frame_to(L"b");
    CondisNicSend(a.nic, &frame);
    run();
    assert_ptr_equal(b.received[0], &frame);
    assert_int_equal(frame.Source.Length, sizeof(WCHAR));
    assert_int_equal(frame.Source.Buffer[0], 'a');
    assert_int_equal(a.done_count, 1);
    assert_int_equal(a.last_status, NDIS_STATUS_SUCCESS);
    CondisNicClose(a.nic);
    CondisNicClose(b.nic);
}

static void a_frame_to_nobody_is_told_so(void **state)
{
    (void)state;
    struct station a;
    station_open(&a, 0, L"a");
    CONDIS_FRAME frame = frame_to(L"nobody");
    CondisNicSend(a.nic, &frame);
    run();
    assert_int_equal(a.last_status, NDIS_STATUS_NO_ROUTE_TO_DESTINATION);
    CONDIS_FRAME lone = frame_on(7);
    CondisNicSend(a.nic, &lone);
    run();
    assert_int_equal(a.last_status, NDIS_STATUS_SUCCESS);
    CONDIS_FRAME shorter = frame_on(7);
    shorter.MdlOffset = 1;
    CondisNicSend(a.nic, &shorter);
    run();
    assert_int_equal(a.last_status, NDIS_STATUS_INVALID_LENGTH);
    CondisNicClose(a.nic);
}

static void a_frame_comes_back_when_its_last_receiver_lets_go(void **state)
{
    (void)state;
    struct station a, b, c;
    station_open(&a, 0, L"a");
    station_open(&b, 0, L"b");
    station_open(&c, 1, L"c");
    b.keep = c.keep = true;
    assert_int_equal(CondisNicJoin(a.nic, 9, NULL, FALSE, &a.member), NDIS_STATUS_SUCCESS);
    assert_int_equal(CondisNicJoin(b.nic, 9, &b, FALSE, &b.member), NDIS_STATUS_SUCCESS);
    assert_int_equal(CondisNicJoin(c.nic, 9, &c, FALSE, &c.member), NDIS_STATUS_SUCCESS);
    CONDIS_FRAME frames[3] = {frame_on(9), frame_on(9), frame_on(9)};
    for (int i = 0; i < 3; i++)
        CondisNicSend(a.nic, &frames[i]);
    run();
    assert_int_equal(a.received_count, 0); /* not to its sender */
    assert_int_equal(b.received_count, 3);
    assert_int_equal(c.received_count, 3);
    assert_ptr_equal(b.last_context, &b);
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(b.received[i], &frames[i]); /* in order */
        assert_ptr_equal(c.received[i], &frames[i]);
    }
    CondisNicReturn(b.member, &frames[1]);
    run();
    assert_int_equal(a.done_count, 0);
    CondisNicReturn(c.member, &frames[1]);
    run();
    assert_int_equal(a.done_count, 1);
    CondisNicLeave(b.member); /* ends only when the kept ones are back */
    run();
    assert_int_equal(b.left_count, 0);
    CondisNicReturn(b.member, &frames[0]);
    CondisNicReturn(b.member, &frames[2]);
    run();
    assert_int_equal(b.left_count, 1);
    assert_int_equal(a.done_count, 1);
    CondisNicReturn(c.member, &frames[0]);
    CondisNicReturn(c.member, &frames[2]);
    run();
    assert_int_equal(a.done_count, 3);
    CondisNicClose(a.nic);
    CondisNicClose(b.nic);
    CondisNicClose(c.nic);
    assert_int_equal(c.left_count, 1);
}

static void a_held_member_holds_frames_back_until_it_resumes_or_leaves(void **state)
{
    (void)state;
    struct station a, b, c;
    station_open(&a, 0, L"a");
    station_open(&b, 1, L"b");
    station_open(&c, 1, L"c");
    CondisNicJoin(b.nic, 9, NULL, TRUE, &b.member);
    CondisNicJoin(c.nic, 9, NULL, TRUE, &c.member);
    CONDIS_FRAME frames[2] = {frame_on(9), frame_on(9)};
    CondisNicSend(a.nic, &frames[0]);
    CondisNicSend(a.nic, &frames[1]);
    run();
    assert_int_equal(b.received_count, 0);
    assert_int_equal(a.done_count, 0);
    CondisNicResume(b.member);
    CondisNicLeave(c.member);
    run();
    assert_int_equal(b.received_count, 2);
    assert_int_equal(c.received_count, 0);
    assert_int_equal(c.left_count, 1);
    assert_int_equal(a.done_count, 2);
    CondisNicClose(a.nic);
    CondisNicClose(b.nic);
    CondisNicClose(c.nic);
}

static void both_ends_of_a_channel_may_send(void **state)
{
    (void)state;
    struct station a, b;
    station_open(&a, 0, L"a");
    station_open(&b, 1, L"b");
    CondisNicJoin(a.nic, 9, NULL, TRUE, &a.member);
    CondisNicJoin(b.nic, 9, NULL, TRUE, &b.member);
    CONDIS_FRAME from_a[2] = {frame_on(9), frame_on(9)};
    CONDIS_FRAME from_b[2] = {frame_on(9), frame_on(9)};
    for (int i = 0; i < 2; i++) {
        CondisNicSend(a.nic, &from_a[i]);
        CondisNicSend(b.nic, &from_b[i]);
    }
    CondisNicResume(a.member);
    CondisNicResume(b.member);
    run();
    assert_int_equal(a.received_count, 2);
    assert_int_equal(b.received_count, 2);
    assert_ptr_equal(a.received[0], &from_b[0]);
    assert_ptr_equal(b.received[1], &from_a[1]);
    assert_int_equal(a.done_count + b.done_count, 4);
    CondisNicClose(a.nic);
    CondisNicClose(b.nic);
}

static void a_cut_port_loses_what_waits_and_hears_of_it(void **state)
{
    (void)state;
    struct station a, b;
    station_open(&a, 0, L"a");
    station_open(&b, 1, L"b");
    CondisNicJoin(b.nic, 9, NULL, TRUE, &b.member);
    CONDIS_FRAME waiting = frame_on(9), lost = frame_to(L"b"), refused = frame_to(L"a");
    CondisNicSend(a.nic, &waiting);
    run();
    assert_true(hub_set_cut(world, "hub", "b", true));
    run();
    assert_int_equal(a.done_count, 1);
    assert_int_equal(b.link_count, 1);
    assert_false(b.connected);
    CondisNicSend(a.nic, &lost);
    CondisNicSend(b.nic, &refused);
    run();
    assert_int_equal(a.last_status, NDIS_STATUS_SUCCESS);
    assert_int_equal(b.last_status, NDIS_STATUS_MEDIA_DISCONNECTED);
    assert_int_equal(b.received_count, 0);
    assert_true(hub_set_cut(world, "hub", "b", false));
    run();
    assert_true(b.connected);
    CondisNicSend(a.nic, &lost);
    run();
    assert_int_equal(b.received_count, 1);
    assert_false(hub_set_cut(world, "hub", "c", true));
    assert_false(hub_set_cut(world, "other", "a", true));
    CondisNicClose(a.nic);
    CondisNicClose(b.nic);
}

static void delays_keep_the_order_and_their_bounds(void **state)
{
    (void)state;
    struct station a, b;
    const struct hub_shape shape = {.delay_100ns = 5 * EXEC_MS, .jitter_100ns = 20 * EXEC_MS};
    assert_true(hub_set_shape(world, "hub", &shape)); /* before the hub has a port */
    station_open(&a, 0, L"a");
    station_open(&b, 1, L"b");
    CondisNicJoin(b.nic, 9, NULL, FALSE, &b.member);
    CONDIS_FRAME frames[20];
    uint64_t began = exec_now(world);
    for (int i = 0; i < 20; i++) {
        frames[i] = frame_on(9);
        CondisNicSend(a.nic, &frames[i]);
    }
    run();
    assert_int_equal(b.received_count, 20);
    for (int i = 0; i < 20; i++) {
        assert_ptr_equal(b.received[i], &frames[i]);
        assert_true(b.at[i] >= began + 5 * EXEC_MS);
        assert_true(b.at[i] <= began + 26 * EXEC_MS);
    }
    CONDIS_FRAME left_behind = frame_on(9);
    CondisNicSend(a.nic, &left_behind);
    exec_run_until_idle(world, EXEC_MS);
    CondisNicLeave(b.member);
    run();
    assert_int_equal(b.received_count, 20);
    assert_int_equal(b.left_count, 1);
    CondisNicClose(a.nic);
    CondisNicClose(b.nic);
}

static void names_are_checked_and_one_station_has_one_port(void **state)
{
    (void)state;
    struct station a, b;
    WCHAR long_name[65];
    for (int i = 0; i < 64; i++)
        long_name[i] = 'x';
    long_name[64] = 0;
    station_open(&a, 0, L"a");
    assert_int_equal(station_try(&b, 1, L"hub", L"a"), NDIS_STATUS_RESOURCE_CONFLICT);
    assert_int_equal(station_try(&b, 1, L"hub", L""), NDIS_STATUS_INVALID_PARAMETER);
    assert_int_equal(station_try(&b, 1, L"", L"b"), NDIS_STATUS_INVALID_PARAMETER);
    assert_int_equal(station_try(&b, 1, L"hub", long_name), NDIS_STATUS_INVALID_PARAMETER);
    memset(&b, 0, sizeof(b));
    assert_int_equal(station_try(&b, 1, L"another", L"a"), NDIS_STATUS_SUCCESS);
    assert_int_equal(CondisNicPort(a.nic), 1);
    assert_int_equal(CondisNicPort(b.nic), 1);
    assert_int_equal(CondisNicJoin(a.nic, 0, NULL, FALSE, &a.member),
                     NDIS_STATUS_INVALID_PARAMETER);
    CondisNicClose(a.nic);
    CondisNicClose(b.nic);
    station_open(&a, 0, L"a"); /* the name is free again */
    CondisNicClose(a.nic);
}

#define TEST_IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_A_WORLD(a_control_frame_reaches_the_station_it_names_without_a_copy),
        TEST_IN_A_WORLD(a_frame_to_nobody_is_told_so),
        TEST_IN_A_WORLD(a_frame_comes_back_when_its_last_receiver_lets_go),
        TEST_IN_A_WORLD(a_held_member_holds_frames_back_until_it_resumes_or_leaves),
        TEST_IN_A_WORLD(both_ends_of_a_channel_may_send),
        TEST_IN_A_WORLD(a_cut_port_loses_what_waits_and_hears_of_it),
        TEST_IN_A_WORLD(delays_keep_the_order_and_their_bounds),
        TEST_IN_A_WORLD(names_are_checked_and_one_station_has_one_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
