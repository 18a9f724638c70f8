/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "child.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool child_add(struct child *child, const char *format, ...)
{
    char *word = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&word, format, arguments);
    va_end(arguments);
    if (length < 0 || child->word_count == CHILD_WORDS_MAX) {
        if (length >= 0)
            free(word);
        child->word_count = CHILD_WORDS_MAX; /* what lacks a word is not started */
        return false;
    }
    child->words[child->word_count++] = word;
    return true;
}

bool child_start(struct child *child, uint64_t limit_ms)
{
    char *line[CHILD_WORDS_MAX + 2] = {"condis"};
    if (child->word_count == CHILD_WORDS_MAX)
        return false;
    memcpy(line + 1, child->words, child->word_count * sizeof line[0]);
    child->files = (struct process_files){process_file(), process_file()};
    child->has_files = true;
    return child->files.out >= 0 && child->files.err >= 0 &&
           process_again(&child->process, limit_ms * (PROCESS_SECOND_NS / 1000), child->files,
                         line);
}

size_t child_wait(struct child *children, size_t count)
{
    struct process *list[PROCESS_COUNT_MAX] = {NULL};
    size_t running = 0, ended;
    for (size_t i = 0; i < count; i++) {
        list[i] = &children[i].process;
        running += children[i].process.pid != 0;
    }
    do
        ended = process_wait(list, count, UINT64_MAX);
    while (running > 0 && ended == count); /* a signal came */
    return ended;
}

char *child_out(const struct child *child)
{
    return process_text(child->files.out, SIZE_MAX, NULL);
}

char *child_err(const struct child *child)
{
    return process_text(child->files.err, SIZE_MAX, NULL);
}

bool child_crash(const char *said, char *line, size_t line_bytes)
{
    static const char mark[] = "crashed: ", place[] = "\n  stack     ";
    const char *at = said ? strstr(said, mark) : NULL;
    if (!at)
        return false;
    at += sizeof mark - 1;
    const char *end = strstr(at, " at address ");
    const char *frame = strstr(at, place);
    frame = frame ? frame + sizeof place - 1 : "";
    snprintf(line, line_bytes, "%.*s%s%.*s", end ? (int)(end - at) : (int)strcspn(at, "\n"), at,
             *frame ? " in " : "", (int)strcspn(frame, "\n"), frame);
    return true;
}

static bool is_plain(const char *word)
{
    return *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "-_=./:,@%+") == strlen(word);
}

char *child_command(const struct child *child)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        return NULL;
    fputs("condis", out);
    for (size_t i = 0; i < child->word_count; i++) {
        if (!strcmp(child->words[i], "--json"))
            continue; /* for us to read */
        if (is_plain(child->words[i])) {
            fprintf(out, " %s", child->words[i]);
            continue;
        }
        fputs(" '", out);
        for (const char *at = child->words[i]; *at; at++)
            fputs(*at == '\'' ? "'\\''" : (char[]){*at, 0}, out);
        fputc('\'', out);
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

void child_free(struct child *child)
{
    process_kill(&child->process);
    for (size_t i = 0; i < child->word_count && child->words[i]; i++)
        free(child->words[i]);
    if (child->has_files && child->files.out >= 0)
        close(child->files.out);
    if (child->has_files && child->files.err >= 0)
        close(child->files.err);
    *child = (struct child){0};
}
