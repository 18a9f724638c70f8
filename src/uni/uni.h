/* SPDX-License-Identifier: MIT */
/* A uni is one side of one signalling link: its calls, their parties, the link's own state, as pure
 * state. Frames, requests, link signals and time go in; frames, events and a deadline come out.
 *
 * It calls nobody, reads no clock and takes no lock: one caller at a time. After each call that
 * feeds it, take frames and events until there are none, and come back at the deadline.
 *
 * A call is known by its handle, a party by its call and endpoint reference. Every call that
 * uni_setup or UNI_EVENT_SETUP made ends with exactly one UNI_EVENT_CLEARED; its parties end with
 * it, without events of their own. */
#ifndef CONDIS_UNI_UNI_H
#define CONDIS_UNI_UNI_H

#include "uni/cause.h"
#include "uni/message.h"

struct uni;

enum uni_side {
    UNI_USER,
    UNI_NETWORK,
};

enum uni_timer_kind {
    UNI_NO_TIMER,
#define TIMER(name, user_ms, network_ms, tries) UNI_##name,
#include "uni/timer.def"
    UNI_TIMER_COUNT
};

enum {
    UNI_ENDPOINTS_MAX = 32768,     /* endpoint references of one call */
    UNI_USER_USER_BYTES_MAX = 127, /* of data that we send (SIG 4.11) */
    UNI_FRAME_BYTES_MAX = 4096,    /* that are read; SSCOP brings no longer ones */
};

struct uni_config {
    enum uni_side side;
    enum uni_version version;
    bool peer_is_network;                /* a trunk: two network sides, either may be the root */
    uint32_t call_count_max;             /* at most 2^17; 0: 65,536 */
    uint32_t party_count_max;            /* of all calls together; 0: 1,048,576 */
    uint8_t location;                    /* of our causes: 0 user, 1 private network (SIG 4.10) */
    uint32_t timers_ms[UNI_TIMER_COUNT]; /* 0: the default of timer.def */
};

enum uni_result {
    UNI_OK,
    UNI_NO_MEMORY,    /* nothing has changed: the same call may be repeated later */
    UNI_LIMIT,        /* call_count_max, party_count_max or UNI_ENDPOINTS_MAX is reached */
    UNI_NO_SUCH_CALL, /* the call is cleared, or never was */
    UNI_NO_SUCH_PARTY,
    UNI_WRONG_STATE,  /* the request is not for a call or party in this state */
    UNI_BAD_MESSAGE,  /* elements are missing or cannot be encoded */
    UNI_TOO_LONG,     /* more than UNI_USER_USER_BYTES_MAX octets of user-user data */
    UNI_NO_USER_USER, /* UNI 3.1 cannot carry user-user data */
};

enum uni_event_kind {
    UNI_EVENT_SETUP,       /* a call arrived; answer with uni_request_call */
    UNI_EVENT_PROCEEDING,  /* the first answer to uni_setup */
    UNI_EVENT_ALERTING,    /* UNI 4.0 only */
    UNI_EVENT_CONNECT,     /* answered. Network side: UNI_REQUEST_CONNECT_ACK follows */
    UNI_EVENT_CONNECT_ACK, /* our CONNECT is acknowledged: the call is active */
    UNI_EVENT_NOTIFY,
    UNI_EVENT_RELEASE,   /* the call ends; answer with UNI_REQUEST_RELEASE */
    UNI_EVENT_CLEARED,   /* the call is gone, and its handle */
    UNI_EVENT_ADD_PARTY, /* a party arrived; answer with uni_request_party */
    UNI_EVENT_PARTY_ALERTING,
    UNI_EVENT_ADD_PARTY_ACK,    /* the party is in */
    UNI_EVENT_ADD_PARTY_REJECT, /* the party is not in, and gone */
    UNI_EVENT_DROP_PARTY,       /* the peer drops it; answer with UNI_REQUEST_DROP_PARTY_ACK */
    UNI_EVENT_PARTY_GONE,       /* our drop is confirmed, or the party is found to be gone */
    UNI_EVENT_LINK_WANTED,      /* pass an AAL-ESTABLISH request to the layer below */
    UNI_EVENT_LINK_UP,
    UNI_EVENT_LINK_DOWN,
    UNI_EVENT_RESTART,        /* the peer restarts; free the VCs, then uni_restart_done */
    UNI_EVENT_RESTART_DONE,   /* our restart is acknowledged */
    UNI_EVENT_RESTART_FAILED, /* nobody answered within T316, or T317 is over */
};

