/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include <string.h>

/* Options that choose what is shown of a run or where it stops, and not what happens in it. A new
 * option of that kind is added here; every other one is part of the replay by itself. */
static const char *const of_the_view[] = {"--seed",         "--trace",   "--json",
                                          "--on-violation", "--stop-at", "--record"};

/* Options of another command than condis run that it writes itself, or that mean something else
 * there. */
static const char *const of_the_run[] = {"--live", "--sim", "--strategy", "--faults"};

static bool is_among(const struct option_row *row, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(row->name, names[i]))
            return true;
    return false;
}

/* ---- text for a shell ---- */

static bool is_plain(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_./=:@%+,-";
    return *word && word[strspn(word, plain)] == '\0';
}

struct text {
    char *bytes; /* REPLAY_BYTES of them */
    size_t used;
    bool full;
};

static void put(struct text *text, char c)
{
    if (text->used + 1 < REPLAY_BYTES)
        text->bytes[text->used++] = c;
    else
        text->full = true;
}

static void put_word(struct text *text, const char *word)
{
    bool quoted = !is_plain(word);
    if (text->used)
        put(text, ' ');
    if (quoted)
        put(text, '\'');
    for (; *word; word++) {
        if (*word == '\'') {
            for (const char *c = "'\\''"; *c; c++)
                put(text, *c);
        } else {
            put(text, *word);
        }
    }
    if (quoted)
        put(text, '\'');
}

static bool end(struct text *text)
{
    text->bytes[text->full ? 0 : text->used] = '\0';
    return !text->full;
}

/* ---- the two halves ---- */

/* Whether an option of this command line belongs to the replay, which is the command itself or,
 * with `as_run`, condis run. */
static bool is_replayed(const struct option_row *row, bool as_run)
{
    const char *value;
    if (!row)
        return true;
    if (is_among(row, of_the_view, sizeof of_the_view / sizeof of_the_view[0]))
        return false;
    return !as_run ||
           (!is_among(row, of_the_run, sizeof of_the_run / sizeof of_the_run[0]) &&
            options_find(command_run.options, command_run.option_count, row->name, &value) != NULL);
}

static size_t write_options(struct text *text, const struct command *command, bool as_run,
                            const char *const *arguments, size_t argument_count)
{
    size_t i = 0;
    for (; i < argument_count && strcmp(arguments[i], "--") != 0; i++) {
        const char *value;
        const struct option_row *row =
            options_find(command->options, command->option_count, arguments[i], &value);
        bool value_follows = row && row->value && !value;
        if (is_replayed(row, as_run)) {
            put_word(text, arguments[i]);
            if (value_follows)
                put_word(text, arguments[i + 1]);
        }
        i += value_follows;
    }
    return i;
}

/* The two halves of a command line, as words of a shell. */
static void write_halves(struct replay *replay, const struct command *command, bool as_run,
                         const char *const *arguments, size_t argument_count)
{
    struct text text = {.bytes = replay->command};
    struct text after = {.bytes = replay->arguments};
    put_word(&text, "condis");
    put_word(&text, as_run ? command_run.name : command->name);
    size_t i = write_options(&text, command, as_run, arguments, argument_count);
    for (; i < argument_count; i++)
        put_word(&after, arguments[i]);
    if (!end(&text) || !end(&after))
        replay->command[0] = replay->arguments[0] = '\0';
}

void replay_add(struct replay *replay, const char *option, const char *value)
{
    struct text text = {.bytes = replay->command, .used = strlen(replay->command)};
    if (!text.used)
        return;
    put_word(&text, option);
    if (value)
        put_word(&text, value);
    if (!end(&text))
        replay->arguments[0] = '\0';
}

void replay_add_seed(struct replay *replay, uint64_t seed)
{
    char number[24];
    snprintf(number, sizeof number, "%llu", (unsigned long long)seed);
    replay_add(replay, "--seed", number);
}

void replay_write(struct replay *replay, const struct command *command,
                  const char *const *arguments, size_t argument_count, uint64_t seed)
{
    write_halves(replay, command, false, arguments, argument_count);
    replay_add_seed(replay, seed);
}

void replay_write_run(struct replay *replay, const struct command *command,
                      const char *const *arguments, size_t argument_count)
{
    write_halves(replay, command, true, arguments, argument_count);
}
