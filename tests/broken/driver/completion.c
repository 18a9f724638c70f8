/* SPDX-License-Identifier: MIT */
/* C1 to C20: mistakes in answering and completing requests. */
#include "mistake.h"

/* ---- C1 to C5: whether, how often, with what ------------------------------------------------- */

static VOID DeregisterNever(NDIS_STATUS Status, NDIS_HANDLE Sap)
{
    UNREFERENCED_PARAMETER(Status);
    UNREFERENCED_PARAMETER(Sap);
}

BREAKS_EDGE(PEND_NEVER_COMPLETED, DeregisterSapComplete, DeregisterNever);

static VOID MakeNever(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party, NDIS_HANDLE Context,
                      PCO_CALL_PARAMETERS Parameters)
{
    if (Status == NDIS_STATUS_SUCCESS)
        RightEdge.MakeCallComplete(Status, Vc, Party, Context, Parameters);
}

BREAKS_EDGE(CM_MAKE_CALL_NEVER_COMPLETED, MakeCallComplete, MakeNever);

static NDIS_STATUS NTAPI DropBothWays(NDIS_HANDLE Context, PVOID CloseData, UINT Size)
{
    NDIS_HANDLE Party = ((PCM_PARTY)Context)->NdisPartyHandle;
    NDIS_STATUS Status = CmDropParty(Context, CloseData, Size);
    if (Status == NDIS_STATUS_SUCCESS)
        RightEdge.DropPartyComplete(Status, Party);
    return Status;
}

BREAKS(PEND_NOT_BOTH)
{
    Driver->AtOnce = TRUE;
    Driver->Handlers.CmDropPartyHandler = DropBothWays;
}

static VOID DropTwice(NDIS_STATUS Status, NDIS_HANDLE Party)
{
    RightEdge.DropPartyComplete(Status, Party);
    RightEdge.DropPartyComplete(Status, Party);
}

BREAKS_EDGE(PEND_ONCE, DropPartyComplete, DropTwice);

static VOID DropPending(NDIS_STATUS Status, NDIS_HANDLE Party)
{
    RightEdge.DropPartyComplete(NDIS_STATUS_PENDING, Party);
    RightEdge.DropPartyComplete(Status, Party);
}

BREAKS_EDGE(PEND_FINAL, DropPartyComplete, DropPending);

static VOID CloseAfFails(NDIS_STATUS Status, NDIS_HANDLE Af)
{
    UNREFERENCED_PARAMETER(Status);
    RightEdge.CloseAfComplete(NDIS_STATUS_FAILURE, Af);
}

BREAKS_EDGE(CM_CLOSE_AF_COMPLETE_SUCCESS, CloseAfComplete, CloseAfFails);

static VOID DeregisterFails(NDIS_STATUS Status, NDIS_HANDLE Sap)
{
    UNREFERENCED_PARAMETER(Status);
    RightEdge.DeregisterSapComplete(NDIS_STATUS_FAILURE, Sap);
}

BREAKS_EDGE(CM_DEREGISTER_SAP_COMPLETE_SUCCESS, DeregisterSapComplete, DeregisterFails);

/* ---- C6: what cannot pend -------------------------------------------------------------------- */

/* NDIS refuses the creation and calls the delete handler. */
static NDIS_STATUS NTAPI CreatePends(NDIS_HANDLE AfContext, NDIS_HANDLE Vc, PNDIS_HANDLE Context)
{
    NDIS_STATUS Status = CmCreateVc(AfContext, Vc, Context);
    return Status == NDIS_STATUS_SUCCESS ? NDIS_STATUS_PENDING : Status;
}

BREAKS_HANDLER(CO_CREATE_VC_PENDED, CmCreateVcHandler, CreatePends);

static NDIS_STATUS NTAPI DeletePends(NDIS_HANDLE Context)
{
    NDIS_STATUS Status = CmDeleteVc(Context);
    return Status == NDIS_STATUS_SUCCESS ? NDIS_STATUS_PENDING : Status;
}

BREAKS_HANDLER(CO_DELETE_VC_PENDED, CmDeleteVcHandler, DeletePends);

/* ---- C15, C16: of what, with what ------------------------------------------------------------ */

static VOID AddThenDrop(NDIS_STATUS Status, NDIS_HANDLE Party, NDIS_HANDLE Context,
                        PCO_CALL_PARAMETERS Parameters)
{
    RightEdge.AddPartyComplete(Status, Party, Context, Parameters);
    if (Status == NDIS_STATUS_SUCCESS)
        RightEdge.DropPartyComplete(Status, Party);
}

BREAKS_EDGE(PEND_UNASKED, AddPartyComplete, AddThenDrop);

/* The last party is not named. */
static VOID CloseWithout(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party)
{
    UNREFERENCED_PARAMETER(Party);
    RightEdge.CloseCallComplete(Status, Vc, NULL);
}

BREAKS_EDGE(COMPLETE_WRONG_HANDLE, CloseCallComplete, CloseWithout);

static VOID AddWithout(NDIS_STATUS Status, NDIS_HANDLE Party, NDIS_HANDLE Context,
                       PCO_CALL_PARAMETERS Parameters)
{
    UNREFERENCED_PARAMETER(Context); /* the handler gave it */
    RightEdge.AddPartyComplete(Status, Party, NULL, Parameters);
}

BREAKS_EDGE(CM_MULTIPOINT_NEEDS_CONTEXT, AddPartyComplete, AddWithout);

