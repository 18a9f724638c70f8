/* SPDX-License-Identifier: MIT */
/* The other spelling of wdm.h. */
#include "wdm.h"
