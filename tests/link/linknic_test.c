/* SPDX-License-Identifier: MIT */
/* A NIC on a link: channels, what nobody joined, kept and held frames, the link's coming and going,
 * closing; two hosts over a simulated link, and names of links over TCP. */
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link/linknic.h"
#include "link/simlink.h"

#define FRAMES_MAX 64

struct station {
    PCONDIS_NIC nic;
    PCONDIS_NIC_MEMBER member;
    unsigned received_count;
    unsigned done_count;
    unsigned left_count;
    unsigned up_count;
    unsigned down_count;
    bool keep;
    PCONDIS_FRAME received[FRAMES_MAX];
    PCONDIS_NIC_MEMBER through[FRAMES_MAX];
    NDIS_STATUS last_status;
    void *last_context;
    ULONG last_channel;
    char last_payload[32];
};

static struct exec_world *world;
static struct exec *host[2];
static struct station at[2];
static char payload[] = "sixteen octets.";
static MDL mdls[2];

static NDIS_STATUS NTAPI on_receive(PVOID context, PCONDIS_NIC_MEMBER member, PVOID channel_context,
                                    PCONDIS_FRAME frame)
{
    struct station *station = context;
    ULONG bytes = 0;
    assert(exec_current()->irql == EXEC_DISPATCH);
    assert(station->received_count < FRAMES_MAX);
    for (PMDL mdl = frame->Mdl; mdl; mdl = mdl->Next) {
        assert(bytes + mdl->ByteCount <= sizeof(station->last_payload));
        memcpy(station->last_payload + bytes, mdl->MappedSystemVa, mdl->ByteCount);
        bytes += mdl->ByteCount;
    }
    assert(bytes == frame->Length);
    station->through[station->received_count] = member;
    station->received[station->received_count++] = frame;
    station->last_context = channel_context;
    station->last_channel = frame->Channel;
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
    if (connected)
        station->up_count++;
    else
        station->down_count++;
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

static NDIS_STATUS try_open(int i, const WCHAR *name)
{
    UNICODE_STRING medium = text(name);
    exec_switch(host[i]);
    return linknic_open(host[i], &medium, &calls, &at[i], &at[i].nic);
}

static void run(void)
{
    assert_int_equal(exec_run_until_idle(world, EXEC_FOREVER), EXEC_IDLE);
}

static int world_begin(void **state)
{
    (void)state;
    world = exec_world_create(&(struct exec_world_options){.kind = EXEC_SIMULATED, .seed = 3});
    assert_non_null(world);
    memset(at, 0, sizeof(at));
    for (uint32_t i = 0; i < 2; i++) {
        host[i] = exec_create(world, &(struct exec_options){.name = i ? "b" : "a", .index = i});
        assert_non_null(host[i]);
    }
    assert_non_null(exec_attach(host[0], 0));
    mdls[0] = (MDL){.Next = &mdls[1], .MappedSystemVa = payload, .ByteCount = 5};
    mdls[1] = (MDL){.MappedSystemVa = payload + 5, .ByteCount = sizeof(payload) - 5};
    return 0;
}

static void station_close(int i)
{
    exec_switch(host[i]);
    CondisNicClose(at[i].nic);
    at[i].nic = NULL;
}

static int world_end(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        if (at[i].nic)
            station_close(i);
    exec_switch(host[0]);
    simlink_forget_world(world);
    exec_destroy(host[1]);
    exec_detach();
    exec_destroy(host[0]);
    exec_world_destroy(world);
    return 0;
}

static void both_open(void)
{
    assert_int_equal(try_open(0, L"sim:wire"), NDIS_STATUS_SUCCESS);
    assert_int_equal(try_open(1, L"sim:wire"), NDIS_STATUS_SUCCESS);
    run();
    assert_int_equal(at[0].up_count, 1);
    assert_int_equal(at[1].up_count, 1);
}

static CONDIS_FRAME frame_on(ULONG channel)
{
    return (CONDIS_FRAME){.Channel = channel, .Mdl = mdls, .MdlOffset = 2, .Length = 13};
}

static void join(int i, ULONG channel, BOOLEAN held)
{
    assert_int_equal(CondisNicJoin(at[i].nic, channel, &at[i], held, &at[i].member),
                     NDIS_STATUS_SUCCESS);
}

static void send_one(CONDIS_FRAME *frame, NDIS_STATUS status)
{
    unsigned before = at[0].done_count;
    CondisNicSend(at[0].nic, frame);
    run();
    assert_int_equal(at[0].done_count, before + 1);
    assert_int_equal(at[0].last_status, status);
}

static void a_frame_goes_to_who_joined_its_channel(void **state)
{
    (void)state;
    both_open();
    join(1, 5, FALSE);
    CONDIS_FRAME signalling = frame_on(5), other = frame_on(1 << 16 | 5);
    send_one(&signalling, NDIS_STATUS_SUCCESS);
    send_one(&other, NDIS_STATUS_SUCCESS);
    assert_int_equal(at[1].received_count, 1);
    assert_int_equal(at[1].last_channel, 5);
    assert_ptr_equal(at[1].last_context, &at[1]);
    assert_memory_equal(at[1].last_payload, payload + 2, 13);
    CONDIS_NIC_STATISTICS counts;
    assert_int_equal(CondisNicStatistics(at[1].nic, &counts), NDIS_STATUS_SUCCESS);
    assert_int_equal(counts.FramesIn, 2);
    assert_int_equal(counts.FramesInvalid, 1);
    assert_int_equal(counts.BytesIn, 26);
    assert_int_equal(counts.Connects, 1);
    assert_int_equal(CondisNicPort(at[1].nic), 0);
}

static void every_membership_of_a_channel_receives(void **state)
{
    (void)state;
    both_open();
    PCONDIS_NIC_MEMBER members[3];
    for (int i = 0; i < 3; i++) {
        join(1, 100, FALSE);
        members[i] = at[1].member;
    }
    CONDIS_FRAME frame = frame_on(100);
    send_one(&frame, NDIS_STATUS_SUCCESS);
    assert_int_equal(at[1].received_count, 3);
    CondisNicLeave(members[0]); /* the first, which stands for the others */
    run();
    assert_int_equal(at[1].left_count, 1);
    send_one(&frame, NDIS_STATUS_SUCCESS);
    assert_int_equal(at[1].received_count, 5);
    CondisNicLeave(members[1]);
    CondisNicLeave(members[2]);
    send_one(&frame, NDIS_STATUS_SUCCESS);
    assert_int_equal(at[1].received_count, 5);
    assert_int_equal(at[1].left_count, 3);
}

static void what_cannot_be_sent_comes_back_with_the_reason(void **state)
{
    (void)state;
    both_open();
    CONDIS_FRAME nowhere = frame_on(0), far_vpi = frame_on(256u << 16 | 32),
                 short_chain = frame_on(40), too_long = frame_on(40);
    short_chain.Length = 15;
    too_long.Length = 65536;
    send_one(&nowhere, NDIS_STATUS_NO_ROUTE_TO_DESTINATION);
    send_one(&far_vpi, NDIS_STATUS_NO_ROUTE_TO_DESTINATION);
    send_one(&short_chain, NDIS_STATUS_INVALID_LENGTH);
    send_one(&too_long, NDIS_STATUS_INVALID_LENGTH);
    PCONDIS_NIC_MEMBER member;
    assert_int_equal(CondisNicJoin(at[0].nic, 0, NULL, FALSE, &member),
                     NDIS_STATUS_INVALID_PARAMETER);
    assert_int_equal(CondisNicJoin(at[0].nic, 256u << 16, NULL, FALSE, &member),
                     NDIS_STATUS_INVALID_PARAMETER);
}

static void a_link_that_is_down_is_told_and_comes_again(void **state)
{
    (void)state;
    CONDIS_FRAME frame = frame_on(40);
    assert_int_equal(try_open(0, L"sim:wire"), NDIS_STATUS_SUCCESS);
    send_one(&frame, NDIS_STATUS_MEDIA_DISCONNECTED);
    assert_int_equal(at[0].up_count, 0);
    assert_int_equal(try_open(1, L"sim:wire"), NDIS_STATUS_SUCCESS);
    run();
    assert_true(simlink_set_cut(world, "wire", true));
    run();
    assert_int_equal(at[0].down_count, 1);
    assert_int_equal(at[1].down_count, 1);
    exec_switch(host[0]);
    send_one(&frame, NDIS_STATUS_MEDIA_DISCONNECTED);
    assert_true(simlink_set_cut(world, "wire", false));
    run();
    assert_int_equal(at[0].up_count, 2);
    join(1, 40, FALSE);
    send_one(&frame, NDIS_STATUS_SUCCESS);
    assert_int_equal(at[1].received_count, 1);
}

static void kept_frames_come_back_and_let_the_membership_end(void **state)
{
    (void)state;
    both_open();
    at[1].keep = true;
    join(1, 40, FALSE);
    CONDIS_FRAME frame = frame_on(40);
    for (int i = 0; i < 3; i++)
        send_one(&frame, NDIS_STATUS_SUCCESS);
    assert_int_equal(at[1].received_count, 3);
    CondisNicLeave(at[1].member);
    run();
    assert_int_equal(at[1].left_count, 0);
    for (unsigned i = 0; i < 3; i++)
        CondisNicReturn(at[1].through[i], at[1].received[i]);
    run();
    assert_int_equal(at[1].left_count, 1);
}

static void a_held_membership_waits_for_its_resume(void **state)
{
    (void)state;
    both_open();
    join(1, 40, TRUE);
    CONDIS_FRAME frame = frame_on(40);
    send_one(&frame, NDIS_STATUS_SUCCESS);
    send_one(&frame, NDIS_STATUS_SUCCESS);
    assert_int_equal(at[1].received_count, 0);
    CondisNicResume(at[1].member);
    run();
    assert_int_equal(at[1].received_count, 2);
    CondisNicResume(at[1].member);
    send_one(&frame, NDIS_STATUS_SUCCESS);
    assert_int_equal(at[1].received_count, 3);
}

static void closing_ends_everything_once(void **state)
{
    (void)state;
    both_open();
    join(1, 40, TRUE);
    join(0, 41, FALSE);
    static CONDIS_FRAME frames[20];
    for (int i = 0; i < 20; i++) {
        frames[i] = frame_on(40);
        CondisNicSend(at[0].nic, &frames[i]);
    }
    station_close(0);
    assert_int_equal(at[0].done_count, 20);
    assert_int_equal(at[0].left_count, 1);
    run();
    station_close(1);
    assert_int_equal(at[1].left_count, 1);
    assert_int_equal(at[1].received_count, 0);
}

static void names_that_are_no_link_are_refused(void **state)
{
    (void)state;
    UNICODE_STRING hub = text(L"hub"), sim = text(L"sim:x"), tcp = text(L"tcp:x");
    assert_false(linknic_is_name(&hub));
    assert_true(linknic_is_name(&sim));
    assert_true(linknic_is_name(&tcp));
    assert_int_equal(try_open(0, L"sim:"), NDIS_STATUS_INVALID_PARAMETER);
    assert_int_equal(try_open(0, L"tcp:"), NDIS_STATUS_INVALID_PARAMETER);
    static const WCHAR *const bad[] = {L"tcp:host:",      L"tcp:host:x",  L"tcp:host:0",
                                       L"tcp:host:65536", L"tcp:[::1",    L"tcp:[::1]2812",
                                       L"tcp::2812",      L"tcp:host:12x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(try_open(0, bad[i]), NDIS_STATUS_INVALID_PARAMETER);
    static const WCHAR *const good[] = {L"tcp:host",  L"tcp:host:2812",  L"tcp:::1",
                                        L"tcp:[::1]", L"tcp:[::1]:2812", L"tcp:10.0.0.1:1"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) /* but not in simulated worlds */
        assert_int_equal(try_open(0, good[i]), NDIS_STATUS_NOT_SUPPORTED);
    assert_null(at[0].nic);
}

static void a_third_end_is_one_too_many(void **state)
{
    (void)state;
    both_open();
    struct station third = {0};
    UNICODE_STRING medium = text(L"sim:wire");
    assert_int_equal(linknic_open(host[1], &medium, &calls, &third, &third.nic),
                     NDIS_STATUS_RESOURCE_CONFLICT);
    assert_null(third.nic);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_frame_goes_to_who_joined_its_channel),
        WORLD_TEST(every_membership_of_a_channel_receives),
        WORLD_TEST(what_cannot_be_sent_comes_back_with_the_reason),
        WORLD_TEST(a_link_that_is_down_is_told_and_comes_again),
        WORLD_TEST(kept_frames_come_back_and_let_the_membership_end),
        WORLD_TEST(a_held_membership_waits_for_its_resume),
        WORLD_TEST(closing_ends_everything_once),
        WORLD_TEST(names_that_are_no_link_are_refused),
        WORLD_TEST(a_third_end_is_one_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
