/* SPDX-License-Identifier: MIT */
#include "call_cases.h"

int main(void)
{
    return call_cases_run(CONDIS_SIMULATED);
}
