/* SPDX-License-Identifier: MIT */
#include "rules/rules.h"

#include <assert.h>
#include <string.h>

static const struct rule_info table[RULE_ID_COUNT] = {
#define RULE(id, cn, function, severity, says, remedy, source)                                     \
    [RULE_##id] = {#id, cn, function, SEVERITY_##severity, says, remedy, source},
#include "rules/rules.def"
};

static const struct rule_example examples[RULE_ID_COUNT] = {
#define EXAMPLE(id, mistake_, almost_) [RULE_##id] = {.mistake = (mistake_), .almost = (almost_)},
#define UNSEEN(id, reason)             [RULE_##id] = {.unseen = (reason)},
#include "rules/example.def"
};

const struct rule_info *rule_info(enum rule_id id)
{
    assert(id > RULE_NONE);
    assert(id < RULE_ID_COUNT);
    return &table[id];
}

const struct rule_example *rule_example(enum rule_id id)
{
    assert(id > RULE_NONE);
    assert(id < RULE_ID_COUNT);
    return &examples[id];
}

enum rule_id rule_by_name(const char *name)
{
    static const char prefix[] = "RULE_";

    if (strncmp(name, prefix, sizeof(prefix) - 1) == 0)
        name += sizeof(prefix) - 1;
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++)
        if (strcmp(table[id].name, name) == 0)
            return (enum rule_id)id;
    return RULE_NONE;
}

const char *rule_severity_name(enum rule_severity severity)
{
    switch (severity) {
    case SEVERITY_NOTE:
        return "note";
    case SEVERITY_WARNING:
        return "warning";
    case SEVERITY_VIOLATION:
        break;
    }
    return "violation";
}

/* The order of the rows is the order of the obligations: tests/rules/table_test.c holds it. */
void rules_table_markdown(FILE *file)
{
    fputs("| Rule | Cn | Severity | Binds | The contract says | Remedy | Source |\n"
          "| --- | --- | --- | --- | --- | --- | --- |\n",
          file);
    for (int id = RULE_NONE + 1; id < RULE_ID_COUNT; id++) {
        const struct rule_info *row = &table[id];
        fprintf(file, "| `%s` | ", row->name);
        if (row->obligation)
            fprintf(file, "C%u", row->obligation);
        fprintf(file, " | %s | %s | %s | %s | %s |\n", rule_severity_name(row->severity),
                row->function, row->says, row->remedy, row->source);
    }
}
