/* SPDX-License-Identifier: MIT */
/* Bounded string functions. Cb names count bytes, Cch names count characters, terminator included.
 * Each returns STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW (result cut and terminated) or
 * STATUS_INVALID_PARAMETER. They are exported functions here, inline functions on Windows. */
#ifndef CONDIS_NTSTRSAFE_H
#define CONDIS_NTSTRSAFE_H

#include "ntdef.h"
#include "ntstatus.h"

#define NTSTRSAFE_MAX_CCH                2147483647
#define NTSTRSAFE_MAX_LENGTH             (NTSTRSAFE_MAX_CCH - 1)
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))
typedef PSTR NTSTRSAFE_PSTR;
typedef PCSTR NTSTRSAFE_PCSTR;
typedef PWSTR NTSTRSAFE_PWSTR;
typedef PCWSTR NTSTRSAFE_PCWSTR;

/* Learn: RtlStringCbCopyA. */
NTSTATUS NTAPI RtlStringCbCopyA(_Out_ NTSTRSAFE_PSTR pszDest, _In_ size_t cbDest,
                                _In_z_ NTSTRSAFE_PCSTR pszSrc);
/* Learn: RtlStringCbCopyNA. */
NTSTATUS NTAPI RtlStringCbCopyNA(_Out_ NTSTRSAFE_PSTR pszDest, _In_ size_t cbDest,
                                 _In_z_ NTSTRSAFE_PCSTR pszSrc, _In_ size_t cbToCopy);
/* Learn: RtlStringCbCatA. */
NTSTATUS NTAPI RtlStringCbCatA(_Inout_ NTSTRSAFE_PSTR pszDest, _In_ size_t cbDest,
                               _In_z_ NTSTRSAFE_PCSTR pszSrc);
/* Learn: RtlStringCbCatNA. */
NTSTATUS NTAPI RtlStringCbCatNA(_Inout_ NTSTRSAFE_PSTR pszDest, _In_ size_t cbDest,
                                _In_z_ NTSTRSAFE_PCSTR pszSrc, _In_ size_t cbToAppend);
/* Learn: RtlStringCbPrintfA. */
NTSTATUS NTAPI RtlStringCbPrintfA(_Out_ NTSTRSAFE_PSTR pszDest, _In_ size_t cbDest,
                                  _In_z_ NTSTRSAFE_PCSTR pszFormat, ...);
/* Learn: RtlStringCbVPrintfA. */
NTSTATUS NTAPI RtlStringCbVPrintfA(_Out_ NTSTRSAFE_PSTR pszDest, _In_ size_t cbDest,
                                   _In_z_ NTSTRSAFE_PCSTR pszFormat, _In_ va_list argList);
/* Learn: RtlStringCbLengthA. */
NTSTATUS NTAPI RtlStringCbLengthA(_In_z_ NTSTRSAFE_PCSTR psz, _In_ size_t cbMax,
                                  _Out_opt_ size_t *pcbLength);

/* Learn: RtlStringCbCopyW. */
NTSTATUS NTAPI RtlStringCbCopyW(_Out_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cbDest,
                                _In_z_ NTSTRSAFE_PCWSTR pszSrc);
/* Learn: RtlStringCbCopyNW. */
NTSTATUS NTAPI RtlStringCbCopyNW(_Out_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cbDest,
                                 _In_z_ NTSTRSAFE_PCWSTR pszSrc, _In_ size_t cbToCopy);
/* Learn: RtlStringCbCatW. */
NTSTATUS NTAPI RtlStringCbCatW(_Inout_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cbDest,
                               _In_z_ NTSTRSAFE_PCWSTR pszSrc);
/* Learn: RtlStringCbCatNW. */
NTSTATUS NTAPI RtlStringCbCatNW(_Inout_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cbDest,
                                _In_z_ NTSTRSAFE_PCWSTR pszSrc, _In_ size_t cbToAppend);
/* Learn: RtlStringCbPrintfW. */
NTSTATUS NTAPI RtlStringCbPrintfW(_Out_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cbDest,
                                  _In_z_ NTSTRSAFE_PCWSTR pszFormat, ...);
/* Learn: RtlStringCbVPrintfW. */
NTSTATUS NTAPI RtlStringCbVPrintfW(_Out_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cbDest,
                                   _In_z_ NTSTRSAFE_PCWSTR pszFormat, _In_ va_list argList);
/* Learn: RtlStringCbLengthW. */
NTSTATUS NTAPI RtlStringCbLengthW(_In_z_ NTSTRSAFE_PCWSTR psz, _In_ size_t cbMax,
                                  _Out_opt_ size_t *pcbLength);

/* Learn: RtlStringCchCopyA. */
NTSTATUS NTAPI RtlStringCchCopyA(_Out_ NTSTRSAFE_PSTR pszDest, _In_ size_t cchDest,
                                 _In_z_ NTSTRSAFE_PCSTR pszSrc);
