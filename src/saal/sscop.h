/* SPDX-License-Identifier: MIT */
/* An SSCOP entity is one end of an assured connection over one VC (Q.2110), without any I/O.
 *
 * Its user tells it the time with every call, feeds it what arrives, takes out events and frames
 * after each call, and calls sscop_expire at sscop_deadline_ms. It reads no clock, calls nobody,
 * and does the same for the same calls. Everything a peer may send is legal input.
 *
 * Order after each call: events until there are none, then frames until there are none. */
#ifndef CONDIS_SAAL_SSCOP_H
#define CONDIS_SAAL_SSCOP_H

#include "saal/buffer.h"
#include "saal/event.h"
#include "saal/result.h"

#include <stdbool.h>

struct sscop;

/* The ten states, numbered as in Q.2110. */
enum sscop_state {
    SSCOP_IDLE = 1,
    SSCOP_OUT_CONN = 2,
    SSCOP_IN_CONN = 3,
    SSCOP_OUT_DISC = 4,
    SSCOP_OUT_RESYNC = 5,
    SSCOP_IN_RESYNC = 6,
    SSCOP_OUT_RECOV = 7,
    SSCOP_RECOV_RESP = 8,
    SSCOP_IN_RECOV = 9,
    SSCOP_READY = 10,
    SSCOP_STATE_COUNT = 11,
};

/* What a user may ask for; data has functions of its own. */
enum sscop_request {
    SSCOP_ESTABLISH_REQUEST,
    SSCOP_ESTABLISH_RESPONSE,
    SSCOP_RELEASE_REQUEST,
    SSCOP_RESYNC_REQUEST,
    SSCOP_RESYNC_RESPONSE,
    SSCOP_RECOVER_RESPONSE,
    SSCOP_REQUEST_COUNT,
};

struct sscop_options {
    uint32_t cc_ms;
    uint32_t poll_ms;
    uint32_t keep_alive_ms;
    uint32_t no_response_ms;
    uint32_t idle_ms;
    uint32_t cc_count_max;      /* MaxCC: tries of BGN, END, RS, ER */
    uint32_t pd_count_max;      /* MaxPD: SDs per POLL */
    uint32_t stat_count_max;    /* MaxSTAT: elements of a STAT; odd, at least 3 */
    uint32_t sdu_bytes_max;     /* k, at most 65528 */
    uint32_t uu_bytes_max;      /* j, at most 65524 */
    uint32_t window_count;      /* SDs that the peer may have on their way to us; 1 to 65536 */
    uint32_t backlog_count_max; /* SDUs taken and not yet acknowledged; 1 to 2^20 */
    uint8_t first_sq;           /* N(SQ) of the first BGN, RS or ER is one more */
    bool clear_buffers;         /* a lost connection takes its SDUs along; else sscop_retrieve */
};

/* The values of the UNI SAAL (SIG §2.3). first_sq is 0: one that differs from start to start tells
 * a peer that missed the end of the last connection that this is a new one, not a copy of its BGN.
 */
void sscop_options_default(struct sscop_options *options);

/* What was counted since the entity was made. */
struct sscop_counters {
    uint64_t frames_in;
    uint64_t frames_out;
    uint64_t sds_in;        /* delivered */
    uint64_t sds_out;       /* sent for the first time */
    uint64_t sds_again;     /* sent again */
    uint64_t malformed;     /* frames dropped: length or type */
    uint64_t repeated;      /* SDs below VR(R), dropped */
    uint64_t beyond_window; /* SDs at or above VR(MR), dropped */
    uint64_t dropped_full;  /* frames refused because events wait to be taken */
    uint64_t
        dropped_no_frame; /* PDUs not sent for want of a buffer: as if the wire had lost them */
    uint64_t maa_errors;
};

/* Make an entity in state Idle.
 * options  copied; limits as above are asserted
 * pool     where its PDUs come from; must outlive the entity
 * returns  the entity, owned by the caller; NULL if there is no memory */
struct sscop *sscop_create(const struct sscop_options *options, struct saal_pool *pool);

/* End an entity and everything it holds, without telling the peer. NULL is allowed. */
void sscop_destroy(struct sscop *sscop);

/* Ask for a change of the connection.
 * now_ms   monotonic milliseconds; never earlier than the last call's (asserted), here as elsewhere
 * uu       user-to-user octets for the PDU, copied; NULL if uu_bytes is 0. RESYNC_RESPONSE and
 *          RECOVER_RESPONSE send none
 * returns  SAAL_OK; SAAL_WRONG_STATE, SAAL_TOO_LONG, SAAL_NO_MEMORY or SAAL_FULL with nothing
 *          changed
 * source   SIG §2.6, AA primitives */
