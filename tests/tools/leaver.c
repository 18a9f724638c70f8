/* SPDX-License-Identifier: MIT */
/* A driver that leaves one of each kind of thing behind that DriverEntry can make. Each is made by
 * a function named after it, of which a report says that it allocated it. */
#include <ndis.h>

enum { TAG = 0x7661654c }; /* "Leav" */

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD LeaverUnload;
static PROTOCOL_BIND_ADAPTER_EX LeaverBind;
static PROTOCOL_UNBIND_ADAPTER_EX LeaverUnbind;
static PROTOCOL_OPEN_ADAPTER_COMPLETE_EX LeaverOpenComplete;
static PROTOCOL_CLOSE_ADAPTER_COMPLETE_EX LeaverCloseComplete;
static PROTOCOL_NET_PNP_EVENT LeaverNetPnPEvent;
static PROTOCOL_OID_REQUEST_COMPLETE LeaverOidRequestComplete;
static PROTOCOL_RECEIVE_NET_BUFFER_LISTS LeaverReceive;
static PROTOCOL_SEND_NET_BUFFER_LISTS_COMPLETE LeaverSendComplete;
static NDIS_TIMER_FUNCTION LeaverTick;
static KSTART_ROUTINE LeaverThread;

static NDIS_HANDLE Driver;
static UCHAR Buffer[64];
static LOOKASIDE_LIST_EX Lookaside;
static NDIS_EVENT Event;

static BOOLEAN LeaveMemory(VOID)
{
    return ExAllocatePoolWithTag(NonPagedPoolNx, 64, TAG) != NULL;
}

static BOOLEAN LeaveLookaside(VOID)
{
    return ExInitializeLookasideListEx(&Lookaside, NULL, NULL, NonPagedPoolNx, 0, 32, TAG, 0) ==
           STATUS_SUCCESS;
}

static BOOLEAN LeaveTimer(VOID)
{
    NDIS_TIMER_CHARACTERISTICS Timer;
    NDIS_HANDLE Handle;
    NdisZeroMemory(&Timer, sizeof(Timer));
    Timer.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    Timer.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    Timer.Header.Size = NDIS_SIZEOF_TIMER_CHARACTERISTICS_REVISION_1;
    Timer.TimerFunction = LeaverTick;
    return NdisAllocateTimerObject(Driver, &Timer, &Handle) == NDIS_STATUS_SUCCESS;
}

static BOOLEAN LeaveWorkItem(VOID)
{
    return NdisAllocateIoWorkItem(Driver) != NULL;
}

static BOOLEAN LeaveLock(VOID)
{
    return NdisAllocateRWLock(Driver) != NULL;
}

static BOOLEAN LeaveMdl(VOID)
{
    return IoAllocateMdl(Buffer, sizeof(Buffer), FALSE, FALSE, NULL) != NULL;
}

static BOOLEAN LeaveThread(VOID)
{
    HANDLE Thread;
    return PsCreateSystemThread(&Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, LeaverThread, NULL) ==
           STATUS_SUCCESS;
}

static BOOLEAN LeaveReference(VOID)
{
    HANDLE Thread;
    PVOID Object;
    NTSTATUS Status;
    if (PsCreateSystemThread(&Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, LeaverThread, NULL) !=
        STATUS_SUCCESS)
        return FALSE;
    Status = ObReferenceObjectByHandle(Thread, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                       &Object, NULL);
    ZwClose(Thread);
    return Status == STATUS_SUCCESS;
}

static BOOLEAN LeaveConfiguration(VOID)
{
    NDIS_CONFIGURATION_OBJECT Object;
    NDIS_HANDLE Configuration;
    NdisZeroMemory(&Object, sizeof(Object));
    Object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    Object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    Object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    Object.NdisHandle = Driver;
    return NdisOpenConfigurationEx(&Object, &Configuration) == NDIS_STATUS_SUCCESS;
}

static NDIS_HANDLE LeaveListPool(VOID)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Pool;
    NdisZeroMemory(&Pool, sizeof(Pool));
    Pool.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Pool.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT;
    Pool.PoolTag = TAG;
    return NdisAllocateNetBufferListPool(Driver, &Pool);
}

/* Its pool is made by another function, so that a report about the pool is told from one about the
 * list. */
static BOOLEAN LeaveList(VOID)
{
    NDIS_HANDLE Pool = LeaveListPool();
    return Pool != NULL && NdisAllocateNetBufferList(Pool, 0, 0) != NULL;
}

static NDIS_HANDLE MakeBufferPool(VOID)
{
    NET_BUFFER_POOL_PARAMETERS Parameters;
    NdisZeroMemory(&Parameters, sizeof(Parameters));
    Parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Parameters.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Parameters.Header.Size = NDIS_SIZEOF_NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    Parameters.PoolTag = TAG;
    return NdisAllocateNetBufferPool(Driver, &Parameters);
}

static BOOLEAN LeaveBuffer(VOID)
{
    NDIS_HANDLE Pool = MakeBufferPool();
    return Pool != NULL && NdisAllocateNetBuffer(Pool, NULL, 0, 0) != NULL;
}

