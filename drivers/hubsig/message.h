/* SPDX-License-Identifier: MIT */
/* A message is what two call managers on a hub say to each other: one control frame.
 *
 * On the wire every number is big-endian:
 *   0  2  'h' 's'         4  4  bytes of the whole message     40  4  reference at the receiver
 *   2  1  version, 1      8 16  station that it goes to        44  4  reference at the sender
 *   3  1  message number 24 16  station that it comes from     48     body: the parts of
 *   message.def
 * A station is its length (1..12), that many characters, zeros. The parts of a body, in this order:
 *   offer   4 flags (bit 0: multipoint)  4 channel  4 endpoint  4 count of information elements
 *           20 called address  20 calling address
 *   flows   8 numbers forward (from the root), 8 numbers backward: a FLOWSPEC's fields
 *   status  4 an NDIS_STATUS
 *   data    4 bytes, then the bytes: information elements of an offer, close data of a clearing
 * Plain C: no memory, no clock, no NDIS. */
#ifndef HUBSIG_MESSAGE_H
#define HUBSIG_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HUBSIG_NAME_BYTES        12u
#define HUBSIG_ADDRESS_BYTES     20u
#define HUBSIG_HEADER_BYTES      48u
#define HUBSIG_CLOSE_BYTES_MAX   65536u /* close data in one message */
#define HUBSIG_ELEMENT_BYTES_MAX 4096u  /* information elements in one offer */
#define HUBSIG_MESSAGE_BYTES_MAX (HUBSIG_HEADER_BYTES + 128u + HUBSIG_CLOSE_BYTES_MAX)

/* A station's name; unused characters are zero, so that names compare with memcmp. */
struct hubsig_name {
    uint8_t length;
    char text[HUBSIG_NAME_BYTES];
};

/* A FLOWSPEC. */
struct hubsig_flow {
    uint32_t field[8];
};

enum hubsig_part {
    PART_OFFER = 1,
    PART_FLOWS = 2,
    PART_STATUS = 4,
    PART_DATA = 8,
};

enum hubsig_type {
    HUBSIG_NO_MESSAGE = 0,
#define MESSAGE(name, number, parts, event) HUBSIG_##name = (number),
#include "message.def"
#undef MESSAGE
    HUBSIG_TYPES,
};

struct hubsig_message {
    enum hubsig_type type;
    struct hubsig_name to;
    struct hubsig_name from;
    uint32_t to_ref;   /* 0: none yet */
    uint32_t from_ref; /* 0: none */
    bool multipoint;
    uint32_t channel;
    uint32_t endpoint; /* which party of the call; 0 is the first */
    uint32_t element_count;
    uint8_t called[HUBSIG_ADDRESS_BYTES];
    uint8_t calling[HUBSIG_ADDRESS_BYTES];
    struct hubsig_flow forward;
    struct hubsig_flow backward;
    uint32_t status;
    const uint8_t *data; /* borrowed; NULL when data_bytes is 0 */
    uint32_t data_bytes;
};

/* How many bytes a message takes on the wire. */
size_t hubsig_message_bytes(const struct hubsig_message *message);

/* Writes a message. out has hubsig_message_bytes(message) bytes; data is within its maximum. */
void hubsig_encode(const struct hubsig_message *message, uint8_t *out);

/* Reads a message that another host sent: every byte is checked.
 * bytes   borrowed; out->data points into it
 * returns NULL, or what is wrong with it (static text; *out is then undefined). */
const char *hubsig_decode(const uint8_t *bytes, size_t byte_count, struct hubsig_message *out);

/* Reads only where an encoded message goes to and comes from; for one who carries it.
 * returns false when it is too short or a name is malformed. */
bool hubsig_decode_names(const uint8_t *bytes, size_t byte_count, struct hubsig_name *to,
                         struct hubsig_name *from);

/* Makes a name of 1..12 characters of [A-Za-z0-9._-]. returns false for any other text. */
bool hubsig_name_set(struct hubsig_name *name, const char *text, size_t length);

bool hubsig_name_equal(const struct hubsig_name *a, const struct hubsig_name *b);

/* "SETUP" for a message; "?" for a number that is none. */
const char *hubsig_type_name(enum hubsig_type type);

/* The parts of a message's body. */
uint32_t hubsig_type_parts(enum hubsig_type type);

#endif
