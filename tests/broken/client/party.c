/* SPDX-License-Identifier: MIT */
/* C36, C37, C42, C83 to C94: mistakes with parties and close data. */
#include "mistake.h"

static UCHAR Context; /* of objects that are not to be */
static NDIS_HANDLE NoHandle;

/* ---- C36, C37, C42: dead handles ---- */

static VOID NTAPI DroppedThenDrop(NDIS_STATUS Status, NDIS_HANDLE PartyContext)
{
    if (Status == NDIS_STATUS_SUCCESS)
        Right.NdisClDropParty(((PCALLER_PARTY)PartyContext)->NdisPartyHandle, NULL, 0);
    Right.Handlers.ClDropPartyCompleteHandler(Status, PartyContext);
}

BREAKS(CL_PARTY_HANDLE_DEAD)
{
    Driver->Handlers.ClDropPartyCompleteHandler = DroppedThenDrop;
}

static VOID NTAPI ClosedThenDrop(NDIS_STATUS Status, NDIS_HANDLE VcContext, NDIS_HANDLE Party)
{
    if (Status == NDIS_STATUS_SUCCESS && Party != NULL)
        Right.NdisClDropParty(((PCALLER_PARTY)Party)->NdisPartyHandle, NULL, 0);
    Right.Handlers.ClCloseCallCompleteHandler(Status, VcContext, Party);
}

BREAKS(CL_PARTY_HANDLE_CLOSED)
{
    Driver->Handlers.ClCloseCallCompleteHandler = ClosedThenDrop;
}

static VOID NTAPI FailedThenDrop(NDIS_STATUS Status, NDIS_HANDLE VcContext, NDIS_HANDLE Party,
                                 PCO_CALL_PARAMETERS Parameters)
{
    if (Status != NDIS_STATUS_SUCCESS)
        Right.NdisClDropParty(((PCALLER_CALL)VcContext)->Last->NdisPartyHandle, NULL, 0);
    Right.Handlers.ClMakeCallCompleteHandler(Status, VcContext, Party, Parameters);
}

BREAKS(CL_PARTY_NEVER_MADE)
{
    Driver->Handlers.ClMakeCallCompleteHandler = FailedThenDrop;
}

/* ---- C83, C92: adding ---- */

static NDIS_STATUS NTAPI MakeThenAdd(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                                     NDIS_HANDLE PartyContext, PNDIS_HANDLE Party)
{
    NDIS_STATUS Status = Right.NdisClMakeCall(Vc, Parameters, PartyContext, Party);
    if (Status == NDIS_STATUS_PENDING)
        Right.NdisClAddParty(Vc, &Context, Parameters, &NoHandle);
    return Status;
}

BREAKS(CL_ADD_NOT_CONNECTED)
{
    Driver->NdisClMakeCall = MakeThenAdd;
}

static NDIS_STATUS NTAPI CloseThenAdd(NDIS_HANDLE Vc, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    static const ATM_ADDRESS Nobody;
    PCO_CALL_PARAMETERS Parameters = CallerCreateParameters(&Nobody, TRUE);
    NDIS_STATUS Status = Right.NdisClCloseCall(Vc, Party, Data, Size);
    Right.NdisClAddParty(Vc, &Context, Parameters, &NoHandle);
    Right.NdisFreeMemory(Parameters, 0, 0);
    return Status;
}

BREAKS(CL_ADD_WHILE_CLOSING)
{
    Driver->NdisClCloseCall = CloseThenAdd;
}

static NDIS_STATUS NTAPI AddThenDrop(NDIS_HANDLE Vc, NDIS_HANDLE PartyContext,
                                     PCO_CALL_PARAMETERS Parameters, PNDIS_HANDLE Party)
{
    NDIS_STATUS Status = Right.NdisClAddParty(Vc, PartyContext, Parameters, Party);
    if (Status == NDIS_STATUS_PENDING)
        Right.NdisClDropParty(*Party, NULL, 0);
    return Status;
}

