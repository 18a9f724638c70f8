/* SPDX-License-Identifier: MIT */
/* The other spelling of ntdef.h. */
#include "ntdef.h"
