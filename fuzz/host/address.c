/* SPDX-License-Identifier: MIT */
/* Any text: reading it neither crashes nor passes the end, what is refused leaves the address alone
 * and says why, and what is taken is written and read back as the same octets. Any 20 octets: they
 * are written, and read back as they were. */
#include <condis/address.h>

#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_back(const struct condis_address *address)
{
    char text[CONDIS_ADDRESS_TEXT_BYTES], same[CONDIS_ADDRESS_TEXT_BYTES];
    struct condis_address again;
    require(condis_address_format(address, text) == text);
    require(strlen(text) < sizeof text);
    require(condis_address_parse(text, &again, NULL));
    require(memcmp(&again, address, sizeof again) == 0);
    require(strcmp(condis_address_format(&again, same), text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct condis_address address, before;
    struct condis_error error = {""};
    char *text =
        malloc(size + 1); /* of just this size, so that the checker sees each step beyond */
    require(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    memset(&address, 0xa5, sizeof address);
    before = address;
    if (condis_address_parse(text, &address, &error)) {
        check_back(&address);
    } else {
        require(memcmp(&address, &before, sizeof address) == 0);
        require(error.text[0] != '\0' && memchr(error.text, 0, sizeof error.text));
    }
    free(text);
    if (size >= sizeof address.octets) {
        memcpy(address.octets, data, sizeof address.octets);
        check_back(&address);
    }
    return 0;
}
