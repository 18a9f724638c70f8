/* SPDX-License-Identifier: MIT */
/* Counted strings. The "ANSI" code page of a host is UTF-8. */
#include <string.h>

#include "nt/fault.h"
#include "nt/pool.h"
#include "nt/windows.h"

static size_t wide_length(PCWSTR text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    size_t length = SourceString ? wide_length(SourceString) : 0;
    if (length > UNICODE_STRING_MAX_CHARS - 1)
        length = UNICODE_STRING_MAX_CHARS - 1;
    DestinationString->Length = (USHORT)(length * sizeof(WCHAR));
    DestinationString->MaximumLength =
        SourceString ? (USHORT)((length + 1) * sizeof(WCHAR)) : (USHORT)0;
    DestinationString->Buffer = (PWCH)(uintptr_t)SourceString;
}

VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
    size_t length = SourceString ? strlen(SourceString) : 0;
    if (length > MAXUSHORT - 1)
        length = MAXUSHORT - 1;
    DestinationString->Length = (USHORT)length;
    DestinationString->MaximumLength = SourceString ? (USHORT)(length + 1) : (USHORT)0;
    DestinationString->Buffer = (PCHAR)(uintptr_t)SourceString;
}

VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    USHORT bytes = SourceString ? SourceString->Length : 0;
    if (bytes > DestinationString->MaximumLength)
        bytes = DestinationString->MaximumLength;
    if (bytes)
        memmove(DestinationString->Buffer, SourceString->Buffer, bytes);
    DestinationString->Length = bytes;
    if (DestinationString->MaximumLength - bytes >= (int)sizeof(WCHAR))
        DestinationString->Buffer[bytes / sizeof(WCHAR)] = 0;
}

/* ---- comparing ---- */

/* The letters whose capital stands at a fixed distance. Truth: the Unicode character database,
 * simple upper-case mappings. */
static const struct {
    WCHAR first;
    WCHAR last;
    int distance;
} capitals[] = {
    {L'a', L'z', -32},     {0x00e0, 0x00f6, -32}, {0x00f8, 0x00fe, -32}, {0x00ff, 0x00ff, 121},
    {0x03ac, 0x03ac, -38}, {0x03ad, 0x03af, -37}, {0x03b1, 0x03c1, -32}, {0x03c2, 0x03c2, -31},
    {0x03c3, 0x03cb, -32}, {0x03cc, 0x03cc, -64}, {0x03cd, 0x03ce, -63}, {0x0430, 0x044f, -32},
    {0x0450, 0x045f, -80}, {0x0561, 0x0586, -48}, {0x24d0, 0x24e9, -26}, {0xff41, 0xff5a, -32},
};

/* Blocks in which capital and small letter take turns; the capital is even, or odd. */
static const struct {
    WCHAR first;
    WCHAR last;
    unsigned small_is_odd;
} pairs[] = {
    {0x0100, 0x012f, 1}, {0x0132, 0x0137, 1}, {0x0139, 0x0148, 0}, {0x014a, 0x0177, 1},
    {0x0179, 0x017e, 0}, {0x0460, 0x0481, 1}, {0x048a, 0x04bf, 1}, {0x04d0, 0x052f, 1},
    {0x1e00, 0x1e95, 1}, {0x1ea0, 0x1eff, 1},
};

WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR SourceCharacter)
{
    for (size_t i = 0; i < ARRAYSIZE(capitals); i++)
        if (SourceCharacter >= capitals[i].first && SourceCharacter <= capitals[i].last)
            return (WCHAR)(SourceCharacter + capitals[i].distance);
    for (size_t i = 0; i < ARRAYSIZE(pairs); i++)
        if (SourceCharacter >= pairs[i].first && SourceCharacter <= pairs[i].last)
            return (SourceCharacter & 1u) == pairs[i].small_is_odd ? (WCHAR)(SourceCharacter - 1)
                                                                   : SourceCharacter;
    return SourceCharacter;
}

static LONG compare(const WCHAR *one, const WCHAR *other, size_t count, BOOLEAN fold)
{
    for (size_t i = 0; i < count; i++) {
        WCHAR a = fold ? RtlUpcaseUnicodeChar(one[i]) : one[i];
        WCHAR b = fold ? RtlUpcaseUnicodeChar(other[i]) : other[i];
        if (a != b)
            return (LONG)a - (LONG)b;
    }
    return 0;
}

LONG NTAPI RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                   BOOLEAN CaseInSensitive)
{
    USHORT shorter = String1->Length < String2->Length ? String1->Length : String2->Length;
    LONG order =
        compare(String1->Buffer, String2->Buffer, shorter / sizeof(WCHAR), CaseInSensitive);
    return order ? order : (LONG)String1->Length - (LONG)String2->Length;
}

BOOLEAN NTAPI RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                    BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length &&
           !compare(String1->Buffer, String2->Buffer, String1->Length / sizeof(WCHAR),
                    CaseInSensitive);
}

BOOLEAN NTAPI RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                     BOOLEAN CaseInSensitive)
{
    return String1->Length <= String2->Length &&
           !compare(String1->Buffer, String2->Buffer, String1->Length / sizeof(WCHAR),
                    CaseInSensitive);
}

