/* SPDX-License-Identifier: MIT */
/* atmlink is the miniport of drivers/hubport on a link. */
#include "miniport.h"

const HUB_DRIVER HubDriver = {.Link = TRUE, MINI_DRIVER};
