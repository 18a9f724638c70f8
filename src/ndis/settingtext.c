/* SPDX-License-Identifier: MIT */
#include "ndis/settingtext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool setting_text_raw(const NDIS_CONFIGURATION_PARAMETER *value, struct setting_raw *raw)
{
    const NDIS_STRING *string = &value->ParameterData.StringData;
    *raw = (struct setting_raw){.bytes = string->Buffer, .byte_count = string->Length};
    switch (value->ParameterType) {
    case NdisParameterInteger:
    case NdisParameterHexInteger:
        *raw = (struct setting_raw){.kind = SETTING_INTEGER,
                                    .integer = value->ParameterData.IntegerData};
        return true;
    case NdisParameterString:
        raw->kind = SETTING_STRING;
        return true;
    case NdisParameterMultiString:
        raw->kind = SETTING_MULTI_STRING;
        return true;
    case NdisParameterBinary:
        *raw = (struct setting_raw){.kind = SETTING_BINARY,
                                    .bytes = value->ParameterData.BinaryData.Buffer,
                                    .byte_count = value->ParameterData.BinaryData.Length};
        return true;
    default:
        return false;
    }
}

/* ---- text -------------------------------------------------------------------------------- */

static int digit_of(WCHAR c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* Reads digits that fill the text and fit in a ULONG. */
static bool text_integer(const WCHAR *text, size_t count, bool hex, ULONG *out)
{
    if (count > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        hex = true;
        text += 2;
        count -= 2;
    }
    unsigned base = hex ? 16 : 10;
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned)digit_of(text[i]);
        if (digit >= base)
            return false;
        value = value * base + digit;
        if (value > UINT32_MAX)
            return false;
    }
    *out = (ULONG)value;
    return count > 0;
}

ptrdiff_t setting_text_octets(const WCHAR *text, size_t character_count, unsigned char *bytes)
{
    ptrdiff_t count = 0;
    for (size_t i = 0; i < character_count; i++) {
        if (text[i] == '-' || text[i] == ':' || text[i] == ' ')
            continue;
        int high = digit_of(text[i]);
        int low = i + 1 < character_count ? digit_of(text[i + 1]) : 16;
        if (high > 15 || low > 15)
            return -1;
        bytes[count++] = (unsigned char)(high << 4 | low);
        i++;
    }
    return count;
}

/* ---- reading ----------------------------------------------------------------------------- */

static bool raw_is_text(const struct setting_raw *raw)
{
    return raw->kind == SETTING_TEXT || raw->kind == SETTING_STRING;
}

static struct settings_value *value_create(NDIS_PARAMETER_TYPE type, size_t byte_count)
{
    struct settings_value *value = calloc(1, sizeof *value + byte_count);
    if (value)
        value->parameter.ParameterType = type;
    return value;
}

static NDIS_STATUS read_integer(const struct setting_raw *raw, bool hex,
                                struct settings_value **out)
{
    ULONG integer = raw->integer;
    if (raw->kind != SETTING_INTEGER &&
        (!raw_is_text(raw) ||
         !text_integer(raw->bytes, raw->byte_count / sizeof(WCHAR), hex, &integer)))
        return NDIS_STATUS_FAILURE;
    *out = value_create(NdisParameterInteger, 0);
    if (!*out)
        return NDIS_STATUS_RESOURCES;
    (*out)->parameter.ParameterData.IntegerData = integer;
    return NDIS_STATUS_SUCCESS;
}

static void value_set_string(struct settings_value *value, size_t length_bytes,
                             size_t maximum_bytes)
{
    value->parameter.ParameterData.StringData =
        (NDIS_STRING){(USHORT)length_bytes, (USHORT)maximum_bytes, (PWCH)(void *)value->bytes};
}

static NDIS_STATUS read_string(const struct setting_raw *raw, struct settings_value **out)
{
    WCHAR digits[12];
    struct setting_raw text = *raw;
    if (raw->kind == SETTING_INTEGER) {
        char ascii[12];
        int count = snprintf(ascii, sizeof ascii, "%u", raw->integer);
        for (int i = 0; i < count; i++)
            digits[i] = (WCHAR)ascii[i];
        text = (struct setting_raw){
            .kind = SETTING_STRING, .bytes = digits, .byte_count = (size_t)count * sizeof(WCHAR)};
    }
    if (!raw_is_text(&text) || text.byte_count > UINT16_MAX - sizeof(WCHAR))
        return NDIS_STATUS_FAILURE;
    *out = value_create(NdisParameterString, text.byte_count + sizeof(WCHAR));
    if (!*out)
        return NDIS_STATUS_RESOURCES;
    if (text.byte_count > 0)
        memcpy((*out)->bytes, text.bytes, text.byte_count);
    value_set_string(*out, text.byte_count, text.byte_count + sizeof(WCHAR));
    return NDIS_STATUS_SUCCESS;
}

/* A driver's multi-string may come with both of its last zeros, one or none: two are kept. */
static NDIS_STATUS read_multi_string(const struct setting_raw *raw, struct settings_value **out)
{
    if (raw->kind != SETTING_MULTI_STRING && !raw_is_text(raw))
        return NDIS_STATUS_FAILURE;
    const WCHAR *from = raw->bytes;
    size_t count = raw->byte_count / sizeof(WCHAR);
    while (raw->kind == SETTING_MULTI_STRING && count > 0 && from[count - 1] == 0)
        count--;
    size_t bytes = (count + 2) * sizeof(WCHAR);
    if (bytes > UINT16_MAX)
        return NDIS_STATUS_FAILURE;
    *out = value_create(NdisParameterMultiString, bytes);
    if (!*out)
        return NDIS_STATUS_RESOURCES;
    WCHAR *to = (WCHAR *)(void *)(*out)->bytes;
    for (size_t i = 0; i < count; i++)
        to[i] = raw->kind == SETTING_TEXT && from[i] == ';' ? (WCHAR)0 : from[i];
    value_set_string(*out, bytes, bytes);
    return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS read_binary(const struct setting_raw *raw, struct settings_value **out)
{
    if (raw->kind != SETTING_BINARY && !raw_is_text(raw))
        return NDIS_STATUS_FAILURE;
    struct settings_value *value = value_create(NdisParameterBinary, raw->byte_count);
    if (!value)
        return NDIS_STATUS_RESOURCES;
    ptrdiff_t count = (ptrdiff_t)raw->byte_count;
    if (raw->kind != SETTING_BINARY)
        count = setting_text_octets(raw->bytes, raw->byte_count / sizeof(WCHAR), value->bytes);
    else if (count > 0)
        memcpy(value->bytes, raw->bytes, raw->byte_count);
    if (count < 0) {
        free(value);
        return NDIS_STATUS_FAILURE;
    }
    value->parameter.ParameterData.BinaryData = (BINARY_DATA){(USHORT)count, value->bytes};
    *out = value;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS setting_text_read(const struct setting_raw *raw, NDIS_PARAMETER_TYPE type,
                              struct settings_value **out)
{
    switch (type) {
    case NdisParameterInteger:
    case NdisParameterHexInteger:
        return read_integer(raw, type == NdisParameterHexInteger, out);
    case NdisParameterString:
        return read_string(raw, out);
    case NdisParameterMultiString:
        return read_multi_string(raw, out);
    case NdisParameterBinary:
        return read_binary(raw, out);
    default:
        return NDIS_STATUS_FAILURE;
    }
}
