/* SPDX-License-Identifier: MIT */
/* A PDU is one SSCOP frame, read from octets without copying; its trailer comes last (SIG §2.1). */
#ifndef CONDIS_SAAL_PDU_H
#define CONDIS_SAAL_PDU_H

#include "saal/buffer.h"

#include <stdbool.h>

enum sscop_pdu_type {
    SSCOP_BGN = 1,
    SSCOP_BGAK = 2,
    SSCOP_END = 3,
    SSCOP_ENDAK = 4,
    SSCOP_RS = 5,
    SSCOP_RSAK = 6,
    SSCOP_BGREJ = 7,
    SSCOP_SD = 8,
    SSCOP_ER = 9,
    SSCOP_POLL = 10,
    SSCOP_STAT = 11,
    SSCOP_USTAT = 12,
    SSCOP_UD = 13,
    SSCOP_MD = 14,
    SSCOP_ERAK = 15,
    SSCOP_PDU_TYPE_COUNT = 16,
};

/* Which fields hold something depends on the type; the others are zero. */
struct sscop_pdu {
    uint8_t type;        /* enum sscop_pdu_type */
    uint8_t n_sq;        /* BGN, RS, ER: connection sequence */
    bool from_sscop;     /* END: the S bit */
    uint32_t n_s;        /* SD, POLL */
    uint32_t n_ps;       /* POLL, STAT */
    uint32_t n_mr;       /* BGN, BGAK, RS, RSAK, ER, ERAK, STAT, USTAT */
    uint32_t n_r;        /* STAT, USTAT */
    uint32_t list_count; /* STAT: elements; USTAT: 2 */
    const uint8_t *list; /* sscop_pdu_list_at reads it; valid as long as the octets read */
    uint32_t bytes;      /* of data */
    const uint8_t *data; /* SDU or user-to-user octets; valid as long as the octets read */
};

enum sscop_pdu_fault {
    SSCOP_PDU_GOOD,
    SSCOP_PDU_BAD_LENGTH, /* no multiple of 4, or not what the type wants */
    SSCOP_PDU_BAD_TYPE,   /* type 0 */
};

/* Read one PDU. Reserved bits are ignored.
 * octets   borrowed; pdu points into them afterwards
 * pdu      written only if the PDU is good
 * returns  whether it is, or what is wrong with it */
enum sscop_pdu_fault sscop_pdu_read(const uint8_t *octets, size_t bytes, struct sscop_pdu *pdu);

/* Element index of the list of a STAT or USTAT that was read; index < list_count. */
uint32_t sscop_pdu_list_at(const struct sscop_pdu *pdu, uint32_t index);

/* How many octets sscop_pdu_write adds behind pdu->bytes octets of data: 4 to
 * SAAL_BUFFER_TAIL_BYTES; with a list, 4 more for each element. */
uint32_t sscop_pdu_extra_bytes(const struct sscop_pdu *pdu);

/* Make a PDU in place, behind the data that the buffer holds already (pdu->data is not read).
 * pdu       its fields; list elements are given apart. pdu->bytes = buffer->bytes
 * elements  list_count list elements of a STAT or USTAT
 * buffer    has room for sscop_pdu_extra_bytes; bytes grows by them */
void sscop_pdu_write(const struct sscop_pdu *pdu, const uint32_t *elements,
                     struct saal_buffer *buffer);

/* The name of a type, such as "BGAK"; a constant string. */
const char *sscop_pdu_name(uint8_t type);

static inline uint32_t sscop_word_read(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void sscop_word_write(uint8_t *at, uint32_t word)
{
    at[0] = (uint8_t)(word >> 24);
    at[1] = (uint8_t)(word >> 16);
    at[2] = (uint8_t)(word >> 8);
    at[3] = (uint8_t)word;
}

#endif
