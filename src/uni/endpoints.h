/* SPDX-License-Identifier: MIT */
/* Endpoints are the endpoint references of one call that are in use: found free in constant time,
 * in turn, so that one that was freed rests as long as others are free. */
#ifndef CONDIS_UNI_ENDPOINTS_H
#define CONDIS_UNI_ENDPOINTS_H

#include <stdbool.h>
#include <stdint.h>

struct endpoints {
    uint64_t few;    /* the first 64, as long as they do */
    uint64_t *words; /* then all 32,768 as bits, and 512 bits that say which words are full */
    uint16_t cursor; /* where the search begins */
};

/* One that is free, without taking it: false without memory, or when all are in use. */
bool uni_endpoints_next(struct endpoints *endpoints, uint16_t *id);
void uni_endpoints_take(struct endpoints *endpoints, uint16_t id);
void uni_endpoints_give(struct endpoints *endpoints, uint16_t id);
void uni_endpoints_free(struct endpoints *endpoints);

#endif
