/* SPDX-License-Identifier: MIT */
/* Bounded string functions, from two bodies: one copies characters in, one formats. A list makes
 * the four spellings (bytes or characters, narrow or wide) of each. */
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

/* Unit, U: Cb, cb or Cch, cch; W: A or W; unit_bytes: how many units make one character. */
#define SPELLING(Unit, U, W, character, copy, format, unit_bytes)                                  \
    NTSTATUS NTAPI RtlString##Unit##Copy##W(character *pszDest, size_t U##Dest,                    \
                                            const character *pszSrc)                               \
    {                                                                                              \
        return copy(pszDest, U##Dest / (unit_bytes), 0, pszSrc, NO_LIMIT);                         \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##CopyN##W(character *pszDest, size_t U##Dest,                   \
                                             const character *pszSrc, size_t U##ToCopy)            \
    {                                                                                              \
        return copy(pszDest, U##Dest / (unit_bytes), 0, pszSrc, U##ToCopy / (unit_bytes));         \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##Cat##W(character *pszDest, size_t U##Dest,                     \
                                           const character *pszSrc)                                \
    {                                                                                              \
        size_t room = U##Dest / (unit_bytes);                                                      \
        return copy(pszDest, room, copy##_length(pszDest, room), pszSrc, NO_LIMIT);                \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##CatN##W(character *pszDest, size_t U##Dest,                    \
                                            const character *pszSrc, size_t U##ToAppend)           \
    {                                                                                              \
        size_t room = U##Dest / (unit_bytes);                                                      \
        return copy(pszDest, room, copy##_length(pszDest, room), pszSrc,                           \
                    U##ToAppend / (unit_bytes));                                                   \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##VPrintf##W(character *pszDest, size_t U##Dest,                 \
                                               const character *pszFormat, va_list argList)        \
    {                                                                                              \
        return format(pszDest, U##Dest / (unit_bytes), pszFormat, argList);                        \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##Printf##W(character *pszDest, size_t U##Dest,                  \
                                              const character *pszFormat, ...)                     \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, pszFormat);                                                            \
        NTSTATUS status = format(pszDest, U##Dest / (unit_bytes), pszFormat, arguments);           \
        va_end(arguments);                                                                         \
        return status;                                                                             \
    }                                                                                              \
    NTSTATUS NTAPI RtlString##Unit##Length##W(const character *psz, size_t U##Max,                 \
                                              size_t *p##U##Length)                                \
    {                                                                                              \
        size_t length = copy##_length(psz, U##Max / (unit_bytes));                                 \
        bool ended = psz && size_good(U##Max) && length < U##Max / (unit_bytes);                   \
        if (p##U##Length)                                                                          \
            *p##U##Length = ended ? length * (unit_bytes) : 0;                                     \
        return ended ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;                                  \
    }

SPELLING(Cb, cb, A, char, copy_a, format_a, 1)
SPELLING(Cch, cch, A, char, copy_a, format_a, 1)
SPELLING(Cb, cb, W, wchar_t, copy_w, format_w, sizeof(wchar_t))
SPELLING(Cch, cch, W, wchar_t, copy_w, format_w, 1)

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