BREAKS(PARTY_DROP_ADDING)
{
    Driver->NdisClAddParty = AddThenDrop;
}

/* ---- C84, C91, C92: dropping ---- */

static NDIS_STATUS NTAPI DropThenClose(NDIS_HANDLE Vc, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    if (Party != NULL)
        Right.NdisClDropParty(Party, NULL, 0);
    return Right.NdisClCloseCall(Vc, Party, Data, Size);
}

BREAKS(CL_DROP_LAST_PARTY)
{
    Driver->NdisClCloseCall = DropThenClose;
}

static NDIS_STATUS NTAPI DropTwice(NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    NDIS_STATUS Status = Right.NdisClDropParty(Party, Data, Size);
    if (Status == NDIS_STATUS_PENDING)
        Right.NdisClDropParty(Party, NULL, 0);
    return Status;
}

BREAKS(PARTY_DROP_TWICE)
{
    Driver->NdisClDropParty = DropTwice;
}

static NDIS_STATUS NTAPI CloseThenDrop(NDIS_HANDLE Vc, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    NDIS_STATUS Status = Right.NdisClCloseCall(Vc, Party, Data, Size);
    if (Status == NDIS_STATUS_PENDING && Party != NULL)
        Right.NdisClDropParty(Party, NULL, 0);
    return Status;
}

BREAKS(CL_DROP_WHILE_CLOSING)
{
    Driver->NdisClCloseCall = CloseThenDrop;
}

static NDIS_STATUS NTAPI DropHigh(NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    NDIS_STATUS Status;
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL + 1, &Irql);
    Status = Right.NdisClDropParty(Party, Data, Size);
    KeLowerIrql(Irql);
    return Status;
}

BREAKS(Irql_Protocol_Driver_Function)
{
    Driver->NdisClDropParty = DropHigh;
}

/* ---- C85: closing with parties ---- */

static PCALLER_CALL Made;

static VOID NTAPI MadeRemembers(NDIS_STATUS Status, NDIS_HANDLE VcContext, NDIS_HANDLE Party,
                                PCO_CALL_PARAMETERS Parameters)
{
    Made = VcContext;
    Right.Handlers.ClMakeCallCompleteHandler(Status, VcContext, Party, Parameters);
}

static NDIS_STATUS NTAPI DropByClosing(NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    Right.NdisClCloseCall(Made->NdisVcHandle, Party, NULL, 0);
    return Right.NdisClDropParty(Party, Data, Size);
}

BREAKS(CL_CLOSE_LAST_PARTY)
{
    Driver->Handlers.ClMakeCallCompleteHandler = MadeRemembers;
    Driver->NdisClDropParty = DropByClosing;
}

static NDIS_STATUS NTAPI CloseWithoutParty(NDIS_HANDLE Vc, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    if (Party != NULL)
        Right.NdisClCloseCall(Vc, NULL, Data, Size);
    return Right.NdisClCloseCall(Vc, Party, Data, Size);
}

BREAKS(CL_CLOSE_NEEDS_PARTY)
{
    Driver->NdisClCloseCall = CloseWithoutParty;
}

/* ---- C93, C94: close data ---- */

static NDIS_STATUS NTAPI DropSized(NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    Right.NdisClDropParty(Party, NULL, 5);
    return Right.NdisClDropParty(Party, Data, Size);
}

BREAKS(CLOSE_DATA_SIZE)
{
    Driver->NdisClDropParty = DropSized;
}

static NDIS_STATUS NTAPI DropThenChange(NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    NDIS_STATUS Status = Right.NdisClDropParty(Party, Data, Size);
    if (Data != NULL && Status == NDIS_STATUS_PENDING)
        ((UCHAR *)Data)[0]++;
    return Status;
}

BREAKS(CLOSE_DATA_CHANGED)
{
    Driver->NdisClDropParty = DropThenChange;
}
