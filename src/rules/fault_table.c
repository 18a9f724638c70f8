/* SPDX-License-Identifier: MIT */
/* The rows of fault.def: found by name, matched by word, printed. */
#include "rules/fault.h"

#include <assert.h>
#include <string.h>

static const struct fault_info table[FAULT_POINT_COUNT] = {
#define FAULT(id, kind, sees, says, source)                                                        \
    [FAULT_##id] = {#id, FAULT_KIND_##kind, #sees, says, source},
#include "rules/fault.def"
};

static const char *const kind_names[FAULT_KIND_COUNT] = {
    [FAULT_KIND_MEMORY] = "memory",
    [FAULT_KIND_BUFFER] = "buffer",
    [FAULT_KIND_OBJECT] = "object",
    [FAULT_KIND_CONFIGURATION] = "configuration",
    [FAULT_KIND_REGISTRATION] = "registration",
    [FAULT_KIND_REQUEST] = "request",
    [FAULT_KIND_ANSWER] = "answer",
    [FAULT_KIND_SEND] = "send",
    [FAULT_KIND_NETWORK] = "network",
};

static const char *const mode_names[FAULT_MODE_COUNT] = {
    [FAULTS_OFF] = "off",       [FAULTS_WHAT_IF] = "what-if", [FAULTS_SYSTEMATIC] = "systematic",
    [FAULTS_STACK] = "stack",   [FAULTS_NTH] = "nth",         [FAULTS_FROM] = "from",
    [FAULTS_RANDOM] = "random",
};

const struct fault_info *fault_info(enum fault_point point)
{
    assert(point > FAULT_NONE);
    assert(point < FAULT_POINT_COUNT);
    return &table[point];
}

enum fault_point fault_by_name(const char *name)
{
    for (int point = FAULT_NONE + 1; point < FAULT_POINT_COUNT; point++)
        if (strcmp(table[point].name, name) == 0)
            return (enum fault_point)point;
    return FAULT_NONE;
}

const char *fault_kind_name(enum fault_kind kind)
{
    assert(kind < FAULT_KIND_COUNT);
    return kind_names[kind];
}

const char *fault_mode_name(enum fault_mode mode)
{
    assert(mode < FAULT_MODE_COUNT);
    return mode_names[mode];
}

enum fault_mode fault_mode_by_name(const char *name)
{
    int mode = 0;
    while (mode < FAULT_MODE_COUNT && strcmp(mode_names[mode], name) != 0)
        mode++;
    return (enum fault_mode)mode;
}

/* Whether text is what a pattern of `length` characters says; '*' stands for any text. */
static bool fits(const char *pattern, size_t length, const char *text)
{
    const char *star = NULL, *again = NULL;
    size_t at = 0;
    while (*text) {
        if (at < length && pattern[at] == '*') {
            star = pattern + at++;
            again = text;
        } else if (at < length && pattern[at] == *text) {
            at++;
            text++;
        } else if (star) {
            at = (size_t)(star - pattern) + 1;
            text = ++again;
        } else {
            return false;
        }
    }
    while (at < length && pattern[at] == '*')
        at++;
    return at == length;
}

bool faults_matches(const char *word, enum fault_point point, const char *driver)
{
    const struct fault_info *info = fault_info(point);
    const char *mark = strchr(word, '!');
    size_t length = strlen(word);
    if (mark) {
        if (!fits(word, (size_t)(mark - word), driver))
            return false;
        word = mark + 1;
        length = strlen(word);
    } else if (fits(word, length, driver)) {
        return true;
    }
    return fits(word, length, info->name) || fits(word, length, kind_names[info->kind]);
}

void faults_table_markdown(FILE *file)
{
    fputs("| Point | Kind | The caller gets | What happens | Source |\n"
          "| --- | --- | --- | --- | --- |\n",
          file);
    for (int point = FAULT_NONE + 1; point < FAULT_POINT_COUNT; point++) {
        const struct fault_info *row = &table[point];
        fprintf(file, "| `%s` | %s | `%s` | %s | %s |\n", row->name, kind_names[row->kind],
                row->sees, row->says, row->source);
    }
}