struct uni_event {
    enum uni_event_kind kind;
    uint32_t call; /* handle, 0: none */
    uint64_t call_cookie;
    uint16_t party; /* endpoint reference, of events about parties; and of SETUP, 0 if none */
    uint64_t party_cookie;
    uint8_t cause;                     /* 0: none. As sent by the peer, or ours */
    const struct uni_message *message; /* what the peer sent, checked; NULL: none. Borrowed until
                                        * the next uni_take_event */
};

struct uni_frame {
    const uint8_t *bytes; /* borrowed until the next call with this uni */
    size_t byte_count;
};

enum uni_request {
    UNI_REQUEST_PROCEEDING,
    UNI_REQUEST_ALERTING,
    UNI_REQUEST_CONNECT,
    UNI_REQUEST_CONNECT_ACK,
    UNI_REQUEST_RELEASE, /* ends, refuses and confirms */
    UNI_REQUEST_NOTIFY,
    UNI_REQUEST_PARTY_ALERTING,
    UNI_REQUEST_ADD_PARTY_ACK,
    UNI_REQUEST_ADD_PARTY_REJECT,
    UNI_REQUEST_DROP_PARTY,
    UNI_REQUEST_DROP_PARTY_ACK,
};

enum uni_link_signal {
    UNI_LINK_ESTABLISHED, /* AAL-ESTABLISH indication: the peer (re)established */
    UNI_LINK_CONFIRMED,   /* AAL-ESTABLISH confirm */
    UNI_LINK_RELEASED,    /* AAL-RELEASE indication */
    UNI_LINK_RELEASE_CONFIRMED,
};

/* How long a timer of this kind runs, in milliseconds. */
uint32_t uni_timer_ms(const struct uni *uni, enum uni_timer_kind kind);

/* Make one side of a link whose SAAL is released.
 * config    copied
 * returns   the uni, ended by uni_free; NULL without memory */
struct uni *uni_new(const struct uni_config *config);
void uni_free(struct uni *uni);

/* Feed one signalling frame that arrived from the wire.
 * now_ms   monotonic milliseconds; never earlier than the last call's (asserted)
 * frame    borrowed until return; one of more than UNI_FRAME_BYTES_MAX octets is ignored,
 *          and so is every one while the link is not up
 * returns  UNI_OK, or UNI_NO_MEMORY with nothing changed: feed the same frame again later.
 *          A malformed frame is the peer's fault, not an error here: it is answered and counted.
 * effects  may queue frames and events, and move the deadline
 * source   SIG 5, 7 */
enum uni_result uni_feed(struct uni *uni, uint64_t now_ms, const uint8_t *frame,
                         size_t frame_bytes);

/* Tell what happened to the SAAL below. Returns UNI_OK or UNI_NO_MEMORY. Source: SIG 5.3, 5.10. */
enum uni_result uni_link(struct uni *uni, uint64_t now_ms, enum uni_link_signal signal);

/* Ask for the link without a call; UNI_EVENT_LINK_WANTED follows when it is down. */
enum uni_result uni_link_want(struct uni *uni, uint64_t now_ms);

/* Let time pass: everything due by now_ms expires. UNI_OK or UNI_NO_MEMORY (call again). */
enum uni_result uni_advance(struct uni *uni, uint64_t now_ms);

/* When uni_advance has something to do; UINT64_MAX: never. */
uint64_t uni_deadline(const struct uni *uni);

/* The next frame to send, in order; false when there is none or the link is not up. */
bool uni_take_frame(struct uni *uni, struct uni_frame *frame);

