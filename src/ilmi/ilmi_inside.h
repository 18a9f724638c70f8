/* SPDX-License-Identifier: MIT */
/* An ILMI entity from the inside: ilmi.c asks and keeps the tables, ilmi_agent.c answers. Private
 * to both. */
#ifndef CONDIS_ILMI_ILMI_INSIDE_H
#define CONDIS_ILMI_ILMI_INSIDE_H

#include "ilmi/ilmi.h"
#include "ilmi/snmp.h"

#define ILMI_FRAME_COUNT_MAX 4u

/* Rows are told of by comparing what is with what was told, so that no event needs a queue. */
struct ilmi_row {
    uint8_t octets[ILMI_ADDRESS_BYTES]; /* a prefix, or an address */
    bool used;
    bool wanted;     /* ours: to be registered with the peer */
    bool full;       /* user side: it was added as a whole, it needs no prefix */
    bool registered; /* it is in force */
    bool told;       /* the caller knows that it is */
    bool refused;
    bool refused_told;
};

struct ilmi_esi {
    uint8_t octets[ILMI_ESI_BYTES + 1]; /* with its selector */
};

enum ilmi_asked { ILMI_ASKED_NOTHING, ILMI_ASKED_POLL, ILMI_ASKED_PREFIX, ILMI_ASKED_ADDRESS };

struct ilmi_frame {
    size_t octet_count;
    uint8_t octets[ILMI_FRAME_BYTES_MAX];
};

struct ilmi {
    struct ilmi_options options;
    bool running;
    bool connected;
    bool connected_told;
    uint64_t started_ms;
    uint64_t poll_at_ms;
    uint32_t missed_count; /* in a row */
    enum ilmi_asked asked;
    uint32_t asked_index;
    bool asked_valid; /* to register, not to take back */
    int32_t asked_id;
    uint64_t answer_by_ms;
    int32_t last_id;
    bool peer_known;
    struct ilmi_peer peer;
    struct ilmi_row prefixes[ILMI_PREFIX_COUNT_MAX];
    struct ilmi_row *addresses; /* options.address_count_max */
    struct ilmi_esi *esis;      /* options.esi_count_max */
    uint32_t esi_count;
    bool untold; /* there may be events */
    struct ilmi_frame frames[ILMI_FRAME_COUNT_MAX];
    uint32_t frame_first;
    uint32_t frame_count;
    struct ilmi_statistics counts;
};

extern const struct snmp_name ilmi_prefix_status; /* the columns, without their index */
extern const struct snmp_name ilmi_address_status;
extern const struct snmp_name ilmi_system_id; /* of this instance */
extern const struct snmp_name ilmi_port_id;

enum { ILMI_VALID = 1, ILMI_INVALID = 2 };

struct ilmi_row *ilmi_find(struct ilmi_row *rows, uint32_t count, const uint8_t *octets,
                           uint32_t octet_count);
/* A row that is not used, or NULL. */
struct ilmi_row *ilmi_free_row(struct ilmi_row *rows, uint32_t count);
/* The name of a row's status: the column, port 0, and the octets with their number. */
void ilmi_row_name(const struct snmp_name *column, const uint8_t *octets, uint32_t octet_count,
                   struct snmp_name *out);
/* Rows for all ESIs under a prefix, and away with those of a prefix that is gone. */
void ilmi_prefix_given(struct ilmi *ilmi, const uint8_t *prefix);
void ilmi_prefix_taken(struct ilmi *ilmi, const uint8_t *prefix);

/* Queues a message. returns false: no room */
bool ilmi_send(struct ilmi *ilmi, const struct snmp_message *message);
/* Answers a Get, GetNext or Set. */
void ilmi_answer(struct ilmi *ilmi, uint64_t now_ms, struct snmp_message *message);

#endif
