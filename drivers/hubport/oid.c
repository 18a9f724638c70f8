/* SPDX-License-Identifier: MIT */
/* What a miniport on the hub answers to OIDs (API §6.3, §6.4): per VC with a channel, in total
 * without. */
#include "port_private.h"

#include <atm.h>

#define LINK_BYTES_MAX 65535u   /* of one frame */
#define CELLS_A_SECOND 2830188u /* 1.2 Gbit/s in cells of 53 bytes; the hub itself has no rate */

static NDIS_OID SupportedOids[] = {
    OID_GEN_CO_SUPPORTED_LIST,     OID_GEN_CO_HARDWARE_STATUS,
    OID_GEN_CO_MEDIA_SUPPORTED,    OID_GEN_CO_MEDIA_IN_USE,
    OID_GEN_CO_LINK_SPEED,         OID_GEN_CO_MINIMUM_LINK_SPEED,
    OID_GEN_CO_VENDOR_ID,          OID_GEN_CO_VENDOR_DESCRIPTION,
    OID_GEN_CO_DRIVER_VERSION,     OID_GEN_CO_VENDOR_DRIVER_VERSION,
    OID_GEN_CO_MAC_OPTIONS,        OID_GEN_CO_MEDIA_CONNECT_STATUS,
    OID_GEN_CO_XMIT_PDUS_OK,       OID_GEN_CO_RCV_PDUS_OK,
    OID_GEN_CO_XMIT_PDUS_ERROR,    OID_GEN_CO_RCV_PDUS_ERROR,
    OID_GEN_CO_RCV_PDUS_NO_BUFFER, OID_GEN_CO_BYTES_XMIT,
    OID_GEN_CO_BYTES_RCV,          OID_GEN_CO_TRANSMIT_QUEUE_LENGTH,
    OID_GEN_CO_GET_TIME_CAPS,      OID_GEN_CO_GET_NETCARD_TIME,
    OID_ATM_SUPPORTED_VC_RATES,    OID_ATM_SUPPORTED_SERVICE_CATEGORY,
    OID_ATM_SUPPORTED_AAL_TYPES,   OID_ATM_MAX_ACTIVE_VCS,
    OID_ATM_MAX_ACTIVE_VCI_BITS,   OID_ATM_MAX_ACTIVE_VPI_BITS,
    OID_ATM_MAX_AAL5_PACKET_SIZE,  OID_ATM_SIGNALING_VPIVCI,
    OID_ATM_ASSIGNED_VPI,          OID_HUB_STATION,
    OID_ATM_HW_CURRENT_ADDRESS,    OID_ATM_ILMI_VPIVCI,
};

/* One answer, of any shape. */
typedef struct _OID_ANSWER {
    const VOID *Data;
    ULONG Length;
    ULONG64 Number; /* what Data points to, for numbers */
    union {
        NDIS_CO_LINK_SPEED Speed;
        GEN_GET_TIME_CAPS TimeCaps;
        GEN_GET_NETCARD_TIME Time;
        ATM_VC_RATES_SUPPORTED Rates;
        ATM_VPIVCI VpiVci;
        HUB_STATION Station;
    } Body;
} OID_ANSWER, *POID_ANSWER;

static VOID AnswerUlong(POID_ANSWER Answer, ULONG Value)
{
    Answer->Number = Value;
    Answer->Data = &Answer->Number;
    Answer->Length = sizeof(ULONG);
}

static VOID AnswerBody(POID_ANSWER Answer, ULONG Length)
{
    Answer->Data = &Answer->Body;
    Answer->Length = Length;
}

