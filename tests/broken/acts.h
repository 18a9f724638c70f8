/* SPDX-License-Identifier: MIT */
/* Acts are what the rows of several tables do on the way to their mistake. */
#ifndef CONDIS_TESTS_BROKEN_ACTS_H
#define CONDIS_TESTS_BROKEN_ACTS_H

#include "broken.h"

/* A row's rule is broken by a driver that a scene cannot end: the client's unbind waits until its
 * host gives up, which is soon. What waits for the test's hand stays. */
void act_wait_in_unbind(struct scene *s);

/* A timer's function that does nothing. */
NDIS_TIMER_FUNCTION act_tick;

/* ---- outgoing calls ---------------------------------------------------------------------- */

void act_create_vc(struct scene *s);
void act_delete_vc(struct scene *s);

/* A thread of the call manager begins, `first` happens, and then the thread runs `say`. */
void act_cross(struct scene *s, VOID (*say)(PVOID), PVOID context, void (*first)(struct scene *s));
/* A point-to-point call on vc[0], and its end. */
void act_call(struct scene *s);
void act_hang_up(struct scene *s);
/* The call manager activates and deactivates the VC that it was told of last. */
NDIS_STATUS act_activate(struct scene *s);
NDIS_STATUS act_deactivate(struct scene *s);

/* ---- calls that come in ------------------------------------------------------------------ */

/* A registered SAP and an active VC of the call manager; their end. */
struct cm_vc *act_listen(struct scene *s);
void act_stop(struct scene *s, struct cm_vc *vc);
/* Deactivates and deletes the VC only; deregisters the SAP only. */
void act_drop_vc(struct scene *s, struct cm_vc *vc);
void act_deafen(struct scene *s);
/* Offers a call. returns  the answer of the client, who is asked as planned */
NDIS_STATUS act_offer(struct scene *s, struct cm_vc *vc);
/* Listens, offers, is accepted, connects. */
struct cm_vc *act_answered_call(struct scene *s);
/* The client closes the call that came in. */
void act_close_answered(struct scene *s);

/* ---- OIDs -------------------------------------------------------------------------------- */

/* Makes drivers answer PENDING to an OID request. At one of AT_CLIENT_OID, AT_CM_OID,
 * AT_MINI_CO_OID, AT_MINI_OID; the request is in act_request. */
extern NDIS_OID_REQUEST act_request;
extern NDIS_OID act_oid; /* what is asked for; 0: anything */
void act_pend_oid(enum moment moment);
/* Makes a request a query of act_oid. */
void act_fill_oid(PNDIS_OID_REQUEST request, PVOID buffer, ULONG bytes);
/* The client asks its call manager, or the miniport, with act_request. */
NDIS_STATUS act_ask_call_manager(struct scene *s);
NDIS_STATUS act_ask_miniport(struct scene *s);
/* The call manager asks the client. */
NDIS_STATUS act_ask_client(struct scene *s);
/* The call manager, or the miniport, completes it as it should. */
void act_answer_as_call_manager(struct scene *s, NDIS_STATUS status);
void act_answer_as_miniport(struct scene *s, NDIS_STATUS status);

#endif
