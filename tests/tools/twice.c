/* SPDX-License-Identifier: MIT */
/* The README's first call manager with the mistake that the README makes: whoever frees a party
 * completes its drop as well. */
#include <ndis.h>

static VOID FreeAndComplete(PVOID Party, UINT Length, UINT Flags)
{
    NdisMCmDropPartyComplete(NDIS_STATUS_SUCCESS, *(NDIS_HANDLE *)Party);
    NdisFreeMemory(Party, Length, Flags);
}

#define NdisFreeMemory FreeAndComplete
#include "../../examples/first/first.c"
