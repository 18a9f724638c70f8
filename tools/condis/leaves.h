/* SPDX-License-Identifier: MIT */
/* Leaves are the parties of the one call that `condis call` makes, as its user sees them. All
 * functions are for the command's own thread; what ends elsewhere only sets a flag and pokes. */
#ifndef CONDIS_TOOL_LEAVES_H
#define CONDIS_TOOL_LEAVES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <condis/call.h>

#include "session.h"

enum { LEAF_SAID_BYTES = 256 };

enum leaf_state {
    LEAF_NAMED, /* nothing was asked for yet */
    LEAF_ADDING,
    LEAF_ACTIVE,
    LEAF_REFUSED,  /* could not be added */
    LEAF_DROPPED,  /* by the user of the command */
    LEAF_COMPLETE, /* it hung up at the end and has everything */
    LEAF_ENOUGH,   /* it hung up before the end, and lacks nothing of what was sent till then */
    LEAF_LEFT,     /* by itself, or lost, without everything */
    LEAF_CLOSED,   /* with the call, before it said that it has everything */
};

/* One request about a leaf that is under way or has ended. */
struct leaf_asked {
    int poke_fd;
    condis_status status; /* valid when done */
    _Atomic bool done;
    bool open; /* was asked, and its end not looked at yet */
};

struct leaf {
    struct condis_address address;
    char name[CONDIS_ADDRESS_TEXT_BYTES];
    enum leaf_state state;
    struct condis_party *party;
    struct leaf_asked added;
    struct leaf_asked dropped;
    char *words;        /* close data of a drop under way */
    uint64_t from_byte; /* sent when it joined */
    uint64_t to_byte;   /* sent when it was gone */
    condis_status status;
    char said[LEAF_SAID_BYTES]; /* its close data, printable */
};

struct leaves {
    struct session *session;
    struct leaf **at;
    size_t count;
    int poke_fd;
};

/* Appends a leaf. returns NULL after saying what is wrong: no address, or there already. */
struct leaf *leaves_append(struct leaves *leaves, const char *text);

/* The leaf of this name that is not gone, or NULL. */
struct leaf *leaves_find(struct leaves *leaves, const char *text);

/* How many leaves are in a state. */
size_t leaves_in(const struct leaves *leaves, enum leaf_state state);

/* The `done` of a request about a leaf; context is the struct leaf_asked. */
void leaf_asked_done(void *context, condis_status status);

/* Asks for a leaf to be added to the call. */
void leaf_ask_add(struct leaf *leaf, struct condis_call *call);

/* Asks for a leaf to be dropped. words may be empty. */
void leaf_ask_drop(struct leaves *leaves, struct leaf *leaf, const char *words);

/* Looks at every leaf and says what has changed.
 * sent_bytes  so far
 * ended       whether all of the stream was sent */
void leaves_look(struct leaves *leaves, struct condis_call *call, uint64_t sent_bytes, bool ended);

/* Whether every leaf got all it should have.
 * closed_counts  a leaf that was there until the user closed the call did */
bool leaves_all_well(const struct leaves *leaves, bool closed_counts);

/* Prints a line for each. */
void leaves_say(struct leaves *leaves, uint64_t sent_bytes);

/* An array with an object for each. */
json_t *leaves_json(const struct leaves *leaves, uint64_t sent_bytes);

void leaves_free(struct leaves *leaves);

#endif
