/* SPDX-License-Identifier: MIT */
/* The settings: whom the driver calls, where it is called, what it says. */
#include "caller.h"

#define NAME_LENGTH_MAX 12
#define NAME_FORMAT     0x49 /* the authority of private addresses */

/* @name, 1 to 12 characters: 49, the length, the name padded with zeros to 12, five zeros and a
 * selector 0. */
static BOOLEAN ReadName(const WCHAR *Text, ULONG Length, UCHAR *Octets)
{
    ULONG Index;
    if (Length == 0 || Length > NAME_LENGTH_MAX)
        return FALSE;
    NdisZeroMemory(Octets, ATM_ADDRESS_LENGTH);
    Octets[0] = NAME_FORMAT;
    Octets[1] = (UCHAR)Length;
    for (Index = 0; Index < Length; Index++) {
        if (Text[Index] <= L' ' || Text[Index] > L'~')
            return FALSE;
        Octets[2 + Index] = (UCHAR)Text[Index];
    }
    return TRUE;
}

static BOOLEAN ReadDigit(WCHAR Digit, UCHAR *Value)
{
    if (Digit >= L'0' && Digit <= L'9')
        *Value = (UCHAR)(Digit - L'0');
    else if (Digit >= L'a' && Digit <= L'f')
        *Value = (UCHAR)(Digit - L'a' + 10);
    else if (Digit >= L'A' && Digit <= L'F')
        *Value = (UCHAR)(Digit - L'A' + 10);
    else
        return FALSE;
    return TRUE;
}

static BOOLEAN ReadDigits(const WCHAR *Text, ULONG Length, UCHAR *Octets)
{
    ULONG Index;
    UCHAR High, Low;
    if (Length != 2 * ATM_ADDRESS_LENGTH)
        return FALSE;
    for (Index = 0; Index < ATM_ADDRESS_LENGTH; Index++) {
        if (!ReadDigit(Text[2 * Index], &High) || !ReadDigit(Text[2 * Index + 1], &Low))
            return FALSE;
        Octets[Index] = (UCHAR)(High << 4 | Low);
    }
    return TRUE;
}

static BOOLEAN ReadAddress(const WCHAR *Text, ULONG Length, ATM_ADDRESS *Address)
{
    NdisZeroMemory(Address, sizeof(*Address));
    Address->AddressType = ATM_NSAP;
    Address->NumberOfDigits = ATM_ADDRESS_LENGTH;
    if (Length > 0 && Text[0] == L'@')
        return ReadName(Text + 1, Length - 1, Address->Address);
    return ReadDigits(Text, Length, Address->Address);
}

/* Addresses with commas between them. returns how many; 0 when one of them is none. */
static ULONG ReadAddresses(const NDIS_STRING *Text, ATM_ADDRESS *Addresses, ULONG Most)
{
    ULONG Length = Text->Length / sizeof(WCHAR), Begin = 0, End, Count = 0;
    for (; Begin <= Length; Begin = End + 1) {
        for (End = Begin; End < Length && Text->Buffer[End] != L','; End++)
            ;
        if (Count == Most || !ReadAddress(Text->Buffer + Begin, End - Begin, &Addresses[Count]))
            return 0;
        Count++;
    }
    return Count;
}

static VOID ReadText(const NDIS_STRING *From, PCALLER_TEXT Text)
{
    ULONG Length = From->Length / sizeof(WCHAR), Index;
    Text->Length = Length < CALLER_TEXT_MAX ? Length : CALLER_TEXT_MAX;
    for (Index = 0; Index < Text->Length; Index++)
        Text->Bytes[Index] = From->Buffer[Index] < 128 ? (UCHAR)From->Buffer[Index] : '?';
}

static PNDIS_CONFIGURATION_PARAMETER Read(NDIS_HANDLE Configuration, PCWSTR Name,
                                          NDIS_PARAMETER_TYPE Type)
{
    NDIS_STATUS Status;
    NDIS_STRING Keyword;
    PNDIS_CONFIGURATION_PARAMETER Parameter;
    NdisInitUnicodeString(&Keyword, Name);
    NdisReadConfiguration(&Status, &Parameter, Configuration, &Keyword, Type);
    return Status == NDIS_STATUS_SUCCESS ? Parameter : NULL;
}

static const NDIS_STRING *ReadString(NDIS_HANDLE Configuration, PCWSTR Name)
{
    PNDIS_CONFIGURATION_PARAMETER Parameter = Read(Configuration, Name, NdisParameterString);
    return Parameter != NULL ? &Parameter->ParameterData.StringData : NULL;
}

static ULONG ReadNumber(NDIS_HANDLE Configuration, PCWSTR Name, ULONG Otherwise)
{
    PNDIS_CONFIGURATION_PARAMETER Parameter = Read(Configuration, Name, NdisParameterInteger);
    return Parameter != NULL ? Parameter->ParameterData.IntegerData : Otherwise;
}

/* What is read is lent until the configuration is closed. */
static NDIS_STATUS ReadAll(NDIS_HANDLE Configuration, PCALLER_SETTINGS Settings)
{
    const NDIS_STRING *Leaves = ReadString(Configuration, L"Leaves");
    const NDIS_STRING *Address = ReadString(Configuration, L"Address");
    const NDIS_STRING *Message = ReadString(Configuration, L"Message");
    const NDIS_STRING *CloseData = ReadString(Configuration, L"CloseData");
    Settings->Multipoint = ReadNumber(Configuration, L"Multipoint", 1) != 0;
    Settings->AnswerLater = ReadNumber(Configuration, L"AnswerLater", 1) != 0;
    Settings->RejectCount = ReadNumber(Configuration, L"Reject", 0);
    Settings->MessageCount = ReadNumber(Configuration, L"Messages", 3);
    if (Message != NULL)
        ReadText(Message, &Settings->Message);
    if (CloseData != NULL)
        ReadText(CloseData, &Settings->CloseData);
    if (Leaves != NULL) {
        Settings->LeafCount = ReadAddresses(Leaves, Settings->Leaves, CALLER_LEAVES_MAX);
        if (Settings->LeafCount == 0)
            return NDIS_STATUS_INVALID_DATA;
    }
    if (Address != NULL) {
        Settings->Listens = ReadAddresses(Address, &Settings->Address, 1) == 1;
        if (!Settings->Listens)
            return NDIS_STATUS_INVALID_DATA;
    }
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS CallerReadSettings(NDIS_HANDLE NdisHandle, PCALLER_SETTINGS Settings)
{
    static const CALLER_TEXT Hello = {5, "hello"}, GoodBye = {8, "good bye"};
    NDIS_CONFIGURATION_OBJECT Object;
    NDIS_HANDLE Configuration;
    NDIS_STATUS Status;
    NdisZeroMemory(Settings, sizeof(*Settings));
    Settings->Message = Hello;
    Settings->CloseData = GoodBye;
    NdisZeroMemory(&Object, sizeof(Object));
    Object.Header.Type = NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT;
    Object.Header.Revision = NDIS_CONFIGURATION_OBJECT_REVISION_1;
    Object.Header.Size = NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1;
    Object.NdisHandle = NdisHandle;
    Status = NdisOpenConfigurationEx(&Object, &Configuration);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    Status = ReadAll(Configuration, Settings);
    NdisCloseConfiguration(Configuration);
    return Status;
}