/* ---- appending ---- */

static NTSTATUS append(PUNICODE_STRING to, const WCHAR *from, size_t bytes)
{
    if (bytes > (size_t)(to->MaximumLength - to->Length))
        return STATUS_BUFFER_TOO_SMALL;
    if (bytes)
        memmove((char *)to->Buffer + to->Length, from, bytes);
    to->Length = (USHORT)(to->Length + bytes);
    if (to->MaximumLength - to->Length >= (int)sizeof(WCHAR))
        to->Buffer[to->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
    return Source ? append(Destination, Source, wide_length(Source) * sizeof(WCHAR))
                  : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source)
{
    return append(Destination, Source->Buffer, Source->Length);
}

/* ---- numbers ---- */

static unsigned digit_of(WCHAR c)
{
    if (c >= L'0' && c <= L'9')
        return (unsigned)(c - L'0');
    if (c >= L'a' && c <= L'f')
        return (unsigned)(c - L'a') + 10;
    if (c >= L'A' && c <= L'F')
        return (unsigned)(c - L'A') + 10;
    return 99;
}

static ULONG prefix_base(const WCHAR *text, size_t left)
{
    if (left < 2 || text[0] != L'0')
        return 0;
    return text[1] == L'x' ? 16 : text[1] == L'o' ? 8 : text[1] == L'b' ? 2 : 0;
}

NTSTATUS NTAPI RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value)
{
    const WCHAR *text = String->Buffer;
    size_t left = String->Length / sizeof(WCHAR);
    if (Base != 0 && Base != 2 && Base != 8 && Base != 10 && Base != 16)
        return STATUS_INVALID_PARAMETER;
    for (; left && *text <= L' '; text++, left--)
        continue;
    bool negative = left && *text == L'-';
    if (left && (*text == L'-' || *text == L'+')) {
        text++;
        left--;
    }
    ULONG named = Base ? 0 : prefix_base(text, left);
    if (named) {
        text += 2;
        left -= 2;
    }
    ULONG base = Base ? Base : named ? named : 10;
    ULONG value = 0;
    for (; left && digit_of(*text) < base; text++, left--)
        value = value * base + digit_of(*text);
    *Value = negative ? 0 - value : value;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String)
{
    WCHAR digits[33];
    size_t at = ARRAYSIZE(digits);
    ULONG base = Base ? Base : 10;
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return STATUS_INVALID_PARAMETER;
    do {
        digits[--at] = L"0123456789ABCDEF"[Value % base];
        Value /= base;
    } while (Value);
    size_t bytes = (ARRAYSIZE(digits) - at) * sizeof(WCHAR);
    if (bytes > String->MaximumLength)
        return STATUS_BUFFER_OVERFLOW;
    String->Length = 0;
    return append(String, digits + at, bytes);
}

/* ---- converting ---- */

/* One code point of UTF-16 or UTF-8; what is malformed counts as U+FFFD, one unit long. */
static size_t decode_wide(const WCHAR *text, size_t left, uint32_t *point)
{
    *point = text[0];
    if (text[0] < 0xd800 || text[0] > 0xdfff)
        return 1;
    if (text[0] <= 0xdbff && left > 1 && text[1] >= 0xdc00 && text[1] <= 0xdfff) {
        *point = 0x10000 + (((uint32_t)text[0] - 0xd800) << 10) + ((uint32_t)text[1] - 0xdc00);
        return 2;
    }
    *point = 0xfffd;
    return 1;
}

static size_t decode_narrow(const unsigned char *text, size_t left, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t count = text[0] < 0x80 ? 1 : text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    *point = text[0];
    if (count == 1)
        return 1;
    uint32_t value = text[0] & (0x7fu >> count);
    for (size_t i = 1; i < count; i++) {
        if (i >= left || (text[i] & 0xc0) != 0x80)
            count = 0;
        else
            value = value << 6 | (text[i] & 0x3fu);
    }
    if (!count || text[0] < 0xc2 || value < least[count] || value > 0x10ffff ||
        (value >= 0xd800 && value <= 0xdfff)) {
        *point = 0xfffd;
        return 1;
    }
    *point = value;
    return count;
}

static size_t encode_narrow(uint32_t point, unsigned char out[4])
{
    size_t count = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = count; i-- > 1; point >>= 6)
        out[i] = (unsigned char)(0x80 | (point & 0x3f));
    out[0] = (unsigned char)(lead[count] | point);
    return count;
}

static size_t encode_wide(uint32_t point, WCHAR out[2])
{
    if (point < 0x10000) {
        out[0] = (WCHAR)point;
        return 1;
    }
    out[0] = (WCHAR)(0xd800 + ((point - 0x10000) >> 10));
    out[1] = (WCHAR)(0xdc00 + ((point - 0x10000) & 0x3ff));
    return 2;
}

