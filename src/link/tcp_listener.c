/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "link/tcp.h"
#include "link/tcp_inside.h"

#define ACCEPTS_A_TURN 64u
#define REST           (EXEC_SECOND) /* when the process has no more descriptors */

struct tcp_listener {
    struct tcp_listener_options options;
    uv_poll_t poll;
    int fd;
    uint16_t port;
    struct exec_item begin_item;
    struct exec_item close_item;
    struct exec_timer rest;
    bool closing;
};

static void peer_name(const struct sockaddr_storage *address, socklen_t bytes, char out[NI_MAXHOST])
{
    char host[NI_MAXHOST / 2], port[16];
    if (getnameinfo((const struct sockaddr *)address, bytes, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV))
        (void)snprintf(out, NI_MAXHOST, "unknown");
    else
        (void)snprintf(out, NI_MAXHOST, "%s port %s", host, port);
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
    struct tcp_listener *listener = poll->data;
    (void)status;
    (void)events;
    tcp_io_begin();
    for (uint32_t i = 0; i < ACCEPTS_A_TURN && !listener->closing; i++) {
        struct sockaddr_storage address;
        socklen_t bytes = sizeof(address);
        int fd = accept4(listener->fd, (struct sockaddr *)&address, &bytes,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
            struct exec *exec = listener->options.exec;
            (void)uv_poll_stop(poll);
            exec_timer_set(exec, &listener->rest, exec_now(exec->world) + REST, 0,
                           listener->options.processor);
        }
        if (fd < 0)
            break; /* none waits, or it went away meanwhile */
        char name[NI_MAXHOST];
        peer_name(&address, bytes, name);
        tcp_socket_prepare(fd);
        listener->options.accepted(listener->options.context, fd, name);
    }
    tcp_io_end();
}

static void on_rested(struct exec_timer *timer)
{
    struct tcp_listener *listener = EXEC_CONTAINER(timer, struct tcp_listener, rest);
    if (!listener->closing)
        (void)uv_poll_start(&listener->poll, UV_READABLE, on_connection);
}

static void listener_begin(struct exec_item *item)
{
    struct tcp_listener *listener = EXEC_CONTAINER(item, struct tcp_listener, begin_item);
    struct uv_loop_s *loop = exec_loop(listener->options.exec, listener->options.processor);
    int error = uv_poll_init(loop, &listener->poll, listener->fd);
    assert(!error); /* it is a fresh socket of ours */
    (void)error;
    listener->poll.data = listener;
    (void)uv_poll_start(&listener->poll, UV_READABLE, on_connection);
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct tcp_listener *listener = handle->data;
    struct tcp_listener_options options = listener->options;
    (void)close(listener->fd);
    free(listener);
    tcp_io_begin();
    options.closed(options.context);
    tcp_io_end();
}

static void listener_end(struct exec_item *item)
{
    struct tcp_listener *listener = EXEC_CONTAINER(item, struct tcp_listener, close_item);
    listener->closing = true;
    (void)exec_timer_cancel(listener->options.exec, &listener->rest);
    (void)uv_poll_stop(&listener->poll);
    uv_close((uv_handle_t *)&listener->poll, on_listener_closed);
}

static int socket_listen(const struct addrinfo *address)
{
    const int on = 1, off = 0;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (address->ai_family == AF_INET6) /* [::] is for IPv4 too */
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

/* Binds the first address that works; IPv6 goes first when all addresses are meant. */
static int listen_on(const char *host, uint16_t port, char error[TCP_ERROR_CHARACTERS])
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *addresses = NULL;
    char service[8];
    (void)snprintf(service, sizeof(service), "%u", port);
    int fd = -1;
    for (int round = 0; round < (host ? 1 : 2) && fd < 0; round++) {
        hints.ai_family = host ? AF_UNSPEC : round == 0 ? AF_INET6 : AF_INET;
        int failure = getaddrinfo(host, service, &hints, &addresses);
        if (failure) {
            (void)snprintf(error, TCP_ERROR_CHARACTERS, "%s: %s", host ? host : "*",
                           gai_strerror(failure));
            continue;
        }
        for (struct addrinfo *at = addresses; at && fd < 0; at = at->ai_next)
            fd = socket_listen(at);
        if (fd < 0)
            (void)snprintf(error, TCP_ERROR_CHARACTERS, "%s port %u: %s", host ? host : "*", port,
                           strerror(errno));
        freeaddrinfo(addresses);
    }
    return fd;
}

static uint16_t socket_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {0}};
    socklen_t bytes = sizeof(address);
    if (getsockname(fd, &address.any, &bytes))
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

struct tcp_listener *tcp_listen(const struct tcp_listener_options *options,
                                char error[TCP_ERROR_CHARACTERS])
{
    if (!exec_loop(options->exec, options->processor)) {
        (void)snprintf(error, TCP_ERROR_CHARACTERS, "a simulated world has no network");
        return NULL;
    }
    struct tcp_listener *listener = calloc(1, sizeof(*listener));
    if (!listener) {
        (void)snprintf(error, TCP_ERROR_CHARACTERS, "no memory");
        return NULL;
    }
    listener->fd = listen_on(options->host, options->port, error);
    if (listener->fd < 0) {
        free(listener);
        return NULL;
    }
    listener->options = *options;
    listener->options.host = NULL;
    listener->port = socket_port(listener->fd);
    listener->begin_item.run = listener_begin;
    listener->close_item.run = listener_end;
    exec_timer_init(&listener->rest, on_rested);
    exec_post(options->exec, options->processor, &listener->begin_item);
    return listener;
}

uint16_t tcp_listener_port(const struct tcp_listener *listener)
{
    return listener->port;
}

void tcp_listener_close(struct tcp_listener *listener)
{
    exec_post(listener->options.exec, listener->options.processor, &listener->close_item);
}
