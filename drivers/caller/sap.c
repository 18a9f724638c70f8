/* SPDX-License-Identifier: MIT */
/* The SAP: where the driver is called. */
#include "caller.h"

VOID CallerRegisterSap(PCALLER_FAMILY Family)
{
    NDIS_STATUS Status;
    CallerFillSap(&Family->Sap, &Family->Binding->Settings.Address);
    Status = NdisClRegisterSap(Family->NdisAfHandle, Family, &Family->Sap, &Family->NdisSapHandle);
    if (Status != NDIS_STATUS_PENDING)
        CallerRegisterSapComplete(Status, Family, &Family->Sap, Family->NdisSapHandle);
}

VOID CallerDeregisterSap(PCALLER_FAMILY Family)
{
    NDIS_STATUS Status = NdisClDeregisterSap(Family->NdisSapHandle);
    if (Status != NDIS_STATUS_PENDING)
        CallerDeregisterSapComplete(Status, Family);
}

/* Without the SAP the driver goes on and calls. */
_Use_decl_annotations_ VOID NTAPI CallerRegisterSapComplete(NDIS_STATUS Status,
                                                            NDIS_HANDLE ProtocolSapContext,
                                                            PCO_SAP Sap, NDIS_HANDLE NdisSapHandle)
{
    PCALLER_FAMILY Family = ProtocolSapContext;
    UNREFERENCED_PARAMETER(Sap);
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Family->NdisSapHandle = NdisSapHandle;
    Family->SapState = Status == NDIS_STATUS_SUCCESS ? SAP_REGISTERED : SAP_NONE;
    CallerMoveFamily(Family);
}

_Use_decl_annotations_ VOID NTAPI CallerDeregisterSapComplete(NDIS_STATUS Status,
                                                              NDIS_HANDLE ProtocolSapContext)
{
    PCALLER_FAMILY Family = ProtocolSapContext;
    UNREFERENCED_PARAMETER(Status);
    NdisAcquireSpinLock(&Family->Binding->Lock);
    Family->SapState = SAP_NONE;
    CallerMoveFamily(Family);
}
