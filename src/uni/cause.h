/* SPDX-License-Identifier: MIT */
/* A cause says why a call or a party ended; this is its other form, the NDIS status, as numbers
 * (SIG 9.4). */
#ifndef CONDIS_UNI_CAUSE_H
#define CONDIS_UNI_CAUSE_H

#include "uni/message.h"

enum {
    UNI_CAUSE_NORMAL = 16,
    UNI_CAUSE_NO_USER_RESPONDING = 18,
    UNI_CAUSE_NO_ANSWER = 19,
    UNI_CAUSE_OUT_OF_ORDER = 27,
    UNI_CAUSE_STATUS_RESPONSE = 30,
    UNI_CAUSE_UNSPECIFIED = 31,
    UNI_CAUSE_TEMPORARY_FAILURE = 41,
    UNI_CAUSE_ACCESS_INFORMATION = 43,
    UNI_CAUSE_RESOURCE = 47,
    UNI_CAUSE_CALL_REFERENCE = 81,
    UNI_CAUSE_ENDPOINT_REFERENCE = 89,
    UNI_CAUSE_IE_MISSING = 96,
    UNI_CAUSE_TYPE_UNKNOWN = 97,
    UNI_CAUSE_IE_UNKNOWN = 99,
    UNI_CAUSE_IE_CONTENTS = 100,
    UNI_CAUSE_STATE = 101,
    UNI_CAUSE_TIMER = 102,
};

/* What a call or party that ended with this cause is to its owner; FAILURE when no row says. */
uint32_t uni_status_of_cause(uint8_t cause);

/* What the peer is told for a status; 31 (normal, unspecified) when no row says. */
uint8_t uni_cause_of_status(uint32_t status, enum uni_version version);

/* "Too many pending ADD PARTY requests": 92 on UNI 3.1, 32 on 4.0. */
uint8_t uni_cause_of_too_many_pending(enum uni_version version);

#endif
