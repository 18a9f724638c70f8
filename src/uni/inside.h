/* SPDX-License-Identifier: MIT */
/* Inside a uni: what its files share, and nobody else sees. */
#ifndef CONDIS_UNI_INSIDE_H
#define CONDIS_UNI_INSIDE_H

#include "uni/endpoints.h"
#include "uni/memory.h"
#include "uni/uni.h"

/* A timer of one kind always runs equally long, so each kind is a queue in order of expiry: start,
 * stop and the next expiry cost the same however many run. */
struct timer {
    struct timer *next;
    struct timer *prev;
    uint64_t due_ms;
    uint8_t kind; /* enum uni_timer_kind; UNI_NO_TIMER when it does not run */
    uint8_t owner;
};

enum timer_owner {
    OWNER_CALL,    /* call.timer */
    OWNER_ENQUIRY, /* call.enquiry_timer */
    OWNER_PARTY,
    OWNER_UNI, /* uni.t309, uni.restart_timer, uni.answer_timer */
};

enum party_state { P0, P1, P2, P3, P4, P5, P6, P7, PARTY_STATE_COUNT };

enum party_event {
    REQ_ADD_PARTY,
    REQ_ALERT,
    REQ_ACCEPT,
    REQ_REJECT,
    REQ_DROP,
    REQ_CONFIRM,
    RX_ADD_PARTY,
    RX_PARTY_ALERTING,
    RX_ADD_PARTY_ACK,
    RX_ADD_PARTY_REJECT,
    RX_DROP_PARTY,
    RX_DROP_PARTY_ACK,
    STATUS_NULL,
    STATUS_BAD,
    STATUS_DROP, /* compatible, but what it says is that the party did not come about (SIG 5.9) */
    CALL_SETUP_OUT,
    CALL_SETUP_IN,
    CALL_ALERTING_IN,
    CALL_ALERTING_OUT,
    CALL_ANSWERED, /* CONNECT or CONNECT ACKNOWLEDGE, sent or received, concerns the party */
    LINK_LOST,
    EXP_T397,
    EXP_T398,
    EXP_T399,
    PARTY_EVENT_COUNT
};

enum call_event {
    CALL_REQ_SETUP,
    CALL_REQ_PROCEEDING,
    CALL_REQ_ALERTING,
    CALL_REQ_CONNECT,
    CALL_REQ_CONNECT_ACK,
    CALL_REQ_NOTIFY,
    CALL_REQ_RELEASE,
    CALL_RX_SETUP,
    CALL_RX_CALL_PROCEEDING,
    CALL_RX_ALERTING,
    CALL_RX_CONNECT,
    CALL_RX_CONNECT_ACK,
    CALL_RX_NOTIFY,
    CALL_RX_RELEASE,
    CALL_RX_RELEASE_COMPLETE,
    CALL_CLEAR,
    CALL_STATUS_NULL,
    CALL_STATUS_BAD,
    CALL_LINK_FAILED,
    CALL_RESTARTED,
    CALL_EXP_T301,
    CALL_EXP_T303_FIRST,
    CALL_EXP_T303_LAST,
    CALL_EXP_T308_FIRST,
    CALL_EXP_T308_LAST,
    CALL_EXP_T310,
    CALL_EXP_T313,
    CALL_EXP_T322_FIRST,
    CALL_EXP_T322_LAST,
    CALL_EXP_GUARD,
    CALL_EVENT_COUNT
};

enum { CALL_STATE_COUNT = 13, STATE_SAME = 0xFF, STOP_ANY = 0xFE, SEND_AGAIN = 0xFF };

enum row_kind { UNDECIDED, ROW_DO, ROW_IGNORE, ROW_PEER, ROW_REFUSE, ROW_NEVER };

/* One cell: zero is undecided. */
struct row {
    uint8_t kind;
    uint8_t stop;  /* enum uni_timer_kind or STOP_ANY */
    uint8_t start; /* enum uni_timer_kind */
    uint8_t send;  /* enum uni_message_type, 0 or SEND_AGAIN */
    int8_t tell;   /* enum uni_event_kind, -1 for nobody */
    uint8_t next;
    const char *source;
};

