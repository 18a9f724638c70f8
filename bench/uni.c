/* SPDX-License-Identifier: MIT */
/* bench_uni [--smoke]: what signalling messages and party transactions cost; no figure gates. */
#include "uni.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

double bench_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

void bench_row(const char *what, double ns, double other_ns)
{
    printf("%-44s %9.1f ns", what, ns);
    if (other_ns > 0)
        printf("   %6.2f of the other's %.0f ns", ns / other_ns, other_ns);
    putchar('\n');
}

int main(int argc, char **argv)
{
    const bool smoke = argc > 1 && strcmp(argv[1], "--smoke") == 0;

    bench_uni_codec(smoke);
    bench_uni_control(smoke);
    return 0;
}
