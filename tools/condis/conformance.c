/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "conformance.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_LINES_MAX = 12 };

static const char *const need_names[] = {
    [NEEDS_NOTHING] = "nothing",
    [NEEDS_PEER] = "peer",
    [NEEDS_LEAF] = "leaf",
    [NEEDS_ADDRESS] = "address",
};

static const char *const need_texts[] = {
    [NEEDS_NOTHING] = "nothing",
    [NEEDS_PEER] = "somebody at the other end of its medium",
    [NEEDS_LEAF] = "an address that the client calls (--leaf)",
    [NEEDS_ADDRESS] = "an address at which the client takes calls (--address)",
};

const char *case_need_text(enum case_need need)
{
    return need_texts[need];
}

static bool take_obligations(struct conformance_case *self, const char *text)
{
    for (const char *at = text + strspn(text, " "); *at; at += strspn(at, " ")) {
        char *end;
        unsigned long number = at[0] == 'C' ? strtoul(at + 1, &end, 10) : 0;
        if (number == 0 || number > CASE_OBLIGATION_MAX || (*end && *end != ' '))
            return false;
        self->obligations[number] = true;
        at = end;
    }
    return true;
}

static bool take_also(struct conformance_case *self, char *text)
{
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (!strcmp(word, "faults"))
            self->faults = true;
        else if (!strcmp(word, "schedules"))
            self->schedules = true;
        else
            return false;
    }
    return true;
}

static bool take_need(struct conformance_case *self, const char *text)
{
    for (size_t i = 0; i < sizeof need_names / sizeof need_names[0]; i++) {
        if (!strcmp(text, need_names[i])) {
            self->need = (enum case_need)i;
            return true;
        }
    }
    return false;
}

/* One line of the header, without its dashes: "key: value", or a part of the sentence. */
static bool take_line(struct conformance_case *self, char *line)
{
    char *value = strstr(line, ": ");
    size_t key = value ? (size_t)(value - line) : 0;
    value = value ? value + 2 : NULL;
    if (key == 11 && !strncmp(line, "obligations", key))
        return take_obligations(self, value);
    if (key == 5 && !strncmp(line, "needs", key))
        return take_need(self, value);
    if (key == 4 && !strncmp(line, "also", key))
        return take_also(self, value);
    if (key == 3 && !strncmp(line, "for", key)) {
        self->for_client = !strcmp(value, "client");
        return self->for_client || !strcmp(value, "call-manager");
    }
    char *says;
    if (asprintf(&says, "%s%s%s", self->says ? self->says : "", self->says ? " " : "", line) < 0)
        return false;
    free(self->says);
    self->says = says;
    return true;
}

static bool read_header(struct conformance_case *self, char *error, size_t error_bytes)
{
    FILE *file = fopen(self->path, "re");
    char *line = NULL;
    size_t room = 0;
    bool good = file != NULL;
    if (!file)
        snprintf(error, error_bytes, "%s: %s", self->path, strerror(errno));
    for (int number = 1; good && number <= HEADER_LINES_MAX; number++) {
        ssize_t length = getline(&line, &room, file);
        if (length < 3 || strncmp(line, "--", 2) != 0)
            break;
        line[strcspn(line, "\n")] = 0;
        if (number == 1) /* the licence */
            continue;
        good = take_line(self, line + 2 + strspn(line + 2, " "));
        if (!good)
            snprintf(error, error_bytes,
                     "%s:%d: a header of a case says obligations, for, needs "
                     "or also, with words that docs/verify.md names",
                     self->path, number);
    }
    free(line);
    if (file)
        fclose(file);
    if (good && !self->says) {
        snprintf(error, error_bytes, "%s: its first comment says nothing", self->path);
        good = false;
    }
    return good;
}

static char *find_directory(void)
{
    const char *const said = getenv("CONDIS_CONFORMANCE");
    static const char *const places[] = {"../../conformance", "../share/condis/conformance"};
    char own[PATH_MAX];
    char *path = NULL;
    if (said && *said)
        return strdup(said);
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length <= 0)
        return NULL;
    own[length] = 0;
    *strrchr(own, '/') = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (asprintf(&path, "%s/%s", own, places[i]) < 0)
            return NULL;
        char *whole = realpath(path, NULL);
        free(path);
        if (whole)
            return whole;
    }
    return strdup(CONDIS_CONFORMANCE_DIR);
}

static int is_case(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && !strcmp(dot, ".lua") &&
           (!strncmp(entry->d_name, "cm_", 3) || !strncmp(entry->d_name, "client_", 7));
}

static bool add_case(struct conformance *suite, const char *file, char *error, size_t error_bytes)
{
    assert(suite->cases);
    struct conformance_case *self = &suite->cases[suite->count];
    *self = (struct conformance_case){0};
    self->name = strndup(file, strlen(file) - strlen(".lua"));
    if (!self->name || asprintf(&self->path, "%s/%s", suite->directory, file) < 0) {
        snprintf(error, error_bytes, "no memory");
        return false;
    }
    suite->count++;
    return read_header(self, error, error_bytes);
}

bool conformance_find(struct conformance *out, char *error, size_t error_bytes)
{
    struct dirent **entries = NULL;
    *out = (struct conformance){.directory = find_directory()};
    int count = out->directory ? scandir(out->directory, &entries, is_case, alphasort) : -1;
    bool good = count > 0;
    if (!good)
        snprintf(error, error_bytes, "no conformance suite in %s (CONDIS_CONFORMANCE says where)",
                 out->directory ? out->directory : "memory");
    out->cases = good ? calloc((size_t)count, sizeof *out->cases) : NULL;
    if (good && !out->cases) {
        snprintf(error, error_bytes, "no memory");
        good = false;
    }
    for (int i = 0; i < count; i++) {
        good = good && add_case(out, entries[i]->d_name, error, error_bytes);
        free(entries[i]);
    }
    free(entries);
    if (!good)
        conformance_free(out);
    return good;
}

void conformance_free(struct conformance *suite)
{
    for (size_t i = 0; suite->cases && i < suite->count; i++) {
        free(suite->cases[i].name);
        free(suite->cases[i].path);
        free(suite->cases[i].says);
    }
    free(suite->cases);
    free(suite->directory);
    *suite = (struct conformance){0};
}

void case_obligations(const struct conformance_case *self, char *text, size_t text_bytes)
{
    size_t used = 0;
    text[0] = 0;
    for (int number = 1; number <= CASE_OBLIGATION_MAX; number++) {
        if (self->obligations[number] && used + 8 < text_bytes)
            used +=
                (size_t)snprintf(text + used, text_bytes - used, "%sC%d", used ? " " : "", number);
    }
}
