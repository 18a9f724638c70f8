/* SPDX-License-Identifier: MIT */
/* The wire over TCP. Sockets are polled by the processor's libuv loop, and read and written
 * directly, so that a batch of frames is one call and nothing is copied or allocated for it. */
#define _GNU_SOURCE
#include "link/tcp.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "link/tcp_inside.h"
#include "link/wire.h"

#define READS_A_TURN 4u /* of up to a block each, before other sockets get their turn */

struct tcp;

/* One connection; outlives its use until libuv let go of it. */
struct tcp_socket {
    uv_poll_t poll;
    struct tcp *tcp;
    int fd;
};

struct tcp {
    struct link *link;
    uv_loop_t *loop;
    char *host;
    uint16_t port;
    int accepted_fd; /* -1: a client */
    uv_getaddrinfo_t resolve;
    bool resolving;
    bool resolve_stale; /* its answer is for a try that was dropped */
    bool again;         /* another try waits for the end of a stale look-up */
    struct addrinfo *addresses;
    struct addrinfo *next_address;
    struct tcp_socket *socket; /* the current one, or NULL */
    uint32_t open_count;       /* sockets that libuv has not let go of, and the look-up */
    bool up;
    bool wanted;
    bool blocked;
    bool closing;
    char reason[TCP_ERROR_CHARACTERS];
};

static void tcp_try_next(struct tcp *tcp);

static void tcp_lost(struct tcp *tcp, const char *why)
{
    if (tcp->host)
        (void)snprintf(tcp->reason, sizeof(tcp->reason), "%s port %u: %s", tcp->host, tcp->port,
                       why);
    else
        (void)snprintf(tcp->reason, sizeof(tcp->reason), "%s", why);
    link_wire_lost(tcp->link, tcp->reason);
}

static void tcp_end_if_done(struct tcp *tcp)
{
    if (!tcp->closing || tcp->open_count > 0)
        return;
    struct link *link = tcp->link;
    free(tcp->host);
    free(tcp);
    link_wire_closed(link);
}

/* ---- one connection ---- */

static void on_socket_closed(uv_handle_t *handle)
{
    struct tcp_socket *socket = handle->data;
    struct tcp *tcp = socket->tcp;
    struct link *link = tcp->link;
    (void)close(socket->fd);
    free(socket);
    tcp_io_begin();
    link_enter(link);
    tcp->open_count--;
    tcp_end_if_done(tcp);
    link_leave(link);
    tcp_io_end();
}

static void tcp_drop_socket(struct tcp *tcp)
{
    struct tcp_socket *socket = tcp->socket;
    tcp->socket = NULL;
    tcp->up = false;
    tcp->wanted = false;
    tcp->blocked = false;
    if (!socket)
        return;
    (void)uv_poll_stop(&socket->poll);
    (void)shutdown(socket->fd, SHUT_RDWR); /* now; the descriptor goes with libuv's next turn */
    uv_close((uv_handle_t *)&socket->poll, on_socket_closed);
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void tcp_poll(struct tcp *tcp)
{
    int events = tcp->wanted ? UV_READABLE : 0;
    if (tcp->blocked || !tcp->up)
        events |= UV_WRITABLE;
    if (events)
        (void)uv_poll_start(&tcp->socket->poll, events, on_poll);
    else
        (void)uv_poll_stop(&tcp->socket->poll);
}

/* Takes a descriptor into the loop. returns false, with it closed: no memory or not pollable. */
static bool tcp_take_socket(struct tcp *tcp, int fd)
{
    struct tcp_socket *socket = calloc(1, sizeof(*socket));
    if (!socket || uv_poll_init(tcp->loop, &socket->poll, fd)) {
        free(socket);
        (void)close(fd);
        return false;
    }
    socket->poll.data = socket;
    socket->tcp = tcp;
    socket->fd = fd;
    tcp->socket = socket;
    tcp->open_count++;
    return true;
}

static int socket_error(int fd)
{
    int error = 0;
    socklen_t bytes = sizeof(error);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes))
        error = errno;
    return error;
}

