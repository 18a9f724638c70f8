/* SPDX-License-Identifier: MIT */
/* The code of the runtime ends here: this archive is linked after that of NDIS (stack.c). */
void condis_code_end(void);
void condis_unlikely_end(void);

void condis_code_end(void)
{
}

__attribute__((cold)) void condis_unlikely_end(void)
{
}
