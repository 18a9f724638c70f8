/* SPDX-License-Identifier: MIT */
/* A format is Windows' printf language: 16-bit strings, counted strings (%wZ, %Z), I32 and I64, and
 * an l that means 32 bits, because LONG has 32. */
#ifndef CONDIS_NT_FORMAT_H
#define CONDIS_NT_FORMAT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Where characters go; what does not fit is counted and dropped. No terminator is written. */
struct nt_text {
    char *narrow; /* one of the two                                                       */
    wchar_t *wide;
    size_t room;   /* characters                                                           */
    size_t length; /* characters so far, those that did not fit included                   */
};

/* Append what the format says. In a wide text %s and %c mean wide arguments, %S and %C narrow ones;
 * in a narrow text the other way round. The format is in the text's own width: give one, NULL the
 * other. */
void nt_format(struct nt_text *text, const char *narrow_format, const wchar_t *wide_format,
               va_list arguments);

#endif
