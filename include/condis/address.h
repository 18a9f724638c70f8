/* SPDX-License-Identifier: MIT */
/* An address is a 20-octet ATM end system address (AESA), with a text form that people can type.
 *
 * These text forms exist (SIG §8.2):
 *   @name   1..12 characters of [A-Za-z0-9._-]. Octet 0 is 0x49 (a private AESA), octet 1 the
 *           number of characters, octets 2..13 the characters, zero padded, octets 14..19 zero.
 *   hex     40 hexadecimal digits, with a dot or a colon allowed between any two octets; every
 *           other AESA: "47.0005.80ffe1000000f21c0b7c.00204810c5b3.00", or with the dots that Cisco
 *           or linux-atm write.
 *   +number a number of E.164, 1 to 15 digits, as the AESA with AFI 0x45 that holds it: digits from
 *           the right, zeros on the left, an F behind; octets 9..19 zero. "+15551234567".
 *   number:rest   the same with the other eleven octets: "15551234567:00000000.0020ea000101.00".
 * A number together with an AESA of its own (linux-atm's "number+AESA") and a PVC's "itf.vpi.vci"
 * are no addresses here.
 * Addresses are plain values: copy and compare them with memcpy and memcmp. */
#ifndef CONDIS_ADDRESS_H
#define CONDIS_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <condis/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CONDIS_ADDRESS_BYTES      20
#define CONDIS_ADDRESS_NAME_MAX   12 /* characters after the '@' */
#define CONDIS_ADDRESS_TEXT_BYTES 41 /* the longest text, with its terminating zero */

struct condis_address {
    uint8_t octets[CONDIS_ADDRESS_BYTES];
};

/* Reads an address from text.
 * text   a form above; nothing may stand before or after it
 * out    filled only on success
 * error  may be NULL; says which character is wrong and what was expected
 * returns false when text has none of the forms. */
bool condis_address_parse(const char *text, struct condis_address *out, struct condis_error *error);

/* Writes an address as text: as "@name" or "+number" when it has that shape exactly, else as 40
 * lower-case hexadecimal digits. condis_address_parse reads all back to the same octets.
 * text  CONDIS_ADDRESS_TEXT_BYTES characters
 * returns text. */
char *condis_address_format(const struct condis_address *address,
                            char text[CONDIS_ADDRESS_TEXT_BYTES]);

#ifdef __cplusplus
}
#endif
#endif
