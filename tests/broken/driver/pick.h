/* SPDX-License-Identifier: MIT */
/* The mistake that the setting `Break` asks for, among those of a table. Shared by the broken call
 * managers and the broken client; what a broken driver is made of, each says for itself. */
#ifndef BROKEN_PICK_H
#define BROKEN_PICK_H

#include <ndis.h>

typedef struct _BROKEN_DRIVER *PBROKEN_DRIVER;

typedef struct _BROKEN_ROW {
    const char *Rule;
    VOID (*Make)(PBROKEN_DRIVER Driver);
} BROKEN_ROW, *PBROKEN_ROW;

/* Makes the mistake that a driver's setting names; none when it names none.
 * NdisHandle  whose settings
 * returns     SUCCESS; INVALID_DATA: no row is called so; what opening the settings returned
 * IRQL        PASSIVE_LEVEL */
NDIS_STATUS BrokenPick(NDIS_HANDLE NdisHandle, const BROKEN_ROW *Rows, SIZE_T Count,
                       PBROKEN_DRIVER Driver);

/* BREAKS(rule) { ... } says what the driver does to break the rule. */
#define BREAKS(Rule) VOID Break_##Rule(PBROKEN_DRIVER Driver)

#endif
