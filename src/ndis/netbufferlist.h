/* SPDX-License-Identifier: MIT */
/* A net buffer list (NBL) is what drivers hand to each other on the data path; here it is known
 * where each came from, who holds it and on which VC it is out (C114 to C116, C118, C119, C121).
 *
 *            allocate            send                          indicate
 *   FREE  ------------>  OWNED  ------->  SENT      OWNED  ---------------->  INDICATED
 *         <------------         <-------                   <----------------
 *             free               complete                       return
 * LENT stands for INDICATED with RESOURCES: the list comes back by itself. A list that is not OWNED
 * is out: its allocator keeps off. A move is one compare-and-swap, so of two processors that both
 * complete a list one sees that it was late. */
#ifndef CONDIS_NDIS_NETBUFFERLIST_H
#define CONDIS_NDIS_NETBUFFERLIST_H

#include "ndis/enter.h"

#include <ndis.h>

enum nbl_state {
    NBL_STATE_FREE,
    NBL_STATE_OWNED,     /* its allocator's */
    NBL_STATE_SENT,      /* the miniport's until it completes the send */
    NBL_STATE_INDICATED, /* a protocol's until it returns it */
    NBL_STATE_LENT,      /* a protocol's until its receive handler returns */
    NBL_STATE_FOREIGN,   /* not from a pool: never a list's state, only an answer */
};

/* Which function freed by. */
enum nbl_kind {
    NBL_PLAIN, /* NdisFreeNetBufferList */
    NBL_CLONE, /* NdisFreeCloneNetBufferList */
};

/* Says in which state a list is; NBL_STATE_FOREIGN when it is not from one of our pools. The answer
 * may be old when it comes; nbl_set_state is the one that decides. */
enum nbl_state nbl_state(const NET_BUFFER_LIST *nbl);

/* The English of a state, for a report: "free", "its allocator's", "out as a send", ... */
const char *nbl_state_text(enum nbl_state state);

/* Moves a list from one state to another, if it is in that one and from a pool.
 * vc      the VC that it goes out on; kept while it is out
 * holder  who has it afterwards; NULL: NDIS or nobody. A list that becomes OWNED goes to its
 *         allocator whatever is said here
 * effects to SENT: remembers the chain of NET_BUFFERs and sets Status to NDIS_STATUS_PENDING, so
 *         that a completion can be judged by nbl_check_complete
 * returns true when it was moved; false: nothing has changed */
bool nbl_set_state(PNET_BUFFER_LIST nbl, enum nbl_state from, enum nbl_state to, void *vc,
                   struct nt_owner *holder);

/* The VC that a list is out on, and who holds it; NULL for a foreign or free one. */
void *nbl_vc(const NET_BUFFER_LIST *nbl);
struct nt_owner *nbl_holder(const NET_BUFFER_LIST *nbl);
struct nt_owner *nbl_allocator(const NET_BUFFER_LIST *nbl);

/* Sends one list: checks NBL_NOT_FROM_POOL, NBL_SENT_TWICE (C115) and NBL_SOURCE_HANDLE (C114),
 * reports what is broken, and moves it OWNED -> SENT.
 * VcHandle  what SourceHandle must be
 * vc        the VC behind it; kept while the list is out
 * holder    the miniport driver
 * returns   false when the list must not go on: it is foreign (the sender's memory, which may be
 *           handed back to it) or not the sender's to send (which must not be handed to anybody).
 *           A wrong SourceHandle alone is reported and repaired. */
bool nbl_check_send(const struct call *call, PNET_BUFFER_LIST nbl, NDIS_HANDLE VcHandle, void *vc,
                    struct nt_owner *holder);

/* Completes one sent list: checks SEND_COMPLETE_UNSENT, _TWICE, _WRONG_VC, _NO_STATUS and _CHAIN
 * (C116), reports what is broken, and moves it SENT -> OWNED.
 * returns  false when the list is not the miniport's to complete: drop it. A missing status becomes
 *          NDIS_STATUS_FAILURE and a changed chain gets its first NET_BUFFER back. */
bool nbl_check_complete(const struct call *call, PNET_BUFFER_LIST nbl, NDIS_HANDLE VcHandle,
                        void *vc);

/* Indicates one list: checks NBL_NOT_FROM_POOL, RECEIVE_STILL_OUT (C118) and NBL_SOURCE_HANDLE
 * (C114), reports what is broken, and moves it OWNED -> INDICATED, or LENT with resources.
 * returns  false when the list must not go up */
bool nbl_check_indicate(const struct call *call, PNET_BUFFER_LIST nbl, NDIS_HANDLE VcHandle,
                        void *vc, bool resources, struct nt_owner *holder);

/* Returns one received list: checks RETURN_RESOURCES, RETURN_TWICE and RETURN_UNRECEIVED (C119),
 * reports what is broken, and moves it INDICATED -> OWNED.
 * returns  false when the list is not the protocol's to return: drop it */
bool nbl_check_return(const struct call *call, PNET_BUFFER_LIST nbl);

#endif
