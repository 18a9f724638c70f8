/* SPDX-License-Identifier: MIT */
/* A schedule as a text file that people can read and shorten. */
#include "nt/schedule.h"
#include "nt/exec.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char head[] = "condis schedule 1";

static void print_task(FILE *file, uint32_t id, uint8_t kind, uint8_t host, uint16_t processor,
                       const struct schedule_log *log)
{
    static const char *const names[] = {"the scenario", "processor", "a worker", "a thread"};
    fprintf(file, "task %" PRIu32, id);
    if (!log || kind >= sizeof names / sizeof names[0] || host >= SCHEDULE_HOSTS_MAX)
        return;
    fprintf(file, " (%s", names[kind]);
    if (kind == EXEC_TASK_PROCESSOR)
        fprintf(file, " %u", processor);
    else if (kind != EXEC_TASK_HOST)
        fprintf(file, " on processor %u", processor);
    fprintf(file, kind == EXEC_TASK_HOST ? ", in %s)" : " of %s)", log->hosts[host]);
}

void schedule_describe(FILE *file, const struct decision *decision, const struct schedule_log *log)
{
    const char *what = decision->what ? decision->what : "a point";
    if (decision->kind == DECISION_ANSWERS) {
        fprintf(file, "\"%s\" is answered with %" PRIu32, what, decision->answer);
        return;
    }
    print_task(file, decision->task, decision->task_kind, decision->task_host,
               decision->task_processor, log);
    fprintf(file,
            decision->kind == DECISION_PREEMPTS ? ", at %s, gives way to "
                                                : ", at %s, is followed by ",
            what);
    print_task(file, decision->answer, decision->answer_kind, decision->answer_host,
               decision->answer_processor, log);
}

void schedule_print(FILE *file, const struct decision *decisions, uint32_t count,
                    const struct schedule_log *log)
{
    static const char *const verbs[] = {"gives way to", "is followed by", "gets answer"};
    fprintf(file, "%s\n", head);
    for (uint32_t i = 0; i < count; i++) {
        fprintf(file, "task %" PRIu32 " at %" PRIu64 " %s %" PRIu32, decisions[i].task,
                decisions[i].number, verbs[decisions[i].kind], decisions[i].answer);
        if (decisions[i].what) {
            fputs(" # ", file);
            schedule_describe(file, &decisions[i], log);
        }
        fputc('\n', file);
    }
}

/* Reads one line that is no comment. */
static bool read_decision(const char *line, struct decision *decision)
{
    static const char *const formats[] = {
        "task %" SCNu32 " at %" SCNu64 " gives way to %" SCNu32 "%n",
        "task %" SCNu32 " at %" SCNu64 " is followed by %" SCNu32 "%n",
        "task %" SCNu32 " at %" SCNu64 " gets answer %" SCNu32 "%n",
    };
    for (uint8_t kind = 0; kind < 3; kind++) {
        int length = 0;
        *decision = (struct decision){.kind = kind,
                                      .task_kind = UINT8_MAX,
                                      .answer_kind = UINT8_MAX,
                                      .task_host = SCHEDULE_HOSTS_MAX,
                                      .answer_host = SCHEDULE_HOSTS_MAX};
        /* The numbers are unsigned and a text that does not fit wraps: it names no point then. */
        if (sscanf(line, formats[kind], &decision->task, &decision->number, &decision->answer,
                   &length) != 3 ||
            length == 0)
            continue;
        line += length;
        line += strspn(line, " \t\r\n");
        return *line == 0;
    }
    return false;
}

static bool is_empty(const char *line)
{
    return line[strspn(line, " \t\r\n")] == 0;
}

/* Adds one line's decision. */
static const char *read_line(char *text, struct decision **decisions, uint32_t *count,
                             uint32_t *room)
{
    text[strcspn(text, "#")] = 0;
    if (is_empty(text))
        return NULL;
    if (*count == *room) {
        uint32_t more = *room ? 2 * *room : 64;
        struct decision *grown = realloc(*decisions, more * sizeof(*grown));
        if (!grown)
            return "no memory";
        *decisions = grown;
        *room = more;
    }
    if (!read_decision(text, &(*decisions)[*count]))
        return "wants `task N at N gives way to N`, `is followed by N` or `gets answer N`";
    ++*count;
    return NULL;
}

const char *schedule_read(FILE *file, struct decision **decisions, uint32_t *count, uint32_t *line)
{
    char text[1024];
    uint32_t room = 0;
    const char *wrong = NULL;
    *decisions = NULL;
    *count = 0;
    *line = 0;
    while (!wrong && fgets(text, sizeof text, file)) {
        if (++*line == 1) {
            text[strcspn(text, "\r\n")] = 0;
            wrong = strcmp(text, head) ? "it does not begin with `condis schedule 1`" : NULL;
        } else {
            wrong = read_line(text, decisions, count, &room);
        }
    }
    if (!wrong && ferror(file))
        wrong = strerror(errno);
    else if (!wrong && *line == 0)
        wrong = "it is empty: a schedule begins with `condis schedule 1`";
    if (wrong) {
        free(*decisions);
        *decisions = NULL;
        *count = 0;
    }
    return wrong;
}
