/* SPDX-License-Identifier: MIT */
/* C67, C68, C81, C113 to C121: mistakes with data. */
#include "mistake.h"

/* One message more than the driver wants to send. */
static VOID SendMore(PCALLER_CALL Call)
{
    NdisAcquireSpinLock(&Call->Family->Binding->Lock);
    Call->SendsOut++;
    NdisReleaseSpinLock(&Call->Family->Binding->Lock);
    CallerSend(Call, NULL);
}

/* ---- C67, C68, C81: when ---- */

static PCALLER_CALL Created;
static BOOLEAN Sent;

static NDIS_STATUS NTAPI CreateRemembers(NDIS_HANDLE Binding, NDIS_HANDLE Af, NDIS_HANDLE VcContext,
                                         PNDIS_HANDLE Vc)
{
    Created = VcContext;
    return Right.NdisCoCreateVc(Binding, Af, VcContext, Vc);
}

static NDIS_STATUS NTAPI SendThenClose(NDIS_HANDLE Vc, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    if (Vc == Created->NdisVcHandle && !Sent)
        SendMore(Created);
    Sent = TRUE;
    return Right.NdisClCloseCall(Vc, Party, Data, Size);
}

BREAKS(CL_CLOSE_SENDS_BACK)
{
    Driver->NdisCoCreateVc = CreateRemembers;
    Driver->NdisClCloseCall = SendThenClose;
}

static NDIS_STATUS NTAPI CloseThenSend(NDIS_HANDLE Vc, NDIS_HANDLE Party, PVOID Data, UINT Size)
{
    NDIS_STATUS Status = Right.NdisClCloseCall(Vc, Party, Data, Size);
    if (Vc == Created->NdisVcHandle && Status == NDIS_STATUS_PENDING)
        SendMore(Created);
    return Status;
}

BREAKS(CL_SEND_AFTER_CLOSE)
{
    Driver->NdisCoCreateVc = CreateRemembers;
    Driver->NdisClCloseCall = CloseThenSend;
}

static NDIS_STATUS NTAPI MakeThenSend(NDIS_HANDLE Vc, PCO_CALL_PARAMETERS Parameters,
                                      NDIS_HANDLE PartyContext, PNDIS_HANDLE Party)
{
    NDIS_STATUS Status = Right.NdisClMakeCall(Vc, Parameters, PartyContext, Party);
    if (Status == NDIS_STATUS_PENDING)
        SendMore(Created);
    return Status;
}

BREAKS(CL_SEND_BEFORE_CONNECTED)
{
    Driver->NdisCoCreateVc = CreateRemembers;
    Driver->NdisClMakeCall = MakeThenSend;
}

/* ---- C113: requests ---- */

static NDIS_OID_REQUEST *Request;
static UCHAR *Answer;

static VOID NTAPI OpenAfAsks(NDIS_HANDLE AfContext, NDIS_HANDLE Af, NDIS_STATUS Status)
{
    const ULONG Bytes = 512;
    PCALLER_FAMILY Family = AfContext;
    Request = CallerAllocate(sizeof(*Request));
    Answer = ExAllocatePoolWithTag(PagedPool, Bytes, CALLER_TAG);
    if (Status == NDIS_STATUS_SUCCESS && Request != NULL && Answer != NULL) {
        Request->Header.Type = NDIS_OBJECT_TYPE_OID_REQUEST;
        Request->Header.Revision = NDIS_OID_REQUEST_REVISION_1;
        Request->Header.Size = NDIS_SIZEOF_OID_REQUEST_REVISION_1;
        Request->RequestType = NdisRequestQueryInformation;
        Request->DATA.QUERY_INFORMATION.Oid = OID_CO_GET_ADDRESSES;
        Request->DATA.QUERY_INFORMATION.InformationBuffer = Answer;
        Request->DATA.QUERY_INFORMATION.InformationBufferLength = Bytes;
        NdisCoOidRequest(Family->Binding->NdisBindingHandle, Af, NULL, NULL, Request);
    }
    if (Answer != NULL)
        ExFreePoolWithTag(Answer, CALLER_TAG);
    if (Request != NULL)
        Right.NdisFreeMemory(Request, 0, 0);
    Right.Handlers.ClOpenAfCompleteHandlerEx(AfContext, Af, Status);
}

BREAKS(OID_BUFFER_PAGED)
{
    Driver->Handlers.ClOpenAfCompleteHandlerEx = OpenAfAsks;
}

/* ---- C114, C115, C120, C121: what is sent ---- */

static VOID NTAPI SendWithoutHandle(NDIS_HANDLE Vc, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    Lists->SourceHandle = NULL;
    Right.NdisCoSendNetBufferLists(Vc, Lists, Flags);
}

BREAKS(NBL_SOURCE_HANDLE)
{
    Driver->NdisCoSendNetBufferLists = SendWithoutHandle;
}

/* A copy of the list: what comes back is what was made by hand. */
static NET_BUFFER_LIST Copy;
static PNET_BUFFER_LIST Copied;

static VOID NTAPI SendCopy(NDIS_HANDLE Vc, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    if (Copied != NULL) {
        Right.NdisCoSendNetBufferLists(Vc, Lists, Flags);
        return;
    }
    Copied = Lists;
    Copy = *Lists;
    Right.NdisCoSendNetBufferLists(Vc, &Copy, Flags);
}

static VOID NTAPI CopySent(NDIS_HANDLE VcContext, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    if (Lists == &Copy && Copy.Next == NULL)
        Lists = Copied;
    Right.Co.CoSendNetBufferListsCompleteHandler(VcContext, Lists, Flags);
}

