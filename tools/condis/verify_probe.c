/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "command.h"
#include "verify.h"

#include <stdlib.h>
#include <string.h>

enum { PROBE_LIMIT_MS = 60000 };

static const char *const roles[] = {"mcm", "call-manager", "client"};
static const char *const media[] = {"hub", "switch", "none"};

/* Runs a scenario of the suite that is no case, simulated.
 * document: its JSON, a new reference, NULL when it wrote none
 * returns its exit status, -1: it died or could not be started */
static int probe(const struct verify *verify, const char *name, json_t **document, char **said)
{
    struct child child = {0};
    int status = -1;
    *document = NULL;
    *said = NULL;
    bool good = child_add(&child, "run") &&
                child_add(&child, "%s/%s.lua", verify->suite.directory, name) &&
                child_add(&child, "--sim") && child_add(&child, "--seed") &&
                child_add(&child, "1") && child_add(&child, "--json") &&
                verify_add_subject(verify, &child) && child_start(&child, PROBE_LIMIT_MS);
    if (good && child_wait(&child, 1) == 0) {
        char *text = child_out(&child);
        *document = text ? json_loads(text, 0, NULL) : NULL;
        *said = child_err(&child);
        status = child.process.status;
        free(text);
    }
    child_free(&child);
    return status;
}

/* The last line that a scenario prints before its verdict says why it could not run.
 * died  room for what is said of one that printed none */
static const char *reason(char *said, char died[256])
{
    char crash[200];
    char *line = said ? strstr(said, "condis: ") : NULL;
    bool told = !line && child_crash(said, crash, sizeof crash);
    snprintf(died, 256, "it died while it was loaded%s%s", told ? ": " : "", told ? crash : "");
    if (!line)
        return died;
    line += strlen("condis: ");
    line[strcspn(line, "\n")] = 0;
    char *place = strstr(line, ".lua:"); /* in the scenario that asks, which is ours */
    char *text = place ? strstr(place, ": ") : NULL;
    return text ? text + 2 : line;
}

/* What a driver registers as, a word of the scenario language; "" after a line that says why it
 * cannot be loaded.
 * option  by which it was named: "--peer "; "": as the driver itself; NULL: nothing is said and 0
 *         returned when it cannot be loaded
 * also    what it is besides; "": nothing */
static int role_of(const struct verify *verify, const char *option, char role[32], char also[32])
{
    json_t *document;
    char *said;
    char died[256];
    (void)probe(verify, "role", &document, &said); /* its document says more */
    json_t *tables = json_object_get(document, "tables");
    json_t *rows = json_object_get(json_array_get(tables, 0), "rows");
    const char *word = json_string_value(json_object_get(json_array_get(rows, 0), "role"));
    const char *second = json_string_value(json_object_get(json_array_get(rows, 1), "role"));
    snprintf(role, 32, "%s", word ? word : "");
    snprintf(also, 32, "%s", second ? second : "");
    int status = word || !option ? 0
                                 : command_refuse("verify: %s%s: %s", option,
                                                  verify->options.driver, reason(said, died));
    json_decref(document);
    free(said);
    return status;
}

static bool is_role(const char *word)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (!strcmp(word, roles[i]))
            return true;
    return false;
}

static int find_role(struct verify *verify)
{
    char role[32];
    char also[32];
    int status = role_of(verify, "", role, also);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (!strcmp(role, roles[i]))
            verify->options.as = roles[i];
    if (status == 0 && !is_role(role))
        status = command_refuse("verify: %s is neither a call manager nor a client: it registers "
                                "%s%s (--as says otherwise)",
                                verify->options.driver, !strcmp(role, "none") ? "" : "as a ",
                                !strcmp(role, "none") ? "nothing" : role);
    return status;
}

/* Refuses --as for a driver that registers as something else. One that registers nothing, or less,
 * or does not load, may yet be meant to be that: the cases will say. */
static int check_role(const struct verify *verify)
{
    char role[32];
    char also[32];
    const char *as = verify->options.as;
    (void)role_of(verify, NULL, role, also);
    if (!is_role(role) || !strcmp(role, as) || !strcmp(also, as))
        return 0;
    return command_refuse("verify: --as %s: %s registers as %s", as, verify->options.driver, role);
}

/* The drivers around it are looked at before they are taken for a medium on which nobody is. */
static int check_around(const struct verify *verify)
{
    const struct {
        const char *option, *name;
    } around[] = {{"--miniport ", verify->options.miniport}, {"--peer ", verify->options.peer}};
    int status = 0;
    for (size_t i = 0; status == 0 && i < sizeof around / sizeof around[0]; i++) {
        char role[32];
        char also[32];
        struct verify other = *verify;
        other.options.driver = around[i].name;
        other.options.setting_count = 0;
        if (around[i].name)
            status = role_of(&other, around[i].option, role, also);
    }
    return status;
}

/* An expectation that comes true says that a call was heard. */
static void find_medium(struct verify *verify)
{
    for (size_t i = 0; i < sizeof media / sizeof media[0]; i++) {
        json_t *document;
        char *said;
        verify->options.medium = media[i];
        if (i + 1 == sizeof media / sizeof media[0])
            return;
        probe(verify, "medium", &document, &said);
        json_int_t heard = json_integer_value(json_object_get(document, "expectations"));
        json_decref(document);
        free(said);
        if (heard > 0)
            return;
    }
}

int verify_probe(struct verify *verify)
{
    const char *as = verify->options.as;
    const char *medium = verify->options.medium;
    verify->options.as = as ? as : "unknown";
    verify->options.medium = medium ? medium : "none";
    int status = as ? check_role(verify) : find_role(verify);
    if (status == 0)
        status = check_around(verify);
    if (status != 0)
        return status;
    if (!medium && !strcmp(verify->options.as, "client"))
        verify->options.medium = "hub";
    else if (!medium)
        find_medium(verify);
    return 0;
}
