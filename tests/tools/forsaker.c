/* SPDX-License-Identifier: MIT */
/* drivers/caller, but it closes no call and its unbind ends nothing: the linker leads it here. */
#include "caller.h"

NDIS_STATUS NTAPI __wrap_NdisClCloseCall(NDIS_HANDLE NdisVcHandle, NDIS_HANDLE NdisPartyHandle,
                                         PVOID Buffer, UINT Size);
PROTOCOL_UNBIND_ADAPTER_EX __wrap_CallerUnbindAdapter;

NDIS_STATUS NTAPI __wrap_NdisClCloseCall(NDIS_HANDLE NdisVcHandle, NDIS_HANDLE NdisPartyHandle,
                                         PVOID Buffer, UINT Size)
{
    UNREFERENCED_PARAMETER(NdisVcHandle);
    UNREFERENCED_PARAMETER(NdisPartyHandle);
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Size);
    return NDIS_STATUS_PENDING;
}

_Use_decl_annotations_ NDIS_STATUS NTAPI
__wrap_CallerUnbindAdapter(NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    UNREFERENCED_PARAMETER(UnbindContext);
    UNREFERENCED_PARAMETER(ProtocolBindingContext);
    return NDIS_STATUS_SUCCESS;
}
