/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
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

bool option_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
    char *end;
    errno = 0;
    unsigned long long read = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno || *end || read < least || read > most)
        return false;
    *number = read;
    return true;
}

/* ---- the kinds: each takes a value, or says what would be one ------------------------------ */

/* What is wrong with a value, in the middle of a line; empty: nothing. */
struct complaint {
    char text[512];
};

static void take_number(const struct option_row *row, void *place, const char *value,
                        struct complaint *wrong)
{
    uint64_t number;
    if (!option_number(value, row->least, row->most, &number))
        snprintf(wrong->text, sizeof wrong->text, "it is a number%s%s from %" PRIu64 " to %" PRIu64,
                 row->of ? " of " : "", row->of ? row->of : "", row->least, row->most);
    else if (row->kind == OPTION_KIND_U32)
        *(uint32_t *)place = (uint32_t)number;
    else
        *(uint64_t *)place = number;
}

static void take_word(const struct option_row *row, void *place, const char *value,
                      struct complaint *wrong)
{
    size_t length = strlen(value);
    size_t used = (size_t)snprintf(wrong->text, sizeof wrong->text, "it is one of ");
    int index = (int)row->least;
    for (const char *word = row->value; *word; index++) {
        size_t word_length = strcspn(word, "|");
        if (word_length == length && !memcmp(word, value, length)) {
            if (row->kind == OPTION_KIND_NAME)
                *(const char **)place = value;
            else
                *(int *)place = index;
            wrong->text[0] = 0;
            return;
        }
        bool last = !word[word_length];
        if (used < sizeof wrong->text)
            used += (size_t)snprintf(wrong->text + used, sizeof wrong->text - used, "%.*s%s",
                                     (int)word_length, word, last ? "" : ", ");
        word += word_length + !last;
    }
}

/* value  NULL exactly where the row has none, which options_parse sees to */
static void take(const struct option_row *row, void *settings, const char *value,
                 struct complaint *wrong)
{
    void *place = (char *)settings + row->at;
    const char *own = NULL;
    if (row->take) {
        own = row->take(place, value);
    } else if (!value) {
        *(bool *)place = row->kind == OPTION_KIND_FLAG;
    } else if (row->kind == OPTION_KIND_TEXT) {
        own = *value ? NULL : "it may not be empty";
        *(const char **)place = value;
    } else if (row->kind == OPTION_KIND_NAME || row->kind == OPTION_KIND_WORD) {
        take_word(row, place, value, wrong);
    } else {
        take_number(row, place, value, wrong);
    }
    if (own)
        snprintf(wrong->text, sizeof wrong->text, "%s", own);
    if (row->given)
        *(bool *)((char *)settings + row->given) = true;
}

/* ---- a whole command line ------------------------------------------------------------------ */

/* Takes the option at arguments[*i], and its value, which may be the next of them.
 * returns what is wrong, as options_parse */
static enum option_end take_option(const struct option_row *rows, size_t row_count, void *settings,
                                   const char *const *arguments, size_t argument_count, size_t *i,
                                   char *error, size_t error_bytes)
{
    struct complaint wrong = {{0}};
    const char *value;
    const struct option_row *row = options_find(rows, row_count, arguments[*i], &value);
    if (!row)
        snprintf(error, error_bytes, "no option is called %s", arguments[*i]);
    else if (!row->value && value)
        snprintf(error, error_bytes, "%s takes no value", row->name);
    else if (row->value && !value && *i + 1 == argument_count)
        snprintf(error, error_bytes, "%s wants a value: %s", row->name, row->value);
    else if (row->kind == OPTION_KIND_HELP)
        return OPTIONS_HELP;
    else {
        if (row->value && !value)
            value = arguments[++*i];
        take(row, settings, value, &wrong);
        if (!wrong.text[0])
            return OPTIONS_READ;
        snprintf(error, error_bytes, "%s%s%s: %s", row->name, value ? " " : "", value ? value : "",
                 wrong.text);
    }
    return OPTIONS_WRONG;
}

enum option_end options_parse(const struct option_row *rows, size_t row_count, void *settings,
                              const char *const *arguments, size_t argument_count,
                              struct option_rest *rest, char *error, size_t error_bytes)
{
    *rest = (struct option_rest){.words = calloc(argument_count + 1, sizeof *rest->words)};
    if (!rest->words) {
        snprintf(error, error_bytes, "no memory");
        return OPTIONS_WRONG;
    }
    for (size_t i = 0; i < argument_count; i++) {
        if (!strcmp(arguments[i], "--")) {
            rest->after = arguments + i + 1;
            rest->after_count = argument_count - i - 1;
            break;
        }
        if (arguments[i][0] != '-' || arguments[i][1] == 0) {
            rest->words[rest->word_count++] = arguments[i];
            continue;
        }
        enum option_end end = take_option(rows, row_count, settings, arguments, argument_count, &i,
                                          error, error_bytes);
        if (end != OPTIONS_READ)
            return end;
    }
    return OPTIONS_READ;
}

void option_rest_free(struct option_rest *rest)
{
    free((void *)rest->words);
    *rest = (struct option_rest){0};
}

/* The help stands behind its option, or below it where that is long. */
void options_help(FILE *out, const struct option_row *rows, size_t row_count)
{
    enum { WIDE = 34 };
    for (size_t i = 0; i < row_count; i++) {
        char left[64];
        int length = snprintf(left, sizeof left, "%s%s%s", rows[i].name, rows[i].value ? " " : "",
                              rows[i].value ? rows[i].value : "");
        if (length > WIDE)
            fprintf(out, "  %s\n  %-*s %s\n", left, WIDE, "", rows[i].help);
        else
            fprintf(out, "  %-*s %s\n", WIDE, left, rows[i].help);
    }
}
