/* SPDX-License-Identifier: MIT */
/* condis rules: the rules that drivers are checked by, and what each of them means. */
#include <string.h>

#include <condis/rules.h>
#include <jansson.h>

#include "command.h"

struct settings {
    bool json;
};

static const struct option_row rows[] = {
    {"--json", NULL, "the same as one JSON document on standard output",
     OPTION_FLAG(struct settings, json)},
    HELP_ROW,
};

/* ---- for people -------------------------------------------------------------------------- */

static const char *obligation_text(const struct condis_rule *rule, char text[8])
{
    if (rule->obligation)
        snprintf(text, 8, "C%u", rule->obligation % 1000);
    else
        text[0] = 0;
    return text;
}

static void list(void)
{
    struct condis_rule rule;
    char text[8];
    size_t widest = 0;
    for (size_t i = 0; condis_rule_at(i, &rule); i++)
        widest = strlen(rule.name) > widest ? strlen(rule.name) : widest;
    printf("%-*s  %-4s  %-9s  %s\n", (int)widest, "rule", "", "severity", "what the contract says");
    for (size_t i = 0; condis_rule_at(i, &rule); i++)
        printf("%-*s  %-4s  %-9s  %s\n", (int)widest, rule.name, obligation_text(&rule, text),
               rule.severity, rule.says);
}

static void say(const char *what, const char *text)
{
    if (text)
        printf("  %-9s %s\n", what, text);
}

static void explain(const struct condis_rule *rule)
{
    char text[8];
    bool numbered = rule->obligation != 0;
    printf("%s (%s%s%s)\n", rule->name, obligation_text(rule, text), numbered ? ", " : "",
           rule->severity);
    say("binds", rule->function);
    say("contract", rule->says);
    say("source", rule->source);
    say("mistake", rule->mistake);
    say("near miss", rule->almost);
    say("unseen", rule->unseen);
    say("remedy", rule->remedy);
    if (rule->mistake)
        printf("  %-9s tests/broken: MISTAKE(%s) breaks it, ALMOST(%s) does not\n", "shown by",
               rule->name, rule->name);
}

/* ---- for programs ------------------------------------------------------------------------ */

static json_t *document_of(const struct condis_rule *rule)
{
    json_t *obligation = rule->obligation ? json_integer(rule->obligation) : json_null();
    return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?}", "rule", rule->name,
                     "obligation", obligation, "severity", rule->severity, "binds", rule->function,
                     "contract", rule->says, "remedy", rule->remedy, "source", rule->source,
                     "mistake", rule->mistake, "near_miss", rule->almost, "unseen", rule->unseen);
}

static int print_json(json_t *document)
{
    bool done = document && json_dumpf(document, stdout, JSON_INDENT(2)) == 0;
    json_decref(document);
    if (!done)
        return command_refuse("rules: no memory for the document");
    putchar('\n');
    return EXIT_PASSED;
}

/* All, or those of one obligation. */
static int list_json(uint64_t obligation)
{
    struct condis_rule rule;
    json_t *all = json_array();
    for (size_t i = 0; condis_rule_at(i, &rule); i++)
        if ((!obligation || rule.obligation % 1000 == obligation) &&
            json_array_append_new(all, document_of(&rule)) != 0)
            return command_refuse("rules: no memory for the document");
    return print_json(json_pack("{s:o}", "rules", all));
}

/* ---- the command ------------------------------------------------------------------------- */

/* "C95": every rule that is about this obligation. returns false: there is none */
static bool explain_obligation(uint64_t obligation)
{
    struct condis_rule rule;
    bool any = false;
    for (size_t i = 0; condis_rule_at(i, &rule); i++) {
        if (rule.obligation % 1000 != obligation)
            continue;
        if (any)
            putchar('\n');
        explain(&rule);
        any = true;
    }
    return any;
}

static int rules(const char *name, bool json)
{
    struct condis_rule rule;
    uint64_t obligation = 0;
    bool one = name && condis_rule_find(name, &rule);
    if (name && !one && (name[0] == 'C' || name[0] == 'c'))
        (void)option_number(name + 1, 1, 130, &obligation);
    if (name && !one && !obligation)
        return command_refuse("rules: no rule is named '%s', and an obligation is C1 to C130; "
                              "condis rules lists them",
                              name);
    if (json)
        return one ? print_json(document_of(&rule)) : list_json(obligation);
    if (one)
        explain(&rule);
    else if (!obligation)
        list();
    else if (!explain_obligation(obligation))
        return command_refuse("rules: no rule is about %s", name);
    return EXIT_PASSED;
}

static int run(const struct command *self, const char *const *arguments, size_t argument_count)
{
    struct settings settings = {0};
    struct option_rest rest;
    int status;
    if (command_read(self, &settings, arguments, argument_count, &rest, &status))
        status = command_end(rules(rest.words[0], settings.json));
    option_rest_free(&rest);
    return status;
}

const struct command command_rules = {
    .name = "rules",
    .arguments = "[RULE|C95] [OPTION...]",
    .help = "Lists the rules that drivers are checked by, or explains one.",
    .manual =
        "Without RULE: one line for each rule, in the order of the obligations C1 to C130, "
        "those of Microsoft's SDV and of the executive after them.\n\n"
        "With RULE, as reports name it: whom it binds, what the documentation asks and where, "
        "an example of the mistake, the closest thing that is right, and how to mend it. A "
        "note is a rule that nothing at run time can see, with the reason. With C1 to C130: every "
        "rule about that obligation.",
    .word = "rule",
    .word_may_lack = true,
    .options = rows,
    .option_count = sizeof rows / sizeof rows[0],
    .run = run,
};
