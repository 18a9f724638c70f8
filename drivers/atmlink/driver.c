/* SPDX-License-Identifier: MIT */
/* atmlink is the miniport of drivers/hubport on a link. */
#include "miniport.h"

const BOOLEAN PortOnLink = TRUE;
