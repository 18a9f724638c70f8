/* SPDX-License-Identifier: MIT */
/* The types every driver header stands on: base types, SAL words, success tests. */
#ifndef CONDIS_NTDEF_H
#define CONDIS_NTDEF_H

#include "ddi/compiler.h"
#include "ddi/types.h"
#include "driverspecs.h"

#define NT_SUCCESS(s)     (((NTSTATUS)(s)) >= 0)
#define NT_INFORMATION(s) ((((ULONG)(s)) >> 30) == 1)
#define NT_WARNING(s)     ((((ULONG)(s)) >> 30) == 2)
#define NT_ERROR(s)       ((((ULONG)(s)) >> 30) == 3)

#include "guiddef.h"

#endif