/* Learn: RtlStringCchCopyNA. */
NTSTATUS NTAPI RtlStringCchCopyNA(_Out_ NTSTRSAFE_PSTR pszDest, _In_ size_t cchDest,
                                  _In_z_ NTSTRSAFE_PCSTR pszSrc, _In_ size_t cchToCopy);
/* Learn: RtlStringCchCatA. */
NTSTATUS NTAPI RtlStringCchCatA(_Inout_ NTSTRSAFE_PSTR pszDest, _In_ size_t cchDest,
                                _In_z_ NTSTRSAFE_PCSTR pszSrc);
/* Learn: RtlStringCchCatNA. */
NTSTATUS NTAPI RtlStringCchCatNA(_Inout_ NTSTRSAFE_PSTR pszDest, _In_ size_t cchDest,
                                 _In_z_ NTSTRSAFE_PCSTR pszSrc, _In_ size_t cchToAppend);
/* Learn: RtlStringCchPrintfA. */
NTSTATUS NTAPI RtlStringCchPrintfA(_Out_ NTSTRSAFE_PSTR pszDest, _In_ size_t cchDest,
                                   _In_z_ NTSTRSAFE_PCSTR pszFormat, ...);
/* Learn: RtlStringCchVPrintfA. */
NTSTATUS NTAPI RtlStringCchVPrintfA(_Out_ NTSTRSAFE_PSTR pszDest, _In_ size_t cchDest,
                                    _In_z_ NTSTRSAFE_PCSTR pszFormat, _In_ va_list argList);
/* Learn: RtlStringCchLengthA. */
NTSTATUS NTAPI RtlStringCchLengthA(_In_z_ NTSTRSAFE_PCSTR psz, _In_ size_t cchMax,
                                   _Out_opt_ size_t *pcchLength);

/* Learn: RtlStringCchCopyW. */
NTSTATUS NTAPI RtlStringCchCopyW(_Out_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cchDest,
                                 _In_z_ NTSTRSAFE_PCWSTR pszSrc);
/* Learn: RtlStringCchCopyNW. */
NTSTATUS NTAPI RtlStringCchCopyNW(_Out_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cchDest,
                                  _In_z_ NTSTRSAFE_PCWSTR pszSrc, _In_ size_t cchToCopy);
/* Learn: RtlStringCchCatW. */
NTSTATUS NTAPI RtlStringCchCatW(_Inout_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cchDest,
                                _In_z_ NTSTRSAFE_PCWSTR pszSrc);
/* Learn: RtlStringCchCatNW. */
NTSTATUS NTAPI RtlStringCchCatNW(_Inout_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cchDest,
                                 _In_z_ NTSTRSAFE_PCWSTR pszSrc, _In_ size_t cchToAppend);
/* Learn: RtlStringCchPrintfW. */
NTSTATUS NTAPI RtlStringCchPrintfW(_Out_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cchDest,
                                   _In_z_ NTSTRSAFE_PCWSTR pszFormat, ...);
/* Learn: RtlStringCchVPrintfW. */
NTSTATUS NTAPI RtlStringCchVPrintfW(_Out_ NTSTRSAFE_PWSTR pszDest, _In_ size_t cchDest,
                                    _In_z_ NTSTRSAFE_PCWSTR pszFormat, _In_ va_list argList);
/* Learn: RtlStringCchLengthW. */
NTSTATUS NTAPI RtlStringCchLengthW(_In_z_ NTSTRSAFE_PCWSTR psz, _In_ size_t cchMax,
                                   _Out_opt_ size_t *pcchLength);

/* Learn: RtlUnicodeStringPrintf. */
NTSTATUS NTAPI RtlUnicodeStringPrintf(_Inout_ PUNICODE_STRING DestinationString,
                                      _In_z_ NTSTRSAFE_PCWSTR pszFormat, ...);

#ifdef UNICODE
#define RtlStringCbCopy     RtlStringCbCopyW
#define RtlStringCbCopyN    RtlStringCbCopyNW
#define RtlStringCbCat      RtlStringCbCatW
#define RtlStringCbCatN     RtlStringCbCatNW
#define RtlStringCbPrintf   RtlStringCbPrintfW
#define RtlStringCbVPrintf  RtlStringCbVPrintfW
#define RtlStringCbLength   RtlStringCbLengthW
#define RtlStringCchCopy    RtlStringCchCopyW
#define RtlStringCchCopyN   RtlStringCchCopyNW
#define RtlStringCchCat     RtlStringCchCatW
#define RtlStringCchCatN    RtlStringCchCatNW
#define RtlStringCchPrintf  RtlStringCchPrintfW
#define RtlStringCchVPrintf RtlStringCchVPrintfW
#define RtlStringCchLength  RtlStringCchLengthW
#endif

#endif
