/* SPDX-License-Identifier: MIT */
/* The other spelling of qos.h. */
#include "qos.h"
