/* SPDX-License-Identifier: MIT */
#include "saal/pdu.h"

#include "saal/number.h"

#include <assert.h>
#include <string.h>

/* What each type looks like: SIG §2.1, a row for a row. */
struct shape {
    const char *name;
    uint8_t fixed_words; /* before and with the last one; the least for STAT */
    bool has_data;       /* an SDU or user-to-user octets may come before the fixed words */
    bool has_n_sq;       /* N(SQ) in the word before the last */
    bool has_n_mr;       /* N(MR) in the last word */
};

static const struct shape shapes[SSCOP_PDU_TYPE_COUNT] = {
    [SSCOP_BGN] = {"BGN", 2, true, true, true},
    [SSCOP_BGAK] = {"BGAK", 2, true, false, true},
    [SSCOP_END] = {"END", 2, true, false, false},
    [SSCOP_ENDAK] = {"ENDAK", 2, false, false, false},
    [SSCOP_RS] = {"RS", 2, true, true, true},
    [SSCOP_RSAK] = {"RSAK", 2, false, false, true},
    [SSCOP_BGREJ] = {"BGREJ", 2, true, false, false},
    [SSCOP_SD] = {"SD", 1, true, false, false},
    [SSCOP_ER] = {"ER", 2, false, true, true},
    [SSCOP_POLL] = {"POLL", 2, false, false, false},
    [SSCOP_STAT] = {"STAT", 3, false, false, false},
    [SSCOP_USTAT] = {"USTAT", 4, false, false, false},
    [SSCOP_UD] = {"UD", 1, true, false, false},
    [SSCOP_MD] = {"MD", 1, true, false, false},
    [SSCOP_ERAK] = {"ERAK", 2, false, false, true},
};

const char *sscop_pdu_name(uint8_t type)
{
    const char *name = type < SSCOP_PDU_TYPE_COUNT ? shapes[type].name : NULL;
    return name ? name : "?";
}

/* The words before the last that are not the same thing in every type. */
static void read_words(const uint8_t *end, size_t bytes, uint32_t last, struct sscop_pdu *pdu)
{
    uint32_t sequence = last & SSCOP_NUMBER_MAX;
    switch (pdu->type) {
    case SSCOP_SD:
        pdu->n_s = sequence;
        break;
    case SSCOP_POLL:
        pdu->n_s = sequence;
        pdu->n_ps = sscop_word_read(end - 8) & SSCOP_NUMBER_MAX;
        break;
    case SSCOP_STAT:
        pdu->n_r = sequence;
        pdu->n_mr = sscop_word_read(end - 8) & SSCOP_NUMBER_MAX;
        pdu->n_ps = sscop_word_read(end - 12) & SSCOP_NUMBER_MAX;
        pdu->list_count = (uint32_t)((bytes - 12) / 4);
        pdu->list = end - bytes;
        break;
    case SSCOP_USTAT:
        pdu->n_r = sequence;
        pdu->n_mr = sscop_word_read(end - 8) & SSCOP_NUMBER_MAX;
        pdu->list_count = 2;
        pdu->list = end - bytes;
        break;
    case SSCOP_END:
        pdu->from_sscop = (last >> 28 & 1) != 0;
        break;
    default:
        break;
    }
}

enum sscop_pdu_fault sscop_pdu_read(const uint8_t *octets, size_t bytes, struct sscop_pdu *pdu)
{
    if (bytes < 4 || bytes % 4 != 0 || bytes > UINT32_MAX)
        return SSCOP_PDU_BAD_LENGTH;
    const uint8_t *end = octets + bytes;
    uint32_t last = sscop_word_read(end - 4);
    uint8_t type = last >> 24 & 0xf;
    const struct shape *shape = &shapes[type];
    if (!shape->name)
        return SSCOP_PDU_BAD_TYPE;
    size_t fixed_bytes = 4U * shape->fixed_words;
    if (bytes < fixed_bytes)
        return SSCOP_PDU_BAD_LENGTH;
    size_t data_bytes = bytes - fixed_bytes;
    if (shape->has_data) {
        uint32_t pad_bytes = last >> 30;
        if (pad_bytes > data_bytes)
            return SSCOP_PDU_BAD_LENGTH;
        data_bytes -= pad_bytes;
    } else if (data_bytes != 0 && type != SSCOP_STAT) {
        return SSCOP_PDU_BAD_LENGTH;
    } else {
        data_bytes = 0;
    }
    *pdu = (struct sscop_pdu){
        .type = type,
        .n_sq = shape->has_n_sq ? end[-5] : 0,
        .n_mr = shape->has_n_mr ? last & SSCOP_NUMBER_MAX : 0,
        .bytes = (uint32_t)data_bytes,
        .data = data_bytes ? octets : NULL,
    };
    read_words(end, bytes, last, pdu);
    return SSCOP_PDU_GOOD;
}

uint32_t sscop_pdu_list_at(const struct sscop_pdu *pdu, uint32_t index)
{
    assert(index < pdu->list_count);
    return sscop_word_read(pdu->list + (size_t)index * 4) & SSCOP_NUMBER_MAX;
}

uint32_t sscop_pdu_extra_bytes(const struct sscop_pdu *pdu)
{
    uint32_t list_bytes = pdu->type == SSCOP_STAT ? 4 * pdu->list_count : 0;
    return (-pdu->bytes & 3) + list_bytes + 4U * shapes[pdu->type].fixed_words;
}

/* The sequence field of the last word. */
static uint32_t last_field(const struct sscop_pdu *pdu)
{
    switch (pdu->type) {
    case SSCOP_SD:
    case SSCOP_POLL:
        return pdu->n_s;
    case SSCOP_STAT:
    case SSCOP_USTAT:
        return pdu->n_r;
    case SSCOP_END:
        return (uint32_t)pdu->from_sscop << 28;
    default:
        return shapes[pdu->type].has_n_mr ? pdu->n_mr : 0;
    }
}

void sscop_pdu_write(const struct sscop_pdu *pdu, const uint32_t *elements,
                     struct saal_buffer *buffer)
{
    const struct shape *shape = &shapes[pdu->type];
    assert(shape->name);
    assert(pdu->bytes == buffer->bytes && (shape->has_data || pdu->bytes == 0));
    uint32_t pad_bytes = -pdu->bytes & 3;
    uint8_t *at = buffer->data + buffer->bytes;
    buffer->bytes += sscop_pdu_extra_bytes(pdu);
    assert(buffer->bytes <= buffer->capacity_bytes + SAAL_BUFFER_TAIL_BYTES);
    memset(at, 0, pad_bytes);
    at += pad_bytes;
    for (uint32_t i = 0; i < pdu->list_count; i++, at += 4)
        sscop_word_write(at, elements[i]);
    if (pdu->type == SSCOP_STAT) {
        sscop_word_write(at, pdu->n_ps);
        at += 4;
    }
    if (pdu->type == SSCOP_STAT || pdu->type == SSCOP_USTAT) {
        sscop_word_write(at, pdu->n_mr);
        at += 4;
    } else if (shape->fixed_words == 2) {
        sscop_word_write(at, pdu->type == SSCOP_POLL ? pdu->n_ps : pdu->n_sq);
        at += 4;
    }
    sscop_word_write(at, pad_bytes << 30 | (uint32_t)pdu->type << 24 | last_field(pdu));
}
