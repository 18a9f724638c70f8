/* SPDX-License-Identifier: MIT */
/* A port's life: configuration, NIC, pools; pause and restart; link changes. */
#include "port_private.h"

ULONG PortReadInteger(NDIS_HANDLE Configuration, const WCHAR *Name, ULONG Default)
{
    NDIS_STATUS Status;
    PNDIS_CONFIGURATION_PARAMETER Parameter;
    NDIS_STRING Keyword;
    NdisInitUnicodeString(&Keyword, Name);
    NdisReadConfiguration(&Status, &Parameter, Configuration, &Keyword, NdisParameterInteger);
    return Status == NDIS_STATUS_SUCCESS ? Parameter->ParameterData.IntegerData : Default;
}

/* The parameter lives until the configuration is closed. */
static PNDIS_STRING ReadString(NDIS_HANDLE Configuration, const WCHAR *Name)
{
    NDIS_STATUS Status;
    PNDIS_CONFIGURATION_PARAMETER Parameter;
    NDIS_STRING Keyword;
    NdisInitUnicodeString(&Keyword, Name);
    NdisReadConfiguration(&Status, &Parameter, Configuration, &Keyword, NdisParameterString);
    return Status == NDIS_STATUS_SUCCESS ? &Parameter->ParameterData.StringData : NULL;
}

static BOOLEAN SetStation(struct hubsig_name *Station, PNDIS_STRING Name)
{
    CHAR Text[HUBSIG_NAME_BYTES];
    ULONG Index, Length = Name->Length / sizeof(WCHAR);
    if (Length > HUBSIG_NAME_BYTES)
        return FALSE;
    for (Index = 0; Index < Length; Index++) {
        if (Name->Buffer[Index] > 0x7f)
            return FALSE;
        Text[Index] = (CHAR)Name->Buffer[Index];
    }
    return (BOOLEAN)hubsig_name_set(Station, Text, Length);
}

static NDIS_STATUS OpenConfiguration(NDIS_HANDLE Adapter, PNDIS_HANDLE Configuration)
{
    NDIS_CONFIGURATION_OBJECT Object;
    NdisZeroMemory(&Object, sizeof(Object));
    Object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    Object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    Object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    Object.NdisHandle = Adapter;
    return NdisOpenConfigurationEx(&Object, Configuration);
}

NDIS_STATUS PortReadStation(NDIS_HANDLE Adapter, struct hubsig_name *Station)
{
    NDIS_HANDLE Configuration;
    PNDIS_STRING Name;
    NDIS_STATUS Status = OpenConfiguration(Adapter, &Configuration);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    Name = ReadString(Configuration, L"Station");
    if (Name == NULL || !SetStation(Station, Name)) {
        DbgPrint("hub: the adapter needs the setting Station, 1 to 12 of A-Z a-z 0-9 . _ -\n");
        Status = NDIS_STATUS_FAILURE;
    }
    NdisCloseConfiguration(Configuration);
    return Status;
}

/* Two hexadecimal digits an octet; between octets there may be a - : or . */
static BOOLEAN SetOctets(UCHAR *Octets, ULONG Bytes, PNDIS_STRING Text)
{
    ULONG Index, Digits = 0, Length = Text->Length / sizeof(WCHAR);
    for (Index = 0; Index < Length; Index++) {
        WCHAR Letter = Text->Buffer[Index];
        ULONG Digit;
        if (Digits % 2 == 0 && Digits > 0 && (Letter == '-' || Letter == ':' || Letter == '.'))
            continue;
        if (Letter >= '0' && Letter <= '9')
            Digit = Letter - (ULONG)'0';
        else if ((Letter | 0x20) >= 'a' && (Letter | 0x20) <= 'f')
            Digit = (Letter | 0x20u) - (ULONG)'a' + 10;
        else
            return FALSE;
        if (Digits == 2 * Bytes)
            return FALSE;
        Octets[Digits / 2] = (UCHAR)((ULONG)Octets[Digits / 2] << 4 | Digit);
        Digits++;
    }
    return Digits == 2 * Bytes;
}

/* A station without a setting has always the same end system identifier, most likely no other
 * station's: a hash of its name, marked as locally administered. */
static VOID DeriveEsi(UCHAR *Esi, const struct hubsig_name *Station)
{
    ULONGLONG Hash = 0xcbf29ce484222325ULL;
    ULONG Index;
    for (Index = 0; Index < Station->length; Index++)
        Hash = (Hash ^ (UCHAR)Station->text[Index]) * 0x100000001b3ULL;
    Hash ^= Hash >> 32;
    for (Index = 0; Index < HUB_ESI_BYTES; Index++)
        Esi[Index] = (UCHAR)(Hash >> 8 * Index);
    Esi[0] = (UCHAR)((Esi[0] & 0xfc) | 0x02);
}

NDIS_STATUS PortReadAddresses(PHUB_PORT Port, NDIS_HANDLE Adapter)
{
    NDIS_HANDLE Configuration;
    PNDIS_STRING Text;
    NDIS_STATUS Status = OpenConfiguration(Adapter, &Configuration);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    Text = ReadString(Configuration, L"Esi");
    if (Text == NULL) {
        DeriveEsi(Port->Esi, &Port->Station);
    } else if (!SetOctets(Port->Esi, sizeof(Port->Esi), Text)) {
        DbgPrint("link: the setting Esi is %wZ, but takes 12 hexadecimal digits\n", Text);
        Status = NDIS_STATUS_FAILURE;
    }
    Text = ReadString(Configuration, L"Address");
    if (Text != NULL && !SetOctets(Port->Address, sizeof(Port->Address), Text)) {
        DbgPrint("link: the setting Address is %wZ, but takes 40 hexadecimal digits\n", Text);
        Status = NDIS_STATUS_FAILURE;
    }
    Port->HasAddress = Text != NULL;
    NdisCloseConfiguration(Configuration);
    return Status;
}

