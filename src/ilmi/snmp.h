/* SPDX-License-Identifier: MIT */
/* An SNMP message as ILMI uses it: version 1, community "ILMI", at most 484 octets, in a strict
 * subset of BER (definite lengths, no octets left over). Nothing here allocates.
 * Source: RFC 1157; ILMI 4.0 (af-ilmi-0065). */
#ifndef CONDIS_ILMI_SNMP_H
#define CONDIS_ILMI_SNMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNMP_MESSAGE_BYTES_MAX 484u
#define SNMP_ARC_COUNT_MAX     48u
#define SNMP_BINDING_COUNT_MAX 8u

/* The name of an object; at least two arcs. */
struct snmp_name {
    uint32_t arc_count;
    uint32_t arcs[SNMP_ARC_COUNT_MAX];
};

enum snmp_pdu {
    SNMP_GET = 0xa0,
    SNMP_GET_NEXT = 0xa1,
    SNMP_RESPONSE = 0xa2,
    SNMP_SET = 0xa3,
    SNMP_TRAP = 0xa4,
};

enum snmp_error {
    SNMP_NO_ERROR = 0,
    SNMP_TOO_BIG = 1,
    SNMP_NO_SUCH_NAME = 2,
    SNMP_BAD_VALUE = 3,
    SNMP_READ_ONLY = 4,
    SNMP_GEN_ERR = 5,
};

enum snmp_type {
    SNMP_INTEGER = 0x02,
    SNMP_OCTETS = 0x04,
    SNMP_NULL = 0x05,
    SNMP_OBJECT = 0x06, /* a name, kept as its octets */
    SNMP_ADDRESS = 0x40,
    SNMP_COUNTER = 0x41,
    SNMP_GAUGE = 0x42,
    SNMP_TICKS = 0x43,
    SNMP_OPAQUE = 0x44,
};

struct snmp_binding {
    struct snmp_name name;
    enum snmp_type type;
    int64_t number;        /* INTEGER -2^31..2^31-1; COUNTER, GAUGE, TICKS 0..2^32-1 */
    const uint8_t *octets; /* the other types but NULL; borrowed from whoever filled it */
    uint32_t octet_count;
};

enum { SNMP_COLD_START = 0 };

struct snmp_message {
    enum snmp_pdu pdu;
    int32_t request_id;   /* not of a trap, nor the next two */
    int32_t error_status; /* enum snmp_error, or what else the peer wrote */
    int32_t error_index;
    struct snmp_name enterprise; /* of a trap, and the next three */
    int32_t generic_trap;
    int32_t specific_trap;
    uint32_t ticks;
    uint32_t binding_count;
    struct snmp_binding bindings[SNMP_BINDING_COUNT_MAX];
};

/* Decodes a message.
 * octets   borrowed for as long as the bindings' octets are used
 * returns  false: it is not a message of ours; *out is not to be used */
bool snmp_decode(const uint8_t *octets, size_t octet_count, struct snmp_message *out);

/* Encodes a message, with the shortest lengths.
 * returns  its octets; 0: longer than SNMP_MESSAGE_BYTES_MAX */
size_t snmp_encode(const struct snmp_message *message, uint8_t bytes[SNMP_MESSAGE_BYTES_MAX]);

/* Compares names in the order of the objects: below, equal or above 0. */
int snmp_name_compare(const struct snmp_name *a, const struct snmp_name *b);

#endif
