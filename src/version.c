/* SPDX-License-Identifier: MIT */
#include <condis/version.h>

const char *condis_version(void)
{
    return CONDIS_VERSION;
}
