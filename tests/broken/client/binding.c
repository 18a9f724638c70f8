/* SPDX-License-Identifier: MIT */
/* C14, C28, C41, C103 to C105, C127: mistakes with the driver's registration and its bindings. */
#include "mistake.h"

/* ---- C14: binding and unbinding that pend ---- */

static NDIS_HANDLE Bound;

static NDIS_STATUS NTAPI BindCompletesTwice(NDIS_HANDLE Context, NDIS_HANDLE BindContext,
                                            PNDIS_BIND_PARAMETERS Parameters)
{
    NDIS_STATUS Status = Right.Protocol.BindAdapterHandlerEx(Context, BindContext, Parameters);
    NdisCompleteBindAdapterEx(BindContext, Status);
    NdisCompleteBindAdapterEx(BindContext, Status);
    return NDIS_STATUS_PENDING;
}

BREAKS(BIND_COMPLETE_ONCE)
{
    Driver->Protocol.BindAdapterHandlerEx = BindCompletesTwice;
}

static NDIS_STATUS NTAPI BindRemembers(NDIS_HANDLE Context, NDIS_HANDLE BindContext,
                                       PNDIS_BIND_PARAMETERS Parameters)
{
    Bound = BindContext;
    return Right.Protocol.BindAdapterHandlerEx(Context, BindContext, Parameters);
}

static VOID NTAPI OpenAfCompletesBind(NDIS_HANDLE Context, NDIS_HANDLE Af, NDIS_STATUS Status)
{
    NdisCompleteBindAdapterEx(Bound, NDIS_STATUS_SUCCESS);
    Right.Handlers.ClOpenAfCompleteHandlerEx(Context, Af, Status);
}

BREAKS(BIND_COMPLETE_UNASKED)
{
    Driver->Protocol.BindAdapterHandlerEx = BindRemembers;
    Driver->Handlers.ClOpenAfCompleteHandlerEx = OpenAfCompletesBind;
}

static NDIS_STATUS NTAPI UnbindCompletesTwice(NDIS_HANDLE UnbindContext, NDIS_HANDLE Context)
{
    Right.Protocol.UnbindAdapterHandlerEx(UnbindContext, Context);
    NdisCompleteUnbindAdapterEx(UnbindContext);
    NdisCompleteUnbindAdapterEx(UnbindContext);
    return NDIS_STATUS_PENDING;
}

BREAKS(UNBIND_COMPLETE_ONCE)
{
    Driver->Protocol.UnbindAdapterHandlerEx = UnbindCompletesTwice;
}

/* With the context of a bind. */
static NDIS_STATUS NTAPI BindCompletesUnbind(NDIS_HANDLE Context, NDIS_HANDLE BindContext,
                                             PNDIS_BIND_PARAMETERS Parameters)
{
    NdisCompleteUnbindAdapterEx(BindContext);
    return Right.Protocol.BindAdapterHandlerEx(Context, BindContext, Parameters);
}

BREAKS(UNBIND_COMPLETE_UNASKED)
{
    Driver->Protocol.BindAdapterHandlerEx = BindCompletesUnbind;
}

/* ---- C28: handlers ---- */

BREAKS(HANDLERS_SLOT_NULL)
{
    Driver->Handlers.ClModifyCallQoSCompleteHandler = NULL;
}

BREAKS(HANDLERS_HEADER)
{
    Driver->Handlers.Header.Revision = 0;
}

static VOID NTAPI OpenAfSets(NDIS_HANDLE Context, NDIS_HANDLE Af, NDIS_STATUS Status)
{
    RightSetHandlers(CallerProtocolHandle, &Right.Handlers);
    Right.Handlers.ClOpenAfCompleteHandlerEx(Context, Af, Status);
}

BREAKS(HANDLERS_WRONG_PHASE)
{
    Driver->Handlers.ClOpenAfCompleteHandlerEx = OpenAfSets;
}

static VOID NTAPI OpenAfSetsHigh(NDIS_HANDLE Context, NDIS_HANDLE Af, NDIS_STATUS Status)
{
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    RightSetHandlers(CallerProtocolHandle, &Right.Handlers);
    KeLowerIrql(Irql);
    Right.Handlers.ClOpenAfCompleteHandlerEx(Context, Af, Status);
}

BREAKS(Irql_Miscellaneous_Function)
{
    Driver->Handlers.ClOpenAfCompleteHandlerEx = OpenAfSetsHigh;
}

static NDIS_STATUS NTAPI EventNotSupported(NDIS_HANDLE Context,
                                           PNET_PNP_EVENT_NOTIFICATION Notification)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Notification);
    return NDIS_STATUS_NOT_SUPPORTED;
}

BREAKS(DRIVER_BAD_STATUS)
{
    Driver->Protocol.NetPnPEventHandler = EventNotSupported;
}

/* ---- C41, C103: closing the adapter ---- */

static NDIS_STATUS NTAPI CloseAdapterThenUse(NDIS_HANDLE Binding)
{
    NDIS_STATUS Status = Right.NdisCloseAdapterEx(Binding);
    NDIS_HANDLE Vc = NULL;
    Right.NdisCoCreateVc(Binding, NULL, &Bound, &Vc);
    return Status;
}

BREAKS(BINDING_HANDLE_DEAD)
{
    Driver->NdisCloseAdapterEx = CloseAdapterThenUse;
}

/* Before anything is closed. */
static NDIS_STATUS NTAPI UnbindClosesFirst(NDIS_HANDLE UnbindContext, NDIS_HANDLE Context)
{
    Right.NdisCloseAdapterEx(((PCALLER_BINDING)Context)->NdisBindingHandle);
    return Right.Protocol.UnbindAdapterHandlerEx(UnbindContext, Context);
}

