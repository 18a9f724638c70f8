/* SPDX-License-Identifier: MIT */
/* The boxes of a client and what it has: address families, listeners, calls and parties.
 * Callbacks of the client library carry their addresses; fields marked (c) are written there, the
 * rest belongs to the script's thread. */
#ifndef CONDIS_SCRIPT_CLIENTS_H
#define CONDIS_SCRIPT_CLIENTS_H

#include "script/activity.h"

#define CLIENT_AFS_MAX      64
#define INBOX_COPIED_BYTES  (1u << 18) /* default of a call's inbox_bytes */
#define CALL_POSTS_DEFAULT  16         /* default of a call's posts_max */
#define LISTENER_OFFERS_MAX 256        /* default of a listener's backlog */

struct client_box {
    struct box box;
    struct host_box *host;
    struct condis_client *client;
    struct condis_af *afs[CLIENT_AFS_MAX]; /* that were ever opened */
    uint32_t af_count;
    condis_status refusal; /* why the last one did not open */
};

/* A call that is offered and that nobody took yet. */
struct offer {
    struct event event;
    struct offer *next;
    struct listener_box *listener;
    struct condis_call *call;
};

struct listener_box {
    struct box box;
    struct client_box *client;
    struct condis_listener *listener;
    struct offer *first; /* oldest */
    struct offer **last;
    uint32_t waiting_count; /* offers in the list */
    uint32_t backlog;
    atomic_uint offer_count; /* (c) */
    bool stopping;
};

/* One datum that came: a copy, or, when the copies are too many, lent by the adapter. */
struct datum {
    struct event event;
    struct datum *next;
    struct call_box *call;
    struct condis_data *lent; /* NULL: `bytes` of a copy follow */
    size_t bytes;
    uint8_t copy[];
};

struct call_box {
    struct box box;
    struct client_box *client;
    struct condis_call *call;
    struct event closed; /* (c) the remote end closed it */
    struct event ended;  /* (c) nothing is left of it */
    uint32_t box_count;  /* of parties that it ever had */
    struct datum *first; /* the inbox, oldest first */
    struct datum **last;
    uint32_t inbox_bytes_max;
    atomic_uint copied_bytes;   /* (c) copies in the inbox and on their way to it */
    pthread_mutex_t lend_mutex; /* guards copy_all; nothing is called with it held */
    bool copy_all;              /* (c) nothing more is to be kept lent */
    uint32_t post_count;        /* posted sends under way */
    uint32_t posts_max;
    condis_status post_status; /* the first failure among them */
    bool remote_closed;
    bool closing; /* by the script: what comes now is thrown away */
};

struct party_box {
    struct box box;
    struct call_box *call;
    struct condis_party *party;
    struct event left; /* (c) */
    bool gone;
};

/* host:client([options]) */
int client_open(lua_State *L);

/* Closes a client; what it had is gone. */
void client_close(struct client_box *self);

/* Copies what adapters have lent to the calls of all clients, and all that comes from now on;
 * false: no longer. Around whatever blocks the script's thread: it may wait for sends that end
 * when their data is given back, and halts wait for what was lent. */
void clients_copy_all(struct script *script, bool all);

/* listener methods live in listeners.c */
void listeners_open(lua_State *L);
int listener_new(lua_State *L);

/* Frees the offers that nobody took, of a client that is closed. */
void listener_clear(struct listener_box *self);

/* client:call(to, options) lives in calls.c */
int call_new(lua_State *L);

/* Makes a call's box and pushes it. options is the index of a checked table. */
struct call_box *call_push_new(lua_State *L, struct client_box *client, int options);

/* What the script wants to hear about a call. */
void call_events(struct call_box *self, struct condis_call_events *out);

/* Finds an open address family; NULL: none yet. adapter may be NULL. */
struct condis_af *client_find_af(const struct client_box *self, const char *adapter);

/* Finds an open address family, or waits for one and calls next again with the same context.
 * returns true with *out set, or false with *yielded what the caller returns. */
bool client_need_af(lua_State *L, struct client_box *self, const char *adapter,
                    lua_KContext context, lua_KFunction next, struct condis_af **out, int *yielded);

/* inbox.c: what came for a call. */
void inbox_init(struct call_box *self);
void inbox_on_data(void *context, struct condis_call *call, struct condis_data *data);
void inbox_clear(struct call_box *self);
void inbox_fini(struct call_box *self);
void inbox_copy_all(struct call_box *self, bool all);
void inbox_copy_lent(struct call_box *self);
int call_receive(lua_State *L);
int call_received(lua_State *L);
int call_send(lua_State *L);
int call_post(lua_State *L);
int call_flush(lua_State *L);

/* parties.c */
struct party_box *party_push_new(lua_State *L, struct call_box *call);

void party_on_left(void *context, struct condis_party *party, condis_status status,
                   const void *close_data, size_t close_bytes);
int party_add(lua_State *L);
int call_parties(lua_State *L);

#endif