static void tcp_connected(struct tcp *tcp)
{
    int error = socket_error(tcp->socket->fd);
    if (error) {
        (void)snprintf(tcp->reason, sizeof(tcp->reason), "%s", strerror(error));
        tcp_drop_socket(tcp);
        tcp_try_next(tcp);
        return;
    }
    tcp->up = true;
    tcp_poll(tcp);
    link_wire_up(tcp->link);
}

/* Reads until the socket is empty, nothing more is wanted, or others want their turn. */
static void tcp_read(struct tcp *tcp)
{
    for (uint32_t i = 0; i < READS_A_TURN && tcp->up; i++) {
        size_t room_bytes = 0;
        uint8_t *room = link_wire_room(tcp->link, &room_bytes);
        if (!room)
            return;
        ssize_t bytes = recv(tcp->socket->fd, room, room_bytes, 0);
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (bytes <= 0) {
            tcp_lost(tcp, bytes ? strerror(errno) : "closed by the peer");
            return;
        }
        if (!link_wire_filled(tcp->link, (size_t)bytes) || (size_t)bytes < room_bytes)
            return;
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct tcp_socket *socket = poll->data;
    struct tcp *tcp = socket->tcp;
    if (socket != tcp->socket)
        return; /* dropped, and on its way out */
    struct link *link = tcp->link;
    tcp_io_begin();
    link_enter(link);
    if (!tcp->up) {
        tcp_connected(tcp);
    } else {
        if (events & UV_WRITABLE && tcp->blocked) {
            tcp->blocked = false;
            link_wire_writable(link);
        }
        if (tcp->socket == socket && (events & UV_READABLE || status < 0))
            tcp_read(tcp);
        if (tcp->socket == socket && status < 0) {
            int error = socket_error(socket->fd);
            tcp_lost(tcp, error ? strerror(error) : "the connection failed");
        }
        if (tcp->socket == socket)
            tcp_poll(tcp);
    }
    link_leave(link);
    tcp_io_end();
}

void tcp_socket_prepare(int fd)
{
    const int on = 1, idle_s = 30, interval_s = 10, probe_count = 3;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof(interval_s));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probe_count, sizeof(probe_count));
}

/* ---- trying ---- */

/* returns false: this address did not work, *error says why. */
static bool tcp_try_address(struct tcp *tcp, const struct addrinfo *address, int *error)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    *error = errno;
    if (fd < 0)
        return false;
    tcp_socket_prepare(fd);
    if (connect(fd, address->ai_addr, address->ai_addrlen) && errno != EINPROGRESS) {
        *error = errno;
        (void)close(fd);
        return false;
    }
    *error = ENOMEM;
    if (!tcp_take_socket(tcp, fd))
        return false;
    tcp_poll(tcp);
    return true;
}

static void tcp_free_addresses(struct tcp *tcp)
{
    if (tcp->addresses)
        freeaddrinfo(tcp->addresses);
    tcp->addresses = tcp->next_address = NULL;
}

static void tcp_try_next(struct tcp *tcp)
{
    while (tcp->next_address) {
        struct addrinfo *address = tcp->next_address;
        int error = 0;
        tcp->next_address = address->ai_next;
        if (tcp_try_address(tcp, address, &error))
            return;
        (void)snprintf(tcp->reason, sizeof(tcp->reason), "%s", strerror(error));
    }
    char why[TCP_ERROR_CHARACTERS / 2];
    (void)snprintf(why, sizeof(why), "%.*s", (int)sizeof(why) - 1, tcp->reason);
    tcp_lost(tcp, why);
}

static void tcp_resolve(struct tcp *tcp);

static void on_resolved(uv_getaddrinfo_t *resolve, int status, struct addrinfo *addresses)
{
    struct tcp *tcp = resolve->data;
    struct link *link = tcp->link;
    tcp_io_begin();
    link_enter(link);
    tcp->resolving = false;
    tcp->open_count--;
    if (tcp->closing || tcp->resolve_stale) {
        if (addresses)
            uv_freeaddrinfo(addresses);
        if (tcp->closing)
            tcp_end_if_done(tcp);
        else if (tcp->again)
            tcp_resolve(tcp);
    } else if (status) {
        tcp_lost(tcp, uv_strerror(status));
    } else {
        tcp->addresses = tcp->next_address = addresses;
        tcp_try_next(tcp);
    }
    link_leave(link);
    tcp_io_end();
}