/* The next event, in order; false when there is none. */
bool uni_take_event(struct uni *uni, struct uni_event *event);

/* Make a call.
 * elements  what SETUP holds; header and endpoint reference are written by this function. With a
 *           multipoint bearer the first party gets the reference 0 (SIG 4.7)
 * cookie    comes back in every event about the call, and about its first party
 * handle    the call's, on UNI_OK
 * returns   UNI_OK, UNI_NO_MEMORY, UNI_LIMIT, UNI_BAD_MESSAGE, UNI_TOO_LONG, UNI_NO_USER_USER
 * source    SIG 5.4 U0, 5.5 N0 */
enum uni_result uni_setup(struct uni *uni, uint64_t now_ms, struct uni_message *elements,
                          uint64_t cookie, uint32_t *handle);

/* Add a party to a multipoint call that this side made and that is alerting or active.
 * elements  what ADD PARTY holds; header and endpoint reference are written here
 * id        the party's endpoint reference, on UNI_OK
 * returns   as uni_setup, and UNI_NO_SUCH_CALL, UNI_WRONG_STATE
 * source    SIG 5.6 P0 */
enum uni_result uni_add_party(struct uni *uni, uint64_t now_ms, uint32_t handle,
                              struct uni_message *elements, uint64_t cookie, uint16_t *id);

/* Answer, release or inform a call.
 * elements  what the message holds besides what this function writes (header, endpoint reference,
 *           and cause 16 when a release has none); NULL: nothing
 * returns   UNI_OK, UNI_NO_MEMORY, UNI_NO_SUCH_CALL, UNI_WRONG_STATE (also when this version has
 *           no such message), UNI_BAD_MESSAGE, UNI_TOO_LONG, UNI_NO_USER_USER
 * source    SIG 5.4, 5.5 */
enum uni_result uni_request_call(struct uni *uni, uint64_t now_ms, uint32_t handle,
                                 enum uni_request request, struct uni_message *elements);

/* Answer or drop a party. Dropping or refusing the last live party releases the call; what
 * `elements` held then rides in that RELEASE (SIG 5.7).
 * returns   as uni_request_call, and UNI_NO_SUCH_PARTY */
enum uni_result uni_request_party(struct uni *uni, uint64_t now_ms, uint32_t handle, uint16_t id,
                                  enum uni_request request, struct uni_message *elements);

/* Enquire about the state of a call and of every party of it. */
enum uni_result uni_audit(struct uni *uni, uint64_t now_ms, uint32_t handle);

/* Restart VCs: class 0 the one named, 1 all of the VPC, 2 all. Calls there are cleared at once.
 * returns   UNI_OK, UNI_NO_MEMORY, UNI_WRONG_STATE while one is under way
 * source    SIG 5.11 */
enum uni_result uni_restart(struct uni *uni, uint64_t now_ms, uint8_t restart_class, uint16_t vpci,
                            uint16_t vci);

/* The VCs of UNI_EVENT_RESTART are idle: acknowledge. UNI_WRONG_STATE when none is awaited. */
enum uni_result uni_restart_done(struct uni *uni, uint64_t now_ms);

/* Attach a cookie to what arrived by an event. */
enum uni_result uni_call_cookie(struct uni *uni, uint32_t handle, uint64_t cookie);
enum uni_result uni_party_cookie(struct uni *uni, uint32_t handle, uint16_t id, uint64_t cookie);

/* State numbers of SIG 5.1 and 5.2 (0..7); 0 when there is no such call or party. */
unsigned uni_call_state(const struct uni *uni, uint32_t handle);
unsigned uni_party_state(const struct uni *uni, uint32_t handle, uint16_t id);

struct uni_counters {
    uint64_t frames_in;
    uint64_t frames_out;
    uint64_t frames_ignored; /* not ours, or of calls that nobody knows, and not answered */
    uint64_t statuses_out;   /* that told the peer of an error */
    uint32_t call_count;
    uint32_t party_count;
};
struct uni_counters uni_counters(const struct uni *uni);

#endif
