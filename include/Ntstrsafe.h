/* SPDX-License-Identifier: MIT */
/* The other spelling of ntstrsafe.h. */
#include "ntstrsafe.h"