static BOOLEAN LeaveAll(VOID)
{
    NdisInitializeEvent(&Event); /* its memory is the driver's, and nothing frees an event */
    return LeaveMemory() && LeaveLookaside() && LeaveTimer() && LeaveWorkItem() && LeaveLock() &&
           LeaveMdl() && LeaveThread() && LeaveReference() && LeaveConfiguration() &&
           LeaveListPool() != NULL && LeaveList() && LeaveBuffer();
}

_Use_decl_annotations_ static VOID NTAPI LeaverTick(PVOID S1, PVOID Context, PVOID S2, PVOID S3)
{
    UNREFERENCED_PARAMETER(S1);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(S2);
    UNREFERENCED_PARAMETER(S3);
}

_Use_decl_annotations_ static VOID NTAPI LeaverThread(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
}

/* ---- a protocol that binds to nothing ---------------------------------------------------- */

_Use_decl_annotations_ static NDIS_STATUS NTAPI LeaverBind(NDIS_HANDLE DriverContext,
                                                           NDIS_HANDLE BindContext,
                                                           PNDIS_BIND_PARAMETERS Parameters)
{
    UNREFERENCED_PARAMETER(DriverContext);
    UNREFERENCED_PARAMETER(BindContext);
    UNREFERENCED_PARAMETER(Parameters);
    return NDIS_STATUS_UNSUPPORTED_MEDIA;
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI LeaverUnbind(NDIS_HANDLE UnbindContext,
                                                             NDIS_HANDLE Binding)
{
    UNREFERENCED_PARAMETER(UnbindContext);
    UNREFERENCED_PARAMETER(Binding);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static VOID NTAPI LeaverOpenComplete(NDIS_HANDLE Binding, NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Binding);
    UNREFERENCED_PARAMETER(Status);
}

_Use_decl_annotations_ static VOID NTAPI LeaverCloseComplete(NDIS_HANDLE Binding)
{
    UNREFERENCED_PARAMETER(Binding);
}

_Use_decl_annotations_ static NDIS_STATUS NTAPI
LeaverNetPnPEvent(NDIS_HANDLE Binding, PNET_PNP_EVENT_NOTIFICATION Notification)
{
    UNREFERENCED_PARAMETER(Binding);
    UNREFERENCED_PARAMETER(Notification);
    return NDIS_STATUS_SUCCESS;
}

_Use_decl_annotations_ static VOID NTAPI LeaverOidRequestComplete(NDIS_HANDLE Binding,
                                                                  PNDIS_OID_REQUEST Request,
                                                                  NDIS_STATUS Status)
{
    UNREFERENCED_PARAMETER(Binding);
    UNREFERENCED_PARAMETER(Request);
    UNREFERENCED_PARAMETER(Status);
}

_Use_decl_annotations_ static VOID NTAPI LeaverReceive(NDIS_HANDLE Binding, PNET_BUFFER_LIST Lists,
                                                       NDIS_PORT_NUMBER Port, ULONG Count,
                                                       ULONG Flags)
{
    UNREFERENCED_PARAMETER(Binding);
    UNREFERENCED_PARAMETER(Lists);
    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(Count);
    UNREFERENCED_PARAMETER(Flags);
}

_Use_decl_annotations_ static VOID NTAPI LeaverSendComplete(NDIS_HANDLE Binding,
                                                            PNET_BUFFER_LIST Lists, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Binding);
    UNREFERENCED_PARAMETER(Lists);
    UNREFERENCED_PARAMETER(Flags);
}

_Use_decl_annotations_ static VOID NTAPI LeaverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    NdisDeregisterProtocolDriver(Driver);
}

_Use_decl_annotations_ NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject,
                                                  PUNICODE_STRING RegistryPath)
{
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS Protocol;
    NDIS_STATUS Status;
    UNREFERENCED_PARAMETER(RegistryPath);
    NdisZeroMemory(&Protocol, sizeof(Protocol));
    Protocol.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    Protocol.Header.Revision = NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    Protocol.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    Protocol.MajorNdisVersion = NDIS_PROTOCOL_MAJOR_VERSION;
    Protocol.MinorNdisVersion = NDIS_PROTOCOL_MINOR_VERSION;
    NdisInitUnicodeString(&Protocol.Name, L"LEAVER");
    Protocol.BindAdapterHandlerEx = LeaverBind;
    Protocol.UnbindAdapterHandlerEx = LeaverUnbind;
    Protocol.OpenAdapterCompleteHandlerEx = LeaverOpenComplete;
    Protocol.CloseAdapterCompleteHandlerEx = LeaverCloseComplete;
    Protocol.NetPnPEventHandler = LeaverNetPnPEvent;
    Protocol.OidRequestCompleteHandler = LeaverOidRequestComplete;
    Protocol.ReceiveNetBufferListsHandler = LeaverReceive;
    Protocol.SendNetBufferListsCompleteHandler = LeaverSendComplete;
    DriverObject->DriverUnload = LeaverUnload;
    Status = NdisRegisterProtocolDriver(NULL, &Protocol, &Driver);
    if (Status == NDIS_STATUS_SUCCESS && !LeaveAll()) {
        NdisDeregisterProtocolDriver(Driver);
        Status = NDIS_STATUS_RESOURCES;
    }
    return (NTSTATUS)Status;
}
