/* SPDX-License-Identifier: MIT */
/* The other spelling of ndis.h. */
#include "ndis.h"
