/* SPDX-License-Identifier: MIT */
/* An ILMI entity is one end of the management channel of a link (VPI 0, VCI 16), without any I/O:
 * it finds out whether the other end is there, and registers addresses. The network side tells the
 * user side its network prefixes; the user side puts its end system identifiers (ESI) behind them
 * and registers the full addresses with the network side.
 *
 * Its user tells it the time with every call, feeds it what arrives, takes out frames and events
 * after each call, and calls ilmi_expire at ilmi_deadline_ms. It reads no clock, calls nobody, and
 * allocates nothing after ilmi_create. Everything a peer may send is legal input.
 *
 * Source: ILMI 4.0 (af-ilmi-0065): SNMPv1; the registration tables atmfNetPrefixTable and
 * atmfAddressTable; polls of the connectivity procedure. See docs/signalling.md. */
#ifndef CONDIS_ILMI_ILMI_H
#define CONDIS_ILMI_ILMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ILMI_VCI              16u
#define ILMI_FRAME_BYTES_MAX  484u
#define ILMI_PREFIX_BYTES     13u
#define ILMI_ESI_BYTES        6u
#define ILMI_ADDRESS_BYTES    20u
#define ILMI_PREFIX_COUNT_MAX 4u
#define ILMI_NEVER_MS         UINT64_MAX

struct ilmi;

enum ilmi_side { ILMI_USER, ILMI_NETWORK };

struct ilmi_options {
    enum ilmi_side side;
    uint32_t uni_version;              /* as atmfAtmLayerUniVersion: 3 is UNI 3.1, 4 is 4.0; 0: 4 */
    uint8_t system_id[ILMI_ESI_BYTES]; /* names this node to its peer */
    uint32_t port_id;                  /* and this, which of its ports it is; 0: 1 */
    uint32_t probe_ms;                 /* between polls while nobody answers (S); 0: 1000 */
    uint32_t poll_ms;                  /* between polls when somebody does (T); 0: 5000 */
    uint32_t answer_ms;                /* an answer may take so long; 0: 1000 */
    uint32_t missed_count_max;         /* so many in a row and the other end is gone (K); 0: 4 */
    uint32_t address_count_max;        /* of this link; 0: 64 */
    uint32_t esi_count_max;            /* user side; 0: 16 */
    bool any_prefix;                   /* network side: accept addresses under other prefixes too */
};

enum ilmi_event_kind {
    ILMI_CONNECTED, /* the other end answers */
    ILMI_LOST,      /* it does no more, or began anew; what was registered is gone */
    ILMI_PREFIX,    /* user side: the network gave a prefix (octets: 13) */
    ILMI_PREFIX_GONE,
    ILMI_ADDRESS, /* an address is registered (octets: 20) */
    ILMI_ADDRESS_GONE,
    ILMI_ADDRESS_REFUSED, /* user side: the network does not take it */
};

/* Who is at the other end: no two peers have the same, and one keeps it as long as it runs. */
struct ilmi_peer {
    uint8_t system_id[ILMI_ESI_BYTES];
    uint32_t port_id;
};

enum ilmi_peer_kind {
    ILMI_PEER_SILENT,   /* it has not answered (yet) */
    ILMI_PEER_NAMELESS, /* it answers, and does not say who it is: older than ILMI 4.0 */
    ILMI_PEER_NAMED,
};

struct ilmi_event {
    enum ilmi_event_kind kind;
    uint8_t octets[ILMI_ADDRESS_BYTES];
};

/* What a peer did wrong or we could not do; each only grows. */
struct ilmi_statistics {
    uint64_t frames_in;
    uint64_t frames_out;
    uint64_t frames_bad;       /* no SNMPv1 message of community ILMI */
    uint64_t answers_stray;    /* answers to nothing that we asked */
    uint64_t answers_missed;   /* asked, and no answer in time */
    uint64_t requests_refused; /* answered with an error */
    uint64_t frames_dropped;   /* answers for which there was no room: the caller took none out */
};

/* Makes an entity that is stopped. returns NULL: no memory. */
struct ilmi *ilmi_create(const struct ilmi_options *options);
void ilmi_destroy(struct ilmi *ilmi);

/* Adds a network prefix (network side), an ESI and selector under every prefix (user side), or a
 * full address (user side). Any time; what is there already is not added again.
 * returns false, with nothing changed: no room */
bool ilmi_add_prefix(struct ilmi *ilmi, uint64_t now_ms, const uint8_t prefix[ILMI_PREFIX_BYTES]);
bool ilmi_add_esi(struct ilmi *ilmi, uint64_t now_ms, const uint8_t esi[ILMI_ESI_BYTES],
                  uint8_t selector);
bool ilmi_add_address(struct ilmi *ilmi, uint64_t now_ms,
                      const uint8_t address[ILMI_ADDRESS_BYTES]);

/* Takes an address of the user side back, from the network too. returns false: it is not there. */
bool ilmi_remove_address(struct ilmi *ilmi, uint64_t now_ms,
                         const uint8_t address[ILMI_ADDRESS_BYTES]);

/* The link came up, or went down. */
void ilmi_start(struct ilmi *ilmi, uint64_t now_ms);
void ilmi_stop(struct ilmi *ilmi, uint64_t now_ms);

/* Feeds a frame that arrived on 0/16. octets: borrowed until return. */
void ilmi_feed(struct ilmi *ilmi, uint64_t now_ms, const uint8_t *octets, size_t octet_count);

/* When ilmi_expire is due; ILMI_NEVER_MS: not. */
uint64_t ilmi_deadline_ms(const struct ilmi *ilmi);
void ilmi_expire(struct ilmi *ilmi, uint64_t now_ms);

/* Takes the next frame to be sent on 0/16. returns its octets; 0: there is none. */
size_t ilmi_take_frame(struct ilmi *ilmi, uint8_t out[ILMI_FRAME_BYTES_MAX]);

/* Takes the next event. returns false: there is none. */
bool ilmi_take_event(struct ilmi *ilmi, struct ilmi_event *out);

/* Asks now whether the other end is there, and not only at the next poll. */
void ilmi_poll(struct ilmi *ilmi, uint64_t now_ms);

/* Who is at the other end, as it said since ilmi_start; peer is set when it is named. */
enum ilmi_peer_kind ilmi_peer(const struct ilmi *ilmi, struct ilmi_peer *peer);

bool ilmi_is_connected(const struct ilmi *ilmi);
void ilmi_statistics_read(const struct ilmi *ilmi, struct ilmi_statistics *out);

#endif
