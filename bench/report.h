/* SPDX-License-Identifier: MIT */
/* A report is the table of one bench program: what was measured, the floor or peer of the same run,
 * ours, and the ratio; a line each as soon as it is known, and all of it as JSON when asked for. */
#ifndef CONDIS_BENCH_REPORT_H
#define CONDIS_BENCH_REPORT_H

#include <stdbool.h>

double report_now_ns(void);

/* Read --smoke and --json (which puts the table on standard error) and print the table's head; any
 * other word ends the program with the usage.
 * other, ours  heads of the columns
 * returns      whether --smoke was given: measure next to nothing, just to see that it works */
bool report_begin(const char *program, const char *other, const char *ours, int argc, char **argv);

/* Say what the next rows are of; in the JSON it is "of" of each. */
void report_title(const char *title);

/* Print a row. other: 0 when there is nothing to compare with. */
void report_row(const char *what, double other, double ours, const char *unit);

/* Print the JSON, if asked for. */
void report_end(void);

#endif
