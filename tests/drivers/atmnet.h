/* SPDX-License-Identifier: MIT */
/* An atmnet is a switch with a signalling engine on each port, and a wire that loses nothing; what
 * the engines tell is kept for each station. */
#ifndef TESTS_ATMNET_H
#define TESTS_ATMNET_H

#include "atmsig.h"
#include "switch/switch.h"

enum { NET_STATIONS_MAX = 4, NET_TELLS_MAX = 64 };

struct net_tell {
    enum hubsig_tell tell;
    struct hubsig_leg *leg;
    uint32_t status;
    uint32_t channel;
    uint32_t data_bytes;
    uint8_t data[128];
};

struct net_station {
    struct atmsig *sig;
    uint32_t port;
    uint8_t address[20];
    struct atm_leg offered; /* takes the offers that come, one at a time */
    struct atm_leg second;  /* and the second one */
    unsigned offer_count;
    bool refuses;   /* offers, with INVALID_SAP */
    bool withholds; /* its answer */
    bool severed;   /* net_sever */
    bool gone;      /* the switch gave its port up */
    struct hubsig_message offer;
    struct net_tell tells[NET_TELLS_MAX];
    unsigned tell_count;
};

struct net {
    struct switch_core *core;
    uint64_t now_ms;
    struct net_station stations[NET_STATIONS_MAX];
    unsigned station_count;
    bool cut; /* the wires carry nothing */
};

void net_begin(struct net *net, unsigned station_count, enum uni_version version);
void net_end(struct net *net);
/* Moves frames and takes what is told until all are quiet. */
void net_run(struct net *net);
/* Lets time pass from deadline to deadline. */
void net_wait(struct net *net, uint64_t ms);
/* Cuts the wire of a station, as both ends see it, and mends it. */
void net_sever(struct net *net, unsigned at);
void net_restore(struct net *net, unsigned at);
/* The last thing told about a leg; asserted to be there. */
const struct net_tell *net_last(const struct net_station *station, const struct atm_leg *leg);
/* An offer from one station to another. */
void net_offer(const struct net *net, unsigned from, unsigned to, bool multipoint,
               struct hubsig_message *offer);

#endif