/* Numbers are answered at once, names by a thread of libuv's. */
static void tcp_resolve(struct tcp *tcp)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
    char service[8];
    (void)snprintf(service, sizeof(service), "%u", tcp->port);
    tcp->again = false;
    tcp_free_addresses(tcp);
    if (getaddrinfo(tcp->host, service, &hints, &tcp->addresses) == 0) {
        tcp->next_address = tcp->addresses;
        tcp_try_next(tcp);
        return;
    }
    tcp->addresses = NULL;
    hints.ai_flags = 0;
    tcp->resolve.data = tcp;
    tcp->resolve_stale = false;
    int error = uv_getaddrinfo(tcp->loop, &tcp->resolve, on_resolved, tcp->host, service, &hints);
    if (error) {
        tcp_lost(tcp, uv_strerror(error));
        return;
    }
    tcp->resolving = true;
    tcp->open_count++;
}

/* ---- the wire ---- */

static void wire_connect(void *wire)
{
    struct tcp *tcp = wire;
    if (tcp->accepted_fd >= 0) {
        int fd = tcp->accepted_fd;
        tcp->accepted_fd = -1;
        if (tcp_take_socket(tcp, fd))
            tcp_connected(tcp);
        else
            tcp_lost(tcp, "no memory");
    } else if (tcp->resolving) {
        tcp->again = true;
    } else {
        tcp_resolve(tcp);
    }
}

static ssize_t wire_write(void *wire, const struct iovec *pieces, uint32_t piece_count)
{
    struct tcp *tcp = wire;
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)pieces,
                             .msg_iovlen = piece_count};
    size_t all_bytes = 0;
    ssize_t bytes;
    for (uint32_t i = 0; i < piece_count; i++)
        all_bytes += pieces[i].iov_len;
    do {
        bytes = sendmsg(tcp->socket->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (bytes < 0 && errno == EINTR);
    if (bytes < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
        return -1;
    if (bytes < 0)
        bytes = 0;
    if ((size_t)bytes < all_bytes) {
        tcp->blocked = true;
        tcp_poll(tcp);
    }
    return bytes;
}

static void wire_want(void *wire, bool wanted)
{
    struct tcp *tcp = wire;
    tcp->wanted = wanted;
    if (tcp->socket)
        tcp_poll(tcp);
}

static void wire_drop(void *wire)
{
    struct tcp *tcp = wire;
    tcp_drop_socket(tcp);
    tcp_free_addresses(tcp);
    tcp->again = false;
    if (tcp->resolving) {
        tcp->resolve_stale = true;
        (void)uv_cancel((uv_req_t *)&tcp->resolve);
    }
}

static void wire_close(void *wire)
{
    struct tcp *tcp = wire;
    tcp->closing = true;
    wire_drop(tcp);
    if (tcp->accepted_fd >= 0)
        (void)close(tcp->accepted_fd);
    tcp->accepted_fd = -1;
    tcp_end_if_done(tcp);
}

static const struct wire_ops tcp_ops = {10 * EXEC_SECOND, wire_connect, wire_write,
                                        wire_want,        wire_drop,    wire_close};

static struct link *tcp_create(const struct link_options *options, const char *host, uint16_t port,
                               int fd)
{
    struct uv_loop_s *loop = exec_loop(options->exec, options->processor);
    struct tcp *tcp = loop ? calloc(1, sizeof(*tcp)) : NULL;
    if (!tcp)
        return NULL;
    tcp->loop = loop;
    tcp->port = port ? port : ATMTCP_PORT;
    tcp->accepted_fd = fd;
    if (host) {
        tcp->host = strdup(host);
        if (!tcp->host)
            goto free_tcp;
    }
    tcp->link = link_create(options, host != NULL);
    if (!tcp->link)
        goto free_tcp;
    struct link *link = tcp->link;
    link_begin(link, &tcp_ops, tcp);
    return link;
free_tcp:
    free(tcp->host);
    free(tcp);
    return NULL;
}

struct link *tcp_connect(const struct link_options *options, const char *host, uint16_t port)
{
    return tcp_create(options, host, port, -1);
}

struct link *tcp_adopt(const struct link_options *options, int fd)
{
    struct link *link = tcp_create(options, NULL, 0, fd);
    if (!link)
        (void)close(fd);
    return link;
}