enum saal_result sscop_request(struct sscop *sscop, uint64_t now_ms, enum sscop_request request,
                               const uint8_t *uu, uint32_t uu_bytes);

/* Send one SDU in order, assured: AA-DATA.request. Constant time at any backlog.
 * sdu      filled by its user, who is its only holder (asserted). The reference moves to the entity
 *          if the result is SAAL_OK, and its octets belong to the entity from then on
 * returns  SAAL_OK; SAAL_WRONG_STATE (the connection takes no data), SAAL_TOO_LONG, SAAL_NO_MEMORY
 *          or SAAL_FULL (the backlog's limit): the caller still holds the buffer */
enum saal_result sscop_send(struct sscop *sscop, uint64_t now_ms, struct saal_buffer *sdu);

/* Send one SDU once, in any state: AA-UNITDATA.request, or MAA-UNITDATA.request if management.
 * sdu      as for sscop_send
 * returns  SAAL_OK or SAAL_TOO_LONG */
enum saal_result sscop_send_unit(struct sscop *sscop, uint64_t now_ms, struct saal_buffer *sdu,
                                 bool management);

/* Feed one frame that arrived.
 * frame    frame->bytes octets, any; read only. The entity takes references of its own to what it
 *          keeps; the caller's stays the caller's
 * returns  SAAL_OK, also for whatever is wrong with the frame: that is answered, reported by an
 *          MAA error and counted. SAAL_FULL: nothing has changed; take the events and feed it
 *          again, or drop it as a wire may. SAAL_NO_MEMORY: only sscop_feed_octets */
enum saal_result sscop_feed(struct sscop *sscop, uint64_t now_ms, struct saal_buffer *frame);

/* Feed one frame from memory that is not a buffer: it is copied into one. octets is borrowed. */
enum saal_result sscop_feed_octets(struct sscop *sscop, uint64_t now_ms, const uint8_t *octets,
                                   size_t bytes);

/* Let the time pass: every timer that is due at now_ms expires, the earliest first.
 * returns  SAAL_OK, or SAAL_FULL: take the events, then call again */
enum saal_result sscop_expire(struct sscop *sscop, uint64_t now_ms);

/* Tell that the wire below is gone: the connection ends at once, nothing is said to the peer, who
 * sees the same at its end, and frames that wait are dropped. Sequence numbers go on, so that the
 * next BGN is no copy of the last one.
 * returns  SAAL_OK, or SAAL_FULL with nothing changed: take the events first */
enum saal_result sscop_wire_lost(struct sscop *sscop, uint64_t now_ms);

/* When sscop_expire is due next; UINT64_MAX if no timer runs. Valid until the next call. */
uint64_t sscop_deadline_ms(const struct sscop *sscop);

/* Take the oldest event. Taking an AA-DATA.indication gives the peer credit for one more SD, if it
 * is not held back; the peer hears of it in the next STAT or USTAT.
 * event    its buffer reference moves to the caller
 * returns  whether there was one */
bool sscop_take_event(struct sscop *sscop, struct saal_event *event);

/* Take the oldest frame that waits to be sent.
 * returns  one reference, which moves to the caller; its bytes octets are the frame, never to be
 *          written, valid until it is released. NULL if there is none */
struct saal_buffer *sscop_take_frame(struct sscop *sscop);

/* Hold credit back (local congestion), or give what was held back. */
void sscop_hold_credit(struct sscop *sscop, bool hold);

/* Get back the oldest SDU that was neither acknowledged nor lost with its connection: AA-RETRIEVE.
 * Only entities that do not clear their buffers have any, from the loss of a connection on until
 * the next one is ready.
 * returns  one reference, which moves to the caller, with the octets of the SDU; NULL if there is
 *          none, the connection is ready for data, or memory for a copy is wanting */
struct saal_buffer *sscop_retrieve(struct sscop *sscop);

enum sscop_state sscop_state_of(const struct sscop *sscop);

/* SDUs taken and not yet acknowledged. */
uint32_t sscop_backlog_count(const struct sscop *sscop);

/* Valid as long as the entity. */
const struct sscop_counters *sscop_counters_of(const struct sscop *sscop);

/* The name of a state, such as "data transfer ready"; a constant string. */
const char *sscop_state_name(enum sscop_state state);

#endif
