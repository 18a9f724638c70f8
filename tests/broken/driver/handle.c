/* SPDX-License-Identifier: MIT */
/* C21 to C45: mistakes in roles, registration and handles. */
#include "mistake.h"

/* ---- C21 to C25: whose function it is -------------------------------------------------------- */

static VOID DropThroughOther(NDIS_STATUS Status, NDIS_HANDLE Party)
{
    CM_OTHER(DropPartyComplete)(Status, Party); /* which does it, nevertheless */
}

#ifndef BROKEN_STAND_ALONE
BREAKS_EDGE(MCM_USES_NDISMCM, DropPartyComplete, DropThroughOther);

static NDIS_STATUS DeleteAsProtocol(PCM_VC Vc)
{
    return NdisCoDeleteVc(Vc->NdisVcHandle);
}

BREAKS_EDGE(MCM_USES_NDISCO, DeleteVc, DeleteAsProtocol);

static VOID DeactivateAsMiniport(PCM_VC Vc)
{
    NdisMCoDeactivateVcComplete(NDIS_STATUS_SUCCESS, Vc->NdisVcHandle);
    RightEdge.Deactivate(Vc);
}

BREAKS_EDGE(MCM_USES_MCO_VC_COMPLETE, Deactivate, DeactivateAsMiniport);

static NDIS_STATUS NTAPI CreateAsMiniport(NDIS_HANDLE AdapterContext, NDIS_HANDLE Vc,
                                          PNDIS_HANDLE Context)
{
    UNREFERENCED_PARAMETER(AdapterContext);
    UNREFERENCED_PARAMETER(Vc);
    UNREFERENCED_PARAMETER(Context);
    return NDIS_STATUS_NOT_SUPPORTED;
}

static NDIS_STATUS NTAPI DeleteAsMiniport(NDIS_HANDLE VcContext)
{
    UNREFERENCED_PARAMETER(VcContext);
    return NDIS_STATUS_SUCCESS;
}

BREAKS(HANDLERS_MCM_VC_SLOT_SET)
{
    Driver->Co->CoCreateVcHandler = CreateAsMiniport;
    Driver->Co->CoDeleteVcHandler = DeleteAsMiniport;
}

/* A plain miniport, by its handlers. */
BREAKS(REGISTER_AF_NO_HANDLERS)
{
    Break_HANDLERS_MCM_VC_SLOT_SET(Driver);
    Driver->SetNoHandlers = TRUE;
}

BREAKS(REGISTER_AF_NO_CHARACTERISTICS)
{
    Driver->SetNoCharacteristics = TRUE;
}

BREAKS(HANDLERS_CM_OID_SAME)
{
    Driver->Handlers.CmOidRequestHandler =
        (CO_OID_REQUEST_HANDLER)(PVOID)Driver->Co->CoOidRequestHandler;
}

static NDIS_STATUS RegisterSignals(NDIS_HANDLE NdisHandle, PCO_ADDRESS_FAMILY Family)
{
    NDIS_HANDLE Vc = NULL;
    NdisMCmCreateVc(NdisHandle, NULL, &Broken, &Vc);
    return RightRegisterAf(NdisHandle, Family);
}

BREAKS(MCM_SIGNALLING_VC)
{
    Driver->RegisterAf = RegisterSignals;
}
#else
BREAKS_EDGE(CM_USES_NDISCM, DropPartyComplete, DropThroughOther);

#endif

/* ---- C27 to C29: registration ---------------------------------------------------------------- */

static NDIS_STATUS RegisterTwice(NDIS_HANDLE NdisHandle, PCO_ADDRESS_FAMILY Family)
{
    NDIS_STATUS Status = RightRegisterAf(NdisHandle, Family);
    if (Status == NDIS_STATUS_SUCCESS)
        RightRegisterAf(NdisHandle, Family);
    return Status;
}

BREAKS(REGISTER_AF_TWICE)
{
    Driver->RegisterAf = RegisterTwice;
}

/* Once more, when a client opens the family. */
static NDIS_STATUS NTAPI OpenAfRegisters(NDIS_HANDLE Binding, PCO_ADDRESS_FAMILY Family,
                                         NDIS_HANDLE Af, PNDIS_HANDLE Context)
{
    RightRegisterAf(((PCM_ADAPTER)Binding)->NdisHandle, Family);
    return CmOpenAf(Binding, Family, Af, Context);
}

BREAKS_HANDLER(REGISTER_AF_WRONG_PHASE, CmOpenAfHandler, OpenAfRegisters);

BREAKS_HANDLER(HANDLERS_SLOT_NULL, CmModifyCallQoSHandler, NULL);

BREAKS(HANDLERS_HEADER)
{
    Driver->Handlers.Header.Revision = 0;
}

static NDIS_STATUS NTAPI OpenAfSets(NDIS_HANDLE Binding, PCO_ADDRESS_FAMILY Family, NDIS_HANDLE Af,
                                    PNDIS_HANDLE Context)
{
    RightSetHandlers(Broken.NdisDriverHandle, &Broken.Handlers);
    return CmOpenAf(Binding, Family, Af, Context);
}

