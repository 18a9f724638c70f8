/* SPDX-License-Identifier: MIT */
/* A pair is two unis with a wire between them that tests cut, empty and write on; every frame and
 * event is written down. */
#ifndef CONDIS_TESTS_UNI_PAIR_H
#define CONDIS_TESTS_UNI_PAIR_H

#include "uni/uni.h"

enum { LEFT, RIGHT, PAIR_LOG = 512, PAIR_DATA = 160 };

struct pair_event {
    enum uni_event_kind kind;
    uint32_t call;
    uint64_t cookie;
    uint16_t party;
    uint64_t party_cookie;
    uint8_t cause;
    uint8_t data_bytes; /* of user-user */
    uint8_t data[PAIR_DATA];
};

struct pair_frame {
    uint8_t type;
    uint8_t cause;  /* first; 0: none */
    uint8_t cause2; /* second */
    uint8_t diagnostic;
    uint8_t call_state;
    uint8_t endpoint_state;
    bool has_endpoint;
    bool has_data;
    uint8_t endpoint_flag;
    uint16_t endpoint;
};

struct pair {
    struct uni *uni[2];
    uint64_t now_ms;
    bool lost[2]; /* what this side sends is lost */
    struct pair_event events[2][PAIR_LOG];
    struct pair_frame frames[2][PAIR_LOG]; /* by the side that sent */
    unsigned event_count[2], frame_count[2];
    unsigned event_read[2], frame_read[2];
};

/* Left is the user side, or a network side on a trunk; right the network side. Link up. */
void pair_begin(struct pair *pair, enum uni_version version, bool trunk);
void pair_end(struct pair *pair);

/* Carry frames until there are none, and write events down. */
void pair_pump(struct pair *pair);
void pair_wait(struct pair *pair, uint64_t ms);

/* Next unread event of a side, which must be of this kind. */
const struct pair_event *pair_event(struct pair *pair, int side, enum uni_event_kind kind);
/* Next unread frame that a side sent, which must be of this type. */
const struct pair_frame *pair_frame(struct pair *pair, int side, uint8_t type);
/* Everything was read. */
void pair_quiet(struct pair *pair);
void pair_forget(struct pair *pair);

/* Elements of SETUP and ADD PARTY, of a cause, of user-user data. Static; overwritten. */
struct uni_message *pair_setup(bool multipoint, bool connection);
struct uni_message *pair_called(void);
struct uni_message *pair_said(uint8_t cause, const char *data);
struct uni_message *pair_connection(void);

/* A call from left to right that is active; handles of both sides. */
void pair_call(struct pair *pair, bool multipoint, uint32_t call[2]);
/* One more party of it, answered. */
uint16_t pair_add(struct pair *pair, const uint32_t call[2]);

/* Write elements as octets of a message from `side` and let the other side read it. */
void pair_inject(struct pair *pair, int side, uint8_t type, uint8_t reference_flag,
                 const char *elements);

#endif
