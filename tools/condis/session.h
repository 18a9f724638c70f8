/* SPDX-License-Identifier: MIT */
/* A session is what one `condis call` or `condis answer` works in: a live world with one host, its
 * drivers, one adapter and an open address family. */
#ifndef CONDIS_TOOL_SESSION_H
#define CONDIS_TOOL_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <condis/call.h>
#include <condis/host.h>
#include <jansson.h>

#include "command.h"

enum {
    SESSION_MEDIUM_BYTES = 64,
    SESSION_SETTINGS_MAX = 8,
};

/* What a command finds around it. The program has its own streams and signals there; a test has
 * others, and one world for several commands. */
struct surroundings {
    FILE *out;
    FILE *err;
    int in_fd;                             /* lines of the user; -1: none */
    int stop_fd;                           /* readable: end in order; -1: never */
    struct condis_world *world;            /* NULL: a live world of the command's own */
    const struct condis_setting *settings; /* of the adapter, more than the command gives it */
    size_t setting_count;
};

/* The options that both commands have. First member of each command's own settings. */
struct session_settings {
    char medium[SESSION_MEDIUM_BYTES]; /* "tcp:HOST[:PORT]" */
    const char *driver;                /* NULL: atmmcm */
    const char *uni;                   /* NULL: the driver's choice */
    uint32_t t309_ms;                  /* 0: the driver's choice */
    const char *pcap;
    const char *trace;
    const char *control;
    bool json;
    bool has_address;
    char address_text[CONDIS_ADDRESS_TEXT_BYTES];
    struct condis_address address; /* this end's */
};

/* Take an option's value; context: a struct session_settings. */
const char *session_take_switch(void *context, const char *value);
const char *session_take_address(void *context, const char *value);

/* Rows for a command's option table. */
#define SESSION_ENDS(address_says)                                                                 \
    {"--switch", "HOST[:PORT]", "the switch; its port is 2812 unless said",                        \
     .take = session_take_switch},                                                                 \
    {                                                                                              \
        "--address", "@NAME|+NUMBER|AESA", address_says, .take = session_take_address              \
    }
#define SESSION_ROWS                                                                               \
    {"--driver", "atmmcm|atmuni|PATH",                                                             \
     "signalling in the miniport (default), in a call manager of its own, or PATH's",              \
     OPTION_TEXT(struct session_settings, driver)},                                                \
        {"--uni", "3.1|4.0", "version of the signalling (default: the driver's)",                  \
         OPTION_NAME(struct session_settings, uni)},                                               \
        {"--t309", "MS", "how long calls wait for a link that was lost (default 10000)",           \
         OPTION_U32(struct session_settings, t309_ms, 1, UINT32_MAX), .of = "milliseconds"},       \
        {"--pcap", "FILE", "capture the link for Wireshark",                                       \
         OPTION_TEXT(struct session_settings, pcap)},                                              \
        {"--trace", "FILE", "write every NDIS event; FILE.json: as JSON lines",                    \
         OPTION_TEXT(struct session_settings, trace)},                                             \
        {"--control", "PATH", "a socket at which condis show asks what is inside",                 \
         OPTION_TEXT(struct session_settings, control)},                                           \
        JSON_ROW(struct session_settings, json), HELP_ROW

struct session {
    const struct surroundings *around;
    FILE *say; /* where what people read goes */
    struct condis_world *world;
    bool own_world;
    bool capturing;
    struct condis_control *control;
    struct condis_host *host;
    struct condis_client *client;
    struct condis_af *af;
    int poke_fd; /* written to when what the network knows of this end may have changed */
    struct condis_address known[CONDIS_AF_ADDRESSES_MAX]; /* as it was said last */
    size_t known_count;
    bool waiting_said;
};

/* Opens what the settings say.
 * name     of the host, when the settings have no address
 * poke_fd  an eventfd; see struct session
 * returns false after one line that says what is wrong; nothing is left open then. */
bool session_begin(struct session *session, const struct session_settings *settings,
                   const struct surroundings *around, const char *name, int poke_fd);

/* Says what the network has come to know of this end, or knows no more, since it was said last.
 * waited_long  with nothing known yet: says, once, that no network has answered */
void session_look(struct session *session, bool waited_long);

/* Closes it. returns false when a rule was broken or something leaked (it is printed) or the
 * capture could not be written. */
bool session_end(struct session *session);

/* Prints one line for people. */
void session_say(struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints a document on standard output, and gives it up. */
void session_json(struct session *session, json_t *document);

/* Text of bytes that came from somewhere else: what is not printable ASCII becomes \xNN.
 * returns text, cut off at text_bytes. */
const char *session_quote(char *text, size_t text_bytes, const void *data, size_t bytes);

/* Runs a command in the process's own surroundings: SIGINT and SIGTERM make stop_fd readable. */
int session_run(const struct command *self, const char *const *arguments, size_t argument_count,
                int (*run)(const struct command *self, const struct surroundings *around,
                           const char *const *arguments, size_t argument_count));

#endif
