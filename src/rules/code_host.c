/* SPDX-License-Identifier: MIT */
/* Behind this come the parts of libcondis that are a host program: scenarios and such (stack.c). */
void condis_code_host(void);

void condis_code_host(void)
{
}
