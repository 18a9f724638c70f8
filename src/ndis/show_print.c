/* SPDX-License-Identifier: MIT */
#include "ndis/show.h"

#include <string.h>

enum { COLUMNS_MAX = 16, CELL_BYTES = 64 };

/* A cell as people read it: absent is "-", yes and no for flags. */
static void cell_text(const json_t *value, char *text)
{
    if (json_is_string(value))
        snprintf(text, CELL_BYTES, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, CELL_BYTES, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        snprintf(text, CELL_BYTES, "%.3f", json_real_value(value));
    else if (json_is_boolean(value))
        snprintf(text, CELL_BYTES, "%s", json_is_true(value) ? "yes" : "no");
    else
        snprintf(text, CELL_BYTES, "-");
}

static size_t columns_of(json_t *row, const char **names)
{
    size_t count = 0;
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value)
    {
        if (!json_is_array(value) && count < COLUMNS_MAX)
            names[count++] = key;
    }
    return count;
}

static void print_history(const json_t *history, FILE *out)
{
    size_t i;
    const json_t *event;
    json_array_foreach(history, i, event)
    {
        fprintf(out, "      %12.4f ms  %s by %s, processor %lld\n",
                json_real_value(json_object_get(event, "time_ms")),
                json_string_value(json_object_get(event, "what")),
                json_string_value(json_object_get(event, "driver")),
                (long long)json_integer_value(json_object_get(event, "processor")));
    }
}

/* width: of the column; 0: the last one, which nothing follows. */
static void print_cell(const char *text, int width, FILE *out)
{
    fprintf(out, " %-*s", width ? width + 1 : 0, text);
}

/* The columns are those of the first row. */
static void print_table(const char *title, const json_t *rows, FILE *out)
{
    const char *names[COLUMNS_MAX];
    int widths[COLUMNS_MAX];
    char text[CELL_BYTES];
    size_t i;
    const json_t *row;
    size_t count = columns_of(json_array_get(rows, 0), names);
    for (size_t c = 0; c < count; c++) {
        widths[c] = (int)strlen(names[c]);
        json_array_foreach(rows, i, row)
        {
            cell_text(json_object_get(row, names[c]), text);
            if ((int)strlen(text) > widths[c])
                widths[c] = (int)strlen(text);
        }
    }
    fprintf(out, "\n  %s\n   ", title);
    for (size_t c = 0; c < count; c++)
        print_cell(names[c], c + 1 < count ? widths[c] : 0, out);
    fputc('\n', out);
    json_array_foreach(rows, i, row)
    {
        fputs("   ", out);
        for (size_t c = 0; c < count; c++) {
            cell_text(json_object_get(row, names[c]), text);
            print_cell(text, c + 1 < count ? widths[c] : 0, out);
        }
        fputc('\n', out);
        print_history(json_object_get(row, "history"), out);
    }
}

void show_print(const json_t *picture, FILE *out)
{
    size_t i;
    json_t *host;
    json_array_foreach(json_object_get(picture, "hosts"), i, host)
    {
        const char *key;
        json_t *value;
        fprintf(out, "%shost %s: %lld processors, completion %s, %.3f ms\n", i ? "\n" : "",
                json_string_value(json_object_get(host, "host")),
                (long long)json_integer_value(json_object_get(host, "processors")),
                json_string_value(json_object_get(host, "completion")),
                json_real_value(json_object_get(host, "time_ms")));
        json_object_foreach(host, key, value)
        {
            if (json_is_array(value) && json_array_size(value) > 0)
                print_table(key, value, out);
        }
    }
}