extern const struct row uni_party_table[PARTY_STATE_COUNT][PARTY_EVENT_COUNT];
extern const struct row uni_call_table[2][CALL_STATE_COUNT][CALL_EVENT_COUNT];

struct call;

struct party {
    struct uni_link_node node; /* key: index of the call, and endpoint reference */
    struct call *call;
    struct party *next; /* of the call, in the order of their beginning */
    struct party *prev;
    uint64_t cookie;
    struct timer timer;
    uint16_t id;
    uint8_t state;
    bool told_gone;       /* the owner knows that it is over */
    uint8_t answer_cause; /* what DROP PARTY ACK says about the DROP PARTY; 0: nothing */
};

struct call {
    struct uni_link_node node; /* key: call reference, and who allocated it */
    struct call *next;
    struct call *prev;
    uint64_t cookie;
    struct timer timer;
    struct timer enquiry_timer;
    struct party *first;
    struct party *last;
    struct party *audit; /* whom the next enquiry is about */
    struct party *setup; /* the party that SETUP brought, until the call is answered */
    struct endpoints endpoints;
    uint8_t *kept; /* SETUP or RELEASE, to be sent again */
    uint32_t kept_bytes;
    uint32_t kept_room;
    uint32_t handle;      /* 0: not in use */
    uint32_t last_handle; /* of the call that was here before */
    uint32_t reference;
    uint32_t live_count;
    uint32_t active_count;
    uint16_t audit_id; /* endpoint reference of the enquiry that is out */
    uint16_t vpci;
    uint16_t vci;
    uint8_t state;
    uint8_t try_count;
    uint8_t enquiry_try_count;
    uint8_t cause;        /* why it ends */
    uint8_t answer_cause; /* what RELEASE COMPLETE says about the RELEASE; 0: nothing */
    uint8_t answer_diagnostic;
    bool ours; /* we allocated the call reference: SETUP was sent by us */
    bool multipoint;
    bool has_connection;
    bool audit_self; /* an enquiry about the call itself is wanted */
    bool enquiry_out;
    bool enquiry_party; /* ... and concerns audit_id */
    bool told_release;
};

struct stored_event {
    struct uni_event event;
    uint32_t frame_at; /* in the octets of the events' buffer */
    uint32_t frame_bytes;
};

/* Octets in order of arrival; taken from the front, moved down when the end is reached. */
struct buffer {
    uint8_t *bytes;
    size_t head;
    size_t tail;
    size_t room;
};

struct uni {
    struct uni_config config;
    uint64_t now_ms;
    struct uni_pool call_pool;
    struct uni_pool party_pool;
    struct uni_map calls;
    struct uni_map parties;
    struct call *first;
    struct call *last;
    struct timer queues[UNI_TIMER_COUNT]; /* heads of circular lists */
    struct timer t309;
    struct timer restart_timer; /* T316 */
    struct timer answer_timer;  /* T317 */
    struct buffer frames;       /* each with its length in front */
    struct buffer events;       /* struct stored_event, then its octets, padded */
    uint32_t next_reference;
    uint8_t link_state; /* CU0..CU3 */
    uint8_t restart_try_count;
    bool restarting;     /* REST1 */
    bool restart_to_ack; /* REST2 */
    uint8_t restart_class;
    uint8_t answer_class;
    uint16_t restart_vpci, restart_vci, answer_vpci, answer_vci;
    struct uni_counters counters;
    const uint8_t *frame; /* being fed: what events copy; NULL outside uni_feed */
    size_t frame_bytes;
    struct uni_message received;
    struct uni_message taken;
    struct uni_message scratch;
    uint8_t out[UNI_MESSAGE_BYTES_MAX];
    uint8_t taken_bytes[UNI_FRAME_BYTES_MAX]; /* what views of `taken` point at */
};

/* Why something is sent that nobody asked for. */
struct reason {
    uint8_t cause; /* 0: none of its own */
    uint8_t diagnostic_count;
    uint8_t diagnostics[UNI_FAULTS_MAX];
};

/* timer.c */
void uni_timers_init(struct uni *uni);
void uni_timer_start(struct uni *uni, struct timer *timer, enum uni_timer_kind kind);
void uni_timer_stop(struct timer *timer);
struct timer *uni_timer_due(struct uni *uni, uint64_t now_ms);
unsigned uni_timer_tries(enum uni_timer_kind kind);

