/* SPDX-License-Identifier: MIT */
/* condis_pages man | man COMMAND | completion: prints a manual page, or what bash completes, from
 * the commands' own tables. The build runs it; it is not installed. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include <condis/host.h>

/* Text as roff wants it. */
static void text_put(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '-')
            fputs("\\-", stdout);
        else if (text[i] == '\\')
            fputs("\\e", stdout);
        else if ((text[i] == '.' || text[i] == '\'') && (i == 0 || text[i - 1] == '\n'))
            printf("\\&%c", text[i]);
        else
            putchar(text[i]);
    }
}

static void line_put(const char *text)
{
    text_put(text, strlen(text));
    putchar('\n');
}

static void paragraphs_put(const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t length = end ? (size_t)(end - text) : strlen(text);
        text_put(text, length);
        puts(end ? "\n.PP" : "");
        text += length + (end ? 2 : 0);
    }
}

static void head_put(const char *name, const char *what)
{
    printf(".\\\" Made by the build from the command's tables.\n"
           ".TH \"%s\" 1 \"\" \"condis %s\"\n.SH NAME\n",
           name, condis_version());
    text_put(name, strlen(name));
    fputs(" \\- ", stdout);
    text_put(what, strcspn(what, "."));
    puts("\n.SH SYNOPSIS");
}

static void synopsis_put(const struct command *command)
{
    printf(".B condis %s\n", command->name);
    line_put(command->arguments);
}

static int man_command(const struct command *command)
{
    char name[64];
    snprintf(name, sizeof name, "condis-%s", command->name);
    head_put(name, command->help);
    synopsis_put(command);
    puts(".SH DESCRIPTION");
    line_put(command->help);
    if (command->manual) {
        puts(".PP");
        paragraphs_put(command->manual);
    }
    puts(".SH OPTIONS");
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_row *row = &command->options[i];
        puts(".TP");
        fputs("\\fB", stdout);
        text_put(row->name, strlen(row->name));
        fputs("\\fR", stdout);
        if (row->value) {
            fputs(" \\fI", stdout);
            text_put(row->value, strlen(row->value));
            fputs("\\fR", stdout);
        }
        putchar('\n');
        line_put(row->help);
    }
    puts(".SH ENVIRONMENT\n.TP\n.B CONDIS_DRIVER_PATH\n"
         "Directories, separated by colons, in which drivers given by name are looked for too.");
    puts(".SH SEE ALSO\n.BR condis (1)");
    return 0;
}

static int man_condis(void)
{
    head_put("condis", "connection-oriented NDIS drivers in user space");
    for (size_t i = 0; i < command_count; i++) {
        if (i > 0)
            puts(".br");
        synopsis_put(commands[i]);
    }
    puts(".SH DESCRIPTION");
    for (size_t i = 0; i < command_count; i++) {
        printf(".TP\n.BR condis\\-%s (1)\n", commands[i]->name);
        line_put(commands[i]->help);
    }
    puts(".SH EXIT STATUS\n"
         "0: all went well. 1: the scenario failed, or somebody did not get everything. "
         "2: it could not run.");
    return 0;
}

/* What follows an option: one of the words of "a|b", else a file's name; nothing that can be
 * guessed for other values. */
static void completion_value(const struct option_row *row)
{
    const char *files[] = {"FILE", "PATH"};
    char words[128];
    snprintf(words, sizeof words, "%s", row->value);
    bool choice = strchr(words, '|') && words[0] != '@';
    bool file = false;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *at = strstr(words, files[i]);
        file = file || at;
        if (at)
            memset(at, ' ', strlen(files[i]));
    }
    for (char *at = words; *at; at++) {
        if (*at == '|')
            *at = ' ';
    }
    printf("        %s) mapfile -t COMPREPLY < <(compgen %s-W '%s' -- \"$word\"); return ;;\n",
           row->name, file ? "-f " : "", choice ? words : "");
}

static int completion(void)
{
    puts("# Made by the build from the command's tables.\n# shellcheck shell=bash\n\n_condis() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
         "    if [ \"$COMP_CWORD\" -eq 1 ]; then");
    fputs("        mapfile -t COMPREPLY < <(compgen -W '--help --version", stdout);
    for (size_t i = 0; i < command_count; i++)
        printf(" %s", commands[i]->name);
    puts("' -- \"$word\")\n        return\n    fi\n    case ${COMP_WORDS[1]} in");
    for (size_t i = 0; i < command_count; i++) {
        printf("    %s)\n        case $before in\n", commands[i]->name);
        for (size_t k = 0; k < commands[i]->option_count; k++) {
            if (commands[i]->options[k].value)
                completion_value(&commands[i]->options[k]);
        }
        fputs("        esac\n        mapfile -t COMPREPLY < <(compgen -f -W '", stdout);
        for (size_t k = 0; k < commands[i]->option_count; k++)
            printf("%s%s", k ? " " : "", commands[i]->options[k].name);
        puts("' -- \"$word\")\n        ;;");
    }
    puts("    esac\n}\ncomplete -o filenames -F _condis condis");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "completion"))
        return completion();
    if (argc == 2 && !strcmp(argv[1], "man"))
        return man_condis();
    for (size_t i = 0; argc == 3 && !strcmp(argv[1], "man") && i < command_count; i++) {
        if (!strcmp(argv[2], commands[i]->name))
            return man_command(commands[i]);
    }
    return command_refuse("usage: condis_pages man [COMMAND] | completion");
}
