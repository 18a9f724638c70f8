/* SPDX-License-Identifier: MIT */
/* Include before headers whose GUIDs this one source file shall define. */
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