static NDIS_STATUS NTAPI RegisterNever(NDIS_HANDLE Af, NDIS_HANDLE Context, PCO_SAP Sap,
                                       PNDIS_HANDLE NdisSap)
{
    UNREFERENCED_PARAMETER(Af);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Sap);
    UNREFERENCED_PARAMETER(NdisSap);
    return NDIS_STATUS_FAILURE;
}

BREAKS(CLOSE_ADAPTER_AF_OPEN)
{
    Driver->Protocol.UnbindAdapterHandlerEx = UnbindClosesFirst;
    Driver->NdisClRegisterSap = RegisterNever;
}

BREAKS(CLOSE_ADAPTER_SAP_LEFT)
{
    Driver->Protocol.UnbindAdapterHandlerEx = UnbindClosesFirst;
}

static NDIS_STATUS NTAPI UnbindClosesUnderCalls(NDIS_HANDLE UnbindContext, NDIS_HANDLE Context)
{
    PCALLER_BINDING Binding = Context;
    PCALLER_FAMILY Family = CONTAINING_RECORD(Binding->Families.Flink, CALLER_FAMILY, Link);
    if (!IsListEmpty(&Binding->Families) && !IsListEmpty(&Family->Calls))
        Right.NdisCloseAdapterEx(Binding->NdisBindingHandle);
    return Right.Protocol.UnbindAdapterHandlerEx(UnbindContext, Context);
}

BREAKS(CLOSE_ADAPTER_VC_LEFT)
{
    Driver->Protocol.UnbindAdapterHandlerEx = UnbindClosesUnderCalls;
}

/* Before there is a family on it; it stays closed. */
static VOID NTAPI NotifyClosesAdapter(NDIS_HANDLE Context, PCO_ADDRESS_FAMILY Family)
{
    UNREFERENCED_PARAMETER(Family);
    Right.NdisCloseAdapterEx(((PCALLER_BINDING)Context)->NdisBindingHandle);
}

static NDIS_STATUS NTAPI CloseAdapterNot(NDIS_HANDLE Binding)
{
    UNREFERENCED_PARAMETER(Binding);
    return NDIS_STATUS_SUCCESS;
}

BREAKS(CLOSE_ADAPTER_CONTEXT)
{
    Driver->Co.CoAfRegisterNotifyHandler = NotifyClosesAdapter;
    Driver->NdisCloseAdapterEx = CloseAdapterNot;
}

/* ---- C104, C105 ---- */

static NDIS_STATUS NTAPI UnbindFails(NDIS_HANDLE UnbindContext, NDIS_HANDLE Context)
{
    Right.Protocol.UnbindAdapterHandlerEx(UnbindContext, Context);
    return NDIS_STATUS_FAILURE;
}

BREAKS(UNBIND_FAILED)
{
    Driver->Protocol.UnbindAdapterHandlerEx = UnbindFails;
}

static NDIS_STATUS NTAPI UnbindOpens(NDIS_HANDLE UnbindContext, NDIS_HANDLE Context)
{
    CO_ADDRESS_FAMILY Family = {CO_ADDRESS_FAMILY_Q2931, 4, 0};
    NDIS_HANDLE Af = NULL;
    Right.NdisClOpenAddressFamilyEx(((PCALLER_BINDING)Context)->NdisBindingHandle, &Family, &Bound,
                                    &Af);
    return Right.Protocol.UnbindAdapterHandlerEx(UnbindContext, Context);
}

BREAKS(OPEN_AF_CLOSING)
{
    Driver->Protocol.UnbindAdapterHandlerEx = UnbindOpens;
}

/* ---- C126, C127: what belongs elsewhere ---- */

static VOID NTAPI OpenAfDeregisters(NDIS_HANDLE Context, NDIS_HANDLE Af, NDIS_STATUS Status)
{
    NdisDeregisterProtocolDriver(CallerProtocolHandle);
    Right.Handlers.ClOpenAfCompleteHandlerEx(Context, Af, Status);
}

BREAKS(DEREGISTER_IN_CALLBACK)
{
    Driver->Handlers.ClOpenAfCompleteHandlerEx = OpenAfDeregisters;
}

static VOID NTAPI OpenAfOpensAdapter(NDIS_HANDLE Context, NDIS_HANDLE Af, NDIS_STATUS Status)
{
    NDIS_STRING Name = RTL_CONSTANT_STRING(L"net0");
    NDIS_MEDIUM Medium = NdisMediumAtm;
    NDIS_OPEN_PARAMETERS Open;
    NDIS_HANDLE Binding = NULL;
    UINT Selected = 0;
    NdisZeroMemory(&Open, sizeof(Open));
    Open.Header.Type = NDIS_OBJECT_TYPE_OPEN_PARAMETERS;
    Open.Header.Revision = NDIS_OPEN_PARAMETERS_REVISION_1;
    Open.Header.Size = NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1;
    Open.AdapterName = &Name;
    Open.MediumArray = &Medium;
    Open.MediumArraySize = 1;
    Open.SelectedMediumIndex = &Selected;
    if (NdisOpenAdapterEx(CallerProtocolHandle, &Bound, &Open, Bound, &Binding) ==
        NDIS_STATUS_SUCCESS)
        Bound = Binding;
    Right.Handlers.ClOpenAfCompleteHandlerEx(Context, Af, Status);
}

BREAKS(OPEN_ADAPTER_CONTEXT)
{
    Driver->Protocol.BindAdapterHandlerEx = BindRemembers;
    Driver->Handlers.ClOpenAfCompleteHandlerEx = OpenAfOpensAdapter;
}
