/* SPDX-License-Identifier: MIT */
/* A pair is two SSCOP entities, a bad wire between them and a clock, all under one seed. */
#ifndef CONDIS_TESTS_SAAL_PAIR_H
#define CONDIS_TESTS_SAAL_PAIR_H

#include "saal/sscop_inside.h"

enum { PAIR_WIRE_FRAMES_MAX = 1 << 16 };

struct pair_frame {
    struct saal_buffer *buffer;
    uint64_t at_ms;
};

struct pair_end {
    struct sscop *sscop;
    struct pair_frame *wire; /* frames on their way to this end */
    uint32_t wire_first;
    uint32_t wire_next;
    uint32_t asked;     /* SDUs given to sscop_send so far; each bears its number */
    uint32_t expected;  /* the least number that may be delivered next */
    uint32_t delivered; /* SDUs */
    uint32_t skipped;   /* numbers that were passed over */
    uint32_t epochs;    /* establish, resync and recover signals seen */
    uint32_t released;
    uint32_t errors[128]; /* MAA errors by letter */
    uint8_t last_kind;    /* of an event other than data and errors */
};

struct pair {
    struct saal_pool *pool;
    struct pair_end end[2];
    uint64_t now_ms;
    uint64_t random;
    /* The wire: in each thousand frames so many are lost, doubled, or overtaken. */
    uint32_t lost;
    uint32_t doubled;
    uint32_t overtaken;
    uint32_t delay_ms;
    bool cut;           /* nothing passes */
    bool leave_answers; /* indications are not answered by the pair */
};

/* Begin with two idle ends; NULL options are the defaults. */
void pair_begin(struct pair *pair, uint64_t seed, const struct sscop_options *options);
/* End both, and see that every buffer has come back. */
void pair_end(struct pair *pair);

uint32_t pair_random(struct pair *pair, uint32_t below);

/* Establish from end 0 and run until both are ready. */
void pair_connect(struct pair *pair);

/* Give an SDU that bears the next number to an end. Returns what sscop_send did. */
enum saal_result pair_send(struct pair *pair, int from);

/* Take what both ends have, and move frames and time, until until_ms. */
void pair_run(struct pair *pair, uint64_t until_ms);

#endif
