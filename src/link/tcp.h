/* SPDX-License-Identifier: MIT */
/* Links over TCP, in live worlds: a client that connects again and again, connections that a server
 * accepted, and the listener that accepts them. IPv4 and IPv6.
 *
 * A client's name is looked up for each try, its addresses are tried in order, and between tries it
 * waits for a quarter of the time that it is down already: 100 ms to 30 s, with some jitter. A
 * connection that did not hold for 10 s counts as none. */
#ifndef CONDIS_LINK_TCP_H
#define CONDIS_LINK_TCP_H

#include "link/link.h"

#define TCP_ERROR_CHARACTERS 256u

/* Makes a link that connects to a host. It comes up by itself; link_close ends it.
 * host     a name or address, without brackets; copied
 * port     0: ATMTCP_PORT
 * returns  the link, moved to the caller; NULL: no memory, or the world is simulated
 * IRQL <= DISPATCH */
struct link *tcp_connect(const struct link_options *options, const char *host, uint16_t port);

/* Makes a link of an accepted connection. It lives as long as that: after it went down it closes
 * itself, as if by link_close.
 * fd       its socket; moves to the link, also on failure
 * returns  as tcp_connect */
struct link *tcp_adopt(const struct link_options *options, int fd);

struct tcp_listener;

struct tcp_listener_options {
    struct exec *exec;
    uint32_t processor;
    const char *host; /* an address or name of this machine; NULL: all addresses */
    uint16_t port;    /* 0: any; tcp_listener_port tells it */
    /* A peer connected. socket: moves to the callee (tcp_adopt or close). peer: its address and
     * port as text, borrowed. At DISPATCH on the listener's processor. */
    void (*accepted)(void *context, int socket, const char *peer);
    /* After tcp_listener_close: the listener is gone. At DISPATCH on its processor. */
    void (*closed)(void *context);
    void *context;
};

/* Listens. Looks the host up, so it may block: at PASSIVE.
 * error    where the reason goes on failure
 * returns  the listener, moved to the caller, ended by tcp_listener_close; NULL: see error */
struct tcp_listener *tcp_listen(const struct tcp_listener_options *options,
                                char error[TCP_ERROR_CHARACTERS]);

/* The port it listens on. */
uint16_t tcp_listener_port(const struct tcp_listener *listener);

/* Stops listening; `closed` follows. Once. IRQL <= DISPATCH. */
void tcp_listener_close(struct tcp_listener *listener);

#endif
