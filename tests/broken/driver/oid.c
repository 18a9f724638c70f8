/* SPDX-License-Identifier: MIT */
/* C19, C20, C113: mistakes with OID requests. A client that is told that its addresses have changed
 * asks for them, and that it is told as soon as its family is open. */
#include "mistake.h"

static PNDIS_OID_REQUEST Change; /* ours */

static VOID OpenAfThenTell(NDIS_STATUS Status, NDIS_HANDLE Af, NDIS_HANDLE Context)
{
    PCM_ADAPTER Adapter = ((PCM_AF)Context)->Adapter;
    NdisZeroMemory(Change, sizeof(*Change));
    Change->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
    Change->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
    Change->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
    Change->RequestType = NdisRequestSetInformation;
    Change->DATA.SET_INFORMATION.Oid = OID_CO_ADDRESS_CHANGE;
    if (Status == NDIS_STATUS_SUCCESS)
        RightEdge.AskClient(Adapter, Af, Change);
    RightEdge.OpenAfComplete(Status, Af, Context);
}

/* ---- C19, C20: completing a client's --------------------------------------------------------- */

#ifdef BROKEN_STAND_ALONE
#define RightOidComplete NdisCoOidRequestComplete
#define OtherOidComplete NdisMCmOidRequestComplete
#else
#define RightOidComplete NdisMCmOidRequestComplete
#define OtherOidComplete NdisCoOidRequestComplete
#endif

static NDIS_STATUS NTAPI OidTwice(NDIS_HANDLE AfContext, NDIS_HANDLE VcContext,
                                  NDIS_HANDLE PartyContext, PNDIS_OID_REQUEST Request)
{
    NDIS_HANDLE Af = ((PCM_AF)AfContext)->NdisAfHandle;
    NDIS_STATUS Status = CmOidRequest(AfContext, VcContext, PartyContext, Request);
    RightOidComplete(Af, NULL, NULL, Request, Status);
    RightOidComplete(Af, NULL, NULL, Request, Status);
    return NDIS_STATUS_PENDING;
}

static NDIS_STATUS NTAPI OidOtherFamily(NDIS_HANDLE AfContext, NDIS_HANDLE VcContext,
                                        NDIS_HANDLE PartyContext, PNDIS_OID_REQUEST Request)
{
    NDIS_HANDLE Af = ((PCM_AF)AfContext)->NdisAfHandle;
    NDIS_STATUS Status = CmOidRequest(AfContext, VcContext, PartyContext, Request);
    OtherOidComplete(Af, NULL, NULL, Request, Status);
    return NDIS_STATUS_PENDING;
}

static NDIS_STATUS NTAPI OidWithoutAf(NDIS_HANDLE AfContext, NDIS_HANDLE VcContext,
                                      NDIS_HANDLE PartyContext, PNDIS_OID_REQUEST Request)
{
    NDIS_STATUS Status = CmOidRequest(AfContext, VcContext, PartyContext, Request);
    RightOidComplete(NULL, NULL, NULL, Request, Status);
    return NDIS_STATUS_PENDING;
}

static VOID BreakOid(PBROKEN_DRIVER Driver, CO_OID_REQUEST_HANDLER Handler)
{
    static NDIS_OID_REQUEST Request;
    Change = &Request;
    Driver->Edge.OpenAfComplete = OpenAfThenTell;
    Driver->Handlers.CmOidRequestHandler = Handler;
}

BREAKS(OID_COMPLETE_ONCE)
{
    BreakOid(Driver, OidTwice);
}

BREAKS(OID_COMPLETE_WRONG_FAMILY)
{
    BreakOid(Driver, OidOtherFamily);
}

BREAKS(OID_COMPLETE_ARGUMENTS)
{
    BreakOid(Driver, OidWithoutAf);
}

/* ---- C113: a request of its own -------------------------------------------------------------- */

static VOID FreeChange(PCM_ADAPTER Adapter)
{
    RightCloseFamilies(Adapter);
    ExFreePool(Change);
}

BREAKS(OID_BUFFER_PAGED)
{
    Change = ExAllocatePoolWithTag(PagedPool, sizeof(*Change), CM_TAG);
    Driver->Edge.OpenAfComplete = OpenAfThenTell;
    Driver->CloseFamilies = FreeChange;
}
