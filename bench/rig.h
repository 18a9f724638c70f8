/* SPDX-License-Identifier: MIT */
/* A rig is the smallest pair of drivers that can be measured: a client and a miniport call manager,
 * which reach each other through NDIS or, as the floor, through plain function pointers.
 *
 * Both edges run the same handlers with the same allocations; what differs is what lies between. */
#ifndef CONDIS_BENCH_RIG_H
#define CONDIS_BENCH_RIG_H

#include <condis/host.h>
#include <ndis.h>
#include <stdbool.h>
#include <stdint.h>

struct rig;
struct rig_vc;

enum { RIG_CHAIN_MAX = 32 };

/* When the call manager finishes what it is asked. */
enum rig_finish {
    RIG_INLINE, /* in the handler, at once */
    RIG_SAME,   /* later, in a DPC on the processor that asked */
    RIG_OTHER,  /* later, in a DPC on another processor */
};

/* The client's side of a party. */
struct leaf {
    struct rig_vc *vc;
    NDIS_HANDLE handle; /* of NDIS; through the floor unused */
    NDIS_HANDLE branch; /* the call manager's context, through the floor only */
    struct leaf *next;  /* in the client's queue of answers */
    uint32_t slot;      /* in the VC's table of parties */
    bool joined;
};

/* The call manager's side of a party. */
struct branch {
    struct rig_vc *vc;
    NDIS_HANDLE party; /* what it completes with */
    struct branch *next;
    bool leaving;
};

/* One way between the two. */
struct rig_edge {
    const char *name;
    unsigned lists; /* which lookaside lists: memory belongs to whoever allocated it first */
    NDIS_STATUS (*add)(struct leaf *leaf);
    NDIS_STATUS (*drop)(struct leaf *leaf);
    void (*add_complete)(NDIS_STATUS status, NDIS_HANDLE party, struct branch *branch);
    void (*drop_complete)(NDIS_STATUS status, NDIS_HANDLE party);
    void (*send)(struct rig_vc *vc, PNET_BUFFER_LIST lists);
    void (*send_complete)(struct rig_vc *vc, PNET_BUFFER_LIST lists);
    void (*indicate)(struct rig_vc *vc, PNET_BUFFER_LIST lists, ULONG count);
    void (*give_back)(struct rig_vc *vc, PNET_BUFFER_LIST lists);
};

extern const struct rig_edge rig_through_ndis;
extern const struct rig_edge rig_floor;

struct rig_vc {
    struct rig *rig;
    const struct rig_edge *edge;
    NDIS_HANDLE handle; /* of NDIS */
    struct leaf first;  /* the party that keeps the call a call */
    NDIS_HANDLE first_handle;
    /* By edge, and one for each VC, as a driver does that serves many processors. */
    NPAGED_LOOKASIDE_LIST leaves[2];
    NPAGED_LOOKASIDE_LIST branches[2];
    struct leaf **parties;
    uint32_t party_count;
    enum rig_finish finish;
    /* The call manager's queue of what it pended, emptied by its DPC. */
    NDIS_SPIN_LOCK pending_lock;
    struct branch *pending;
    bool draining;
    KDPC finish_dpc[2]; /* by edge: the floor is all the client's */
    /* The client's queue of answers that came on another processor, emptied by its own DPC. */
    NDIS_SPIN_LOCK answers_lock;
    struct leaf *answers;
    KDPC ask_dpc;
    uint64_t pairs_left; /* of the running pipeline */
    uint32_t in_flight;
    KEVENT done;
    uint64_t random;
    bool in_order;
    PNET_BUFFER_LIST received; /* the miniport's lists, indicated again and again */
    PMDL mirror;
    uint64_t round_trips;
};

/* Creates a live world with a host of two processors and both drivers, and one VC with a multipoint
 * call. Aborts with a message when it cannot: a bench has no use for half a rig. */
struct rig *rig_create(enum condis_completion completion, bool verifier);
void rig_destroy(struct rig *rig);

/* One more VC with a call of one party, and its end. Any thread of the program. */
struct rig_vc *rig_vc_create(struct rig *rig);
void rig_vc_destroy(struct rig_vc *vc);

/* Runs work(context) in a system thread of the client driver and waits for it. Two at a time run on
 * two processors. */
void rig_run(struct rig *rig, void (*work)(void *context), void *context);
void rig_run_two(struct rig *rig, void (*work)(void *context), void *first, void *second);

/* On the client's thread: fills the VC with party_count parties over the edge, or empties it. */
void rig_fill(struct rig_vc *vc, const struct rig_edge *edge, uint32_t party_count);
void rig_empty(struct rig_vc *vc);

/* On the client's thread: drops and adds pair_count times, each finished before the next. */
void rig_pairs(struct rig_vc *vc, uint64_t pair_count);

/* On the client's thread: the same, with up to depth of them under way. */
void rig_pipeline(struct rig_vc *vc, enum rig_finish finish, uint64_t pair_count, uint32_t depth);

/* On the client's thread: sends chains of chain_count lists until round_trip_count lists went out,
 * came back, were indicated and returned. */
void rig_data(struct rig_vc *vc, const struct rig_edge *edge, uint64_t round_trip_count,
              uint32_t chain_count);

#endif
