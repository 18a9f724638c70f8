/* SPDX-License-Identifier: MIT */
/* What the user of `condis call` types while it runs: a line is a command, a row of the table. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "caller.h"

static void type_add(struct caller *caller, char *name, char *rest)
{
    if (!*name || *rest)
        return session_say(&caller->session, "say: add @NAME");
    if (caller->phase != PHASE_ADDING && caller->phase != PHASE_SENDING)
        return session_say(&caller->session, caller->phase == PHASE_DIALLING
                                                 ? "the call is not made yet"
                                                 : "all has been sent: nobody can be added");
    struct leaf *leaf = leaves_append(&caller->leaves, name);
    if (leaf)
        leaf_ask_add(leaf, caller->call);
}

static void type_drop(struct caller *caller, char *name, char *rest)
{
    if (!*name)
        return session_say(&caller->session, "say: drop @NAME [WORDS]");
    struct leaf *leaf = leaves_find(&caller->leaves, name);
    if (!leaf)
        return session_say(&caller->session, "no leaf is called %s", name);
    leaf_ask_drop(&caller->leaves, leaf, rest);
}

static void type_status(struct caller *caller, char *name, char *rest)
{
    if (*name || *rest)
        return session_say(&caller->session, "say: status");
    session_say(&caller->session, "%" PRIu64 " bytes sent", caller_sent_bytes(caller));
    leaves_say(&caller->leaves, caller_sent_bytes(caller));
}

static void type_close(struct caller *caller, char *name, char *rest)
{
    snprintf(caller->words, sizeof caller->words, "%s%s%s", name, *rest ? " " : "", rest);
    caller_over(caller, ENDING_USER);
}

static const struct {
    const char *word;
    void (*type)(struct caller *caller, char *name, char *rest);
} typed[] = {
    {"add", type_add},
    {"drop", type_drop},
    {"status", type_status},
    {"close", type_close},
};

static char *word_take(char **at)
{
    char *word = *at + strspn(*at, " \t");
    char *end = word + strcspn(word, " \t");
    *at = end + strspn(end, " \t");
    *end = 0;
    return word;
}

static void line_take(struct caller *caller, char *line)
{
    line[strcspn(line, "\r")] = 0;
    char *word = word_take(&line);
    char *name = word_take(&line);
    if (!*word)
        return;
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        if (!strcmp(word, typed[i].word))
            return typed[i].type(caller, name, line);
    }
    session_say(&caller->session,
                "no command is called '%s': add @NAME, drop @NAME [WORDS], "
                "status, close [WORDS]",
                word);
}

void typed_take(struct caller *caller)
{
    ssize_t count = read(caller->in_fd, caller->line + caller->line_bytes,
                         sizeof caller->line - 1 - caller->line_bytes);
    if (count <= 0) {
        if (count == 0 || (errno != EINTR && errno != EAGAIN))
            caller->in_fd = -1; /* nobody types any more: the call goes on */
        return;
    }
    caller->line_bytes += (size_t)count;
    caller->line[caller->line_bytes] = 0;
    char *line = caller->line;
    for (char *end; caller->phase != PHASE_OVER && (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        line_take(caller, line);
    }
    caller->line_bytes -= (size_t)(line - caller->line);
    memmove(caller->line, line, caller->line_bytes + 1);
    if (caller->line_bytes == sizeof caller->line - 1) {
        session_say(&caller->session, "a line holds at most %d characters", CALL_LINE_BYTES - 2);
        caller->line_bytes = 0;
    }
}
