/* SPDX-License-Identifier: MIT */
/* Settings are the named values of one driver or adapter: what stands for its registry key. Names
 * compare without regard to case; a backslash in a name makes what stands before it a subkey.
 *
 * A value that the host program gave is text and is read as whatever it can be: digits or 0x digits
 * as an integer, pairs of hexadecimal digits as bytes, parts between semicolons as a multi-string,
 * anything as a string. A value that a driver wrote keeps the type that it was written with. */
#ifndef CONDIS_NDIS_SETTINGS_H
#define CONDIS_NDIS_SETTINGS_H

#include <condis/host.h>
#include <ndis.h>

struct settings;

/* A value that was read: one allocation, which settings_value_free ends. */
struct settings_value {
    struct settings_value *next; /* the reader's */
    NDIS_CONFIGURATION_PARAMETER parameter;
    _Alignas(16) unsigned char bytes[]; /* what StringData or BinaryData points at */
};

/* Copies pairs of texts (UTF-8). A name that comes twice keeps its last value.
 * returns  one reference, which settings_release ends; NULL when memory is short */
struct settings *settings_create(const struct condis_setting *pairs, size_t pair_count);

/* Takes and gives back a reference; the last one frees. */
void settings_hold(struct settings *settings);
void settings_release(struct settings *settings);

/* Reads the value `name` of the subkey `path` ("" or "A\\" or "A\\B\\").
 * type     what to read it as; NdisParameterHexInteger reads digits without 0x as hexadecimal, and
 *          gives an NdisParameterInteger (Learn: NDIS_CONFIGURATION_PARAMETER)
 * out      moves to the caller. Strings end with a zero that Length does not count; of a
 *          multi-string, Length counts every zero
 * returns  SUCCESS; FAILURE: no such value, or not of that type; RESOURCES */
NDIS_STATUS settings_read(struct settings *settings, const UNICODE_STRING *path,
                          const UNICODE_STRING *name, NDIS_PARAMETER_TYPE type,
                          struct settings_value **out);

void settings_value_free(struct settings_value *value);

/* Writes a value, replacing the one of that name.
 * returns  SUCCESS; NOT_SUPPORTED: unknown ParameterType; FAILURE: the name is too long;
 *          RESOURCES: nothing has changed */
NDIS_STATUS settings_write(struct settings *settings, const UNICODE_STRING *path,
                           const UNICODE_STRING *name, const NDIS_CONFIGURATION_PARAMETER *value);

/* Says whether the subkey `name` of `path` exists: whether some value is in it. */
bool settings_has_key(struct settings *settings, const UNICODE_STRING *path,
                      const UNICODE_STRING *name);

/* Finds the subkey number `index` of `path`, in the order in which values were set.
 * name     its Buffer and MaximumLength are the caller's room; the name is copied and Length set
 * returns  SUCCESS; FAILURE: there are fewer; BUFFER_TOO_SHORT: Length is what it needs */
NDIS_STATUS settings_key_at(struct settings *settings, const UNICODE_STRING *path, ULONG index,
                            UNICODE_STRING *name);

#endif
