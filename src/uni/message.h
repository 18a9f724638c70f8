/* SPDX-License-Identifier: MIT */
/* A message is one UNI signalling message (Q.2931, Q.2971) in decoded form: a fixed struct whose
 * long contents are views into the octets it was decoded from.
 * Lifetime: every view of a decoded message is valid as long as those octets stay where they are
 * and as they are. Nothing here allocates. */
#ifndef CONDIS_UNI_MESSAGE_H
#define CONDIS_UNI_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Octets that belong to somebody else. */
struct uni_view {
    const uint8_t *bytes;
    uint16_t byte_count;
};

#define UNI_TAG(TAG) (1u << UNI_TAG_##TAG)

/* Bits of the tag sets: struct uni_aal_parameters, uni_traffic, uni_extended_qos, uni_delay. */
#define TAGS(field)          enum {
#define TAG0(TAG, id, field) UNI_TAG_##TAG,
#define TAG8                 TAG0
#define TAG16                TAG0
#define TAG24                TAG0
#define TAG32                TAG0
#define END_TAGS                                                                                   \
    }                                                                                              \
    ;
#include "uni/ie.def"

/* One struct for each information element, its fields as ie.def names them. `head` is octet 2:
 * coding standard and action indicator; 0 when encoding means the element's default. */
#define IE(NAME, name, id, max, count, coding, class_, title)                                      \
    struct uni_##name {                                                                            \
        uint8_t head;
#define END_IE(name)                                                                               \
    }                                                                                              \
    ;
#define BITS(field, shift, width) uint8_t field;
#define EXT(field)                uint8_t field;
#define U8(field)                 uint8_t field;
#define U16(field)                uint16_t field;
#define U24(field)                uint32_t field;
#define U32(field)                uint32_t field;
#define FLAG_U15(flag, field)                                                                      \
    uint8_t flag;                                                                                  \
    uint16_t field;
#define PEEK(field, mask, value) uint8_t field;
#define VIEW(field, min, max)    struct uni_view field;
#define TAGS(field)              uint32_t field;
#define TAG0(TAG, id, field)
#define TAG8(TAG, id, field)  uint8_t field;
#define TAG16(TAG, id, field) uint16_t field;
#define TAG24(TAG, id, field) uint32_t field;
#define TAG32(TAG, id, field) uint32_t field;
#include "uni/ie.def"

/* The elements, numbered in the order in which they are encoded. */
enum uni_ie {
#define IE(NAME, name, id, max, count, coding, class_, title) UNI_IE_##NAME,
#include "uni/ie.def"
    UNI_IE_COUNT
};

#define UNI_HAS(NAME) (UINT64_C(1) << UNI_IE_##NAME)

enum uni_message_type {
#define MESSAGE(NAME, value, in_31, in_40, title) UNI_##NAME = value,
#define OTHER(NAME, value, title)                 UNI_OTHER_##NAME = value,
#include "uni/message.def"
};

/* Octets that no message can exceed: the size of every buffer that uni_encode writes to, with room
 * for an element that turns out too long once it is written. */
enum {
    UNI_HEADER_BYTES = 9,
    UNI_MESSAGE_BYTES_MAX = UNI_HEADER_BYTES + 128
#define IE(NAME, name, id, max, count, coding, class_, title) +(max) * (count)
#include "uni/ie.def"
};

enum {
    UNI_CALL_REF_GLOBAL = 0,
    UNI_CALL_REF_DUMMY = 0x7FFFFF,
    UNI_FAULTS_MAX = 28, /* that are told one by one: as many as a cause has room for */
    /* Octet 7 of a message, octet 2 of an element. */
    UNI_HEAD = 0x80,
    UNI_HEAD_ATMF = 0x60,
    UNI_HEAD_FLAG = 0x10, /* the action indicator is to be obeyed */
    UNI_HEAD_PROCEED = UNI_HEAD | UNI_HEAD_FLAG | 1,
};

/* What is wrong with one element (SIG 7). */
enum uni_fault_kind {
    UNI_FAULT_UNKNOWN = 1, /* not known, or not allowed in this message */
    UNI_FAULT_CONTENTS,
};

struct uni_fault {
    uint8_t kind;
    uint8_t id;
    uint8_t head;
    uint8_t ie; /* enum uni_ie, or UNI_IE_COUNT */
};

/* Fields of elements are meaningful only when `has` says so; likewise count. Each element is an
 * array, so message.cause->value reads the first. */
struct uni_message {
    uint64_t has; /* UNI_HAS bits */
    uint32_t call_ref;
    uint8_t call_ref_flag; /* 1: sent to the side that allocated the reference */
    uint8_t type;
    uint8_t head; /* octet 7 */
    uint8_t fault_count;
    bool length_wrong; /* the length field and the octets disagree */
    struct uni_fault faults[UNI_FAULTS_MAX];
    uint8_t count[UNI_IE_COUNT];
#define IE(NAME, name, id, max, count, coding, class_, title) struct uni_##name name[count];
#include "uni/ie.def"
};