static VOID MakeWithParty(NDIS_STATUS Status, NDIS_HANDLE Vc, NDIS_HANDLE Party,
                          NDIS_HANDLE Context, PCO_CALL_PARAMETERS Parameters)
{
    RightEdge.MakeCallComplete(Status, Vc, Party, Context != NULL ? Context : &Broken, Parameters);
}

BREAKS_EDGE(CM_POINT_CALL_HAS_NO_PARTY, MakeCallComplete, MakeWithParty);

/* ---- C17, C18: contexts ---------------------------------------------------------------------- */

static VOID OpenAfWithout(NDIS_STATUS Status, NDIS_HANDLE Af, NDIS_HANDLE Context)
{
    UNREFERENCED_PARAMETER(Context);
    RightEdge.OpenAfComplete(Status, Af, NULL);
}

BREAKS_EDGE(CM_OPEN_AF_NEEDS_CONTEXT, OpenAfComplete, OpenAfWithout);

static VOID RegisterWithout(NDIS_STATUS Status, NDIS_HANDLE Sap, NDIS_HANDLE Context)
{
    UNREFERENCED_PARAMETER(Context);
    RightEdge.RegisterSapComplete(Status, Sap, NULL);
}

BREAKS_EDGE(CM_REGISTER_SAP_NEEDS_CONTEXT, RegisterSapComplete, RegisterWithout);

/* A context that was not given comes back as NULL; what it was is kept here, so that the rest of
 * the driver lives. One of each kind is open at a time in the cases that show it. */
static NDIS_HANDLE KeptAf, KeptSap, KeptVc;

static NDIS_STATUS NTAPI OpenAfKeeps(NDIS_HANDLE Binding, PCO_ADDRESS_FAMILY Family, NDIS_HANDLE Af,
                                     PNDIS_HANDLE Context)
{
    UNREFERENCED_PARAMETER(Context);
    return CmOpenAf(Binding, Family, Af, &KeptAf);
}

static NDIS_STATUS NTAPI CloseAfKept(NDIS_HANDLE Context)
{
    return CmCloseAf(Context != NULL ? Context : KeptAf);
}

BREAKS(CM_OPEN_AF_CONTEXT_UNSET)
{
    Driver->AtOnce = TRUE;
    Driver->Handlers.CmOpenAfHandler = OpenAfKeeps;
    Driver->Handlers.CmCloseAfHandler = CloseAfKept;
}

static NDIS_STATUS NTAPI RegisterKeeps(NDIS_HANDLE AfContext, PCO_SAP Sap, NDIS_HANDLE NdisSap,
                                       PNDIS_HANDLE Context)
{
    NDIS_HANDLE New;
    NDIS_STATUS Status = CmRegisterSap(AfContext, Sap, NdisSap, &New);
    if (Status == NDIS_STATUS_SUCCESS)
        KeptSap = New;
    UNREFERENCED_PARAMETER(Context);
    return Status;
}

static NDIS_STATUS NTAPI DeregisterKept(NDIS_HANDLE Context)
{
    return CmDeregisterSap(Context != NULL ? Context : KeptSap);
}

BREAKS(CM_REGISTER_SAP_CONTEXT_UNSET)
{
    Driver->AtOnce = TRUE;
    Driver->Handlers.CmRegisterSapHandler = RegisterKeeps;
    Driver->Handlers.CmDeregisterSapHandler = DeregisterKept;
}

static NDIS_STATUS NTAPI CreateKeeps(NDIS_HANDLE AfContext, NDIS_HANDLE Vc, PNDIS_HANDLE Context)
{
    PVOID New;
    NDIS_STATUS Status = CmCreateVc(AfContext, Vc, &New);
    UNREFERENCED_PARAMETER(Context);
    KeptVc = Status == NDIS_STATUS_SUCCESS ? New : NULL;
    return Status;
}

static NDIS_STATUS NTAPI DeleteKept(NDIS_HANDLE Context)
{
    return CmDeleteVc(Context != NULL ? Context : KeptVc);
}

static NDIS_STATUS NTAPI MakeRefused(NDIS_HANDLE VcContext, PCO_CALL_PARAMETERS Parameters,
                                     NDIS_HANDLE Party, PNDIS_HANDLE PartyContext)
{
    UNREFERENCED_PARAMETER(Parameters);
    UNREFERENCED_PARAMETER(Party);
    UNREFERENCED_PARAMETER(PartyContext);
    UNREFERENCED_PARAMETER(VcContext);
    return NDIS_STATUS_FAILURE;
}

BREAKS(CO_CREATE_VC_CONTEXT_UNSET)
{
    Driver->Handlers.CmCreateVcHandler = CreateKeeps;
    Driver->Handlers.CmDeleteVcHandler = DeleteKept;
    Driver->Handlers.CmMakeCallHandler = MakeRefused;
}

/* A party that is there at once, as far as its client can tell: the real one follows. */
static NDIS_STATUS NTAPI AddUnset(NDIS_HANDLE VcContext, PCO_CALL_PARAMETERS Parameters,
                                  NDIS_HANDLE Party, PNDIS_HANDLE Context)
{
    UNREFERENCED_PARAMETER(VcContext);
    UNREFERENCED_PARAMETER(Parameters);
    UNREFERENCED_PARAMETER(Party);
    UNREFERENCED_PARAMETER(Context);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS NTAPI DropUnset(NDIS_HANDLE Context, PVOID CloseData, UINT Size)
{
    return Context != NULL ? CmDropParty(Context, CloseData, Size) : NDIS_STATUS_SUCCESS;
}

BREAKS(CM_ADD_PARTY_CONTEXT_UNSET)
{
    Driver->Handlers.CmAddPartyHandler = AddUnset;
    Driver->Handlers.CmDropPartyHandler = DropUnset;
}
