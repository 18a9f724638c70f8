/* SPDX-License-Identifier: MIT */
/* The text of a route's prefix. */
#include <condis/address.h>
#include <condis/switch.h>

#include <string.h>

#include "switch/route.h"

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_name(const char *text, struct condis_switch_route *route)
{
    struct condis_address address;

    if (!condis_address_parse(text, &address, NULL))
        return false;
    memcpy(route->prefix, address.octets, sizeof route->prefix);
    route->digit_count = ROUTE_HOST_DIGITS;
    return true;
}

bool condis_switch_prefix_parse(const char *text, struct condis_switch_route *route)
{
    uint8_t prefix[ROUTE_ADDRESS_BYTES] = {0};
    uint8_t digit_count = 0;

    if (text[0] == '@')
        return parse_name(text, route);
    for (const char *at = strcmp(text, "*") ? text : ""; *at; at++) {
        int digit = digit_of(*at);
        if (*at == '.')
            continue;
        if (digit < 0 || digit_count == ROUTE_DIGITS_MAX)
            return false;
        prefix[digit_count / 2] |= (uint8_t)(digit_count % 2 ? digit : digit << 4);
        digit_count++;
    }
    memcpy(route->prefix, prefix, sizeof prefix);
    route->digit_count = digit_count;
    return true;
}
