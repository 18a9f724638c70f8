/* SPDX-License-Identifier: MIT */
/* The executive for drivers outside the WDM model: here the same as wdm.h. */
#ifndef CONDIS_NTDDK_H
#define CONDIS_NTDDK_H

#include "wdm.h"

#endif
