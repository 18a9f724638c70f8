/* SPDX-License-Identifier: MIT */
/* A shared object that is no driver: it has no DriverEntry. */
int NoEntry(void);

int NoEntry(void)
{
    return 0;
}
