/* SPDX-License-Identifier: MIT */
/* hubmini is the miniport of drivers/hubport on a hub. */
#include "miniport.h"

const BOOLEAN PortOnLink = FALSE;
