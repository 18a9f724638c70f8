/* SPDX-License-Identifier: MIT */
/* Links over TCP on loopback: a client and what a listener accepted, on two processors. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "far.h"
#include "link/linknic.h"
#include "link/tcp.h"

#define PATIENCE (30 * EXEC_SECOND)

static struct exec_world *world;
static struct exec *host;
static struct exec_waitable told;
static struct far client, server;
static struct tcp_listener *listener;
static _Atomic unsigned listener_closed;
static _Atomic unsigned accepted_count;
static uint32_t server_blocks;
static char error[TCP_ERROR_CHARACTERS];

#define UNTIL(condition)                                                                           \
    do {                                                                                           \
        while (!(condition))                                                                       \
            if (exec_wait_one(&told, PATIENCE, "test") != EXEC_WAIT_SIGNALLED)                     \
                fail_msg("waited in vain for " #condition);                                        \
    } while (0)

static void on_accepted(void *context, int socket, const char *peer)
{
    (void)context;
    assert(exec_current()->irql == EXEC_DISPATCH);
    assert(strstr(peer, " port "));
    struct link_options options = far_options(&server, host);
    options.processor = 1;
    options.block_count_max = server_blocks;
    server.link = tcp_adopt(&options, socket);
    assert(server.link);
    accepted_count++;
}

static void on_listener_closed(void *context)
{
    (void)context;
    listener_closed++;
    (void)exec_signal_set(world, &told);
}

static void listen_on(const char *name, uint16_t port)
{
    struct tcp_listener_options options = {.exec = host,
                                           .host = name,
                                           .port = port,
                                           .accepted = on_accepted,
                                           .closed = on_listener_closed};
    listener = tcp_listen(&options, error);
}

static void listen_end(void)
{
    unsigned before = listener_closed;
    tcp_listener_close(listener);
    UNTIL(listener_closed == before + 1);
    listener = NULL;
}

static void client_open(const char *name, uint16_t port)
{
    struct link_options options = far_options(&client, host);
    client.link = tcp_connect(&options, name, port);
    assert_non_null(client.link);
}

static int world_begin(void **state)
{
    (void)state;
    world = exec_world_create(&(struct exec_world_options){.kind = EXEC_LIVE});
    assert_non_null(world);
    host = exec_create(world, &(struct exec_options){.name = "host"});
    assert_non_null(host);
    assert_non_null(exec_attach(host, 0));
    exec_waitable_init(&told, EXEC_EVENT_SYNCHRONIZATION, 0);
    memset(&client, 0, sizeof(client));
    memset(&server, 0, sizeof(server));
    client.told = server.told = &told;
    server_blocks = 0;
    accepted_count = 0;
    return 0;
}

static int world_end(void **state)
{
    (void)state;
    if (listener)
        listen_end();
    if (client.link) {
        unsigned before = client.closed;
        link_close(client.link);
        UNTIL(client.closed == before + 1);
    }
    UNTIL(server.closed == accepted_count); /* each ends by itself when its connection does */
    assert_int_equal(exec_destroy(host), 0);
    exec_world_destroy(world);
    return 0;
}

static void both_up(const char *listen_name, const char *connect_name)
{
    listen_on(listen_name, 0);
    assert_non_null(listener);
    client_open(connect_name, tcp_listener_port(listener));
    UNTIL(client.ups == 1 && server.ups == 1);
}

static void frames_of_all_sizes_go_there_and_back(void **state)
{
    (void)state;
    both_up("127.0.0.1", "127.0.0.1");
    server.echo = true;
    static const uint32_t sizes[] = {0, 1, 7, 8, 9, 48, 4096, 65535, 3, 60000};
    for (uint16_t round = 0; round < 20; round++)
        for (uint16_t i = 0; i < 10; i++)
            far_send(&client, (uint16_t)(100 + 2 * i), sizes[i], 1000u + i);
    UNTIL(client.received == 200);
    assert_int_equal(server.received, 200);
    assert_int_equal(client.last_vci, 119);
    UNTIL(client.sent == 200 && server.sent == 200);
    struct link_statistics statistics;
    link_statistics_read(client.link, &statistics);
    assert_int_equal(statistics.frames_out, 200);
    assert_int_equal(statistics.frames_in, 200);
    assert_int_equal(statistics.bytes_in, statistics.bytes_out);
}

