/* SPDX-License-Identifier: MIT */
/* Signalling is measured in two parts: messages one by one, and whole transactions. */
#ifndef CONDIS_BENCH_UNI_H
#define CONDIS_BENCH_UNI_H

#include <stdbool.h>

double bench_now_ns(void);

/* Print one line: ns for each, and the ratio to what a public UNI 4.0 stack in C takes; 0: none. */
void bench_row(const char *what, double ns, double other_ns);

void bench_uni_codec(bool smoke);
void bench_uni_control(bool smoke);

#endif