BREAKS_HANDLER(HANDLERS_WRONG_PHASE, CmOpenAfHandler, OpenAfSets);

/* ---- C32 to C40: dead handles ---------------------------------------------------------------- */

static VOID CloseAfThenUse(NDIS_STATUS Status, NDIS_HANDLE Af)
{
    RightEdge.CloseAfComplete(Status, Af);
    RightEdge.OpenAfComplete(Status, Af, &Broken);
}

BREAKS_EDGE(CM_AF_HANDLE_DEAD, CloseAfComplete, CloseAfThenUse);

static NDIS_HANDLE FailedAf;

static VOID OpenAfFails(NDIS_STATUS Status, NDIS_HANDLE Af, NDIS_HANDLE Context)
{
    UNREFERENCED_PARAMETER(Status);
    FailedAf = Af;
    CmAfRequestEnded(Context, CM_CLOSE_AF, NDIS_STATUS_SUCCESS); /* nobody will close it */
    RightEdge.OpenAfComplete(NDIS_STATUS_FAILURE, Af, NULL);
}

static VOID EndsWithFailed(PCM_ADAPTER Adapter)
{
    RightEdge.NotifyCloseAf(FailedAf);
    RightCloseFamilies(Adapter);
}

BREAKS(CM_AF_HANDLE_OPEN_FAILED)
{
    Driver->Edge.OpenAfComplete = OpenAfFails;
    Driver->CloseFamilies = EndsWithFailed;
}

static VOID DeregisterThenUse(NDIS_STATUS Status, NDIS_HANDLE Sap)
{
    RightEdge.DeregisterSapComplete(Status, Sap);
    RightEdge.RegisterSapComplete(Status, Sap, &Broken);
}

BREAKS_EDGE(CM_SAP_HANDLE_DEAD, DeregisterSapComplete, DeregisterThenUse);

static VOID DropThenTell(NDIS_STATUS Status, NDIS_HANDLE Party)
{
    RightEdge.DropPartyComplete(Status, Party);
    if (Status == NDIS_STATUS_SUCCESS)
        RightEdge.DispatchIncomingDropParty(Status, Party, NULL, 0);
}

BREAKS_EDGE(CM_PARTY_HANDLE_DEAD, DropPartyComplete, DropThenTell);

static NDIS_STATUS DeleteTwice(PCM_VC Vc)
{
    NDIS_HANDLE NdisVcHandle = Vc->NdisVcHandle;
    NDIS_STATUS Status = RightEdge.DeleteVc(Vc);
    CmDeleteNdisVc(NdisVcHandle);
    return Status;
}

BREAKS_EDGE(VC_HANDLE_DELETED, DeleteVc, DeleteTwice);

/* Uses the handle of the VC that was deleted before. */
static NDIS_STATUS NTAPI DeleteRemembers(NDIS_HANDLE Context)
{
    static NDIS_HANDLE Before;
    NDIS_HANDLE NdisVcHandle = ((PCM_VC)Context)->NdisVcHandle;
    NDIS_STATUS Status = CmDeleteVc(Context);
    if (Before != NULL)
        CM_NDIS(DeactivateVc)(Before);
    Before = NdisVcHandle;
    return Status;
}

BREAKS_HANDLER(CO_VC_HANDLE_DEAD, CmDeleteVcHandler, DeleteRemembers);

/* ---- C43, C44: no handle, another's, of another kind ----------------------------------------- */

static VOID DropOfContext(NDIS_STATUS Status, NDIS_HANDLE Party)
{
    RightEdge.DropPartyComplete(Status, &Broken);
    RightEdge.DropPartyComplete(Status, Party);
}

BREAKS_EDGE(HANDLE_NOT_A_HANDLE, DropPartyComplete, DropOfContext);

static VOID DropOfNull(NDIS_STATUS Status, NDIS_HANDLE Party)
{
    RightEdge.DropPartyComplete(Status, NULL);
    RightEdge.DropPartyComplete(Status, Party);
}

BREAKS_EDGE(HANDLE_NULL, DropPartyComplete, DropOfNull);

static VOID ConnectParty(NDIS_STATUS Status, NDIS_HANDLE Party, NDIS_HANDLE Context,
                         PCO_CALL_PARAMETERS Parameters)
{
    RightEdge.DispatchCallConnected(Party);
    RightEdge.AddPartyComplete(Status, Party, Context, Parameters);
}

BREAKS_EDGE(HANDLE_KIND, AddPartyComplete, ConnectParty);

static NDIS_STATUS CreateUncleared(PCM_VC Vc, NDIS_HANDLE Af)
{
    Vc->NdisVcHandle = Vc;
    return CmCreateNdisVc(Vc->Adapter, Af, Vc, &Vc->NdisVcHandle);
}

BREAKS_EDGE(VC_CREATE_HANDLE_SET, CreateVc, CreateUncleared);
