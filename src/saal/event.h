/* SPDX-License-Identifier: MIT */
/* An event is what an engine tells its user; the user takes events out, nobody is called back.
 *
 * The AA and MAA kinds are SSCOP's (Q.2110), the AAL kinds SSCF-UNI's (Q.2130). */
#ifndef CONDIS_SAAL_EVENT_H
#define CONDIS_SAAL_EVENT_H

#include "saal/buffer.h"

enum saal_event_kind {
    SAAL_NO_EVENT,
    SAAL_AA_ESTABLISH_INDICATION,
    SAAL_AA_ESTABLISH_CONFIRM,
    SAAL_AA_RELEASE_INDICATION,
    SAAL_AA_RELEASE_CONFIRM,
    SAAL_AA_DATA_INDICATION,
    SAAL_AA_RESYNC_INDICATION,
    SAAL_AA_RESYNC_CONFIRM,
    SAAL_AA_RECOVER_INDICATION,
    SAAL_AA_UNITDATA_INDICATION,
    SAAL_MAA_ERROR_INDICATION,
    SAAL_MAA_UNITDATA_INDICATION,
    SAAL_AAL_ESTABLISH_INDICATION,
    SAAL_AAL_ESTABLISH_CONFIRM,
    SAAL_AAL_RELEASE_INDICATION,
    SAAL_AAL_RELEASE_CONFIRM,
    SAAL_AAL_DATA_INDICATION,
    SAAL_AAL_UNITDATA_INDICATION,
    SAAL_EVENT_KIND_COUNT,
};

/* Who ended a connection. */
enum saal_source {
    SAAL_SOURCE_USER,
    SAAL_SOURCE_SSCOP,
};

struct saal_event {
    uint8_t kind;   /* enum saal_event_kind */
    uint8_t source; /* enum saal_source, of a release indication */
    char error;     /* 'A' to 'X', of MAA_ERROR: SIG §2.5 */
    uint8_t epoch;  /* the engine's: which connection the data belongs to */
    uint32_t count; /* of MAA_ERROR 'V': SDs sent again */
    uint32_t bytes; /* of data */
    /* The SDU, or the user-to-user octets of the PDU; NULL if there are none. Inside buffer, never
     * to be written, valid until the buffer is released. */
    const uint8_t *data;
    struct saal_buffer *buffer; /* one reference, which moves to who takes the event; or NULL */
};

/* The name of a kind, such as "AA-DATA.indication"; a constant string. */
const char *saal_event_name(enum saal_event_kind kind);

#endif
