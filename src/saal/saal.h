/* SPDX-License-Identifier: MIT */
/* A SAAL is one end of a signalling link: SSCF-UNI over SSCOP, without I/O.
 *
 * After each call its user takes events until there are none, then frames until there are none, and
 * calls saal_expire at saal_deadline_ms. Responses that Q.2130 makes by itself are made before a
 * call returns. Events are those of the AAL, and MAA errors; now_ms never goes back (asserted).
 *
 * AAL-ESTABLISH.indication on a link that is established means that SSCOP recovered or
 * resynchronized: SDUs of before may be lost (SIG §2.8). */
#ifndef CONDIS_SAAL_SAAL_H
#define CONDIS_SAAL_SAAL_H

#include "saal/sscf.h"
#include "saal/sscop.h"

struct saal;

/* Make a link end, released.
 * options  of SSCOP, copied; clear_buffers is taken as true (Q.2130)
 * pool     where its frames come from; must outlive it
 * returns  the end, owned by the caller; NULL if there is no memory */
struct saal *saal_create(const struct sscop_options *options, struct saal_pool *pool);

/* End it and everything it holds, without telling the peer. NULL is allowed. */
void saal_destroy(struct saal *saal);

/* AAL-ESTABLISH.request; on an established link it resynchronizes.
 * returns  SAAL_OK, or SAAL_FULL with nothing changed: take the events first */
enum saal_result saal_establish(struct saal *saal, uint64_t now_ms);

/* AAL-RELEASE.request. Returns as saal_establish. */
enum saal_result saal_release(struct saal *saal, uint64_t now_ms);

/* Send one SDU in order, assured: AAL-DATA.request. Constant time at any backlog.
 * sdu      filled by its user, who is its only holder (asserted). The reference moves if the result
 *          is SAAL_OK, and its octets belong to the link from then on
 * returns  SAAL_OK; SAAL_WRONG_STATE (not established, or recovering: Q.2130 discards),
 *          SAAL_TOO_LONG, SAAL_NO_MEMORY or SAAL_FULL (the backlog's limit): the caller still holds
 *          the buffer */
enum saal_result saal_send(struct saal *saal, uint64_t now_ms, struct saal_buffer *sdu);

/* The same for octets, borrowed and copied. SAAL_NO_MEMORY also if the pool is at its limit. */
enum saal_result saal_send_octets(struct saal *saal, uint64_t now_ms, const uint8_t *octets,
                                  uint32_t bytes);

/* Send one SDU once: AAL-UNITDATA.request. sdu as for saal_send. SAAL_OK or SAAL_TOO_LONG. */
enum saal_result saal_send_unit(struct saal *saal, uint64_t now_ms, struct saal_buffer *sdu);

/* Feed one frame that arrived; as sscop_feed and sscop_feed_octets. */
enum saal_result saal_feed(struct saal *saal, uint64_t now_ms, struct saal_buffer *frame);
enum saal_result saal_feed_octets(struct saal *saal, uint64_t now_ms, const uint8_t *octets,
                                  size_t bytes);

/* Let the time pass; as sscop_expire. */
enum saal_result saal_expire(struct saal *saal, uint64_t now_ms);

/* Tell that the wire below is gone; as sscop_wire_lost. AAL-RELEASE.indication follows when the
 * link was established or about to be. */
enum saal_result saal_wire_lost(struct saal *saal, uint64_t now_ms);

/* When saal_expire is due next; UINT64_MAX if no timer runs. Valid until the next call. */
uint64_t saal_deadline_ms(const struct saal *saal);

/* Take the oldest event; taking an AAL-DATA.indication gives the peer credit for one more SD.
 * event    its buffer reference moves to the caller
 * returns  whether there was one */
bool saal_take_event(struct saal *saal, struct saal_event *event);

/* Take the oldest frame; as sscop_take_frame. */
struct saal_buffer *saal_take_frame(struct saal *saal);

enum sscf_state saal_state(const struct saal *saal);

/* The SSCOP entity underneath, for its state, counters and credit; valid as long as the SAAL. */
struct sscop *saal_sscop(struct saal *saal);

#endif