static BOOLEAN AnswerGeneral(PHUB_PORT Port, NDIS_OID Oid, POID_ANSWER Answer)
{
    static const CHAR Description[] = "Medium of condis";
    switch (Oid) {
    case OID_GEN_CO_SUPPORTED_LIST:
        Answer->Data = SupportedOids;
        Answer->Length = sizeof(SupportedOids);
        return TRUE;
    case OID_GEN_CO_HARDWARE_STATUS:
        AnswerUlong(Answer, NdisHardwareStatusReady);
        return TRUE;
    case OID_GEN_CO_MEDIA_SUPPORTED:
    case OID_GEN_CO_MEDIA_IN_USE:
        AnswerUlong(Answer, NdisMediumAtm);
        return TRUE;
    case OID_GEN_CO_LINK_SPEED:
    case OID_GEN_CO_MINIMUM_LINK_SPEED:
        Answer->Body.Speed.Outbound = CELLS_A_SECOND / 100 * 424;
        Answer->Body.Speed.Inbound = Answer->Body.Speed.Outbound;
        AnswerBody(Answer, sizeof(Answer->Body.Speed));
        return TRUE;
    case OID_GEN_CO_VENDOR_ID:
        AnswerUlong(Answer, 0x00FFFFFF); /* no IEEE code */
        return TRUE;
    case OID_GEN_CO_VENDOR_DESCRIPTION:
        Answer->Data = Description;
        Answer->Length = sizeof(Description);
        return TRUE;
    case OID_GEN_CO_DRIVER_VERSION:
        AnswerUlong(Answer, 0x0600);
        Answer->Length = sizeof(USHORT);
        return TRUE;
    case OID_GEN_CO_VENDOR_DRIVER_VERSION:
        AnswerUlong(Answer, 0x00000100);
        return TRUE;
    case OID_GEN_CO_MAC_OPTIONS:
        AnswerUlong(Answer, 0);
        return TRUE;
    case OID_GEN_CO_MEDIA_CONNECT_STATUS:
        AnswerUlong(Answer,
                    PortIsConnected(Port) ? NdisMediaStateConnected : NdisMediaStateDisconnected);
        return TRUE;
    case OID_GEN_CO_GET_TIME_CAPS:
        Answer->Body.TimeCaps.Flags = READABLE_LOCAL_CLOCK | CLOCK_PRECISION;
        Answer->Body.TimeCaps.ClockPrecision = 1000;
        AnswerBody(Answer, sizeof(Answer->Body.TimeCaps));
        return TRUE;
    case OID_GEN_CO_GET_NETCARD_TIME:
        Answer->Body.Time.ReadTime = KeQueryInterruptTime();
        AnswerBody(Answer, sizeof(Answer->Body.Time));
        return TRUE;
    default:
        return FALSE;
    }
}

static BOOLEAN AnswerAtm(PHUB_PORT Port, NDIS_OID Oid, POID_ANSWER Answer)
{
    switch (Oid) {
    case OID_ATM_SUPPORTED_VC_RATES:
        Answer->Body.Rates.MinCellRate = 0;
        Answer->Body.Rates.MaxCellRate = CELLS_A_SECOND;
        AnswerBody(Answer, sizeof(Answer->Body.Rates));
        return TRUE;
    case OID_ATM_SUPPORTED_SERVICE_CATEGORY:
        AnswerUlong(Answer, ATM_SERVICE_CATEGORY_UBR);
        return TRUE;
    case OID_ATM_SUPPORTED_AAL_TYPES:
        AnswerUlong(Answer, AAL_TYPE_AAL5);
        return TRUE;
    case OID_ATM_MAX_ACTIVE_VCS:
        AnswerUlong(Answer, CONDIS_NIC_LAST_VCI - CONDIS_NIC_FIRST_VCI + 1);
        return TRUE;
    case OID_ATM_MAX_ACTIVE_VCI_BITS:
        AnswerUlong(Answer, 16);
        return TRUE;
    case OID_ATM_MAX_ACTIVE_VPI_BITS:
        AnswerUlong(Answer, Port->Link ? 8 : 16);
        return TRUE;
    case OID_ATM_MAX_AAL5_PACKET_SIZE:
        AnswerUlong(Answer, Port->Link ? LINK_BYTES_MAX : MAXULONG);
        return TRUE;
    case OID_ATM_SIGNALING_VPIVCI:
        Answer->Body.VpiVci.Vpi = 0;
        Answer->Body.VpiVci.Vci = Port->Link ? 5 : 0;
        AnswerBody(Answer, sizeof(Answer->Body.VpiVci));
        return TRUE;
    case OID_ATM_ILMI_VPIVCI:
        if (!Port->Link)
            return FALSE;
        Answer->Body.VpiVci.Vpi = 0;
        Answer->Body.VpiVci.Vci = 16;
        AnswerBody(Answer, sizeof(Answer->Body.VpiVci));
        return TRUE;
    case OID_ATM_HW_CURRENT_ADDRESS:
        Answer->Data = Port->Esi;
        Answer->Length = sizeof(Port->Esi);
        return Port->Link;
    case OID_ATM_ASSIGNED_VPI:
        AnswerUlong(Answer, Port->Number);
        return TRUE;
    case OID_HUB_STATION:
        NdisZeroMemory(&Answer->Body.Station, sizeof(Answer->Body.Station));
        Answer->Body.Station.Port = Port->Number;
        Answer->Body.Station.NameLength = Port->Station.length;
        NdisMoveMemory(Answer->Body.Station.Name, Port->Station.text, HUBSIG_NAME_BYTES);
        Answer->Body.Station.AddressLength = Port->HasAddress ? HUB_ADDRESS_BYTES : 0;
        NdisMoveMemory(Answer->Body.Station.Address, Port->Address, HUB_ADDRESS_BYTES);
        AnswerBody(Answer, sizeof(Answer->Body.Station));
        return TRUE;
    default:
        return FALSE;
    }
}

