/* SPDX-License-Identifier: MIT */
/* The crew is one small driver of each kind, linked in under a name, that notes what it is asked:
 * "crew-mini" a connection-oriented miniport, "crew-mcm" a miniport call manager, "crew-manager" a
 * stand-alone call manager, "crew-client" a client. Knobs make them pend, fail or break rules. */
#ifndef CONDIS_TESTS_NDIS_CREW_H
#define CONDIS_TESTS_NDIS_CREW_H

#include <ndis.h>

#include <condis/host.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

/* One protocol of the crew. */
struct crew_protocol {
    NDIS_HANDLE driver;
    NDIS_HANDLE binding;
    NDIS_HANDLE bind_context;
    NDIS_HANDLE unbind_context;
    NDIS_HANDLE af;
    NDIS_EVENT opened;
    NDIS_EVENT af_changed;
    bool closing_in_unbind;
};

struct crew {
    struct crew_protocol client;
    struct crew_protocol manager;
    NDIS_HANDLE miniport_driver;
    NDIS_HANDLE adapter;
    NDIS_HANDLE cm_af; /* as the call manager got it */
    char log[4096];    /* one word for each thing that happened, each with a space behind it */
    const char *last_rule;

    /* knobs, all off at first */
    void (*client_in_bind)(struct crew_protocol *p, NDIS_HANDLE bind_context);
    void (*client_in_unbind)(struct crew_protocol *p);
    void (*client_in_notify)(struct crew_protocol *p, PCO_ADDRESS_FAMILY family);
    void (*miniport_in_init)(NDIS_HANDLE adapter);
    void (*miniport_in_halt)(NDIS_HANDLE adapter);
    NDIS_STATUS (*set_options)(NDIS_HANDLE driver);
    NDIS_STATUS (*miniport_co_oid)(NDIS_HANDLE vc_context, PNDIS_OID_REQUEST request);
    NDIS_STATUS (*miniport_oid)(PNDIS_OID_REQUEST request);
    NDIS_STATUS (*peer_oid)(const char *who, PNDIS_OID_REQUEST request);
    NDIS_STATUS entry_status; /* what DriverEntry of the client returns, after registering */
    NDIS_STATUS init_status;
    bool bind_pends;        /* the client completes its bind later */
    bool client_keeps_open; /* the client's unbind does not close the adapter */
    bool client_opens_af;
    bool restart_pends;
    bool pause_pends;
    bool no_attributes;
    bool forgets_deregistration; /* of a DriverEntry that fails */
    bool entry_leaks;            /* the client allocates and never frees */
};

extern struct crew crew;
extern uint64_t crew_seed; /* of the next world; 7 at first */

/* A world with one host; the crew forgets what it did. */
struct crew_world {
    struct condis_world *world;
    struct condis_host *host;
};

struct crew_world crew_begin(enum condis_clock clock, enum condis_completion completion);

/* Ends the world. returns  what was counted, the end's own reports included */
struct condis_tally crew_finish(struct crew_world *w);

/* Ends the world, and proves that no rule was broken that was not expected, and that every
 * expected one was. */
void crew_end(struct crew_world *w);

/* Loads a driver of the crew, or starts an adapter of one; a failure fails the test. */
struct condis_driver *crew_load(struct crew_world *w, const char *name);
struct condis_adapter *crew_start(struct condis_driver *miniport, const char *name);

/* The next break of this rule is wanted. */
void crew_expect(struct crew_world *w, const char *rule);

/* Notes one thing. */
void crew_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether a word was noted; how often. */
unsigned crew_count(const char *word);

/* Whether one word was noted before another. */
bool crew_before(const char *first, const char *second);

/* Runs what is queued, with five seconds at most. */
void crew_settle(struct crew_world *w);

/* Runs something as the miniport driver of the crew, at PASSIVE_LEVEL. */
void crew_as_miniport(struct crew_world *w, void (*body)(void));

/* Fills an OID query. */
void crew_query(NDIS_OID_REQUEST *request, NDIS_OID oid, void *buffer, UINT bytes);

#endif