static void a_name_is_looked_up(void **state)
{
    (void)state;
    both_up(NULL, "localhost");
    far_send(&client, 40, 10, 10);
    UNTIL(server.received == 1);
}

static void ipv6_works_where_there_is_any(void **state)
{
    (void)state;
    listen_on("::1", 0);
    if (!listener)
        skip();
    client_open("::1", tcp_listener_port(listener));
    UNTIL(client.ups == 1);
    far_send(&client, 40, 10, 10);
    UNTIL(server.received == 1);
}

static void a_client_tries_again_until_there_is_a_server(void **state)
{
    (void)state;
    listen_on("127.0.0.1", 0);
    uint16_t port = tcp_listener_port(listener);
    listen_end();
    client_open("127.0.0.1", port);
    far_send(&client, 40, 10, 10);
    UNTIL(client.failed == 1);
    struct link_statistics statistics;
    link_statistics_read(client.link, &statistics);
    listen_on("127.0.0.1", port);
    assert_non_null(listener);
    UNTIL(client.ups == 1 && server.ups == 1);
    link_close(server.link); /* the connection goes; the client comes again */
    UNTIL(client.downs == 1 && server.closed == 1);
    UNTIL(client.ups == 2 && server.ups == 2);
    far_send(&client, 40, 10, 10);
    UNTIL(server.received == 1);
}

static void a_server_that_keeps_everything_is_not_sent_more(void **state)
{
    (void)state;
    server_blocks = 2;
    server.keep = true;
    both_up("127.0.0.1", "127.0.0.1");
    for (int i = 0; i < 2000; i++)
        far_send(&client, 40, 10000, 10000);
    struct link_statistics statistics = {0};
    do {
        UNTIL(server.received >= 26); /* in two blocks of 128 KiB */
        link_statistics_read(server.link, &statistics);
    } while (statistics.stalls == 0);
    assert_int_equal(server.received, 26);
    assert_true(client.sent < 2000);
    server.keep = false;
    for (unsigned i = 0; i < server.kept_count; i++)
        atmtcp_view_release(&server.kept[i]);
    UNTIL(server.received == 2000);
    UNTIL(client.sent == 2000);
}

