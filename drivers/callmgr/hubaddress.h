/* SPDX-License-Identifier: MIT */
/* A station's name as an ATM address: `49 | length | name, zero padded (12) | 0 0 0 0 0 |
 * selector`. `@name` of the command is this with selector 0. */
#ifndef HUBADDRESS_H
#define HUBADDRESS_H

#include <ndis.h>

#include <atm.h>

#include "message.h"

#define HUB_ADDRESS_AFI 0x49

/* The 20 octets of a station's address. */
static __inline VOID HubAddressSet(UCHAR *Octets, const struct hubsig_name *Name, UCHAR Selector)
{
    NdisZeroMemory(Octets, ATM_ADDRESS_LENGTH);
    Octets[0] = HUB_ADDRESS_AFI;
    Octets[1] = Name->length;
    NdisMoveMemory(Octets + 2, Name->text, HUBSIG_NAME_BYTES);
    Octets[19] = Selector;
}

/* Finds the station in 20 octets. returns FALSE when they have another form. */
static __inline BOOLEAN HubAddressGet(const UCHAR *Octets, struct hubsig_name *Name,
                                      PUCHAR Selector)
{
    ULONG Index;
    if (Octets[0] != HUB_ADDRESS_AFI || Octets[1] > HUBSIG_NAME_BYTES ||
        !hubsig_name_set(Name, (const char *)Octets + 2, Octets[1]))
        return FALSE;
    for (Index = 2u + Octets[1]; Index < 19; Index++)
        if (Octets[Index] != 0)
            return FALSE;
    *Selector = Octets[19];
    return TRUE;
}

#endif