enum uni_decode_result {
    UNI_DECODE_OK,        /* perhaps with faults, which are in the message */
    UNI_DECODE_SHORT,     /* fewer than nine octets */
    UNI_DECODE_PROTOCOL,  /* not Q.2931 */
    UNI_DECODE_REFERENCE, /* not a call reference of three octets */
};

/* Decode one message.
 * message   written: the header always on OK, and every element that is good
 * bytes     borrowed; views point into them, so they must outlive the message's use
 * returns   UNI_DECODE_OK, also for unknown types and faulty elements: uni_check judges them;
 *           any other: the frame is to be ignored, and only `has` and `fault_count` are written
 * effects   none; reads at most byte_count octets
 * source    SIG 3.1, 4.1, 7 */
enum uni_decode_result uni_decode(struct uni_message *message, const uint8_t *bytes,
                                  size_t byte_count);

/* Encode one message.
 * message   its elements leave in the order of ie.def; several BLLIs need the REPEAT element
 * out       room for UNI_MESSAGE_BYTES_MAX octets
 * returns   octets written, or 0: an element breaks its own description (ie.def)
 * source    SIG 3.1, 4.1 */
size_t uni_encode(const struct uni_message *message, uint8_t *out);

/* Start a message without elements. */
static inline void uni_message_init(struct uni_message *message, uint8_t type, uint32_t call_ref,
                                    uint8_t call_ref_flag)
{
    message->has = 0;
    message->call_ref = call_ref;
    message->call_ref_flag = call_ref_flag;
    message->type = type;
    message->head = UNI_HEAD;
    message->fault_count = 0;
    message->length_wrong = false;
}

/* Add one more instance of an element, all zero; NULL when there is no room for it.
 * UNI_ADD(&m, CAUSE, cause)->value = 16; */
#define UNI_ADD(message, NAME, name)                                                               \
    ((struct uni_##name *)uni_message_add((message), UNI_IE_##NAME, (message)->name,               \
                                          sizeof(message)->name[0],                                \
                                          sizeof(message)->name / sizeof(message)->name[0]))
void *uni_message_add(struct uni_message *message, enum uni_ie ie, void *array, size_t size,
                      size_t room);

enum uni_version {
    UNI_31,
    UNI_40,
};

/* Which way a message goes; the rules differ for a few elements (message.def). */
enum uni_direction {
    UNI_USER_TO_NETWORK,
    UNI_NETWORK_TO_USER,
};

/* What is to be done with a message, the mildest first (SIG 7). */
enum uni_reaction {
    UNI_PROCESS,
    UNI_PROCESS_REPORT, /* process what is good, then STATUS */
    UNI_IGNORE,
    UNI_IGNORE_REPORT,
    UNI_CLEAR,
};

struct uni_verdict {
    enum uni_reaction reaction;
    uint8_t cause; /* with UNI_PROCESS and UNI_IGNORE 0: nothing is reported */
    uint8_t diagnostic_count;
    uint8_t diagnostics[UNI_FAULTS_MAX];
    enum uni_reaction fault_reaction; /* what it would be if nothing were missing */
    uint8_t fault_cause;
    bool by_action;       /* the reaction is what an action indicator asked for */
    bool missing;         /* a mandatory element is missing or empty */
    uint64_t missing_set; /* UNI_HAS bits of them */
    uint64_t bad_set;     /* known elements with bad contents */
};

/* Judge a decoded message: elements that may not be here are taken out of `has` and count as
 * unknown, extra copies are dropped, missing ones are found, action indicators are weighed.
 * message   changed as said
 * returns   the one reaction of highest precedence, with its cause and diagnostics
 * source    SIG 3.3, 4.1, 7 */
struct uni_verdict uni_check(struct uni_message *message, enum uni_version version,
                             enum uni_direction direction);

/* True when messages of this type exist in this version. */
bool uni_type_known(uint8_t type, enum uni_version version);

/* True when the element may be in messages of this type. */
bool uni_ie_allowed(uint8_t type, enum uni_ie ie, enum uni_version version,
                    enum uni_direction direction);

/* The element's identifier on the wire. */
uint8_t uni_ie_id(enum uni_ie ie);

/* Names for people; "unknown" for numbers without one. Static. */
const char *uni_type_name(uint8_t type);
const char *uni_ie_name(uint8_t id);
const char *uni_cause_name(uint8_t value);

/* Write a message in one line of text.
 * out       written and ended with 0 when byte_count > 0, cut where it does not fit
 * returns   characters the whole text has, the final 0 not counted */
size_t uni_print(const struct uni_message *message, char *out, size_t byte_count);

/* True when the two say the same: header, elements and their contents. Faults do not count. */
bool uni_message_equal(const struct uni_message *a, const struct uni_message *b);

#endif
