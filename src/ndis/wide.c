/* SPDX-License-Identifier: MIT */
#include "ndis/world.h"

#include <assert.h>

/* One UTF-8 character; moves *text behind it. */
static uint32_t next_character(const unsigned char **text)
{
    const unsigned char *t = *text;
    uint32_t first = *t++;
    uint32_t extra = first < 0x80 ? 0 : first < 0xc2 ? 9 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    *text = t;
    if (extra == 0)
        return first;
    if (extra == 9 || first > 0xf4)
        return 0xfffd;
    uint32_t value = first & (0x3fu >> extra);
    for (uint32_t i = 0; i < extra; i++, t++) {
        if ((*t & 0xc0) != 0x80)
            return 0xfffd;
        value = value << 6 | (*t & 0x3fu);
    }
    *text = t;
    return value;
}

void wide_from_text(UNICODE_STRING *wide, WCHAR *buffer, size_t capacity, const char *text)
{
    const unsigned char *t = (const unsigned char *)text;
    size_t count = 0;
    while (*t) {
        uint32_t c = next_character(&t);
        if (count + (c > 0xffff ? 2 : 1) >= capacity)
            break;
        if (c > 0xffff) {
            buffer[count++] = (WCHAR)(0xd800 + ((c - 0x10000) >> 10));
            buffer[count++] = (WCHAR)(0xdc00 + ((c - 0x10000) & 0x3ff));
        } else {
            buffer[count++] = (WCHAR)c;
        }
    }
    buffer[count] = 0;
    wide->Buffer = buffer;
    wide->Length = (USHORT)(count * sizeof(WCHAR));
    wide->MaximumLength = (USHORT)((count + 1) * sizeof(WCHAR));
}

void wide_to_text(const UNICODE_STRING *wide, char *text, size_t text_bytes)
{
    const WCHAR *from = wide->Buffer;
    assert(text_bytes > 0);
    size_t count = from ? wide->Length / sizeof(WCHAR) : 0;
    if (count >= text_bytes)
        count = text_bytes - 1;
    for (size_t i = 0; i < count; i++) {
        WCHAR c = from[i];
        text[i] = c >= ' ' && c < 0x7f ? (char)c : '?';
    }
    text[count] = 0;
}

static WCHAR folded(WCHAR c)
{
    return c >= 'a' && c <= 'z' ? (WCHAR)(c - 'a' + 'A') : c;
}

bool wide_equal(const UNICODE_STRING *a, const UNICODE_STRING *b)
{
    if (a->Length != b->Length)
        return false;
    for (size_t i = 0; i < a->Length / sizeof(WCHAR); i++)
        if (folded(a->Buffer[i]) != folded(b->Buffer[i]))
            return false;
    return true;
}