/* queue.c */
bool uni_queues_reserve(struct uni *uni, size_t frame_count, size_t event_count);
bool uni_queues_reserve_short(struct uni *uni, size_t frame_count, size_t event_count);
void uni_queue_frame(struct uni *uni, const uint8_t *bytes, size_t byte_count);
void uni_queue_event(struct uni *uni, const struct uni_event *event);
void uni_queues_drop_frames(struct uni *uni);
void uni_queues_free(struct uni *uni);

/* send.c: everything that leaves. The room is reserved before. */
void uni_send_message(struct uni *uni, struct uni_message *message);
void uni_send_call(struct uni *uni, struct call *call, uint8_t type, struct uni_message *elements);
void uni_send_party(struct uni *uni, struct party *party, uint8_t type,
                    struct uni_message *elements);
void uni_send_status(struct uni *uni, struct call *call, const struct uni_message *about,
                     const struct reason *reason);
void uni_send_status_unknown(struct uni *uni, const struct uni_message *about, uint8_t call_state,
                             const struct reason *reason);
void uni_send_release_complete(struct uni *uni, uint32_t reference, uint8_t flag,
                               const struct reason *reason);
void uni_add_cause(struct uni *uni, struct uni_message *message, const struct reason *reason);
struct uni_message *uni_scratch_with(struct uni *uni, const struct reason *reason);
struct reason uni_reason_of(uint8_t cause);
struct reason uni_reason_timer(const char *digits);
enum uni_direction uni_direction_in(const struct uni *uni);
enum uni_direction uni_direction_out(const struct uni *uni);
enum uni_result uni_check_elements(struct uni *uni, const struct uni_message *elements);
bool uni_type_ours(const struct uni *uni, uint8_t type);

/* call.c */
struct call *uni_call_begin(struct uni *uni, uint32_t reference, bool ours, bool multipoint);
struct call *uni_call_of_handle(const struct uni *uni, uint32_t handle);
struct call *uni_call_find(const struct uni *uni, uint32_t reference, bool ours);
enum uni_result uni_call_step(struct uni *uni, struct call *call, enum call_event event,
                              struct uni_message *elements, uint8_t cause);
void uni_call_clear(struct uni *uni, struct call *call, const struct reason *reason, bool tell);
void uni_call_last_party_gone(struct uni *uni, struct call *call, uint8_t cause);
bool uni_call_keep(struct call *call, size_t byte_count);
void uni_call_discard(struct uni *uni, struct call *call);
void uni_call_expire(struct uni *uni, struct call *call, enum uni_timer_kind kind);
void uni_call_check(const struct call *call);
void uni_tell_call(struct uni *uni, const struct call *call, enum uni_event_kind kind,
                   uint8_t cause);

void uni_calls_end(struct uni *uni, enum call_event event, uint8_t cause);

/* party.c */
struct party *uni_party_begin(struct uni *uni, struct call *call, uint16_t id);
struct party *uni_party_find(const struct uni *uni, const struct call *call, uint16_t id);
enum uni_result uni_party_step(struct uni *uni, struct party *party, enum party_event event,
                               struct uni_message *elements, const struct reason *reason);
void uni_party_end(struct uni *uni, struct party *party);
void uni_party_expire(struct uni *uni, struct party *party, enum uni_timer_kind kind);
void uni_party_check(const struct party *party);

/* feed_party.c, status.c, restart.c, link.c */
void uni_send_unknown_endpoint(struct uni *uni, struct call *call, uint8_t cause);
void uni_feed_party_message(struct uni *uni, struct call *call, const struct uni_verdict *verdict);
void uni_feed_status(struct uni *uni, struct call *call, const struct uni_verdict *verdict);
void uni_feed_enquiry(struct uni *uni, struct call *call);
void uni_enquiry_next(struct uni *uni, struct call *call);
void uni_audit_call(struct uni *uni, struct call *call);
enum uni_result uni_feed_global(struct uni *uni, const struct uni_verdict *verdict);
void uni_restart_expire(struct uni *uni, enum uni_timer_kind kind);
void uni_link_expire(struct uni *uni);
void uni_link_needed(struct uni *uni);

#endif
