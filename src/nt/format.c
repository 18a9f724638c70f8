/* SPDX-License-Identifier: MIT */
#include "nt/format.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "nt/windows.h"

/* One conversion: %[flags][width][.precision][size]type */
struct conversion {
    bool left;
    bool plus;
    bool space;
    bool alternate;
    bool zero;
    bool has_precision;
    int width;
    int precision;
    enum { SIZE_NONE, SIZE_CHAR, SIZE_SHORT, SIZE_32, SIZE_64, SIZE_WIDE } size;
    unsigned type;
};

struct format {
    const char *narrow;
    const wchar_t *wide;
};

static unsigned peek(const struct format *format)
{
    return format->narrow ? (unsigned char)*format->narrow : (unsigned)*format->wide;
}

static unsigned take(struct format *format)
{
    unsigned c = peek(format);
    if (c && format->narrow)
        format->narrow++;
    else if (c)
        format->wide++;
    return c;
}

static bool take_if(struct format *format, unsigned c)
{
    if (peek(format) != c)
        return false;
    (void)take(format);
    return true;
}

static void put(struct nt_text *text, unsigned c)
{
    if (text->length < text->room) {
        if (text->narrow)
            text->narrow[text->length] = (char)(c > 0xff ? '?' : c);
        else
            text->wide[text->length] = (wchar_t)c;
    }
    text->length++;
}

static void pad(struct nt_text *text, unsigned c, int count)
{
    while (count-- > 0)
        put(text, c);
}

/* ---- parsing ---- */

static int take_number(struct format *format, va_list *arguments)
{
    int number = 0;
    if (take_if(format, '*'))
        return va_arg(*arguments, int);
    while (peek(format) >= '0' && peek(format) <= '9' && number < 100000)
        number = number * 10 + (int)(take(format) - '0');
    return number;
}

static void take_flags(struct format *format, struct conversion *conversion)
{
    for (;;) {
        switch (peek(format)) {
        case '-':
            conversion->left = true;
            break;
        case '+':
            conversion->plus = true;
            break;
        case ' ':
            conversion->space = true;
            break;
        case '#':
            conversion->alternate = true;
            break;
        case '0':
            conversion->zero = true;
            break;
        default:
            return;
        }
        (void)take(format);
    }
}

static void take_size(struct format *format, struct conversion *conversion)
{
    if (take_if(format, 'h')) {
        conversion->size = take_if(format, 'h') ? SIZE_CHAR : SIZE_SHORT;
    } else if (take_if(format, 'l')) {
        conversion->size = take_if(format, 'l') ? SIZE_64 : SIZE_32;
    } else if (take_if(format, 'w')) {
        conversion->size = SIZE_WIDE;
    } else if (take_if(format, 'z') || take_if(format, 't') || take_if(format, 'j')) {
        conversion->size = SIZE_64;
    } else if (take_if(format, 'I')) {
        conversion->size = SIZE_64; /* alone: as wide as a pointer */
        if (take_if(format, '3')) {
            (void)take_if(format, '2');
            conversion->size = SIZE_32;
        } else if (take_if(format, '6')) {
            (void)take_if(format, '4');
        }
    }
}

static void take_conversion(struct format *format, struct conversion *conversion,
                            va_list *arguments)
{
    *conversion = (struct conversion){.precision = -1};
    take_flags(format, conversion);
    conversion->width = take_number(format, arguments);
    if (conversion->width < 0) {
        conversion->left = true;
        conversion->width = -conversion->width;
    }
    if (take_if(format, '.')) {
        conversion->precision = take_number(format, arguments);
        conversion->has_precision = conversion->precision >= 0;
    }
    take_size(format, conversion);
    conversion->type = take(format);
}

/* ---- numbers ---- */

static void put_digits(struct nt_text *text, const struct conversion *conversion,
                       const char *prefix, const char *digits, int digit_count)
{
    int prefix_count = (int)strlen(prefix);
    int zeros = conversion->has_precision ? conversion->precision - digit_count : 0;
    zeros = zeros > 0 ? zeros : 0;
    int blanks = conversion->width - prefix_count - zeros - digit_count;
    if (conversion->zero && !conversion->left && !conversion->has_precision && blanks > 0) {
        zeros = blanks;
        blanks = 0;
    }
    if (!conversion->left)
        pad(text, ' ', blanks);
    for (int i = 0; i < prefix_count; i++)
        put(text, (unsigned char)prefix[i]);
    pad(text, '0', zeros);
    for (int i = 0; i < digit_count; i++)
        put(text, (unsigned char)digits[i]);
    if (conversion->left)
        pad(text, ' ', blanks);
}

static void put_unsigned(struct nt_text *text, const struct conversion *conversion,
                         const char *prefix, uint64_t value, unsigned base, bool upper)
{
    const char *names = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char reversed[64];
    char digits[64];
    int count = 0;
    for (; value; value /= base)
        reversed[count++] = names[value % base];
    if (!count && !(conversion->has_precision && !conversion->precision))
        reversed[count++] = '0';
    for (int i = 0; i < count; i++)
        digits[i] = reversed[count - 1 - i];
    put_digits(text, conversion, prefix, digits, count);
}

