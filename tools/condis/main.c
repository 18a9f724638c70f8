/* SPDX-License-Identifier: MIT */
/* condis: the command. Its first word chooses a row of the table. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include <condis/host.h>

static int help(void)
{
    printf("condis runs connection-oriented NDIS drivers in user space.\n\n");
    for (size_t i = 0; i < command_count; i++) {
        command_help(commands[i], stdout);
        printf("\n");
    }
    printf("  --help, --version\n\n"
           "exit status: 0 all went well, 1 the scenario failed or somebody did not get "
           "everything,\n2 it could not run\n");
    return command_end(EXIT_PASSED);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return command_refuse("no command; see condis --help");
    const char *word = argv[1];
    if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
        return help();
    if (!strcmp(word, "--version")) {
        printf("condis %s\n", condis_version());
        return command_end(EXIT_PASSED);
    }
    for (size_t i = 0; i < command_count; i++) {
        if (!strcmp(word, commands[i]->name))
            return commands[i]->run(commands[i], (const char *const *)argv + 2, (size_t)argc - 2);
    }
    return command_refuse("no command is called '%s'; see condis --help", word);
}
