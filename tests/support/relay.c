/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "relay.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAIRS_MAX = 64, BUFFER_BYTES = 65536 };

/* One way of a connection: what was read and not written yet. */
struct way {
    uint8_t *bytes;
    size_t from;
    size_t to;
};

struct pair {
    int fds[2]; /* client, server; -1: none */
    struct way ways[2];
    bool stranded; /* there is no client any more, and the server does not know */
};

struct relay {
    pid_t pid;
    int listener;
    int orders[2]; /* the test's end, the relay's */
    uint16_t port;
    uint16_t target_port;
    bool cut;
    struct pair pairs[PAIRS_MAX];
    uint32_t pair_count;
};

static int loopback_socket(uint16_t port, bool listens)
{
    const struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (listens ? bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 16) == 0
                : connect(fd, (const struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

static void pair_close(struct relay *relay, uint32_t at)
{
    struct pair *pair = &relay->pairs[at];

    for (int side = 0; side < 2; side++) {
        if (pair->fds[side] >= 0)
            close(pair->fds[side]);
        free(pair->ways[side].bytes);
    }
    *pair = relay->pairs[--relay->pair_count];
}

static void relay_accept(struct relay *relay)
{
    int client = accept4(relay->listener, NULL, NULL, SOCK_CLOEXEC);
    int server = -1;

    if (client < 0)
        return;
    if (!relay->cut && relay->pair_count < PAIRS_MAX)
        server = loopback_socket(relay->target_port, false);
    struct pair pair = {.fds = {client, server}};
    for (int side = 0; side < 2; side++)
        pair.ways[side].bytes = malloc(BUFFER_BYTES);
    relay->pairs[relay->pair_count++] = pair;
    if (server < 0 || !pair.ways[0].bytes || !pair.ways[1].bytes)
        pair_close(relay, relay->pair_count - 1);
}

/* Moves what can be moved from one side. returns false: the connection is over. */
static bool pair_move(struct pair *pair, int side, short events)
{
    struct way *way = &pair->ways[side];

    if (events & (POLLIN | POLLHUP | POLLERR) && way->from == way->to) {
        ssize_t got = recv(pair->fds[side], way->bytes, BUFFER_BYTES, MSG_DONTWAIT);
        if (got == 0)
            return false;
        way->from = 0;
        way->to = got > 0 ? (size_t)got : 0;
    }
    if (pair->stranded)
        way->from = way->to; /* into the void */
    if (way->from < way->to) {
        ssize_t sent = send(pair->fds[!side], way->bytes + way->from, way->to - way->from,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0)
            way->from += (size_t)sent;
    }
    return true;
}

static short wanted(const struct pair *pair, int side)
{
    short events = 0;

    if (pair->ways[side].from == pair->ways[side].to)
        events |= POLLIN;
    if (pair->ways[!side].from < pair->ways[!side].to)
        events |= POLLOUT;
    return events;
}

static void obey(struct relay *relay, char order)
{
    if (order == 'c' || order == 'm')
        relay->cut = order == 'c';
    if (order == 'c')
        while (relay->pair_count > 0)
            pair_close(relay, 0);
    for (uint32_t i = 0; order == 's' && i < relay->pair_count; i++) {
        struct pair *pair = &relay->pairs[i];
        if (!pair->stranded)
            close(pair->fds[0]);
        pair->fds[0] = -1;
        pair->stranded = true;
    }
}

static void relay_turn(struct relay *relay, struct pollfd *polls)
{
    uint32_t count = relay->pair_count;

    for (uint32_t i = 0; i < count; i++)
        for (int side = 0; side < 2; side++)
            polls[2 + 2 * i + (uint32_t)side] = (struct pollfd){
                .fd = relay->pairs[i].fds[side], .events = wanted(&relay->pairs[i], side)};
    if (poll(polls, 2 + 2 * count, -1) <= 0)
        return;
    for (uint32_t i = count; i-- > 0;) {
        bool lives = true;
        for (int side = 0; side < 2 && lives; side++)
            if (relay->pairs[i].fds[side] >= 0)
                lives =
                    pair_move(&relay->pairs[i], side, polls[2 + 2 * i + (uint32_t)side].revents);
        if (!lives)
            pair_close(relay, i);
    }
    if (polls[0].revents)
        relay_accept(relay);
}

static void relay_run(struct relay *relay)
{
    struct pollfd *polls = calloc(2 + 2 * PAIRS_MAX, sizeof *polls);
    char order = 0;

    while (polls && order != 'e') {
        polls[0] = (struct pollfd){.fd = relay->listener, .events = POLLIN};
        polls[1] = (struct pollfd){.fd = relay->orders[1], .events = POLLIN};
        relay_turn(relay, polls);
        if (!polls[1].revents)
            continue;
        if (read(relay->orders[1], &order, 1) != 1)
            break;
        obey(relay, order);
        if (write(relay->orders[1], &order, 1) != 1)
            break;
    }
    while (relay->pair_count > 0)
        pair_close(relay, 0);
    free(polls);
}

/* In the child: it keeps none of the test's descriptors, whose ends others wait for. */
static void relay_main(struct relay *relay)
{
    enum { LISTENER = 3, ORDERS = 4 };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int listener = fcntl(relay->listener, F_DUPFD, ORDERS + 1);
    int orders = fcntl(relay->orders[1], F_DUPFD, ORDERS + 1);
    if (listener < 0 || orders < 0 || dup2(listener, LISTENER) < 0 || dup2(orders, ORDERS) < 0)
        _exit(1);
    closefrom(ORDERS + 1);
    relay->listener = LISTENER;
    relay->orders[1] = ORDERS;
    relay_run(relay);
    _exit(0);
}

struct relay *relay_begin(uint16_t target_port)
{
    struct sockaddr_in at;
    socklen_t bytes = sizeof at;
    struct relay *relay = calloc(1, sizeof *relay);

    if (!relay)
        return NULL;
    relay->target_port = target_port;
    relay->listener = loopback_socket(0, true);
    if (relay->listener < 0 || getsockname(relay->listener, (struct sockaddr *)&at, &bytes) != 0)
        goto free_relay;
    relay->port = ntohs(at.sin_port);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, relay->orders) != 0)
        goto close_listener;
    relay->pid = fork();
    if (relay->pid == 0)
        relay_main(relay);
    close(relay->orders[1]);
    if (relay->pid > 0) {
        close(relay->listener);
        return relay;
    }
    close(relay->orders[0]);
close_listener:
    close(relay->listener);
free_relay:
    free(relay);
    return NULL;
}

uint16_t relay_port(const struct relay *relay)
{
    return relay->port;
}

static void relay_order(struct relay *relay, char order)
{
    char answer;

    if (write(relay->orders[0], &order, 1) != 1 || read(relay->orders[0], &answer, 1) != 1)
        abort();
}

void relay_cut(struct relay *relay)
{
    relay_order(relay, 'c');
}

void relay_mend(struct relay *relay)
{
    relay_order(relay, 'm');
}

void relay_strand(struct relay *relay)
{
    relay_order(relay, 's');
}

void relay_end(struct relay *relay)
{
    relay_order(relay, 'e');
    waitpid(relay->pid, NULL, 0);
    close(relay->orders[0]);
    free(relay);
}
