/* SPDX-License-Identifier: MIT */
/* Bounded string functions, from two bodies: one copies characters in, one formats. A list makes the
 * four spellings (bytes or characters, narrow or wide) of each. */
#include "ntstrsafe.h"

#include "nt/format.h"
#include "nt/windows.h"

#define NO_LIMIT NTSTRSAFE_MAX_CCH

static bool size_good(size_t count)
{
    return count > 0 && count <= NTSTRSAFE_MAX_CCH;
}

/* Write at `at` what the source holds, at most `limit` characters of it. */
#define COPY_BODY(name, character)                                                                 \
    static NTSTATUS name(character *to, size_t room, size_t at, const character *from,             \
                         size_t limit)                                                             \
    {                                                                                              \
        if (!to || !size_good(room) || at >= room || limit > NTSTRSAFE_MAX_CCH)                    \
            return STATUS_INVALID_PARAMETER;                                                       \
        size_t taken = 0;                                                                          \
        while (from && taken < limit && from[taken] && at < room - 1)                              \
            to[at++] = from[taken++];                                                              \
        to[at] = 0;                                                                                \
        return from && taken < limit && from[taken] ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;     \
    }                                                                                              \
    static size_t name##_length(const character *text, size_t limit)                               \
    {                                                                                              \
        size_t length = 0;                                                                         \
        while (text && length < limit && text[length])                                             \
            length++;                                                                              \
        return length;                                                                             \
    }

COPY_BODY(copy_a, char)
COPY_BODY(copy_w, wchar_t)

static NTSTATUS format_a(char *to, size_t room, const char *format, va_list arguments)
{
    if (!to || !size_good(room) || !format)
        return STATUS_INVALID_PARAMETER;
    struct nt_text text = {.narrow = to, .room = room - 1};
    nt_format(&text, format, NULL, arguments);
    to[text.length < room ? text.length : room - 1] = 0;
    return text.length < room ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

static NTSTATUS format_w(wchar_t *to, size_t room, const wchar_t *format, va_list arguments)
{
    if (!to || !size_good(room) || !format)
        return STATUS_INVALID_PARAMETER;
    struct nt_text text = {.wide = to, .room = room - 1};
    nt_format(&text, NULL, format, arguments);
    to[text.length < room ? text.length : room - 1] = 0;
    return text.length < room ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

/* Unit: Cb or Cch; W: A or W; unit_bytes: what one counted unit is divided by to get characters. */
#define SPELLING(Unit, W, character, copy, format, unit_bytes)                                     \
    NTSTATUS NTAPI RtlString##Unit##Copy##W(character *pszDest, size_t dest,                       \
                                            const character *pszSrc)                               \
    {                                                                                              \
        return copy(pszDest, dest / (unit_bytes), 0, pszSrc, NO_LIMIT);                            \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##CopyN##W(character *pszDest, size_t dest,                      \
                                             const character *pszSrc, size_t toCopy)               \
    {                                                                                              \
        return copy(pszDest, dest / (unit_bytes), 0, pszSrc, toCopy / (unit_bytes));               \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##Cat##W(character *pszDest, size_t dest,                        \
                                           const character *pszSrc)                                \
    {                                                                                              \
        size_t room = dest / (unit_bytes);                                                         \
        return copy(pszDest, room, copy##_length(pszDest, room), pszSrc, NO_LIMIT);                \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##CatN##W(character *pszDest, size_t dest,                       \
                                            const character *pszSrc, size_t toAppend)              \
    {                                                                                              \
        size_t room = dest / (unit_bytes);                                                         \
        return copy(pszDest, room, copy##_length(pszDest, room), pszSrc, toAppend / (unit_bytes)); \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##VPrintf##W(character *pszDest, size_t dest,                    \
                                               const character *pszFormat, va_list argList)        \
    {                                                                                              \
        return format(pszDest, dest / (unit_bytes), pszFormat, argList);                           \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##Printf##W(character *pszDest, size_t dest,                     \
                                              const character *pszFormat, ...)                     \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, pszFormat);                                                            \
        NTSTATUS status = format(pszDest, dest / (unit_bytes), pszFormat, arguments);              \
        va_end(arguments);                                                                         \
        return status;                                                                             \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##Length##W(const character *psz, size_t max, size_t *pLength)   \
    {                                                                                              \
        size_t length = copy##_length(psz, max / (unit_bytes));                                    \
        bool ended = psz && size_good(max) && length < max / (unit_bytes);                         \
        if (pLength)                                                                               \
            *pLength = ended ? length * (unit_bytes) : 0;                                          \
        return ended ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;                                  \
    }

SPELLING(Cb, A, char, copy_a, format_a, 1)
SPELLING(Cch, A, char, copy_a, format_a, 1)
SPELLING(Cb, W, wchar_t, copy_w, format_w, sizeof(wchar_t))
SPELLING(Cch, W, wchar_t, copy_w, format_w, 1)

NTSTATUS NTAPI RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszFormat,
                                      ...)
{
    if (!DestinationString || !DestinationString->Buffer || !pszFormat)
        return STATUS_INVALID_PARAMETER;
    size_t room = DestinationString->MaximumLength / sizeof(WCHAR);
    struct nt_text text = {.wide = DestinationString->Buffer, .room = room};
    va_list arguments;
    va_start(arguments, pszFormat);
    nt_format(&text, NULL, pszFormat, arguments);
    va_end(arguments);
    size_t length = text.length < room ? text.length : room; /* counted: no terminator */
    DestinationString->Length = (USHORT)(length * sizeof(WCHAR));
    return text.length <= room ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}
