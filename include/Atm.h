/* SPDX-License-Identifier: MIT */
/* The other spelling of atm.h. */
#include "atm.h"
