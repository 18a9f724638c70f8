/* SPDX-License-Identifier: MIT */
/* The integer types alone, for sources that ask for them by this name. */
#include "ntdef.h"
