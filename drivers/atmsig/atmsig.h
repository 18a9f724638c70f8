/* SPDX-License-Identifier: MIT */
/* An atmsig is the signalling of one UNI as a call manager sees it: src/uni over src/saal, user
 * side, behind the operations of drivers/hubsig (legs, offers, steps). Pure state: frames of VPI 0
 * VCI 5, requests and time go in; frames, things to tell and a deadline come out. It calls nobody
 * but its memory functions and has no clock.
 *
 * Each call that may leave frames to send says so in its step; whoever made it takes them all, in
 * order, with atmsig_take_frame. What is to be told comes out of atmsig_expire, one thing a call.
 *
 * A point-to-point call is one leg. A multipoint call is one leg for each party of it, at the root
 * and at a station that the network asks for several times; RELEASE ends every leg of a call
 * (SIG 9.2). The caller serialises; now_ms never goes back. Plain C, no NDIS. */
#ifndef ATMSIG_H
#define ATMSIG_H

#include "atmleg.h"
#include "saal/buffer.h"
#include "uni/uni.h"

struct atmsig;

struct atmsig_config {
    enum uni_version version;
    uint8_t first_sq;                    /* one that differs from start to start (saal/sscop.h) */
    uint32_t timers_ms[UNI_TIMER_COUNT]; /* as struct uni_config */
};

/* Makes an engine whose link is down, and asks for the link. NULL: no memory.
 * memory   for what belongs to calls; copied */
struct atmsig *atmsig_new(const struct atmsig_config *config, const struct hubsig_memory *memory,
                          uint64_t now_ms);

/* Ends it and every call in it, without a word to the network. The legs that are left are dead. */
void atmsig_free(struct atmsig *sig);

/* As hubsig_offer. SETUP, or ADD PARTY to the call offer->to_ref; the network chooses the channel.
 * returns HUBSIG_REFUSED also when an information element cannot be sent */
enum hubsig_result atmsig_offer(struct atmsig *sig, struct hubsig_leg *leg,
                                const struct hubsig_message *offer, uint64_t now_ms,
                                struct hubsig_step *step);

/* As hubsig_take_offer; HUBSIG_REFUSED: the network has taken the offer back. */
enum hubsig_result atmsig_take_offer(struct atmsig *sig, struct hubsig_leg *leg,
                                     const struct hubsig_message *offer, uint64_t now_ms);

/* As hubsig_refuse_offer. */
void atmsig_refuse_offer(struct atmsig *sig, const struct hubsig_message *offer, uint32_t status,
                         uint64_t now_ms, struct hubsig_step *step);

/* As hubsig_request. Modifications are refused: there are none in UNI 3.1 and 4.0. Ending a leg
 * that the network has ended says so to the network, with the close data; ending the last leg of
 * a call is RELEASE. */
enum hubsig_result atmsig_request(struct atmsig *sig, struct hubsig_leg *leg,
                                  enum hubsig_event request, const struct hubsig_message *detail,
                                  uint64_t now_ms, struct hubsig_step *step);

/* Feeds a frame that arrived; borrowed until return. What it tells comes out of atmsig_expire. */
void atmsig_receive(struct atmsig *sig, const uint8_t *bytes, size_t byte_count, uint64_t now_ms);

/* The wire is gone: the link is released at once. Active calls wait for atmsig_want until T309 is
 * over, others end (SIG 5.10). What is told of them comes out of atmsig_expire. */
void atmsig_lost(struct atmsig *sig, uint64_t now_ms);

/* The wire is there (again): asks for the link, if nobody did. Frames to send may follow. */
void atmsig_want(struct atmsig *sig, uint64_t now_ms);

/* When atmsig_expire has something to do; UINT64_MAX: never. */
uint64_t atmsig_due_ms(const struct atmsig *sig);

/* Lets time pass and takes one thing to tell, with its leg's change of state. step->received, and
 * the data in it, last until the next call of this function. returns false, with step->tell
 * HUBSIG_TELL_NOTHING, when there is none; step->send may be set all the same. */
bool atmsig_expire(struct atmsig *sig, uint64_t now_ms, struct hubsig_step *step);

/* The oldest frame to send; one reference, which moves to the caller. NULL: none. */
struct saal_buffer *atmsig_take_frame(struct atmsig *sig);

/* Whether the signalling link is established. */
bool atmsig_linked(const struct atmsig *sig);

#endif
