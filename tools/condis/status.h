/* SPDX-License-Identifier: MIT */
/* The status codes of NDIS by their names. */
#ifndef CONDIS_TOOL_STATUS_H
#define CONDIS_TOOL_STATUS_H

#define NDIS630 1 /* a version must be named; these codes are in all of them */
#include <ndis.h>

#endif
