/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sweep_judge.h"
#include "child.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(json_t *object, const char *field)
{
    return json_string_value(json_object_get(object, field));
}

static json_int_t count_of(json_t *object, const char *field)
{
    return json_integer_value(json_object_get(object, field));
}

const char *sweep_outcome_name(enum sweep_outcome outcome)
{
    static const char *const names[SWEEP_OUTCOME_COUNT] = {
        [SWEEP_SURVIVED] = "survived", [SWEEP_BROKE] = "broke",   [SWEEP_HUNG] = "hung",
        [SWEEP_CRASHED] = "crashed",   [SWEEP_MISSED] = "missed",
    };
    return names[outcome];
}

bool sweep_is_finding(const struct sweep_run *run)
{
    return run->outcome == SWEEP_BROKE || run->outcome == SWEEP_HUNG ||
           run->outcome == SWEEP_CRASHED;
}

/* ---- the first run ---- */

/* The last line of a log that is not empty, for a run that left nothing else. */
static void last_line(int log, char *line, size_t line_bytes)
{
    char *text = process_text(log, SIZE_MAX, NULL);
    line[0] = 0;
    for (char *rest = text, *next; rest && (next = strsep(&rest, "\n")) != NULL;)
        if (*next)
            snprintf(line, line_bytes, "%s", next);
    free(text);
}

/* What a run that died said of it, or else its signal's name. */
static void crash_line(const struct sweep_run *run, char *line, size_t line_bytes)
{
    char *said = process_text(run->log, SIZE_MAX, NULL);
    if (!child_crash(said, line, line_bytes))
        snprintf(line, line_bytes, "SIG%s", sigabbrev_np(run->process.signal));
    free(said);
}

bool judge_first(struct sweep *sweep, const struct sweep_run *run, json_t *document)
{
    const char *verdict = document ? text_of(document, "verdict") : NULL;
    const char *error = document ? text_of(document, "error") : NULL;
    char line[256];
    if (verdict && !strcmp(verdict, "passed"))
        return true;
    if (run->process.signal) {
        crash_line(run, line, sizeof line);
        snprintf(sweep->error, sizeof sweep->error, "%s crashes without any fault: %s",
                 sweep->script.path, line);
        return false;
    }
    last_line(run->log, line, sizeof line);
    snprintf(sweep->error, sizeof sweep->error,
             "%s does not pass without any fault, so nothing can be said of it with one: %s",
             sweep->script.path, error ? error : line);
    return false;
}

/* ---- the others ---- */

/* The rules that were broken against expectation, each once, with commas between. */
static void add_rules(FILE *out, json_t *document)
{
    size_t i;
    json_t *broken, *seen = json_object();
    json_array_foreach(json_object_get(document, "broken"), i, broken)
    {
        const char *rule = text_of(broken, "rule");
        if (!rule || json_is_true(json_object_get(broken, "expected")) ||
            json_object_get(seen, rule))
            continue;
        fprintf(out, "%s%s", json_object_size(seen) ? ", " : "broke ", rule);
        json_object_set_new(seen, rule, json_true());
    }
    json_decref(seen);
}

/* The scenario's own error, without the name of its file, which every one begins with. */
static const char *heard(json_t *document)
{
    const char *error = text_of(document, "error");
    const char *path = text_of(document, "scenario");
    size_t length = path ? strlen(path) : 0;
    return error && path && !strncmp(error, path, length) && error[length] == ':'
               ? error + length + 1
               : error;
}

/* What the driver answered to the failure of its own that the run is about. returns  false: it was
 * not reached */
static bool add_answer(FILE *out, const struct sweep_run *run, json_t *document)
{
    size_t i;
    json_t *failure;
    const char *id = run->ids[run->id_count - 1];
    json_array_foreach(json_object_get(json_object_get(document, "faults"), "failures"), i, failure)
    {
        json_t *answer = json_object_get(failure, "answer");
        const char *failed = text_of(failure, "id");
        if (!failed || strcmp(failed, id) != 0)
            continue;
        const char *status = json_is_object(answer) ? text_of(answer, "status") : NULL;
        bool refused = status && strcmp(status, "NDIS_STATUS_SUCCESS") != 0;
        /* A success that comes later says little where the scenario heard of a failure. */
        if (refused || (status && !heard(document)))
            fprintf(out, "%s%s: %s", refused ? "" : "went on, ", text_of(answer, "function"),
                    status);
        else
            fprintf(out, "%s%s", heard(document) ? "scenario: " : "went on",
                    heard(document) ? heard(document) : "");
        return true;
    }
    return false;
}

static enum sweep_outcome judge_document(FILE *out, const struct sweep_run *run, json_t *document)
{
    json_t *tally = json_object_get(document, "tally");
    json_t *faults = json_object_get(document, "faults");
    if (count_of(faults, "hung") > 0) {
        fprintf(out, "a request did not end: %s",
                text_of(document, "error") ? text_of(document, "error") : "");
        return SWEEP_HUNG;
    }
    if (count_of(tally, "violations") > 0) {
        add_rules(out, document);
        if (count_of(tally, "leaks") > 0)
            fprintf(out, " (%lld leaked)", (long long)count_of(tally, "leaks"));
        return SWEEP_BROKE;
    }
    return add_answer(out, run, document) ? SWEEP_SURVIVED : SWEEP_MISSED;
}

void judge_run(const struct sweep *sweep, struct sweep_run *run, json_t *document)
{
    size_t bytes = 0;
    FILE *out = open_memstream(&run->did, &bytes);
    if (!out) {
        run->outcome = SWEEP_MISSED;
        return;
    }
    const struct process *process = &run->process;
    char line[256];
    if (process->late) {
        fprintf(out, "the run did not end within %u s", sweep->timeout_s);
        run->outcome = SWEEP_HUNG;
    } else if (process->signal) {
        crash_line(run, line, sizeof line);
        fprintf(out, "crashed: %s", line);
        run->outcome = SWEEP_CRASHED;
    } else if (!document) {
        last_line(run->log, line, sizeof line);
        fprintf(out, "ended with status %d: %s", process->status, line);
        run->outcome = SWEEP_CRASHED;
    } else {
        run->outcome = judge_document(out, run, document);
    }
    fclose(out);
}

void judge_path(const struct sweep *sweep, struct sweep_run *run)
{
    run->path = json_incref(json_object_get(sweep->known, run->ids[run->id_count - 1]));
}
