/* SPDX-License-Identifier: MIT */
/* C10, C12, C30 to C34, C96 to C100: mistakes with address families and SAPs. */
#include "mistake.h"

static UCHAR Context; /* of objects that are not to be */

/* ---- C10, C30: opening ---- */

static NDIS_STATUS NTAPI OpenAfThenUse(NDIS_HANDLE Binding, PCO_ADDRESS_FAMILY Family,
                                       NDIS_HANDLE AfContext, PNDIS_HANDLE Af)
{
    NDIS_STATUS Status = Right.NdisClOpenAddressFamilyEx(Binding, Family, AfContext, Af);
    NDIS_HANDLE Vc = NULL;
    Right.NdisCoCreateVc(Binding, *Af, &Context, &Vc);
    return Status;
}

BREAKS(CL_AF_NOT_OPEN_YET)
{
    Driver->NdisClOpenAddressFamilyEx = OpenAfThenUse;
}

static NDIS_STATUS NTAPI OpenAfOther(NDIS_HANDLE Binding, PCO_ADDRESS_FAMILY Family,
                                     NDIS_HANDLE AfContext, PNDIS_HANDLE Af)
{
    CO_ADDRESS_FAMILY Other = *Family;
    Other.MinorVersion++;
    Right.NdisClOpenAddressFamilyEx(Binding, &Other, &Context, Af);
    return Right.NdisClOpenAddressFamilyEx(Binding, Family, AfContext, Af);
}

BREAKS(OPEN_AF_NOT_NOTIFIED)
{
    Driver->NdisClOpenAddressFamilyEx = OpenAfOther;
}

/* ---- C12: the call manager's notice ---- */

static NDIS_STATUS NTAPI CloseAfAnswersNobody(NDIS_HANDLE Af)
{
    Right.NdisClNotifyCloseAddressFamilyComplete(Af, NDIS_STATUS_SUCCESS);
    return Right.NdisClCloseAddressFamily(Af);
}

BREAKS(CL_NOTIFY_CLOSE_UNASKED)
{
    Driver->NdisClCloseAddressFamily = CloseAfAnswersNobody;
}

static NDIS_STATUS NTAPI NotifyAnswersAtOnce(NDIS_HANDLE AfContext)
{
    Right.NdisClNotifyCloseAddressFamilyComplete(((PCALLER_FAMILY)AfContext)->NdisAfHandle,
                                                 NDIS_STATUS_SUCCESS);
    return Right.Handlers.ClNotifyCloseAfHandler(AfContext);
}

static VOID NTAPI NotifyCompleteNever(NDIS_HANDLE Af, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Af);
    UNREFERENCED_PARAMETER(Status);
}

BREAKS(CL_NOTIFY_CLOSE_EARLY)
{
    Driver->Handlers.ClNotifyCloseAfHandler = NotifyAnswersAtOnce;
    Driver->NdisClNotifyCloseAddressFamilyComplete = NotifyCompleteNever;
}

/* ---- C31, C105: after the close has begun ---- */

static PCALLER_FAMILY Opened;

static VOID NTAPI OpenAfRemembers(NDIS_HANDLE AfContext, NDIS_HANDLE Af, NDIS_STATUS Status)
{
    Opened = AfContext;
    Right.Handlers.ClOpenAfCompleteHandlerEx(AfContext, Af, Status);
}

static NDIS_STATUS NTAPI CloseAfThenCreate(NDIS_HANDLE Af)
{
    NDIS_HANDLE Binding = Opened->Binding->NdisBindingHandle, Vc = NULL;
    NDIS_STATUS Status = Right.NdisClCloseAddressFamily(Af);
    Right.NdisCoCreateVc(Binding, Af, &Context, &Vc);
    return Status;
}

BREAKS(CL_AF_HANDLE_DEAD)
{
    Driver->Handlers.ClOpenAfCompleteHandlerEx = OpenAfRemembers;
    Driver->NdisClCloseAddressFamily = CloseAfThenCreate;
}

static NDIS_STATUS NTAPI CloseAfThenRegister(NDIS_HANDLE Af)
{
    NDIS_HANDLE Sap = NULL;
    NDIS_STATUS Status = Right.NdisClCloseAddressFamily(Af);
    Right.NdisClRegisterSap(Af, &Context, &Opened->Sap, &Sap);
    return Status;
}

BREAKS(REGISTER_SAP_CLOSING)
{
    Driver->Handlers.ClOpenAfCompleteHandlerEx = OpenAfRemembers;
    Driver->NdisClCloseAddressFamily = CloseAfThenRegister;
}

static NDIS_STATUS NTAPI CloseAfTwice(NDIS_HANDLE Af)
{
    NDIS_STATUS Status = Right.NdisClCloseAddressFamily(Af);
    Right.NdisClCloseAddressFamily(Af);
    return Status;
}

BREAKS(CL_CLOSE_AF_TWICE)
{
    Driver->NdisClCloseAddressFamily = CloseAfTwice;
}

/* ---- C96: what is left on it ---- */

