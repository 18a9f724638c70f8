/* SPDX-License-Identifier: MIT */
/* A call carries data from one program to one or many others; this is the library that makes, takes
 * and ends calls through whatever call manager a host has loaded.
 *
 * Below it works a CoNDIS client driver, written to <ndis.h> like any other, that keeps every duty
 * of a client for the program: it counts parties, answers each remote drop with NdisClDropParty,
 * answers each remote close with NdisClCloseCall, holds a close back until every send has returned,
 * and frees nothing before NDIS says so. The program sees addresses, calls, parties and data.
 *
 * Two forms. Each request has a form ending in _async and a blocking form.
 *   _async    returns CONDIS_PENDING: `done` will run exactly once, maybe before the call returns,
 *             maybe on another processor. Any other value: the request was not started and `done`
 *             never runs. Out parameters are written before the request starts.
 *   blocking  waits and returns the final status. Only at PASSIVE_LEVEL, never inside a callback.
 *
 * Callbacks (`done`, the on_ functions) run inside the host's drivers, at IRQL <= DISPATCH_LEVEL.
 * They must not wait; they may call every _async form, every query and every release for objects of
 * their own host (for another host's objects only condis_data_release; the rest:
 * NDIS_STATUS_INVALID_STATE, so hand those over to a thread of the program). Callbacks about one
 * call are not serialised with each other, except that on_data runs for one datum at a time and in
 * order.
 *
 * Threads. Live: any thread may call. Simulated: the world's thread, or a callback.
 *
 * Status. Every condis_status is an NDIS_STATUS of <ndis.h>, 0 being success; condis_status_name
 * gives its text. These may come from any request and are not repeated at each:
 *   NDIS_STATUS_RESOURCES          no memory, or a limit stated below was reached; nothing happened
 *   NDIS_STATUS_CLOSING            the call, AF or client is being closed
 *   NDIS_STATUS_INVALID_PARAMETER  an argument is outside its documented range
 *   NDIS_STATUS_INVALID_STATE      the object is not in a state that allows the request
 * Any other status was given by the call manager.
 *
 * Lifetime. Objects belong to the client: condis_client_close ends all of them. Before that each
 * object lives until the program gives its pointer up (condis_listen_stop, condis_call_release,
 * condis_party_release, condis_data_release), so state and close data can be read after a call or
 * party has ended. AF objects live as long as the client. */
#ifndef CONDIS_CALL_H
#define CONDIS_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <condis/address.h>
#include <condis/host.h>