static void put_integer(struct nt_text *text, const struct conversion *conversion,
                        va_list *arguments)
{
    bool is_signed = conversion->type == 'd' || conversion->type == 'i';
    int64_t value = conversion->size == SIZE_64 ? (int64_t)va_arg(*arguments, long long)
                                                : (int64_t)va_arg(*arguments, int);
    if (conversion->size == SIZE_SHORT)
        value = is_signed ? (short)value : (unsigned short)value;
    else if (conversion->size == SIZE_CHAR)
        value = is_signed ? (signed char)value : (unsigned char)value;
    if (is_signed) {
        const char *sign = value < 0 ? "-" : conversion->plus ? "+" : conversion->space ? " " : "";
        uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        put_unsigned(text, conversion, sign, magnitude, 10, false);
        return;
    }
    uint64_t bits = conversion->size == SIZE_64 ? (uint64_t)value : (uint32_t)value;
    bool upper = conversion->type == 'X';
    const char *prefix = "";
    if (conversion->alternate && bits)
        prefix = conversion->type == 'x' ? "0x" : upper ? "0X" : conversion->type == 'o' ? "0" : "";
    unsigned base = conversion->type == 'u' ? 10 : conversion->type == 'o' ? 8 : 16;
    put_unsigned(text, conversion, prefix, bits, base, upper);
}

static void put_pointer(struct nt_text *text, const struct conversion *conversion,
                        const void *pointer)
{
    struct conversion all = *conversion;
    all.has_precision = true; /* Windows prints every digit, in capitals, without 0x */
    all.precision = 16;
    put_unsigned(text, &all, "", (uint64_t)(uintptr_t)pointer, 16, true);
}

static void put_real(struct nt_text *text, const struct conversion *conversion, double value)
{
    char plain[16];
    char digits[512];
    (void)snprintf(plain, sizeof(plain), "%%%s%s.*%c", conversion->plus ? "+" : "",
                   conversion->alternate ? "#" : "", (char)conversion->type);
    int precision = conversion->has_precision ? conversion->precision : 6;
    if (precision > 100)
        precision = 100;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int count = snprintf(digits, sizeof(digits), plain, precision, value);
#pragma GCC diagnostic pop
    struct conversion padded = *conversion;
    padded.has_precision = false;
    put_digits(text, &padded, "", digits, count < 512 ? count : 511);
}

/* ---- strings ---- */

/* length: in characters, or -1 for a terminated string */
static void put_string(struct nt_text *text, const struct conversion *conversion,
                       const char *narrow, const wchar_t *wide, long length)
{
    if (!narrow && !wide) {
        narrow = "(null)";
        length = -1;
    }
    long limit = conversion->has_precision ? conversion->precision : INT32_MAX;
    if (length >= 0 && length < limit)
        limit = length;
    long count = 0;
    while (count < limit && (length >= 0 || (narrow ? narrow[count] != 0 : wide[count] != 0)))
        count++;
    int blanks = conversion->width > count ? conversion->width - (int)count : 0;
    if (!conversion->left)
        pad(text, ' ', blanks);
    for (long i = 0; i < count; i++)
        put(text, narrow ? (unsigned char)narrow[i] : (unsigned)wide[i]);
    if (conversion->left)
        pad(text, ' ', blanks);
}

static bool is_wide(const struct nt_text *text, const struct conversion *conversion)
{
    if (conversion->size == SIZE_SHORT)
        return false;
    if (conversion->size == SIZE_WIDE || conversion->size == SIZE_32)
        return true;
    bool own_width = conversion->type == 's' || conversion->type == 'c';
    return own_width == (text->wide != NULL);
}

static void put_character(struct nt_text *text, const struct conversion *conversion, int value)
{
    if (is_wide(text, conversion)) {
        wchar_t wide = (wchar_t)value;
        put_string(text, conversion, NULL, &wide, 1);
    } else {
        char narrow = (char)value;
        put_string(text, conversion, &narrow, NULL, 1);
    }
}

static void put_counted(struct nt_text *text, const struct conversion *conversion,
                        va_list *arguments)
{
    if (conversion->size == SIZE_WIDE) {
        PCUNICODE_STRING string = va_arg(*arguments, PCUNICODE_STRING);
        put_string(text, conversion, NULL, string ? string->Buffer : NULL,
                   string ? string->Length / 2 : 0);
    } else {
        PCANSI_STRING string = va_arg(*arguments, PCANSI_STRING);
        put_string(text, conversion, string ? string->Buffer : NULL, NULL,
                   string ? string->Length : 0);
    }
}

static void put_conversion(struct nt_text *text, const struct conversion *conversion,
                           va_list *arguments)
{
    switch (conversion->type) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        put_integer(text, conversion, arguments);
        break;
    case 'p':
        put_pointer(text, conversion, va_arg(*arguments, const void *));
        break;
    case 'c':
    case 'C':
        put_character(text, conversion, va_arg(*arguments, int));
        break;
    case 's':
    case 'S':
        if (is_wide(text, conversion))
            put_string(text, conversion, NULL, va_arg(*arguments, const wchar_t *), -1);
        else
            put_string(text, conversion, va_arg(*arguments, const char *), NULL, -1);
        break;
    case 'Z':
        put_counted(text, conversion, arguments);
        break;
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
        put_real(text, conversion, va_arg(*arguments, double));
        break;
    default: /* Windows prints the character of an unknown type; %% is one of those */
        if (conversion->type)
            put(text, conversion->type);
        break;
    }
}

void nt_format(struct nt_text *text, const char *narrow_format, const wchar_t *wide_format,
               va_list arguments)
{
    struct format format = {narrow_format, wide_format};
    va_list rest;
    va_copy(rest, arguments);
    for (unsigned c; (c = take(&format)) != 0;) {
        struct conversion conversion;
        if (c != '%') {
            put(text, c);
            continue;
        }
        take_conversion(&format, &conversion, &rest);
        put_conversion(text, &conversion, &rest);
    }
    va_end(rest);
}
