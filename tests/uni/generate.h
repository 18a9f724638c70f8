/* SPDX-License-Identifier: MIT */
/* A generator makes messages at random from the same description as the codec: every element that
 * a message may hold, every optional octet, every tag; all of them good. */
#ifndef CONDIS_TESTS_UNI_GENERATE_H
#define CONDIS_TESTS_UNI_GENERATE_H

#include "uni/message.h"

struct generator {
    uint64_t seed;
    uint8_t octets[256]; /* what views of generated messages point at */
};

void generator_init(struct generator *generator, uint64_t seed);

/* A number below `limit`. */
uint32_t generator_below(struct generator *generator, uint32_t limit);

/* Types that have a row with elements, by index; 0 when there are no more. */
uint8_t generator_type(unsigned index);

/* A message of that type with everything that is mandatory and some of what is not. Its views are
 * valid as long as the generator. */
void generate_message(struct generator *generator, uint8_t type, enum uni_version version,
                      enum uni_direction direction, struct uni_message *message);

/* Elements at random, whatever the type allows. */
void generate_anything(struct generator *generator, struct uni_message *message);

#endif
