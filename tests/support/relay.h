/* SPDX-License-Identifier: MIT */
/* A relay stands between clients and a server on the loopback interface, as a process of its own (a
 * thread would be in the way of those who fork), and carries bytes until the test cuts it. */
#ifndef CONDIS_TESTS_RELAY_H
#define CONDIS_TESTS_RELAY_H

#include <stdint.h>

struct relay;

/* Begin one in front of 127.0.0.1, target_port. NULL: no sockets, processes or memory. */
struct relay *relay_begin(uint16_t target_port);

/* Where clients connect, also of 127.0.0.1. */
uint16_t relay_port(const struct relay *relay);

/* Close every connection at both sides, and each new one as it comes, until relay_mend. Done when
 * it returns, as with the others. */
void relay_cut(struct relay *relay);
void relay_mend(struct relay *relay);

/* Close every connection at the clients' side only: the server hears of nothing, not even an end.
 * New connections are carried. */
void relay_strand(struct relay *relay);

void relay_end(struct relay *relay);

#endif