/* Counters are 64 bits wide; who brings a buffer for 32 gets the low half. */
static BOOLEAN AnswerCount(PHUB_PORT Port, PHUB_CHANNEL Channel, PNDIS_OID_REQUEST Request,
                           POID_ANSWER Answer)
{
    HUB_COUNTS Counts;
    ULONG64 Queue;
    NdisAcquireSpinLock(&Port->Lock);
    Counts = Channel != NULL ? Channel->Counts : Port->Totals;
    Queue = Channel != NULL ? Channel->SendsOut : Port->SendsOut;
    NdisReleaseSpinLock(&Port->Lock);
    switch (Request->DATA.QUERY_INFORMATION.Oid) {
    case OID_GEN_CO_XMIT_PDUS_OK:
        Answer->Number = Counts.SendFrames;
        break;
    case OID_GEN_CO_RCV_PDUS_OK:
        Answer->Number = Counts.ReceiveFrames;
        break;
    case OID_GEN_CO_XMIT_PDUS_ERROR:
        Answer->Number = Counts.SendErrors;
        break;
    case OID_GEN_CO_RCV_PDUS_ERROR:
        Answer->Number = Counts.ReceiveErrors;
        break;
    case OID_GEN_CO_RCV_PDUS_NO_BUFFER:
        Answer->Number = Counts.ReceiveNoBuffer;
        break;
    case OID_GEN_CO_BYTES_XMIT:
        Answer->Number = Counts.SendBytes;
        break;
    case OID_GEN_CO_BYTES_RCV:
        Answer->Number = Counts.ReceiveBytes;
        break;
    case OID_GEN_CO_TRANSMIT_QUEUE_LENGTH:
        Answer->Number = Queue;
        break;
    default:
        return FALSE;
    }
    Answer->Data = &Answer->Number;
    Answer->Length = Request->DATA.QUERY_INFORMATION.InformationBufferLength >= sizeof(ULONG64)
                         ? sizeof(ULONG64)
                         : sizeof(ULONG);
    return TRUE;
}

