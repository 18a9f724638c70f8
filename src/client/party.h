/* SPDX-License-Identifier: MIT */
/* A party is one leaf of a call that this side made.
 *
 *   ADDING --added--> ACTIVE --drop asked--> DROPPING --dropped--> GONE
 *      |                 |  ^---refused---------+                   ^
 *      |                 +--left by itself--> (owed) DROPPING ------+
 *      +--not added-------------------------------------------------+
 *
 * It is in exactly one list of its call: joined (ACTIVE), owed (left by itself, NdisClDropParty not
 * called yet) or other. The call counts it from joining until GONE. Functions ending in _locked
 * want the call's lock held. */
#ifndef CONDIS_CLIENT_PARTY_H
#define CONDIS_CLIENT_PARTY_H

#include "client/client.h"

PROTOCOL_CL_ADD_PARTY_COMPLETE party_added;
PROTOCOL_CL_DROP_PARTY_COMPLETE party_dropped;
PROTOCOL_CL_INCOMING_DROP_PARTY party_incoming_drop;

/* returns a party being added, in the list `other`; NULL when there is no memory. */
struct condis_party *party_create(struct condis_call *call, void *context);

/* Its add (or make) has ended. */
void party_join_locked(struct condis_party *party, NDIS_HANDLE handle, NDIS_STATUS status);

/* NdisClDropParty will be called for it right after the lock is free. */
void party_dropping_locked(struct condis_party *party);

/* The call has been closed: with its last party, or by force with more. */
void party_close_all_locked(struct condis_call *call);

/* When the only party left has left by itself, the call is over (API §10, K13). */
void party_last_left_locked(struct condis_call *call);

/* What follows from the end of NdisClDropParty, but the next step of the closing machine. */
void party_drop_settle(struct condis_party *party, NDIS_STATUS status);

/* Frees every party of a list of a call that nobody refers to. */
void party_free_list(struct condis_call *call, LIST_ENTRY *list);

#endif
