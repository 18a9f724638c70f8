/* SPDX-License-Identifier: MIT */
/* A route table says through which port an address is reached: the longest prefix wins, then the
 * lowest metric, then the route that was added first. A prefix is 0..40 hexadecimal digits of an
 * AESA; a registered address is one of 38, because hosts use the selector for themselves (SIG 8.1).
 *
 * One lookup costs one probe of a hash for each length that any route has. */
#ifndef CONDIS_SWITCH_ROUTE_H
#define CONDIS_SWITCH_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ROUTE_ADDRESS_BYTES = 20,
    ROUTE_DIGITS_MAX = 40,
    ROUTE_HOST_DIGITS = 38,
};

#define ROUTE_NO_PORT UINT32_MAX

enum route_kind {
    ROUTE_STATIC,     /* stays when its port goes */
    ROUTE_REGISTERED, /* goes with its port */
};

struct route {
    struct route *next; /* the table's */
    uint64_t order;     /* the table's: of adding */
    uint32_t port;
    uint32_t metric;
    uint8_t prefix[ROUTE_ADDRESS_BYTES]; /* zeros behind its digits */
    uint8_t digit_count;
    uint8_t kind; /* enum route_kind */
};

struct route_table {
    struct route **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t route_count;
    uint64_t order;
    size_t length_counts[ROUTE_DIGITS_MAX + 1];
};

void route_table_init(struct route_table *table);
void route_table_end(struct route_table *table);

/* Add a route, or change the metric of the one with the same prefix, port and kind.
 * prefix  as many octets as hold digit_count digits (0..40, asserted); copied
 * returns false without memory, with nothing changed */
bool route_add(struct route_table *table, const uint8_t *prefix, uint8_t digit_count, uint32_t port,
               uint32_t metric, enum route_kind kind);

/* Take one route out. returns whether there was one. */
bool route_remove(struct route_table *table, const uint8_t *prefix, uint8_t digit_count,
                  uint32_t port, enum route_kind kind);

/* Take the registered addresses of a port out. */
void route_remove_port(struct route_table *table, uint32_t port);

/* Find the route for an address.
 * usable   says whether a port can be used now: others are passed over; NULL: all can
 * returns  the route, the table's; NULL: none */
const struct route *route_best(const struct route_table *table,
                               const uint8_t address[ROUTE_ADDRESS_BYTES],
                               bool (*usable)(void *context, uint32_t port), void *context);

/* Find the port for an address, as route_best. returns the port, or ROUTE_NO_PORT */
uint32_t route_find(const struct route_table *table, const uint8_t address[ROUTE_ADDRESS_BYTES],
                    bool (*usable)(void *context, uint32_t port), void *context);

/* Show every route, in no particular order. */
void route_each(const struct route_table *table,
                void (*show)(void *context, const struct route *route), void *context);

#endif