static NDIS_STATUS OpenNic(PHUB_PORT Port)
{
    static const CONDIS_NIC_CHARACTERISTICS Characteristics = {PortReceive, PortSendComplete,
                                                               PortLeaveComplete, PortLinkChange};
    NDIS_HANDLE Configuration;
    PNDIS_STRING Hub, Station;
    const WCHAR *Medium = Port->Link ? L"Link" : L"Hub";
    NDIS_STATUS Status = OpenConfiguration(Port->Adapter, &Configuration);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    Hub = ReadString(Configuration, Medium);
    Station = ReadString(Configuration, L"Station");
    if (Hub == NULL || Station == NULL) {
        DbgPrint("hub: the adapter needs the settings %ws and Station\n", Medium);
        Status = NDIS_STATUS_FAILURE;
    } else {
        Status = CondisNicOpen(Port->Adapter, Hub, Station, &Characteristics, Port, &Port->Nic);
        if (Status == NDIS_STATUS_RESOURCE_CONFLICT)
            DbgPrint("hub: the station %wZ is on the hub %wZ already\n", Station, Hub);
    }
    NdisCloseConfiguration(Configuration);
    return Status;
}

NDIS_STATUS PortOpen(PHUB_PORT Port, NDIS_HANDLE Adapter, const HUB_PORT_EVENTS *Events)
{
    NET_BUFFER_LIST_POOL_PARAMETERS Pool;
    NDIS_STATUS Status;
    Port->Adapter = Adapter;
    Port->Events = Events;
    Port->Connected = !Port->Link; /* a link says when it is up */
    NdisZeroMemory(&Pool, sizeof(Pool));
    Pool.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    Pool.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.Header.Size = NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    Pool.ProtocolId = NDIS_PROTOCOL_ID_DEFAULT;
    Pool.fAllocateNetBuffer = TRUE;
    Pool.PoolTag = HUB_PORT_TAG;
    Port->NblPool = NdisAllocateNetBufferListPool(Adapter, &Pool);
    if (Port->NblPool == NULL)
        return NDIS_STATUS_RESOURCES;
    NdisAllocateSpinLock(&Port->Lock);
    ExInitializeNPagedLookasideList(&Port->Frames, NULL, NULL, 0, sizeof(HUB_FRAME), HUB_PORT_TAG,
                                    0);
    ExInitializeNPagedLookasideList(&Port->Messages, NULL, NULL, 0, HUB_MESSAGE_BYTES, HUB_PORT_TAG,
                                    0);
    Status = OpenNic(Port);
    if (Status != NDIS_STATUS_SUCCESS) {
        Port->Nic = NULL;
        PortClose(Port);
        return Status;
    }
    Port->Number = CondisNicPort(Port->Nic);
    return NDIS_STATUS_SUCCESS;
}

/* The port itself is the context: its frames are no VC's, and the membership ends with the NIC. */
NDIS_STATUS PortSignal(PHUB_PORT Port, ULONG Channel)
{
    PCONDIS_NIC_MEMBER Member;
    return CondisNicJoin(Port->Nic, Channel, Port, FALSE, &Member);
}

VOID PortClose(PHUB_PORT Port)
{
    if (Port->Nic != NULL)
        CondisNicClose(Port->Nic);
    ExDeleteNPagedLookasideList(&Port->Messages);
    ExDeleteNPagedLookasideList(&Port->Frames);
    NdisFreeNetBufferListPool(Port->NblPool);
    NdisFreeSpinLock(&Port->Lock);
}

NDIS_STATUS PortPause(PHUB_PORT Port)
{
    BOOLEAN Busy;
    NdisAcquireSpinLock(&Port->Lock);
    Port->Running = FALSE;
    Busy = Port->SendsOut != 0 || Port->ReceivesOut != 0;
    Port->Pausing = Busy;
    NdisReleaseSpinLock(&Port->Lock);
    return Busy ? NDIS_STATUS_PENDING : NDIS_STATUS_SUCCESS;
}

NDIS_STATUS PortRestart(PHUB_PORT Port)
{
    NdisAcquireSpinLock(&Port->Lock);
    Port->Running = TRUE;
    NdisReleaseSpinLock(&Port->Lock);
    return NDIS_STATUS_SUCCESS;
}

BOOLEAN PortIsConnected(PHUB_PORT Port)
{
    BOOLEAN Connected;
    NdisAcquireSpinLock(&Port->Lock);
    Connected = Port->Connected;
    NdisReleaseSpinLock(&Port->Lock);
    return Connected;
}

VOID NTAPI PortLinkChange(PVOID NicContext, BOOLEAN Connected)
{
    PHUB_PORT Port = NicContext;
    NDIS_STATUS_INDICATION Indication;
    NdisAcquireSpinLock(&Port->Lock);
    Port->Connected = Connected;
    NdisReleaseSpinLock(&Port->Lock);
    if (Port->Events->LinkChange != NULL)
        Port->Events->LinkChange(Port, Connected);
    NdisZeroMemory(&Indication, sizeof(Indication));
    Indication.Header.Type = NDIS_OBJECT_TYPE_STATUS_INDICATION;
    Indication.Header.Revision = NDIS_STATUS_INDICATION_REVISION_1;
    Indication.Header.Size = NDIS_SIZEOF_STATUS_INDICATION_REVISION_1;
    Indication.SourceHandle = Port->Adapter;
    Indication.StatusCode = Connected ? NDIS_STATUS_MEDIA_CONNECT : NDIS_STATUS_MEDIA_DISCONNECT;
    NdisMCoIndicateStatusEx(Port->Adapter, NULL, &Indication);
}
