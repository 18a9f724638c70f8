/* SPDX-License-Identifier: MIT */
/* Counted strings: initialise, copy, compare, append, convert. Lengths are in bytes. */
#ifndef CONDIS_DDI_RTL_STRING_H
#define CONDIS_DDI_RTL_STRING_H

#include "../ntdef.h"

/* Learn: RtlInitUnicodeString. The buffer is borrowed. */
VOID NTAPI RtlInitUnicodeString(_Out_ PUNICODE_STRING DestinationString,
                                _In_opt_z_ PCWSTR SourceString);
/* Learn: RtlInitEmptyUnicodeString. */
FORCEINLINE VOID RtlInitEmptyUnicodeString(_Out_ PUNICODE_STRING UnicodeString, PWCHAR Buffer,
                                           USHORT BufferSize)
{
    UnicodeString->Length = 0;
    UnicodeString->MaximumLength = BufferSize;
    UnicodeString->Buffer = Buffer;
}
/* Learn: RtlInitAnsiString. The buffer is borrowed. */
VOID NTAPI RtlInitAnsiString(_Out_ PANSI_STRING DestinationString, _In_opt_z_ PCSZ SourceString);
#define RtlInitString RtlInitAnsiString
/* Learn: RtlCopyUnicodeString. */
VOID NTAPI RtlCopyUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                _In_opt_ PCUNICODE_STRING SourceString);
/* Learn: RtlCompareUnicodeString. */
_Must_inspect_result_
LONG NTAPI RtlCompareUnicodeString(_In_ PCUNICODE_STRING String1, _In_ PCUNICODE_STRING String2,
                                   _In_ BOOLEAN CaseInSensitive);
/* Learn: RtlEqualUnicodeString. */
_Must_inspect_result_
BOOLEAN NTAPI RtlEqualUnicodeString(_In_ PCUNICODE_STRING String1, _In_ PCUNICODE_STRING String2,
                                    _In_ BOOLEAN CaseInSensitive);
/* Learn: RtlPrefixUnicodeString. */
_Must_inspect_result_
BOOLEAN NTAPI RtlPrefixUnicodeString(_In_ PCUNICODE_STRING String1, _In_ PCUNICODE_STRING String2,
                                     _In_ BOOLEAN CaseInSensitive);
/* Learn: RtlAppendUnicodeToString. */
NTSTATUS NTAPI RtlAppendUnicodeToString(_Inout_ PUNICODE_STRING Destination,
                                        _In_opt_z_ PCWSTR Source);
/* Learn: RtlAppendUnicodeStringToString. */
NTSTATUS NTAPI RtlAppendUnicodeStringToString(_Inout_ PUNICODE_STRING Destination,
                                              _In_ PCUNICODE_STRING Source);
/* Learn: RtlUpcaseUnicodeChar. */
WCHAR NTAPI RtlUpcaseUnicodeChar(_In_ WCHAR SourceCharacter);
/* Learn: RtlUnicodeStringToInteger. Base 0 reads a 0x, 0o or 0b prefix. */
_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUnicodeStringToInteger(_In_ PCUNICODE_STRING String, _In_ ULONG Base,
                                         _Out_ PULONG Value);
/* Learn: RtlIntegerToUnicodeString. Base 0 (= 10), 2, 8, 10 or 16. */
_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlIntegerToUnicodeString(_In_ ULONG Value, _In_ ULONG Base,
                                         _Inout_ PUNICODE_STRING String);
/* Learn: RtlUnicodeStringToAnsiString. */
_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlUnicodeStringToAnsiString(_Inout_ PANSI_STRING DestinationString,
                                            _In_ PCUNICODE_STRING SourceString,
                                            _In_ BOOLEAN AllocateDestinationString);
/* Learn: RtlAnsiStringToUnicodeString. */
_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS NTAPI RtlAnsiStringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                            _In_ PCANSI_STRING SourceString,
                                            _In_ BOOLEAN AllocateDestinationString);
/* Learn: RtlFreeUnicodeString. */
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI RtlFreeUnicodeString(_Inout_ PUNICODE_STRING UnicodeString);
/* Learn: RtlFreeAnsiString. */
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NTAPI RtlFreeAnsiString(_Inout_ PANSI_STRING AnsiString);

#endif
