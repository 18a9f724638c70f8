/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct {
    bool smoke;
    bool json;
    FILE *table;
    json_t *rows;
    const char *title;
} report;

double report_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

bool report_begin(const char *program, const char *other, const char *ours, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--smoke")) {
            report.smoke = true;
        } else if (!strcmp(argv[i], "--json")) {
            report.json = true;
        } else {
            fprintf(stderr, "%s: %s: usage: %s [--smoke] [--json]\n", program, argv[i], program);
            exit(2);
        }
    }
    report.table = report.json ? stderr : stdout;
    report.rows = json_array();
    setvbuf(report.table, NULL, _IOLBF, 0);
    fprintf(report.table, "| %-58s | %12s | %12s | %5s | unit\n", "what", other, ours, "ratio");
    return report.smoke;
}

void report_title(const char *title)
{
    report.title = title;
    fprintf(report.table, "%s\n", title);
}

static void print_number(double number)
{
    fprintf(report.table, " %12.*f |", number < 1000 ? 1 : 0, number);
}

void report_row(const char *what, double other, double ours, const char *unit)
{
    fprintf(report.table, "| %-58s |", what);
    if (other > 0)
        print_number(other);
    else
        fprintf(report.table, " %12s |", "");
    print_number(ours);
    if (other > 0)
        fprintf(report.table, " %5.2f | %s\n", ours / other, unit);
    else
        fprintf(report.table, " %5s | %s\n", "", unit);
    json_t *row = json_pack("{s:s, s:f, s:s}", "what", what, "ours", ours, "unit", unit);
    if (other > 0) {
        json_object_set_new(row, "other", json_real(other));
        json_object_set_new(row, "ratio", json_real(ours / other));
    }
    if (report.title)
        json_object_set_new(row, "of", json_string(report.title));
    json_array_append_new(report.rows, row);
}

void report_end(void)
{
    if (report.json) {
        json_dumpf(report.rows, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(report.rows);
}
