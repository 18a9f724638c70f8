/* SPDX-License-Identifier: MIT */
/* hubmini is the miniport of drivers/hubport on a hub. */
#include "miniport.h"

const HUB_DRIVER HubDriver = {.Link = FALSE, MINI_DRIVER};
