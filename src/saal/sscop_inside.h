/* SPDX-License-Identifier: MIT */
/* What an SSCOP entity is made of, for its own files and its tests. Names of state variables are
 * Q.2110's: VT(S) is vt_s (SIG §2.2). */
#ifndef CONDIS_SAAL_SSCOP_INSIDE_H
#define CONDIS_SAAL_SSCOP_INSIDE_H

#include "saal/number.h"
#include "saal/pdu.h"
#include "saal/table.h"

enum sscop_timer {
    TIMER_CC,
    TIMER_POLL,
    TIMER_KEEP_ALIVE,
    TIMER_NO_RESPONSE,
    TIMER_IDLE,
    TIMER_COUNT,
};

#define TIMER_STOPPED UINT64_MAX

/* What one row can tell besides data: the events that must fit before a call changes anything. */
enum { EVENTS_PER_STEP = 8 };

/* Where an SDU waits from sscop_send to its acknowledgement. */
struct sscop_slot {
    struct saal_buffer *sdu;
    uint32_t poll_number; /* VT(PS) when it was last sent */
};

/* What came with an event. */
struct sscop_input {
    const struct sscop_pdu *pdu; /* NULL for requests and timers */
    struct saal_buffer *frame;   /* holds the PDU; the SDU of a data request */
    struct saal_buffer *uu;      /* of a request; moves to the entity */
};

struct sscop {
    uint8_t state; /* enum sscop_state; sscop_state_set is its only writer */
    uint8_t vt_sq;
    uint8_t vr_sq;
    bool vr_sq_known; /* no N(SQ) is a retransmission before the first */
    uint8_t pending;  /* the PDU type that SEND_AGAIN sends */
    uint8_t epoch;    /* counts data transfer phases */
    bool credit;      /* false between MAA errors W and X */
    bool window_shut; /* a POLL was sent because data waits for a window */
    bool credit_held; /* sscop_hold_credit */
    uint32_t vt_cc;
    uint32_t vt_s;
    uint32_t vt_q; /* ours: the number that the next SDU from the user will get */
    uint32_t vt_a;
    uint32_t vt_ms;
    uint32_t vt_ps;
    uint32_t vt_pa;
    uint32_t vt_pd;
    uint32_t vr_r;
    uint32_t vr_h;
    uint32_t vr_mr;
    uint32_t credit_held_count;
    uint32_t held_count; /* SDUs in rx */
    uint64_t now_ms;
    uint64_t deadline_ms[TIMER_COUNT];

    /* SDUs from VT(A) up to vt_q; number n is in tx[(n + tx_shift) & (tx_count - 1)]. */
    struct sscop_slot *tx;
    uint32_t tx_count; /* a power of two */
    uint32_t tx_shift;

    /* SDUs that came out of order, by number modulo rx_count; a bit says which are there. */
    struct saal_event *rx;
    uint64_t *rx_bits;
    uint32_t rx_count; /* a power of two, at least 64 and the window */

    /* Frames that wait to be taken. */
    struct saal_buffer *out_first;
    struct saal_buffer *out_last;
    uint32_t out_control_count;

    /* Events that wait to be taken: from event_first up to event_next, modulo event_count. */
    struct saal_event *events;
    uint32_t event_count; /* a power of two */
    uint32_t event_first;
    uint32_t event_next;

    struct saal_buffer *uu_pending; /* user-to-user octets of the PDU of SEND_AGAIN, or NULL */
    struct saal_buffer *uu_bgak;    /* of the BGAK, while its connection lives, or NULL */
    struct saal_pool *pool;
    struct sscop_options options;
    struct sscop_counters counters;
};

/* Run the row of an event in the present state. Returns what the row or its procedure answers. */
enum saal_result sscop_step(struct sscop *s, enum sscop_event event,
                            const struct sscop_input *input);

/* events.c */
bool sscop_events_fit(const struct sscop *s, uint32_t count);
void sscop_tell(struct sscop *s, const struct saal_event *event); /* must fit */
void sscop_tell_error(struct sscop *s, char error, uint32_t count);
void sscop_events_clear(struct sscop *s);

/* frames.c */
/* Put a PDU that does not wait yet behind the frames that do; one reference moves. */
void sscop_frame_queue(struct sscop *s, struct saal_buffer *frame);
/* Send one PDU that is not an SD. Without memory it is lost, as on a wire. */
void sscop_frame_send(struct sscop *s, struct sscop_pdu *pdu, const uint32_t *elements,
                      const struct saal_buffer *uu);
void sscop_send_column_run(struct sscop *s, enum sscop_send_column column,
                           const struct sscop_input *input);
void sscop_frames_clear(struct sscop *s);

/* transmit.c: SIG §2.7, sending */
enum saal_result sscop_data_request(struct sscop *s, const struct sscop_input *input);
enum saal_result sscop_data_hold(struct sscop *s, const struct sscop_input *input);
enum saal_result sscop_data_stat(struct sscop *s, const struct sscop_input *input);
enum saal_result sscop_data_ustat(struct sscop *s, const struct sscop_input *input);
void sscop_transmit(struct sscop *s);
void sscop_poll(struct sscop *s);

/* backlog.c: the ring of SDUs from the user */
bool sscop_backlog_create(struct sscop *s);
enum saal_result sscop_backlog_add(struct sscop *s, struct saal_buffer *sdu);
void sscop_backlog_acknowledge(struct sscop *s, uint32_t number); /* all below number */
void sscop_backlog_clear(struct sscop *s);
void sscop_backlog_restart(struct sscop *s); /* a new connection: what was never sent gets 0, ... */

static inline struct sscop_slot *sscop_slot(const struct sscop *s, uint32_t number)
{
    return &s->tx[(number + s->tx_shift) & (s->tx_count - 1)];
}

/* receive.c: SIG §2.7, receiving */
enum saal_result sscop_data_sd(struct sscop *s, const struct sscop_input *input);
enum saal_result sscop_data_poll(struct sscop *s, const struct sscop_input *input);

/* held.c: the ring of SDUs that came out of order */
bool sscop_held_create(struct sscop *s);
bool sscop_held_has(const struct sscop *s, uint32_t number);
void sscop_held_add(struct sscop *s, uint32_t number, const struct saal_event *data);
void sscop_held_deliver(struct sscop *s, uint32_t number); /* the one that is there */
/* The first number from `from` up to `to` that is there (present) or not; `to` if there is none. */
uint32_t sscop_held_find(const struct sscop *s, uint32_t from, uint32_t to, bool present);
/* Take all out: to the user, in order, if deliver; else released. */
void sscop_held_flush(struct sscop *s, bool deliver);

/* timers.c */
void sscop_timer_start(struct sscop *s, enum sscop_timer timer);
enum saal_result sscop_data_poll_expired(struct sscop *s, const struct sscop_input *input);
enum saal_result sscop_data_idle_expired(struct sscop *s, const struct sscop_input *input);

static inline void sscop_timer_stop(struct sscop *s, enum sscop_timer timer)
{
    s->deadline_ms[timer] = TIMER_STOPPED;
}

static inline bool sscop_timer_runs(const struct sscop *s, enum sscop_timer timer)
{
    return s->deadline_ms[timer] != TIMER_STOPPED;
}

/* What holds in each state, run after every call (asserts). */
void sscop_check(const struct sscop *s);

/* For tests near the wrap: both directions of a connection that is ready and has nothing on its way
 * continue at these numbers. */
void sscop_numbers_set(struct sscop *s, uint32_t send, uint32_t receive, uint32_t poll_sent);

#endif
