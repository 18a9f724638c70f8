/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <string.h>

const struct option_row *options_find(const struct option_row *rows, size_t row_count,
                                      const char *argument, const char **value)
{
    *value = NULL;
    for (size_t i = 0; i < row_count; i++) {
        size_t length = strlen(rows[i].name);
        if (strncmp(argument, rows[i].name, length) != 0)
            continue;
        if (argument[length] != 0 && argument[length] != '=')
            continue;
        *value = argument[length] == '=' ? argument + length + 1 : NULL;
        return &rows[i];
    }
    return NULL;
}

static bool take(const struct option_row *row, void *settings, const char *value, char *error,
                 size_t error_bytes)
{
    const char *wrong = row->take(settings, value);
    if (wrong)
        snprintf(error, error_bytes, "%s%s%s: %s", row->name, value ? " " : "", value ? value : "",
                 wrong);
    return !wrong;
}

bool options_parse(const struct option_row *rows, size_t row_count, void *settings,
                   const char *const *arguments, size_t argument_count, const char **words,
                   struct option_rest *rest, char *error, size_t error_bytes)
{
    *rest = (struct option_rest){.words = words};
    for (size_t i = 0; i < argument_count; i++) {
        const char *argument = arguments[i];
        const char *value = NULL;
        if (!strcmp(argument, "--")) {
            rest->after = arguments + i + 1;
            rest->after_count = argument_count - i - 1;
            return true;
        }
        if (argument[0] != '-' || argument[1] == 0) {
            words[rest->word_count++] = argument;
            continue;
        }
        const struct option_row *row = options_find(rows, row_count, argument, &value);
        if (!row) {
            snprintf(error, error_bytes, "no option is called %s; see condis --help", argument);
            return false;
        }
        if (!row->value && value) {
            snprintf(error, error_bytes, "%s takes no value", row->name);
            return false;
        }
        if (row->value && !value) {
            if (i + 1 == argument_count) {
                snprintf(error, error_bytes, "%s wants a value: %s", row->name, row->value);
                return false;
            }
            value = arguments[++i];
        }
        if (!take(row, settings, value, error, error_bytes))
            return false;
    }
    return true;
}

void options_help(FILE *out, const struct option_row *rows, size_t row_count)
{
    for (size_t i = 0; i < row_count; i++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", rows[i].name, rows[i].value ? " " : "",
                 rows[i].value ? rows[i].value : "");
        fprintf(out, "  %-34s %s\n", left, rows[i].help);
    }
}
