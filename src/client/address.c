/* SPDX-License-Identifier: MIT */
#include <condis/address.h>

#include <stdarg.h>
#include <string.h>

enum {
    ADDRESS_PRIVATE = 0x49, /* the AFI of an address that no authority gave out */
    ADDRESS_NAME_AT = 2,
    ADDRESS_E164 = 0x45, /* the AFI of an address that holds a number of E.164 */
    ADDRESS_NUMBER_MAX = 15,
    ADDRESS_NUMBER_END = 8, /* the octet with its last digit */
};

__attribute__((format(printf, 2, 3))) static bool address_refuse(struct condis_error *error,
                                                                 const char *format, ...)
{
    if (!error)
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}

static bool address_name_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

static bool address_parse_name(const char *text, struct condis_address *out,
                               struct condis_error *error)
{
    const char *name = text + 1;
    size_t length = strlen(name);
    if (length == 0 || length > CONDIS_ADDRESS_NAME_MAX)
        return address_refuse(error, "address \"%.40s\": 1 to %d characters follow the @, not %zu",
                              text, CONDIS_ADDRESS_NAME_MAX, length);
    for (size_t i = 0; i < length; i++)
        if (!address_name_character(name[i]))
            return address_refuse(error,
                                  "address \"%.40s\": character %zu is none of A-Z a-z 0-9 . _ -",
                                  text, i + 2);
    *out = (struct condis_address){{ADDRESS_PRIVATE, (uint8_t)length}};
    memcpy(out->octets + ADDRESS_NAME_AT, name, length);
    return true;
}

static int address_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Reads octets from hexadecimal digits. Between any two octets there may be a dot or a colon.
 * text    the whole address, for the reason; digits begin at text + at
 * returns false, with the reason, unless there are exactly `bytes` octets */
static bool address_parse_octets(const char *text, size_t at, uint8_t *out, size_t bytes,
                                 struct condis_error *error)
{
    size_t digits = 0;
    bool after_separator = true; /* none at the beginning */
    for (size_t i = at; text[i]; i++) {
        int digit = address_digit(text[i]);
        bool separator = text[i] == '.' || text[i] == ':';
        if (separator && digits % 2 == 0 && !after_separator) {
            after_separator = true;
            continue;
        }
        if (separator)
            return address_refuse(error,
                                  "address \"%.64s\": the %s at character %zu is not "
                                  "between two octets",
                                  text, text[i] == '.' ? "dot" : "colon", i + 1);
        if (digit < 0)
            return address_refuse(error,
                                  "address \"%.64s\": character %zu is no hexadecimal digit; write "
                                  "@name, 40 digits or +number",
                                  text, i + 1);
        if (digits < 2 * bytes)
            out[digits / 2] = (uint8_t)(out[digits / 2] << 4 | digit);
        digits++;
        after_separator = false;
    }
    if (digits != 2 * bytes || after_separator)
        return address_refuse(error,
                              "address \"%.64s\": %zu hexadecimal digits%s%s, but it takes %zu%s",
                              text, digits, at ? " behind the colon" : "",
                              digits && after_separator ? " and a dot or colon at the end" : "",
                              2 * bytes, at ? "" : " (or @name, or +number)");
    return true;
}

static bool address_parse_hex(const char *text, struct condis_address *out,
                              struct condis_error *error)
{
    struct condis_address address = {{0}};
    if (!address_parse_octets(text, 0, address.octets, CONDIS_ADDRESS_BYTES, error))
        return false;
    *out = address;
    return true;
}

/* Puts an E.164 number into an address: one BCD digit a half octet, from the right, and an F. */
static bool address_put_number(const char *text, const char *number, size_t length,
                               struct condis_address *out, struct condis_error *error)
{
    *out = (struct condis_address){{ADDRESS_E164}};
    if (length == 0 || length > ADDRESS_NUMBER_MAX)
        return address_refuse(error,
                              "address \"%.64s\": an E.164 number has 1 to %d digits, not %zu",
                              text, ADDRESS_NUMBER_MAX, length);
    if (number[0] == '0')
        return address_refuse(error,
                              "address \"%.64s\": an E.164 number begins with its country's code, "
                              "not with 0",
                              text);
    for (size_t i = 0; i < length; i++) {
        size_t half = ADDRESS_NUMBER_MAX - length + i;
        unsigned digit = (unsigned)(number[i] - '0');
        uint8_t *octet = &out->octets[1 + half / 2];
        *octet = (uint8_t)(*octet | digit << (half % 2 ? 0 : 4));
    }
    out->octets[ADDRESS_NUMBER_END] |= 0x0F;
    return true;
}