/* Convert, or only measure when `to` is NULL. Returns bytes. */
static size_t to_narrow(PCUNICODE_STRING from, unsigned char *to)
{
    size_t bytes = 0;
    size_t count = from->Length / sizeof(WCHAR);
    for (size_t i = 0; i < count;) {
        uint32_t point;
        unsigned char coded[4];
        i += decode_wide(from->Buffer + i, count - i, &point);
        size_t coded_bytes = encode_narrow(point, coded);
        if (to)
            memcpy(to + bytes, coded, coded_bytes);
        bytes += coded_bytes;
    }
    return bytes;
}

static size_t to_wide(PCANSI_STRING from, WCHAR *to)
{
    size_t length = 0;
    for (size_t i = 0; i < from->Length;) {
        uint32_t point;
        WCHAR coded[2];
        i += decode_narrow((const unsigned char *)from->Buffer + i, from->Length - i, &point);
        size_t count = encode_wide(point, coded);
        if (to)
            memcpy(to + length, coded, count * sizeof(WCHAR));
        length += count;
    }
    return length * sizeof(WCHAR);
}

#define STRING_TAG 0x67727453u /* "Strg" */

NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString,
                                            PCUNICODE_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    size_t bytes = to_narrow(SourceString, NULL);
    if (bytes + 1 > MAXUSHORT)
        return STATUS_INVALID_PARAMETER_2;
    if (AllocateDestinationString) {
        DestinationString->Buffer = NULL;
        if (nt_fault(FAULT_RtlUnicodeStringToAnsiString))
            return nt_fault_status(FAULT_RtlUnicodeStringToAnsiString);
        DestinationString->Buffer =
            nt_pool_allocate(NT_POOL_RTL, bytes + 1, STRING_TAG, false, false, true,
                             "RtlUnicodeStringToAnsiString", NT_CALLER());
        if (!DestinationString->Buffer)
            return STATUS_NO_MEMORY;
        DestinationString->MaximumLength = (USHORT)(bytes + 1);
    } else if (bytes + 1 > DestinationString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    (void)to_narrow(SourceString, (unsigned char *)DestinationString->Buffer);
    DestinationString->Buffer[bytes] = 0;
    DestinationString->Length = (USHORT)bytes;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString,
                                            PCANSI_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    size_t bytes = to_wide(SourceString, NULL);
    if (bytes + sizeof(WCHAR) > UNICODE_STRING_MAX_BYTES)
        return STATUS_INVALID_PARAMETER_2;
    if (AllocateDestinationString) {
        DestinationString->Buffer = NULL;
        if (nt_fault(FAULT_RtlAnsiStringToUnicodeString))
            return nt_fault_status(FAULT_RtlAnsiStringToUnicodeString);
        DestinationString->Buffer =
            nt_pool_allocate(NT_POOL_RTL, bytes + sizeof(WCHAR), STRING_TAG, false, false, true,
                             "RtlAnsiStringToUnicodeString", NT_CALLER());
        if (!DestinationString->Buffer)
            return STATUS_NO_MEMORY;
        DestinationString->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    } else if (bytes + sizeof(WCHAR) > DestinationString->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    (void)to_wide(SourceString, DestinationString->Buffer);
    DestinationString->Buffer[bytes / sizeof(WCHAR)] = 0;
    DestinationString->Length = (USHORT)bytes;
    return STATUS_SUCCESS;
}

VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    if (UnicodeString->Buffer) /* Learn: an empty string needs no freeing */
        nt_pool_free(NT_POOL_RTL, UnicodeString->Buffer, 0, "RtlFreeUnicodeString");
    *UnicodeString = (UNICODE_STRING){0};
}

VOID NTAPI RtlFreeAnsiString(PANSI_STRING AnsiString)
{
    if (AnsiString->Buffer)
        nt_pool_free(NT_POOL_RTL, AnsiString->Buffer, 0, "RtlFreeAnsiString");
    *AnsiString = (ANSI_STRING){0};
}

/* ---- Ndis ---- */

NDIS_STATUS NTAPI NdisUnicodeStringToAnsiString(PNDIS_ANSI_STRING DestinationString,
                                                PNDIS_STRING SourceString)
{
    return RtlUnicodeStringToAnsiString(DestinationString, SourceString, FALSE);
}

NDIS_STATUS NTAPI NdisAnsiStringToUnicodeString(PNDIS_STRING DestinationString,
                                                PNDIS_ANSI_STRING SourceString)
{
    return RtlAnsiStringToUnicodeString(DestinationString, SourceString, FALSE);
}

VOID NTAPI NdisInitializeString(PNDIS_STRING Destination, PUCHAR Source)
{
    ANSI_STRING source;
    RtlInitAnsiString(&source, (PCSZ)Source);
    *Destination = (NDIS_STRING){0};
    size_t bytes = to_wide(&source, NULL) + sizeof(WCHAR);
    if (bytes > UNICODE_STRING_MAX_BYTES)
        return;
    Destination->Buffer = nt_pool_allocate(NT_POOL_NDIS, bytes, STRING_TAG, false, false, false,
                                           "NdisInitializeString", NT_CALLER());
    if (!Destination->Buffer)
        return; /* Learn: no status; an empty string is what a driver can see */
    Destination->MaximumLength = (USHORT)bytes;
    (void)RtlAnsiStringToUnicodeString(Destination, &source, FALSE);
}
