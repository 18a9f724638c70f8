/* SPDX-License-Identifier: MIT */
/* An indication is what a call manager tells a client about a call's or a party's end, when it has
 * to wait because the client has not heard yet that the call or party stands.
 *
 * The call manager's buffer is lent only until its dispatch function returns, so the close data is
 * copied here; nowhere else. */
#ifndef CONDIS_NDIS_INDICATION_H
#define CONDIS_NDIS_INDICATION_H

#include <ndis.h>

struct indication {
    NDIS_STATUS status;
    UINT size; /* of the close data; 0: none */
    UCHAR data[];
};

/* Copies what is to be told. When memory is short, a shared one without data and with the status
 * NDIS_STATUS_RESOURCES: that the leaf is gone must never be lost, what it said may be. */
struct indication *indication_new(NDIS_STATUS status, const void *data, UINT size);
void indication_free(struct indication *indication);

/* Close data as a callback gets it: NULL when there is none. */
static inline PVOID indication_data(struct indication *indication)
{
    return indication->size ? indication->data : NULL;
}

#endif
