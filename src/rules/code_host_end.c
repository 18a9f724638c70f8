/* SPDX-License-Identifier: MIT */
/* The code of libcondis ends here; in a program, that of its other archives follows (stack.c). */
void condis_code_host_end(void);

void condis_code_host_end(void)
{
}
