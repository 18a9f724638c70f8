/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_AGAIN_MS = 100 };

extern char **environ;

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

bool child_add(struct child *child, const char *format, ...)
{
    char *word = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&word, format, arguments);
    va_end(arguments);
    if (length < 0 || child->word_count == CHILD_WORDS_MAX) {
        if (length >= 0)
            free(word);
        child->word_count = CHILD_WORDS_MAX; /* what lacks a word is not started */
        return false;
    }
    child->words[child->word_count++] = word;
    return true;
}

static int spawn(struct child *child)
{
    char *line[CHILD_WORDS_MAX + 2] = {"condis"};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none;
    memcpy(line + 1, child->words, child->word_count * sizeof line[0]);
    int error = posix_spawn_file_actions_init(&files);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&files);
        return error;
    }
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    error = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&files, fileno(child->out), 1);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&files, fileno(child->err), 2);
    if (!error)
        error = posix_spawn(&child->pid, "/proc/self/exe", &files, &attributes, line, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

bool child_start(struct child *child)
{
    if (child->word_count == CHILD_WORDS_MAX)
        return false;
    child->out = tmpfile();
    child->err = child->out ? tmpfile() : NULL;
    if (!child->err || spawn(child) != 0) {
        child->pid = 0;
        return false;
    }
    child->started_ms = now_ms();
    return true;
}

/* Takes it in, if it has ended. */
static bool reap(struct child *child)
{
    int status;
    if (waitpid(child->pid, &status, WNOHANG) != child->pid)
        return false;
    child->pid = 0;
    child->ended = true;
    child->took_ms = now_ms() - child->started_ms;
    child->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    child->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return true;
}

size_t child_wait(struct child *children, size_t count, uint64_t limit_ms)
{
    for (;;) {
        size_t running = 0;
        for (size_t i = 0; i < count; i++) {
            struct child *child = &children[i];
            if (child->pid == 0)
                continue;
            if (reap(child))
                return i;
            running++;
            if (!child->late && now_ms() - child->started_ms > limit_ms) {
                child->late = true;
                kill(child->pid, SIGKILL);
            }
        }
        if (running == 0)
            return count;
        /* SIGCHLD would have to be blocked before the first start; looking again is enough. */
        const struct timespec pause = {0, LOOK_AGAIN_MS * 10000L};
        nanosleep(&pause, NULL);
    }
}

char *child_text(FILE *stream)
{
    char *text = NULL;
    size_t bytes = 0;
    size_t room = 0;
    rewind(stream);
    do {
        if (room - bytes < 4096) {
            room = room ? 2 * room : 16384;
            char *more = realloc(text, room + 1);
            if (!more) {
                free(text);
                return NULL;
            }
            text = more;
        }
        bytes += fread(text + bytes, 1, room - bytes, stream);
    } while (!feof(stream) && !ferror(stream));
    text[bytes] = 0;
    return text;
}

static bool is_plain(const char *word)
{
    return *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "-_=./:,@%+") == strlen(word);
}

char *child_command(const struct child *child)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        return NULL;
    fputs("condis", out);
    for (size_t i = 0; i < child->word_count; i++) {
        if (is_plain(child->words[i])) {
            fprintf(out, " %s", child->words[i]);
            continue;
        }
        fputs(" '", out);
        for (const char *at = child->words[i]; *at; at++)
            fputs(*at == '\'' ? "'\\''" : (char[]){*at, 0}, out);
        fputc('\'', out);
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

void child_free(struct child *child)
{
    if (child->pid) {
        kill(child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
    }
    for (size_t i = 0; i < child->word_count && child->words[i]; i++)
        free(child->words[i]);
    if (child->out)
        fclose(child->out);
    if (child->err)
        fclose(child->err);
    *child = (struct child){0};
}
