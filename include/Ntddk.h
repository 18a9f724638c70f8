/* SPDX-License-Identifier: MIT */
/* The other spelling of ntddk.h. */
#include "ntddk.h"