NDIS_STATUS PortOidRequest(PHUB_PORT Port, PHUB_CHANNEL Channel, PNDIS_OID_REQUEST Request)
{
    OID_ANSWER Answer;
    if (InterlockedCompareExchange(&Port->Removed, 0, 0))
        return NDIS_STATUS_NOT_ACCEPTED; /* C129 */
    if (Request->RequestType != NdisRequestQueryInformation &&
        Request->RequestType != NdisRequestQueryStatistics)
        return NDIS_STATUS_NOT_SUPPORTED;
    if (!AnswerGeneral(Port, Request->DATA.QUERY_INFORMATION.Oid, &Answer) &&
        !AnswerAtm(Port, Request->DATA.QUERY_INFORMATION.Oid, &Answer) &&
        !AnswerCount(Port, Channel, Request, &Answer))
        return NDIS_STATUS_NOT_SUPPORTED;
    Request->DATA.QUERY_INFORMATION.BytesWritten = 0;
    Request->DATA.QUERY_INFORMATION.BytesNeeded = Answer.Length;
    if (Request->DATA.QUERY_INFORMATION.InformationBufferLength < Answer.Length)
        return NDIS_STATUS_BUFFER_TOO_SHORT;
    NdisMoveMemory(Request->DATA.QUERY_INFORMATION.InformationBuffer, Answer.Data, Answer.Length);
    Request->DATA.QUERY_INFORMATION.BytesWritten = Answer.Length;
    return NDIS_STATUS_SUCCESS;
}

VOID PortPnPEvent(PHUB_PORT Port, PNET_DEVICE_PNP_EVENT Event)
{
    if (Event->DevicePnPEvent == NdisDevicePnPEventSurpriseRemoved)
        InterlockedExchange(&Port->Removed, TRUE);
}

static VOID FillGeneralAttributes(PHUB_PORT Port, PNDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES General)
{
    General->Header.Type = NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES;
    General->Header.Revision = NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1;
    General->Header.Size = NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1;
    General->MediaType = NdisMediumAtm;
    General->PhysicalMediumType = NdisPhysicalMediumUnspecified;
    General->MtuSize = Port->Link ? LINK_BYTES_MAX : MAXULONG;
    General->MaxXmitLinkSpeed = CELLS_A_SECOND * 424ULL;
    General->XmitLinkSpeed = General->MaxXmitLinkSpeed;
    General->MaxRcvLinkSpeed = General->MaxXmitLinkSpeed;
    General->RcvLinkSpeed = General->MaxXmitLinkSpeed;
    General->MediaConnectState =
        Port->Link ? MediaConnectStateDisconnected : MediaConnectStateConnected;
    General->MediaDuplexState = MediaDuplexStateFull;
    General->LookaheadSize = General->MtuSize;
    General->AccessType = NET_IF_ACCESS_POINT_TO_MULTI_POINT;
    General->DirectionType = NET_IF_DIRECTION_SENDRECEIVE;
    General->ConnectionType = NET_IF_CONNECTION_DEDICATED;
    General->IfType = IF_TYPE_ATM;
    General->SupportedOidList = SupportedOids;
    General->SupportedOidListLength = sizeof(SupportedOids);
}

NDIS_STATUS PortSetAttributes(PHUB_PORT Port, NDIS_HANDLE Adapter, PVOID AdapterContext)
{
    NDIS_MINIPORT_ADAPTER_ATTRIBUTES Attributes;
    NDIS_STATUS Status;
    NdisZeroMemory(&Attributes, sizeof(Attributes));
    Attributes.RegistrationAttributes.Header.Type =
        NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES;
    Attributes.RegistrationAttributes.Header.Revision =
        NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    Attributes.RegistrationAttributes.Header.Size =
        NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1;
    Attributes.RegistrationAttributes.MiniportAdapterContext = AdapterContext;
    Attributes.RegistrationAttributes.AttributeFlags = NDIS_MINIPORT_ATTRIBUTES_NDIS_WDM;
    Attributes.RegistrationAttributes.InterfaceType = NdisInterfaceInternal;
    Status = NdisMSetMiniportAttributes(Adapter, &Attributes);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    NdisZeroMemory(&Attributes, sizeof(Attributes));
    FillGeneralAttributes(Port, &Attributes.GeneralAttributes);
    return NdisMSetMiniportAttributes(Adapter, &Attributes);
}
