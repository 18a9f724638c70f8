/* SPDX-License-Identifier: MIT */
/* A switch joins hosts over TCP: it is the network between their call managers, with signalling,
 * registration of addresses, and one copy of each frame for each branch of a call.
 *
 * Interface of host programs; `condis switch` is one. */
#ifndef CONDIS_SWITCH_H
#define CONDIS_SWITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <condis/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CONDIS_SWITCH_PORT 2812 /* of atmtcp, in the registry of IANA */

enum condis_uni { CONDIS_UNI_31, CONDIS_UNI_40 };

/* Addresses that begin with these digits are reached through a port. */
struct condis_switch_route {
    uint8_t prefix[20];
    uint8_t digit_count; /* hexadecimal; 0..40 */
    uint32_t port;       /* trunks first, in their order, then hosts in the order they connect;
                          * a number that became free is given to the next */
    uint32_t metric;     /* the lower is preferred among equal prefixes */
};

/* Reads the prefix of a route from text: @name for that host's address, up to 40 hexadecimal
 * digits, with dots anywhere among them, or * for every address.
 * route    prefix and digit_count are set, on success only
 * returns  false when text is none of these */
bool condis_switch_prefix_parse(const char *text, struct condis_switch_route *route);

/* Another switch. Its port number is its place in the list. */
struct condis_switch_trunk {
    const char *host;
    uint16_t port; /* 0: CONDIS_SWITCH_PORT */
};

struct condis_switch_options {
    const char *host;       /* where hosts connect; NULL: all addresses */
    uint16_t port;          /* 0: any, which is told on `log` */
    const char *trunk_host; /* where other switches connect; used when trunk_listens */
    uint16_t trunk_port;
    bool trunk_listens;
    const uint8_t
        *prefix; /* 13 octets that ILMI gives to hosts; NULL: 47 00 05 80 FF E1 and zeros */
    const struct condis_switch_route *routes;
    size_t route_count;
    const struct condis_switch_trunk *trunks;
    size_t trunk_count;
    enum condis_uni uni;
    uint32_t call_count_max;  /* of a port; 0: no limit but the switch's memory */
    uint32_t party_count_max; /* of a port */
    uint32_t cell_rate;       /* of a port, cells a second that can be promised; 0: no limit */
    uint32_t t309_ms;         /* how long calls wait for a link that was lost; 0: 10 s */
    uint32_t queue_bytes_max; /* of frames that wait for a port; 0: 4 MiB */
    const char *pcap_path;    /* NULL: no capture */
    const char *control_path; /* where `condis show` may ask; NULL: nowhere */
    FILE *log;                /* ports that come and go, a line each; NULL: nobody listens */
    FILE *status;             /* written on SIGUSR1 and at the end; NULL: nobody listens */
    bool json;                /* the status as one line of JSON */
};

/* Runs a switch until SIGTERM or SIGINT, which release all calls and then end it. The calling
 * thread takes these signals, and SIGUSR1, while it runs; call it before other threads are made.
 * returns false and fills *error when it could not begin. */
bool condis_switch_run(const struct condis_switch_options *options, struct condis_error *error);

#ifdef __cplusplus
}
#endif
#endif
