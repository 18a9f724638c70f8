/* SPDX-License-Identifier: MIT */
/* The other spelling of ntstatus.h. */
#include "ntstatus.h"