static VOID NTAPI MakeThenCloseAf(NDIS_STATUS Status, NDIS_HANDLE VcContext, NDIS_HANDLE Party,
                                  PCO_CALL_PARAMETERS Parameters)
{
    if (Status == NDIS_STATUS_SUCCESS)
        Right.NdisClCloseAddressFamily(((PCALLER_CALL)VcContext)->Family->NdisAfHandle);
    Right.Handlers.ClMakeCallCompleteHandler(Status, VcContext, Party, Parameters);
}

BREAKS(CL_CLOSE_AF_CALLS)
{
    Driver->Handlers.ClMakeCallCompleteHandler = MakeThenCloseAf;
}

static NDIS_STATUS NTAPI CreateThenCloseAf(NDIS_HANDLE Binding, NDIS_HANDLE Af,
                                           NDIS_HANDLE VcContext, PNDIS_HANDLE Vc)
{
    NDIS_STATUS Status = Right.NdisCoCreateVc(Binding, Af, VcContext, Vc);
    Right.NdisClCloseAddressFamily(Af);
    return Status;
}

BREAKS(CL_CLOSE_AF_VCS)
{
    Driver->NdisCoCreateVc = CreateThenCloseAf;
}

static VOID NTAPI RegisterThenCloseAf(NDIS_STATUS Status, NDIS_HANDLE SapContext, PCO_SAP Sap,
                                      NDIS_HANDLE NdisSap)
{
    PCALLER_FAMILY Family = SapContext;
    if (Status == NDIS_STATUS_SUCCESS && Family->CallCount == 0)
        Right.NdisClCloseAddressFamily(Family->NdisAfHandle);
    Right.Handlers.ClRegisterSapCompleteHandler(Status, SapContext, Sap, NdisSap);
}

static NDIS_STATUS NTAPI CreateNever(NDIS_HANDLE Binding, NDIS_HANDLE Af, NDIS_HANDLE VcContext,
                                     PNDIS_HANDLE Vc)
{
    UNREFERENCED_PARAMETER(Binding);
    UNREFERENCED_PARAMETER(Af);
    UNREFERENCED_PARAMETER(VcContext);
    UNREFERENCED_PARAMETER(Vc);
    return NDIS_STATUS_FAILURE;
}

BREAKS(CL_CLOSE_AF_SAPS)
{
    Driver->NdisCoCreateVc = CreateNever;
    Driver->Handlers.ClRegisterSapCompleteHandler = RegisterThenCloseAf;
}

/* ---- C34, C100: SAPs ---- */

static NDIS_HANDLE Deregistered;

static NDIS_STATUS NTAPI DeregisterRemembers(NDIS_HANDLE Sap)
{
    Deregistered = Sap;
    return Right.NdisClDeregisterSap(Sap);
}

static VOID NTAPI DeregisterAgain(NDIS_STATUS Status, NDIS_HANDLE SapContext)
{
    Right.NdisClDeregisterSap(Deregistered);
    Right.Handlers.ClDeregisterSapCompleteHandler(Status, SapContext);
}

BREAKS(CL_SAP_HANDLE_DEAD)
{
    Driver->NdisClDeregisterSap = DeregisterRemembers;
    Driver->Handlers.ClDeregisterSapCompleteHandler = DeregisterAgain;
}

static NDIS_STATUS NTAPI DeregisterTwice(NDIS_HANDLE Sap)
{
    NDIS_STATUS Status = Right.NdisClDeregisterSap(Sap);
    Right.NdisClDeregisterSap(Sap);
    return Status;
}

BREAKS(CL_DEREGISTER_SAP_TWICE)
{
    Driver->NdisClDeregisterSap = DeregisterTwice;
}

static NDIS_STATUS NTAPI RegisterThenDeregister(NDIS_HANDLE Af, NDIS_HANDLE SapContext, PCO_SAP Sap,
                                                PNDIS_HANDLE NdisSap)
{
    NDIS_STATUS Status = Right.NdisClRegisterSap(Af, SapContext, Sap, NdisSap);
    if (Status == NDIS_STATUS_PENDING)
        Right.NdisClDeregisterSap(*NdisSap);
    return Status;
}

BREAKS(CL_DEREGISTER_SAP_REGISTERING)
{
    Driver->NdisClRegisterSap = RegisterThenDeregister;
}

/* ---- C43: handles of any kind ---- */

static NDIS_STATUS NTAPI DeregisterOfContext(NDIS_HANDLE Sap)
{
    Right.NdisClDeregisterSap(&Context);
    return Right.NdisClDeregisterSap(Sap);
}

BREAKS(HANDLE_NOT_A_HANDLE)
{
    Driver->NdisClDeregisterSap = DeregisterOfContext;
}

static NDIS_STATUS NTAPI DeregisterOfNull(NDIS_HANDLE Sap)
{
    Right.NdisClDeregisterSap(NULL);
    return Right.NdisClDeregisterSap(Sap);
}

BREAKS(HANDLE_NULL)
{
    Driver->NdisClDeregisterSap = DeregisterOfNull;
}

static NDIS_STATUS NTAPI CloseAfOfSap(NDIS_HANDLE Sap)
{
    Right.NdisClCloseAddressFamily(Sap);
    return Right.NdisClDeregisterSap(Sap);
}

BREAKS(HANDLE_KIND)
{
    Driver->NdisClDeregisterSap = CloseAfOfSap;
}
