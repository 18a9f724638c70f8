/* SPDX-License-Identifier: MIT */
/* bench_uni [--smoke] [--json]: what signalling messages and party transactions cost. */
#include "report.h"
#include "uni.h"

int main(int argc, char **argv)
{
    const bool smoke = report_begin("bench_uni", "floor", "ours", argc, argv);

    bench_uni_codec(smoke);
    bench_uni_control(smoke);
    bench_uni_switch(smoke);
    report_end();
    return 0;
}
