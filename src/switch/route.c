/* SPDX-License-Identifier: MIT */
#include "switch/route.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 64 };

void route_table_init(struct route_table *table)
{
    *table = (struct route_table){0};
}

void route_table_end(struct route_table *table)
{
    for (size_t i = 0; i < table->bucket_count; i++) {
        while (table->buckets[i]) {
            struct route *route = table->buckets[i];
            table->buckets[i] = route->next;
            free(route);
        }
    }
    free(table->buckets);
    *table = (struct route_table){0};
}

/* Copies the first digits and zeros behind them. */
static void prefix_cut(uint8_t out[ROUTE_ADDRESS_BYTES], const uint8_t *from, uint8_t digit_count)
{
    size_t octets = ((size_t)digit_count + 1) / 2;

    memset(out, 0, ROUTE_ADDRESS_BYTES);
    if (octets)
        memcpy(out, from, octets);
    if (digit_count % 2)
        out[digit_count / 2] &= 0xF0;
}

static size_t bucket_of(const struct route_table *table, const uint8_t *prefix, uint8_t digit_count)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ digit_count;

    for (size_t i = 0; i < ROUTE_ADDRESS_BYTES; i++)
        hash = (hash ^ prefix[i]) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32) & (table->bucket_count - 1);
}

static bool table_grow(struct route_table *table)
{
    struct route_table wider = *table;

    wider.bucket_count = table->bucket_count ? table->bucket_count * 2 : FIRST_BUCKETS;
    wider.buckets = calloc(wider.bucket_count, sizeof(struct route *));
    if (!wider.buckets)
        return false;
    for (size_t i = 0; i < table->bucket_count; i++) {
        while (table->buckets[i]) {
            struct route *route = table->buckets[i];
            struct route **head =
                &wider.buckets[bucket_of(&wider, route->prefix, route->digit_count)];
            table->buckets[i] = route->next;
            route->next = *head;
            *head = route;
        }
    }
    free(table->buckets);
    *table = wider;
    return true;
}

static struct route **find_exact(const struct route_table *table, const uint8_t *prefix,
                                 uint8_t digit_count, uint32_t port, enum route_kind kind)
{
    if (!table->bucket_count)
        return NULL;
    struct route **at = &table->buckets[bucket_of(table, prefix, digit_count)];
    for (; *at; at = &(*at)->next) {
        if ((*at)->digit_count == digit_count && (*at)->port == port && (*at)->kind == kind &&
            !memcmp((*at)->prefix, prefix, ROUTE_ADDRESS_BYTES))
            return at;
    }
    return NULL;
}

bool route_add(struct route_table *table, const uint8_t *prefix, uint8_t digit_count, uint32_t port,
               uint32_t metric, enum route_kind kind)
{
    uint8_t cut[ROUTE_ADDRESS_BYTES];

    assert(digit_count <= ROUTE_DIGITS_MAX);
    prefix_cut(cut, prefix, digit_count);
    struct route **at = find_exact(table, cut, digit_count, port, kind);
    if (at) {
        (*at)->metric = metric;
        return true;
    }
    if (table->route_count >= table->bucket_count && !table_grow(table))
        return false;
    struct route *route = malloc(sizeof *route);
    if (!route)
        return false;
    *route = (struct route){.order = table->order++,
                            .port = port,
                            .metric = metric,
                            .digit_count = digit_count,
                            .kind = (uint8_t)kind};
    memcpy(route->prefix, cut, sizeof cut);
    struct route **head = &table->buckets[bucket_of(table, cut, digit_count)];
    route->next = *head;
    *head = route;
    table->route_count++;
    table->length_counts[digit_count]++;
    return true;
}

static void take_out(struct route_table *table, struct route **at)
{
    struct route *route = *at;

    *at = route->next;
    table->route_count--;
    table->length_counts[route->digit_count]--;
    free(route);
}

bool route_remove(struct route_table *table, const uint8_t *prefix, uint8_t digit_count,
                  uint32_t port, enum route_kind kind)
{
    uint8_t cut[ROUTE_ADDRESS_BYTES];

    assert(digit_count <= ROUTE_DIGITS_MAX);
    prefix_cut(cut, prefix, digit_count);
    struct route **at = find_exact(table, cut, digit_count, port, kind);
    if (at)
        take_out(table, at);
    return at != NULL;
}

void route_remove_port(struct route_table *table, uint32_t port)
{
    for (size_t i = 0; i < table->bucket_count; i++) {
        struct route **at = &table->buckets[i];
        while (*at) {
            if ((*at)->port == port && (*at)->kind == ROUTE_REGISTERED)
                take_out(table, at);
            else
                at = &(*at)->next;
        }
    }
}

static bool route_better(const struct route *route, const struct route *than)
{
    if (!than || route->metric != than->metric)
        return !than || route->metric < than->metric;
    return route->order < than->order;
}

const struct route *route_best(const struct route_table *table,
                               const uint8_t address[ROUTE_ADDRESS_BYTES],
                               bool (*usable)(void *context, uint32_t port), void *context)
{
    for (int digits = ROUTE_DIGITS_MAX; digits >= 0; digits--) {
        uint8_t cut[ROUTE_ADDRESS_BYTES];
        const struct route *best = NULL;
        if (!table->length_counts[digits])
            continue;
        prefix_cut(cut, address, (uint8_t)digits);
        const struct route *route = table->buckets[bucket_of(table, cut, (uint8_t)digits)];
        for (; route; route = route->next) {
            if (route->digit_count == digits && !memcmp(route->prefix, cut, sizeof cut) &&
                route_better(route, best) && (!usable || usable(context, route->port)))
                best = route;
        }
        if (best)
            return best;
    }
    return NULL;
}

uint32_t route_find(const struct route_table *table, const uint8_t address[ROUTE_ADDRESS_BYTES],
                    bool (*usable)(void *context, uint32_t port), void *context)
{
    const struct route *route = route_best(table, address, usable, context);

    return route ? route->port : ROUTE_NO_PORT;
}

void route_each(const struct route_table *table,
                void (*show)(void *context, const struct route *route), void *context)
{
    for (size_t i = 0; i < table->bucket_count; i++)
        for (const struct route *route = table->buckets[i]; route; route = route->next)
            show(context, route);
}
