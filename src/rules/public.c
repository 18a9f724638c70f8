/* SPDX-License-Identifier: MIT */
/* The rule table as programs see it. */
#include "rules/rules.h"

#include <condis/rules.h>
#include <strings.h>

bool condis_rule_at(size_t index, struct condis_rule *out)
{
    if (index >= RULE_ID_COUNT - 1)
        return false;
    enum rule_id id = (enum rule_id)(index + 1);
    const struct rule_info *info = rule_info(id);
    const struct rule_example *example = rule_example(id);
    *out = (struct condis_rule){
        .name = info->name,
        .obligation = info->obligation,
        .function = info->function,
        .severity = rule_severity_name(info->severity),
        .says = info->says,
        .remedy = info->remedy,
        .source = info->source,
        .mistake = example->mistake,
        .almost = example->almost,
        .unseen = example->unseen,
    };
    return true;
}

bool condis_rule_find(const char *name, struct condis_rule *out)
{
    static const char prefix[] = "RULE_";
    struct condis_rule rule;
    if (strncasecmp(name, prefix, sizeof(prefix) - 1) == 0)
        name += sizeof(prefix) - 1;
    for (size_t i = 0; condis_rule_at(i, &rule); i++)
        if (strcasecmp(rule.name, name) == 0) {
            *out = rule;
            return true;
        }
    return false;
}