BREAKS(NBL_NOT_FROM_POOL)
{
    Driver->NdisCoSendNetBufferLists = SendCopy;
    Driver->Co.CoSendNetBufferListsCompleteHandler = CopySent;
}

static VOID NTAPI SendTwice(NDIS_HANDLE Vc, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    Right.NdisCoSendNetBufferLists(Vc, Lists, Flags);
    Right.NdisCoSendNetBufferLists(Vc, Lists, Flags);
}

BREAKS(NBL_SENT_TWICE)
{
    Driver->NdisCoSendNetBufferLists = SendTwice;
}

static VOID NTAPI SendThenFree(NDIS_HANDLE Vc, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    Right.NdisCoSendNetBufferLists(Vc, Lists, Flags);
    Right.NdisFreeNetBufferList(Lists);
}

BREAKS(NBL_FREED_OUT)
{
    Driver->NdisCoSendNetBufferLists = SendThenFree;
}

static VOID NTAPI FreeListTwice(PNET_BUFFER_LIST List)
{
    Right.NdisFreeNetBufferList(List);
    Right.NdisFreeNetBufferList(List);
}

BREAKS(NBL_FREED_TWICE)
{
    Driver->NdisFreeNetBufferList = FreeListTwice;
}

static VOID NTAPI FreeListWithContext(PNET_BUFFER_LIST List)
{
    if (NdisAllocateNetBufferListContext(List, 16, 0, CALLER_TAG) == NDIS_STATUS_SUCCESS)
        Right.NdisFreeNetBufferList(List);
    else
        Right.NdisFreeNetBufferList(List);
}

BREAKS(NBL_CONTEXT_LEFT)
{
    Driver->NdisFreeNetBufferList = FreeListWithContext;
}

static VOID NTAPI SendThenFreePool(NDIS_HANDLE Vc, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    NdisFreeNetBufferListPool(Created->Family->Binding->NblPool);
    Right.NdisCoSendNetBufferLists(Vc, Lists, Flags);
}

BREAKS(NBL_POOL_NOT_EMPTY)
{
    Driver->NdisCoCreateVc = CreateRemembers;
    Driver->NdisCoSendNetBufferLists = SendThenFreePool;
}

/* ---- C119, C120: what is received ---- */

static VOID NTAPI ReturnTwice(NDIS_HANDLE Binding, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    Right.NdisReturnNetBufferLists(Binding, Lists, Flags);
    Right.NdisReturnNetBufferLists(Binding, Lists, Flags);
}

BREAKS(RETURN_TWICE)
{
    Driver->NdisReturnNetBufferLists = ReturnTwice;
}

static VOID NTAPI SendThenReturn(NDIS_HANDLE Vc, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    Right.NdisReturnNetBufferLists(Created->Family->Binding->NdisBindingHandle, Lists, 0);
    Right.NdisCoSendNetBufferLists(Vc, Lists, Flags);
}

BREAKS(RETURN_UNRECEIVED)
{
    Driver->NdisCoCreateVc = CreateRemembers;
    Driver->NdisCoSendNetBufferLists = SendThenReturn;
}

static VOID NTAPI ReturnHigh(NDIS_HANDLE Binding, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    KIRQL Irql;
    KeRaiseIrql(DISPATCH_LEVEL + 1, &Irql);
    Right.NdisReturnNetBufferLists(Binding, Lists, Flags);
    KeLowerIrql(Irql);
}

BREAKS(Irql_SendRcv_Function)
{
    Driver->NdisReturnNetBufferLists = ReturnHigh;
}

/* From a work item: at PASSIVE_LEVEL, and when it will. */
static NDIS_HANDLE KeptBinding;
static PNET_BUFFER_LIST KeptLists;
static ULONG KeptFlags, KeptSeconds;
static NDIS_IO_WORKITEM ReturnKept;

_Use_decl_annotations_ static VOID NTAPI ReturnKept(PVOID WorkItemContext, NDIS_HANDLE WorkItem)
{
    PNET_BUFFER_LIST Lists = KeptLists;
    UNREFERENCED_PARAMETER(WorkItemContext);
    if (KeptSeconds != 0)
        NdisMSleep(KeptSeconds * 1000000);
    KeptLists = NULL;
    Right.NdisReturnNetBufferLists(KeptBinding, Lists, KeptFlags);
    NdisFreeIoWorkItem(WorkItem);
}

/* The first ones only, and the next when these are back. */
static VOID NTAPI ReturnLater(NDIS_HANDLE Binding, PNET_BUFFER_LIST Lists, ULONG Flags)
{
    NDIS_HANDLE WorkItem = KeptLists == NULL ? NdisAllocateIoWorkItem(CallerProtocolHandle) : NULL;
    if (WorkItem == NULL) {
        Right.NdisReturnNetBufferLists(Binding, Lists, Flags);
        return;
    }
    KeptBinding = Binding;
    KeptLists = Lists;
    NdisQueueIoWorkItem(WorkItem, ReturnKept, NULL);
}

BREAKS(DISPATCH_FLAG_WRONG)
{
    Driver->NdisReturnNetBufferLists = ReturnLater;
    KeptFlags = NDIS_RETURN_FLAGS_DISPATCH_LEVEL;
}

BREAKS(RECEIVE_TOO_LONG)
{
    Driver->NdisReturnNetBufferLists = ReturnLater;
    KeptSeconds = 25;
}