#ifdef __cplusplus
extern "C" {
#endif

struct condis_client;   /* the client driver of one host */
struct condis_af;       /* an address family open on one adapter: where calls start and arrive */
struct condis_listener; /* a SAP: an address at which calls are taken */
struct condis_call;     /* one call, made or taken */
struct condis_party;    /* one leaf of a multipoint call that this side made */
struct condis_data;     /* one received service data unit, by reference */

typedef int32_t condis_status;

#define CONDIS_SUCCESS ((condis_status)0)
#define CONDIS_PENDING ((condis_status)0x103)
#define CONDIS_TIMEOUT ((condis_status)0x102) /* a wait ended by its time limit */

#define CONDIS_FOREVER        UINT32_MAX /* for timeout_ms: wait without limit */
#define CONDIS_CLOSE_DATA_MAX 4096       /* bytes of received close data that are kept; see _info */

typedef void condis_done(void *context, condis_status status);

/* --- Status names --------------------------------------------------------------------------- */

/* "NDIS_STATUS_INVALID_DATA" for a status; "0xC0099999" style text for one without a name.
 * returns static text, or text in one of a few buffers of the calling thread: use it at once. */
const char *condis_status_name(condis_status status);

/* Finds a status by name, with or without the prefix "NDIS_STATUS_".
 * returns false when no status has this name. */
bool condis_status_parse(const char *name, condis_status *out);

/* --- Client --------------------------------------------------------------------------------- */

/* An address family that a client may want. */
struct condis_family {
    uint32_t family;        /* CO_ADDRESS_FAMILY_...: 1 is Q.2931 */
    uint32_t major_version; /* 0: any */
    uint32_t minor_version; /* looked at when major_version is not 0 */
};

struct condis_client_options {
    const struct condis_family *families; /* NULL: Q.2931 of any version */
    size_t family_count;
    /* Called when an AF was opened on an adapter (CONDIS_SUCCESS), could not be opened (its
     * status), or is closing because the adapter or its call manager goes (NDIS_STATUS_CLOSING).
     * May be NULL. */
    void (*on_af)(void *context, struct condis_af *af, condis_status status);
    /* Called when what condis_af_addresses gives has changed. May be NULL. */
    void (*on_addresses)(void *context, struct condis_af *af);
    void *context;
};

/* Opens the client of a host: loads the driver "client", which binds to every connection-oriented
 * adapter, now and later, and opens the wanted address families there.
 * options  copied; NULL: defaults
 * Errors: the host has a client already; the driver cannot be loaded (reason named). */
bool condis_client_open(struct condis_host *host, const struct condis_client_options *options,
                        struct condis_client **out, struct condis_error *error);

/* Closes a client: parties are dropped, calls closed, SAPs deregistered, AFs closed, adapters
 * unbound and the driver unloaded. Waits for all of it. Received data that the program still holds
 * is taken back. Every object of the client is dead on return.
 * condis_host_destroy does the same for a client that is still open. */
void condis_client_close(struct condis_client *client);

/* The open client of a host, or NULL. */
struct condis_client *condis_client_of(struct condis_host *host);

/* --- Address family --------------------------------------------------------------------------- */

/* Waits until an address family is open on an adapter.
 * adapter     the adapter's name; NULL: any adapter
 * family      a CO_ADDRESS_FAMILY_ number; 0: any that the client wants
 * timeout_ms  time of the world
 * out         borrowed until the client is closed
 * returns CONDIS_SUCCESS; CONDIS_TIMEOUT; the status of the last failed opening when there was one
 *         and none is under way. */
condis_status condis_af_wait(struct condis_client *client, const char *adapter, uint32_t family,
                             uint32_t timeout_ms, struct condis_af **out);

struct condis_af_info {
    const char *adapter; /* borrowed as long as the AF */
    uint32_t family;
    uint32_t major_version;
    uint32_t minor_version;
    bool open;
    condis_status status; /* why it is not open */
    bool has_address;     /* the call manager told this end's own address */
    struct condis_address address;
};

void condis_af_info(struct condis_af *af, struct condis_af_info *out);

#define CONDIS_AF_ADDRESSES_MAX 16 /* that are kept of one AF */

/* The addresses of this end that its network knows, as the call manager last told: where addresses
 * are registered (ILMI), none before the network has answered and while its link is down. The first
 * one is condis_af_info's.
 * out      room for room_count of them; the selector of each is 0
 * returns  how many there are */
size_t condis_af_addresses(struct condis_af *af, struct condis_address *out, size_t room_count);

/* Waits until the network knows an address of this end; the selector is not looked at.
 * address  NULL: any
 * returns  CONDIS_SUCCESS; CONDIS_TIMEOUT; NDIS_STATUS_CLOSING: the AF is not open any more. */
condis_status condis_af_address_wait(struct condis_af *af, const struct condis_address *address,
                                     uint32_t timeout_ms);

struct condis_client *condis_af_client(struct condis_af *af);

/* --- Traffic ---------------------------------------------------------------------------------- */

/* What one direction of a call may carry; Windows' FLOWSPEC. A field of 0 is "not specified", so
 * {0} is a best-effort flow. */
struct condis_flow {
    uint32_t token_rate_bytes_s;
    uint32_t token_bucket_bytes;
    uint32_t peak_bandwidth_bytes_s;
    uint32_t latency_us;
    uint32_t delay_variation_us;
    uint32_t service_type; /* SERVICETYPE_...: 0 means best effort (1) */
    uint32_t sdu_bytes_max;
    uint32_t policed_bytes_min;
};

/* --- Events of a call ------------------------------------------------------------------------- */

/* What the program wants to hear about a call. Every member may be NULL. */
struct condis_call_events {
    /* One service data unit has come. `data` moves to the program: condis_data_release ends it,
     * here or later. NULL: data waits in the call for condis_receive. */
    void (*on_data)(void *context, struct condis_call *call, struct condis_data *data);

    /* A leaf left by itself (or the network took it): it is dropped, by NdisClDropParty, or by
     * closing the call when it was the last; the program has nothing to do.
     * close_data  borrowed until return; NULL when close_bytes is 0. the party keeps a copy */
    void (*on_party_left)(void *context, struct condis_party *party, condis_status status,
                          const void *close_data, size_t close_bytes);

    /* The other end, or the network, closed the call, or its last party left: no more can be sent.
     * Data that came before can still be received. The client closes its side by itself.
     * Not called for a close that the program asked for. Runs at most once.
     * close_data  as above; condis_call_info keeps a copy */
    void (*on_closed)(void *context, struct condis_call *call, condis_status status,
                      const void *close_data, size_t close_bytes);

    /* The call is closed completely, whoever closed it, or could not be made: its parties are gone,
     * and condis_call_closed_wait would not wait. Before the `done` of a close. Runs at most once.
     */
    void (*on_ended)(void *context, struct condis_call *call);

    /* A call that was accepted may carry data from now on. Runs before the `done` of
     * condis_call_accept_async. Not called for a call that this side made. */
    void (*on_connected)(void *context, struct condis_call *call);

    /* The other end changed the traffic parameters; returning accepts them. To refuse, close. */
    void (*on_qos)(void *context, struct condis_call *call, const struct condis_flow *transmit,
                   const struct condis_flow *receive);

    void *context;
};

/* Limits of one call; a member of 0 takes the default. */
struct condis_call_limits {
    uint32_t sends_max;   /* sends under way at once; default 1024. More: NDIS_STATUS_RESOURCES */
    uint32_t receive_max; /* data in the program's hands at once; default 256. More waits in NDIS's
                           * own buffers, not released, so that the sender is slowed down */
    uint32_t copied_bytes_max; /* bytes kept of data that the adapter would not lend (it was short
                                * of receive buffers); default 1 MiB. More is lost, and counted */
};

/* --- Listen ----------------------------------------------------------------------------------- */

enum condis_answer {
    CONDIS_ACCEPT, /* events and limits were set with condis_call_prepare, or stay default */
    CONDIS_REJECT, /* the caller sees NDIS_STATUS_FAILURE; the call object is released at return */
    CONDIS_LATER,  /* condis_call_accept or condis_call_reject will follow */
};

struct condis_listen_options {
    /* A call is offered. `call` moves to the program unless it is rejected. NULL: offers wait, up
     * to backlog_max, for condis_offer_wait; further ones are rejected. */
    enum condis_answer (*on_offer)(void *context, struct condis_listener *listener,
                                   struct condis_call *call);
    void *context;
    uint32_t backlog_max; /* 0: 16 */
};

/* Registers a SAP: calls to `address` on this adapter are offered from now on, maybe before `done`.
 * options  copied; NULL: defaults
 * out      *out moves to the caller: condis_listen_stop ends it. When `done` gets a failure the
 *          listener is dead as soon as done returns (blocking form: *out is NULL).
 * statuses from the call manager: NDIS_STATUS_INVALID_DATA or NDIS_STATUS_SAP_IN_USE (the address
 *          is taken), NDIS_STATUS_INVALID_ADDRESS. */
condis_status condis_listen_async(struct condis_af *af, const struct condis_address *address,
                                  const struct condis_listen_options *options,
                                  struct condis_listener **out, condis_done *done, void *context);
condis_status condis_listen(struct condis_af *af, const struct condis_address *address,
                            const struct condis_listen_options *options,
                            struct condis_listener **out);

/* Deregisters the SAP. Offers that nobody took are rejected; calls that were taken live on.
 * When done is told success, and on every return of the blocking form with success, the listener is
 * dead. On failure it is stopped but still readable, and condis_client_close ends it. */
condis_status condis_listen_stop_async(struct condis_listener *listener, condis_done *done,
                                       void *context);
condis_status condis_listen_stop(struct condis_listener *listener);

/* Takes the next offered call of a listener without on_offer.
 * out  *out moves to the caller, who accepts or rejects it
 * returns CONDIS_SUCCESS, CONDIS_TIMEOUT, or NDIS_STATUS_CLOSING when the listener stops. */
condis_status condis_offer_wait(struct condis_listener *listener, uint32_t timeout_ms,
                                struct condis_call **out);

/* Sets the events and limits of an offered call; before it is accepted.
 * events, limits  copied; NULL: none, defaults
 * returns CONDIS_SUCCESS or NDIS_STATUS_INVALID_STATE (not an unanswered offer). */
condis_status condis_call_prepare(struct condis_call *call, const struct condis_call_events *events,
                                  const struct condis_call_limits *limits);

/* Accepts an offered call. Done when data may flow (NDIS: call connected), or with the status with
 * which the call died on the way; the call is then to be released. */
condis_status condis_call_accept_async(struct condis_call *call, condis_done *done, void *context);
condis_status condis_call_accept(struct condis_call *call);

/* Rejects an offered call and releases it.
 * status  what the caller sees; a failure (CONDIS_SUCCESS or CONDIS_PENDING: invalid parameter) */
condis_status condis_call_reject(struct condis_call *call, condis_status status);

/* Waits for the next offer, prepares and accepts it: condis_offer_wait, condis_call_prepare and
 * condis_call_accept in one. *out is NULL unless CONDIS_SUCCESS is returned. */
condis_status condis_accept(struct condis_listener *listener,
                            const struct condis_call_events *events, uint32_t timeout_ms,
                            struct condis_call **out);

/* --- Make a call ------------------------------------------------------------------------------ */

struct condis_call_options {
    struct condis_address to;
    bool has_from; /* false: the call manager puts its own address in */
    struct condis_address from;
    bool multipoint;             /* true: `to` is the first party; more may be added */
    struct condis_flow transmit; /* from here to the called end */
    struct condis_flow receive;  /* ignored by a multipoint call, which carries data one way */
    struct condis_call_events events;
    struct condis_call_limits limits;
    void *party_context; /* of the first party; see condis_party_context */
};

/* Creates a VC and makes a call on it.
 * options  copied
 * call     *call moves to the caller, who releases it, also when done is told a failure. (The
 *          blocking form releases it itself on failure and sets *call and *party to NULL.)
 * party    the first party of a multipoint call, or NULL for a point-to-point one; may be NULL */
condis_status condis_call_make_async(struct condis_af *af,
                                     const struct condis_call_options *options,
                                     struct condis_call **call, struct condis_party **party,
                                     condis_done *done, void *context);
condis_status condis_call_make(struct condis_af *af, const struct condis_call_options *options,
                               struct condis_call **call, struct condis_party **party);

/* Closes a call that is made, taken or being made. Adds and drops under way are waited for, every
 * send is waited for, other parties are dropped with the same data, and the call is closed last.
 * Data not yet received is discarded; data in the program's hands must be released for the close to
 * finish.
 * data     NULL exactly when bytes is 0; borrowed until done. Close data for every party left
 * returns  CONDIS_SUCCESS also when the other end had closed it meanwhile.
 *          NDIS_STATUS_INVALID_DATA: the medium cannot carry close data. The parties not dropped so
 *          far are still there; nothing can be sent any more; close again without data.
 *          NDIS_STATUS_INVALID_STATE: an unanswered offer, or closed by the program already. */
condis_status condis_call_close_async(struct condis_call *call, const void *data, size_t bytes,
                                      condis_done *done, void *context);
condis_status condis_call_close(struct condis_call *call, const void *data, size_t bytes);

/* Gives the call's pointer up, and those of its parties. A call that is not closed is closed
 * without data in the background; an offer is rejected. The call's events stop. NULL is allowed. */
void condis_call_release(struct condis_call *call);

/* Asks for other traffic parameters; the old ones stay in force on failure. One at a time on a call
 * (NDIS_STATUS_INVALID_STATE). */
condis_status condis_call_modify_qos_async(struct condis_call *call,
                                           const struct condis_flow *transmit,
                                           const struct condis_flow *receive, condis_done *done,
                                           void *context);
condis_status condis_call_modify_qos(struct condis_call *call, const struct condis_flow *transmit,
                                     const struct condis_flow *receive);

enum condis_call_state {
    CONDIS_CALL_MAKING,
    CONDIS_CALL_OFFERED,
    CONDIS_CALL_ACCEPTING, /* accepted; not yet connected */
    CONDIS_CALL_CONNECTED,
    CONDIS_CALL_CLOSING, /* no more sends; parties and sends under way are waited for */
    CONDIS_CALL_CLOSED,  /* only this record is left. A call that could not be made ends here */
};

struct condis_call_info {
    enum condis_call_state state;
    bool multipoint;
    bool incoming;
    bool closed_by_remote;    /* on_closed ran, or would have */
    condis_status status;     /* why it is closed, or could not be made; else CONDIS_SUCCESS */
    struct condis_address to; /* the called address */
    bool has_from;            /* the calling address is known */
    struct condis_address from;
    struct condis_flow transmit; /* as last agreed */
    struct condis_flow receive;
    uint64_t connected_100ns; /* world time; 0: never */
    uint64_t closed_100ns;    /* world time; 0: not yet */
    uint32_t party_count;     /* active parties */
    uint64_t sent_bytes;      /* in sends that came back with success */
    uint64_t sent_count;
    uint64_t received_bytes; /* counted when it came */
    uint64_t received_count;
    uint64_t lost_count;    /* data lost: beyond copied_bytes_max, or no memory */
    const void *close_data; /* sent by the other end; NULL if none. Borrowed as long as the call */
    size_t close_bytes;     /* more than CONDIS_CLOSE_DATA_MAX are cut off */
};

void condis_call_info(struct condis_call *call, struct condis_call_info *out);
struct condis_af *condis_call_af(struct condis_call *call);

/* Waits until a call is closed completely, by whichever end.
 * returns CONDIS_SUCCESS or CONDIS_TIMEOUT. */
condis_status condis_call_closed_wait(struct condis_call *call, uint32_t timeout_ms);

/* --- Parties ---------------------------------------------------------------------------------- */

/* Adds a leaf to a connected multipoint call.
 * context_of_party  what condis_party_context returns
 * out   *out moves to the caller, who releases it or leaves it to condis_call_release, also when
 *       done is told a failure. (The blocking form releases it on failure, *out is NULL then.)
 * statuses from the call manager: NDIS_STATUS_INVALID_ADDRESS, NDIS_STATUS_NO_ROUTE_TO_DESTINATION,
 *       NDIS_STATUS_DEST_OUT_OF_ORDER and its other refusals. */
condis_status condis_party_add_async(struct condis_call *call, const struct condis_address *to,
                                     void *context_of_party, struct condis_party **out,
                                     condis_done *done, void *context);
condis_status condis_party_add(struct condis_call *call, const struct condis_address *to,
                               void *context_of_party, struct condis_party **out);

/* Drops a leaf, in any order of leaves.
 * data     NULL exactly when bytes is 0; borrowed until done
 * returns  CONDIS_SUCCESS also when the leaf had left by itself meanwhile.
 *          NDIS_STATUS_INVALID_DATA: the medium cannot carry close data; the party lives on: drop
 *          it again without data.
 *          NDIS_STATUS_FAILURE: it is the last party; use condis_call_close.
 *          NDIS_STATUS_INVALID_STATE: not joined, or dropped by the program already. */
condis_status condis_party_drop_async(struct condis_party *party, const void *data, size_t bytes,
                                      condis_done *done, void *context);
condis_status condis_party_drop(struct condis_party *party, const void *data, size_t bytes);

/* Gives the party's pointer up. It does not drop it: a party that is joined stays so until the call
 * is closed or it leaves. NULL is allowed. */
void condis_party_release(struct condis_party *party);

enum condis_party_state {
    CONDIS_PARTY_ADDING,
    CONDIS_PARTY_ACTIVE,
    CONDIS_PARTY_DROPPING, /* by either end */
    CONDIS_PARTY_GONE,     /* dropped, left, or never joined */
};

struct condis_party_info {
    enum condis_party_state state;
    bool left_by_itself;    /* the leaf or the network ended it */
    condis_status status;   /* why it is gone or could not be added; else CONDIS_SUCCESS */
    uint64_t joined_100ns;  /* world time; 0: never */
    uint64_t left_100ns;    /* world time; 0: not yet */
    const void *close_data; /* sent by the leaf; NULL if none. Borrowed as long as the party */
    size_t close_bytes;     /* more than CONDIS_CLOSE_DATA_MAX are cut off */
};

void condis_party_info(struct condis_party *party, struct condis_party_info *out);
void *condis_party_context(struct condis_party *party);
struct condis_call *condis_party_call(struct condis_party *party);

/* Waits until a party is gone, by whichever end.
 * returns CONDIS_SUCCESS or CONDIS_TIMEOUT. */
condis_status condis_party_gone_wait(struct condis_party *party, uint32_t timeout_ms);

/* --- Send ------------------------------------------------------------------------------------- */

struct condis_buffer {
    const void *at;
    size_t bytes; /* 1..UINT32_MAX */
};

/* Sends one service data unit, in order with the other sends of the call; on a multipoint call to
 * every party. Nothing is copied.
 * buffers  the parts of it, 1..1024 of them, together at most UINT32_MAX bytes. The array is
 *          borrowed until return, the bytes until done: do not change them before
 * done     told NDIS_STATUS_SUCCESS, or with what the adapter failed it
 * returns  NDIS_STATUS_RESOURCES when limits.sends_max sends are under way: wait for one to end */
condis_status condis_send_async(struct condis_call *call, const struct condis_buffer *buffers,
                                size_t buffer_count, condis_done *done, void *context);

/* Sends one contiguous service data unit and waits until its bytes are the caller's again; waits
 * also while limits.sends_max sends are under way.
 * A medium that copies nothing gives them back when the last receiver has released them: a thread
 * that must also take and release them at the other end uses condis_send_async. */
condis_status condis_send(struct condis_call *call, const void *data, size_t bytes);

/* --- Receive ---------------------------------------------------------------------------------- */

/* Takes the oldest datum of a call without on_data.
 * out  *out moves to the caller: condis_data_release ends it
 * returns CONDIS_SUCCESS; CONDIS_TIMEOUT; NDIS_STATUS_CLOSING when the call is closed or closing
 *         and nothing is left; NDIS_STATUS_RESOURCES when limits.receive_max are unreleased. */
condis_status condis_receive(struct condis_call *call, uint32_t timeout_ms,
                             struct condis_data **out);

/* Receives into the caller's buffer: condis_receive, condis_data_copy and condis_data_release.
 * received_bytes  length of the datum, also when it is longer than the buffer
 * returns as condis_receive; NDIS_STATUS_BUFFER_OVERFLOW when the rest was cut off. */
condis_status condis_receive_copy(struct condis_call *call, uint32_t timeout_ms, void *buffer,
                                  size_t buffer_bytes, size_t *received_bytes);

size_t condis_data_bytes(const struct condis_data *data);

/* Copies part of a datum.
 * returns how many bytes were copied: fewer than asked for when the datum ends before. */
size_t condis_data_copy(const struct condis_data *data, size_t offset, void *to, size_t bytes);

/* One contiguous piece of a datum. */
struct condis_span {
    const void *at;
    size_t bytes;
    const void *next; /* where the search goes on; private */
};

/* Steps through the pieces of a datum without copying. Set *span to {0} before the first call.
 * span  at and bytes are borrowed until the datum is released
 * returns false after the last piece. */
bool condis_data_next(const struct condis_data *data, struct condis_span *span);

/* The call that a datum came by. */
struct condis_call *condis_data_call(const struct condis_data *data);

/* Gives a datum back to the adapter that lent it. NULL is allowed. */
void condis_data_release(struct condis_data *data);

#ifdef __cplusplus
}
#endif
#endif
