/* SPDX-License-Identifier: MIT */
/* The code of the runtime begins here: this archive is linked before all others (stack.c). */
void condis_code_begin(void);
void condis_unlikely_begin(void);

void condis_code_begin(void)
{
}

__attribute__((cold)) void condis_unlikely_begin(void)
{
}
