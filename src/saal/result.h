/* SPDX-License-Identifier: MIT */
/* A result says whether a request to the signalling AAL was taken; if not, nothing has changed. */
#ifndef CONDIS_SAAL_RESULT_H
#define CONDIS_SAAL_RESULT_H

enum saal_result {
    SAAL_OK,
    SAAL_NO_MEMORY,   /* the pool is at its limit: release buffers, then ask again */
    SAAL_FULL,        /* events wait to be taken, or the backlog is at its limit: ask again later */
    SAAL_WRONG_STATE, /* the connection's state has no such request */
    SAAL_TOO_LONG,    /* more octets than the options allow */
};

#endif
