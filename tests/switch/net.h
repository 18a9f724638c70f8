/* SPDX-License-Identifier: MIT */
/* A net is a switch and user sides on its ports, joined in one process: no sockets, own time. */
#ifndef CONDIS_TESTS_SWITCH_NET_H
#define CONDIS_TESTS_SWITCH_NET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "saal/saal.h"
#include "switch/switch.h"

enum { NET_USERS = 24, NET_EVENT_KINDS = 32, NET_TEXT = 160 };

/* What a user side does when it is called. */
enum net_answer {
    NET_CONNECT,
    NET_REFUSE,       /* SETUP and ADD PARTY with cause 17 */
    NET_REFUSE_PARTY, /* the first of a call connects, ADD PARTY is refused */
    NET_ALERT,        /* and says no more until net_connect */
    NET_SILENT,
};

struct net_user {
    struct saal *saal;
    struct uni *uni;
    uint32_t port;
    enum net_answer answer;
    bool plugged;
    bool away;        /* its wire is cut; it comes back by net_mend */
    bool link_wanted; /* when it does */
    bool gone;        /* the switch gave its port up */
    uint32_t call;    /* the last one it made or was called with */
    uint16_t vci;     /* of that call */
    uint16_t party;   /* of the last event about one */
    uint32_t counts[NET_EVENT_KINDS];
    uint8_t cause;               /* of the last event that had one */
    char text[NET_TEXT];         /* user-user octets of the last event that had some */
    char connect_text[NET_TEXT]; /* it answers with these */
    char setup_text[NET_TEXT];   /* user-user octets of the last SETUP */
};

struct net {
    struct switch_core *core;
    struct saal_pool *pool;
    struct net_user users[NET_USERS];
    uint32_t user_count;
    uint64_t now_ms;
    struct net *peer; /* another net, joined by a trunk; both have the time of one */
    uint32_t trunk_port;
    bool trunk_cut;    /* frames of this net get lost on it */
    bool trunk_broken; /* the switch said so */
};

/* Begin with user_count users on ports 0.. of one kind, each reached as net_address(i), all links
 * up. options NULL: UNI 4.0 without limits. */
void net_begin(struct net *net, uint32_t user_count, const struct switch_port_options *options);
/* Release what is left, and see that nothing stays behind. */
void net_end(struct net *net);

/* Plug a user in; returns its number. */
uint32_t net_plug(struct net *net, const struct switch_port_options *options);
/* Join two nets by a trunk, each by a port of its own with routes to the other's users. */
void net_join(struct net *a, struct net *b);
/* The same, and the link of the first is as it says: sscop is copied. */
void net_join_by(struct net *a, struct net *b, const struct sscop_options *sscop);
/* Its wire is gone. */
void net_unplug(struct net *net, uint32_t user);

/* Its wire is cut at both ends, and mended: on the same port, if the switch still has it. */
void net_cut(struct net *net, uint32_t user);
void net_mend(struct net *net, uint32_t user);
/* The same for the trunk of two nets. */
void net_cut_trunk(struct net *net);
void net_mend_trunk(struct net *net);

/* The address of a user: "@u" and a number, and which of its own (0 the first). */
/* Users of a net that is joined as the second are called with NET_FAR + their number. */
enum { NET_FAR = 100 };
void net_address(uint8_t out[ROUTE_ADDRESS_BYTES], uint32_t user, uint32_t which);

/* Let everything that can happen without time happen. */
void net_run(struct net *net);
/* Let time pass. */
void net_pass(struct net *net, uint64_t ms);

struct net_call {
    uint32_t from;
    uint32_t to;
    uint32_t which; /* address of `to` */
    bool multipoint;
    uint32_t cells;   /* peak rate forward; 0: best effort */
    const char *text; /* user-user */
};
void net_setup(struct net *net, const struct net_call *call);
uint16_t net_add(struct net *net, uint32_t from, uint32_t to, uint32_t which, const char *text);
/* The same for an address that is nobody's own; the user answers or not. */
uint16_t net_add_address(struct net *net, uint32_t from, uint8_t address[ROUTE_ADDRESS_BYTES]);
void net_drop(struct net *net, uint32_t from, uint16_t party, const char *text);
void net_release(struct net *net, uint32_t user, const char *text);
void net_connect(struct net *net, uint32_t user); /* what NET_ALERT left open */

/* Ports that a frame of the user's call reaches, as bits. */
uint32_t net_reach(const struct net *net, uint32_t user);

static inline uint32_t net_count(const struct net *net, uint32_t user, enum uni_event_kind kind)
{
    return net->users[user].counts[kind];
}

/* Begins one of four, with a call from user 0 that has a party at 1, two at 2, and one at 3. */
void net_begin_tree(struct net *net);

/* Checks that its leaves heard of the call's end, cause 27, and that it is gone. */
void net_check_tree_gone(struct net *net);

#endif