/* "+15551234567". */
static bool address_parse_number(const char *text, struct condis_address *out,
                                 struct condis_error *error)
{
    struct condis_address address;
    size_t length = strspn(text + 1, "0123456789");
    if (text[1 + length])
        return address_refuse(error, "address \"%.64s\": character %zu is no digit of a number",
                              text, length + 2);
    if (!address_put_number(text, text + 1, length, &address, error))
        return false;
    *out = address;
    return true;
}

/* Whether a number stands before the only colon: "1555:00000000.0020ea000101.00". With 40 digits in
 * all, the colon stands between octets as a dot does; a number and its rest have at most 37. */
static bool address_has_number(const char *text)
{
    size_t length = strspn(text, "0123456789");
    size_t digits = length;
    if (length == 0 || text[length] != ':' || strchr(text + length + 1, ':'))
        return false;
    for (const char *at = text + length + 1; *at; at++)
        digits += address_digit(*at) >= 0;
    return digits != (size_t)2 * CONDIS_ADDRESS_BYTES;
}

static bool address_parse_e164(const char *text, struct condis_address *out,
                               struct condis_error *error)
{
    struct condis_address address;
    size_t length = strspn(text, "0123456789");
    if (!address_put_number(text, text, length, &address, error) ||
        !address_parse_octets(text, length + 1, address.octets + ADDRESS_NUMBER_END + 1,
                              CONDIS_ADDRESS_BYTES - ADDRESS_NUMBER_END - 1, error))
        return false;
    *out = address;
    return true;
}

bool condis_address_parse(const char *text, struct condis_address *out, struct condis_error *error)
{
    if (!text || !*text)
        return address_refuse(
            error, "an address is missing: write @name, 40 hexadecimal digits or +number");
    if (text[0] == '@')
        return address_parse_name(text, out, error);
    if (text[0] == '+')
        return address_parse_number(text, out, error);
    if (strchr(text, '+'))
        return address_refuse(error,
                              "address \"%.64s\": a number and an AESA at once have no place here: "
                              "write one of them",
                              text);
    return address_has_number(text) ? address_parse_e164(text, out, error)
                                    : address_parse_hex(text, out, error);
}

/* returns the number of characters; 0 when the address is no name. */
static size_t address_name_length(const struct condis_address *address)
{
    size_t length = address->octets[1];
    if (address->octets[0] != ADDRESS_PRIVATE || length > CONDIS_ADDRESS_NAME_MAX)
        return 0;
    for (size_t i = 0; i < CONDIS_ADDRESS_BYTES - ADDRESS_NAME_AT; i++) {
        uint8_t octet = address->octets[ADDRESS_NAME_AT + i];
        if (i < length ? !address_name_character((char)octet) : octet != 0)
            return 0;
    }
    return length;
}

/* Writes the number of an address that holds one and nothing else. returns false when it is
 * none. */
static bool address_format_number(const struct condis_address *address, char *text)
{
    size_t length = 0;
    if (address->octets[0] != ADDRESS_E164 || (address->octets[ADDRESS_NUMBER_END] & 15) != 15)
        return false;
    for (size_t i = ADDRESS_NUMBER_END + 1; i < CONDIS_ADDRESS_BYTES; i++)
        if (address->octets[i] != 0)
            return false;
    text[length++] = '+';
    for (size_t half = 0; half < ADDRESS_NUMBER_MAX; half++) {
        uint8_t octet = address->octets[1 + half / 2];
        int digit = half % 2 ? octet & 15 : octet >> 4;
        if (digit > 9)
            return false;
        if (digit > 0 || length > 1)
            text[length++] = (char)('0' + digit);
    }
    text[length] = '\0';
    return length > 1;
}

char *condis_address_format(const struct condis_address *address,
                            char text[CONDIS_ADDRESS_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    size_t length = address_name_length(address);
    if (length > 0) {
        text[0] = '@';
        memcpy(text + 1, address->octets + ADDRESS_NAME_AT, length);
        text[1 + length] = '\0';
        return text;
    }
    if (address_format_number(address, text))
        return text;
    for (size_t i = 0; i < CONDIS_ADDRESS_BYTES; i++) {
        text[2 * i] = digits[address->octets[i] >> 4];
        text[2 * i + 1] = digits[address->octets[i] & 15];
    }
    text[2 * CONDIS_ADDRESS_BYTES] = '\0';
    return text;
}
