/* SPDX-License-Identifier: MIT */
/* Signalling is measured in three parts: messages one by one, transactions between two ends, and
 * transactions through a switch. */
#ifndef CONDIS_BENCH_UNI_H
#define CONDIS_BENCH_UNI_H

#include <stdbool.h>
#include <stdint.h>

#include "uni/message.h"

/* The messages of one transaction and SETUP, as they go over the wire between these two ends. */
enum bench_message {
    BENCH_SETUP,
    BENCH_ADD_PARTY,
    BENCH_ADD_PARTY_ACK,
    BENCH_DROP_PARTY,
    BENCH_DROP_PARTY_ACK,
    BENCH_MESSAGE_COUNT,
};

/* Makes one of them. endpoint: reference of the party */
void bench_make(struct uni_message *message, enum bench_message which, uint16_t endpoint);

/* The called number alone. */
void bench_add_called(struct uni_message *message);

/* Pairs of add and drop a second when their four messages are coded and decoded, and nothing else
 * is done: the floor of transactions over one link. */
double bench_floor_pairs(unsigned count);

void bench_uni_codec(bool smoke);
void bench_uni_control(bool smoke);
void bench_uni_switch(bool smoke);

#endif
