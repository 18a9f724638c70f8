/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "failing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *add(struct failing_words *list, const char *word)
{
    char **words = realloc(list->words, (list->count + 1) * sizeof *words);
    char *copy = strdup(word);
    if (words)
        list->words = words;
    if (!words || !copy) {
        free(copy);
        return "no memory";
    }
    list->words[list->count++] = copy;
    return NULL;
}

const char *failing_mode(void *context, const char *value)
{
    struct failing *failing = context;
    failing->mode = value;
    return condis_fault_mode_check(value);
}

const char *failing_module(void *context, const char *value)
{
    struct failing *failing = context;
    return *value ? add(&failing->modules, value) : "wants the name of a driver";
}

const char *failing_function(void *context, const char *value)
{
    struct failing *failing = context;
    const char *wrong = condis_fault_word_check(value);
    return wrong ? wrong : add(&failing->functions, value);
}

/* A line without its comment and the blanks around it. */
static char *trim(char *line)
{
    line[strcspn(line, "#\r\n")] = 0;
    line += strspn(line, " \t");
    size_t length = strlen(line);
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        line[--length] = 0;
    return line;
}

const char *failing_exclude(void *context, const char *path)
{
    struct failing *failing = context;
    static char wrong[256];
    FILE *file = fopen(path, "re");
    if (!file)
        return strerror(errno);
    errno = 0;
    char *line = NULL;
    size_t room = 0;
    const char *said = NULL;
    for (unsigned number = 1; !said && getline(&line, &room, file) >= 0; number++) {
        const char *word = trim(line);
        if (!*word)
            continue;
        said = condis_fault_word_check(word);
        if (said)
            snprintf(wrong, sizeof wrong, "line %u, '%.40s': %s", number, word, said);
        else
            said = add(&failing->excluded, word);
    }
    if (!said && ferror(file))
        said = strerror(errno); /* a directory can be opened, and not be read */
    free(line);
    fclose(file);
    return said && wrong[0] ? wrong : said;
}

struct condis_fault_plan failing_plan(const struct failing *failing)
{
    return (struct condis_fault_plan){
        .mode = failing->mode,
        .depth = failing->depth,
        .modules = (const char *const *)failing->modules.words,
        .module_count = failing->modules.count,
        .functions = (const char *const *)failing->functions.words,
        .function_count = failing->functions.count,
        .excluded = (const char *const *)failing->excluded.words,
        .excluded_count = failing->excluded.count,
    };
}

static void words_free(struct failing_words *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->words[i]);
    free(list->words);
    *list = (struct failing_words){0};
}

void failing_free(struct failing *failing)
{
    words_free(&failing->modules);
    words_free(&failing->functions);
    words_free(&failing->excluded);
}