static void what_is_no_atmtcp_is_hung_up_on(void **state)
{
    (void)state;
    listen_on("127.0.0.1", 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(tcp_listener_port(listener)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    static const char nonsense[] = "GET / HTTP/1.0\r\n\r\n";
    char answer;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(write(fd, nonsense, sizeof(nonsense)), sizeof(nonsense));
    assert_true(read(fd, &answer, 1) <= 0);
    close(fd);
    UNTIL(server.downs == 1 && server.closed == 1);
    assert_int_equal(server.received, 0);
}

static void the_owner_may_cut_and_close_at_any_time(void **state)
{
    (void)state;
    both_up("127.0.0.1", "127.0.0.1");
    for (int i = 0; i < 200; i++)
        far_send(&client, 40, 60000, 60000);
    link_cut(client.link);
    UNTIL(client.downs == 1);
    UNTIL(client.sent + client.failed == 200);
    UNTIL(client.ups == 2);
    link_close(client.link);
    UNTIL(client.closed == 1);
}

static void an_address_that_is_taken_is_told(void **state)
{
    (void)state;
    listen_on("127.0.0.1", 0);
    struct tcp_listener *first = listener;
    listen_on("127.0.0.1", tcp_listener_port(first));
    assert_null(listener);
    assert_non_null(strstr(error, "in use"));
    listener = first;
}

/* ---- a NIC whose medium is such a link ---- */

#define NIC_FRAMES 100

static struct {
    _Atomic unsigned received, done, left, ups;
    _Atomic uint64_t bytes;
    PCONDIS_NIC_MEMBER kept_through[NIC_FRAMES];
    PCONDIS_FRAME kept[NIC_FRAMES];
} nic;

static NDIS_STATUS NTAPI nic_received(PVOID context, PCONDIS_NIC_MEMBER member, PVOID channel,
                                      PCONDIS_FRAME frame)
{
    (void)context;
    (void)channel;
    assert(nic.received < NIC_FRAMES);
    nic.kept_through[nic.received] = member;
    nic.kept[nic.received] = frame;
    nic.bytes += frame->Length;
    nic.received++;
    (void)exec_signal_set(world, &told);
    return NDIS_STATUS_PENDING;
}

static VOID NTAPI nic_done(PVOID context, PCONDIS_FRAME frame, NDIS_STATUS status)
{
    (void)context;
    (void)frame;
    assert(status == NDIS_STATUS_SUCCESS);
    nic.done++;
    (void)exec_signal_set(world, &told);
}

static VOID NTAPI nic_left(PVOID context, PVOID channel)
{
    (void)context;
    (void)channel;
    nic.left++;
}

static VOID NTAPI nic_changed(PVOID context, BOOLEAN connected)
{
    (void)context;
    if (connected)
        nic.ups++;
    (void)exec_signal_set(world, &told);
}

static PCONDIS_NIC nic_open(void)
{
    static const CONDIS_NIC_CHARACTERISTICS calls = {nic_received, nic_done, nic_left, nic_changed};
    char text[64];
    WCHAR wide[64];
    PCONDIS_NIC port = NULL;
    int characters = snprintf(text, sizeof(text), "tcp:127.0.0.1:%u", tcp_listener_port(listener));
    for (int i = 0; i < characters; i++)
        wide[i] = (WCHAR)text[i];
    UNICODE_STRING name = {(USHORT)(characters * 2), sizeof(wide), wide};
    assert_int_equal(linknic_open(host, &name, &calls, NULL, &port), NDIS_STATUS_SUCCESS);
    return port;
}

/* The frames travel to the server and back on VCI 41, where each is kept until all are here. */
static void a_nic_sends_and_receives_over_tcp(void **state)
{
    (void)state;
    static uint8_t payload[9000];
    static CONDIS_FRAME frames[NIC_FRAMES];
    MDL mdl = {.MappedSystemVa = payload, .ByteCount = sizeof(payload)};
    PCONDIS_NIC_MEMBER member;
    memset(&nic, 0, sizeof(nic));
    for (uint32_t i = 0; i < sizeof(payload); i++)
        payload[i] = far_octet(40, i);
    server.echo = true;
    listen_on("127.0.0.1", 0);
    PCONDIS_NIC port = nic_open();
    const struct nic_ops *ops = ((struct nic_head *)(void *)port)->ops;
    assert_int_equal(ops->join(port, 41, NULL, FALSE, &member), NDIS_STATUS_SUCCESS);
    UNTIL(nic.ups == 1 && server.ups == 1);
    for (uint32_t i = 0; i < NIC_FRAMES; i++) {
        frames[i] = (CONDIS_FRAME){.Channel = 40, .Mdl = &mdl, .Length = 1 + i * 89};
        ops->send(port, &frames[i]);
    }
    UNTIL(nic.received == NIC_FRAMES && nic.done == NIC_FRAMES);
    assert_int_equal(nic.bytes, NIC_FRAMES + 89u * NIC_FRAMES * (NIC_FRAMES - 1) / 2);
    for (uint32_t i = 0; i < NIC_FRAMES; i++) {
        assert_int_equal(nic.kept[i]->Length, 1 + i * 89);
        ops->give_back(nic.kept_through[i], nic.kept[i]);
    }
    ops->close(port);
    assert_int_equal(nic.left, 1);
    UNTIL(server.closed == 1);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(frames_of_all_sizes_go_there_and_back),
        WORLD_TEST(a_name_is_looked_up),
        WORLD_TEST(ipv6_works_where_there_is_any),
        WORLD_TEST(a_client_tries_again_until_there_is_a_server),
        WORLD_TEST(a_server_that_keeps_everything_is_not_sent_more),
        WORLD_TEST(what_is_no_atmtcp_is_hung_up_on),
        WORLD_TEST(the_owner_may_cut_and_close_at_any_time),
        WORLD_TEST(an_address_that_is_taken_is_told),
        WORLD_TEST(a_nic_sends_and_receives_over_tcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
