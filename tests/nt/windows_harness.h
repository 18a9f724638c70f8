/* SPDX-License-Identifier: MIT */
/* What the tests of Windows' functions share: the harness, and the headers as a driver sees them.
 * */
#ifndef CONDIS_TESTS_NT_WINDOWS_HARNESS_H
#define CONDIS_TESTS_NT_WINDOWS_HARNESS_H

#include "harness.h"
#include "nt/windows.h"

static inline LARGE_INTEGER relative_ms(LONGLONG ms)
{
    return (LARGE_INTEGER){.QuadPart = -ms * 10000};
}

#define TEST_TAG 0x74736554u /* "Test" */

#endif
