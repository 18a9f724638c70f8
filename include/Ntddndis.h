/* SPDX-License-Identifier: MIT */
/* The other spelling of ntddndis.h. */
#include "ntddndis.h"
