/* SPDX-License-Identifier: MIT */
/* The text of a setting, and what it means when it is read as one type or another. */
#ifndef CONDIS_NDIS_SETTINGTEXT_H
#define CONDIS_NDIS_SETTINGTEXT_H

#include "ndis/settings.h"

enum setting_kind {
    SETTING_TEXT, /* from the host program: UTF-16 that may mean anything */
    SETTING_INTEGER,
    SETTING_STRING,       /* UTF-16 */
    SETTING_MULTI_STRING, /* UTF-16, every part and the whole ended by zero */
    SETTING_BINARY,
};

/* A value as it is kept. */
struct setting_raw {
    uint8_t kind; /* enum setting_kind */
    ULONG integer;
    size_t byte_count;
    const void *bytes;
};

/* Describes what a driver writes; bytes are the driver's.
 * returns  false when ParameterType is none that exists */
bool setting_text_raw(const NDIS_CONFIGURATION_PARAMETER *value, struct setting_raw *raw);

/* Reads a value as a type. As settings_read. */
NDIS_STATUS setting_text_read(const struct setting_raw *raw, NDIS_PARAMETER_TYPE type,
                              struct settings_value **out);

/* Reads hexadecimal digit pairs, with nothing or hyphens, colons or spaces between them.
 * bytes    room for character_count / 2
 * returns  how many bytes there are, or -1 when the text is something else */
ptrdiff_t setting_text_octets(const WCHAR *text, size_t character_count, unsigned char *bytes);

#endif
