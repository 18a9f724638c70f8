/* SPDX-License-Identifier: MIT */
#include <condis/address.h>

#include <stdarg.h>
#include <string.h>

enum {
    ADDRESS_PRIVATE = 0x49, /* the AFI of an address that no authority gave out */
    ADDRESS_NAME_AT = 2,
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

static bool address_parse_hex(const char *text, struct condis_address *out,
                              struct condis_error *error)
{
    struct condis_address address = {{0}};
    size_t digits = 0;
    bool after_dot = true; /* none at the beginning */
    for (size_t i = 0; text[i]; i++) {
        int digit = address_digit(text[i]);
        if (text[i] == '.' && digits % 2 == 0 && !after_dot) {
            after_dot = true;
            continue;
        }
        if (text[i] == '.')
            return address_refuse(error,
                                  "address \"%.64s\": the dot at character %zu is not "
                                  "between two octets",
                                  text, i + 1);
        if (digit < 0)
            return address_refuse(error,
                                  "address \"%.64s\": character %zu is no hexadecimal digit; write "
                                  "@name or 40 digits",
                                  text, i + 1);
        if (digits < (size_t)2 * CONDIS_ADDRESS_BYTES) {
            uint8_t *octet = &address.octets[digits / 2];
            *octet = (uint8_t)(*octet << 4 | digit);
        }
        digits++;
        after_dot = false;
    }
    if (digits != (size_t)2 * CONDIS_ADDRESS_BYTES || after_dot)
        return address_refuse(error,
                              "address \"%.64s\": %zu hexadecimal digits%s, but it takes %d "
                              "(or @name)",
                              text, digits, after_dot ? " and a dot" : "",
                              2 * CONDIS_ADDRESS_BYTES);
    *out = address;
    return true;
}

bool condis_address_parse(const char *text, struct condis_address *out, struct condis_error *error)
{
    if (!text || !*text)
        return address_refuse(error, "an address is missing: write @name or 40 hexadecimal digits");
    return text[0] == '@' ? address_parse_name(text, out, error)
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
    for (size_t i = 0; i < CONDIS_ADDRESS_BYTES; i++) {
        text[2 * i] = digits[address->octets[i] >> 4];
        text[2 * i + 1] = digits[address->octets[i] & 15];
    }
    text[2 * CONDIS_ADDRESS_BYTES] = '\0';
    return text;
}
