/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "verify.h"
#include "command.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const outcome_names[OUTCOME_COUNT] = {
    [OUTCOME_WAITING] = "not run", [OUTCOME_PASSED] = "passed",     [OUTCOME_FAILED] = "failed",
    [OUTCOME_SKIPPED] = "skipped", [OUTCOME_UNUSABLE] = "unusable",
};

static const char *const phase_names[PHASE_COUNT] = {
    [PHASE_CASE] = "case",
    [PHASE_FAULTS] = "faults",
    [PHASE_SCHEDULES] = "schedules",
};

/* From best to worst. */
static int badness(enum verify_outcome outcome)
{
    static const int order[OUTCOME_COUNT] = {
        [OUTCOME_WAITING] = 0, [OUTCOME_SKIPPED] = 1,  [OUTCOME_PASSED] = 2,
        [OUTCOME_FAILED] = 3,  [OUTCOME_UNUSABLE] = 4,
    };
    return order[outcome];
}

enum verify_outcome verify_outcome_of(const struct verify *verify,
                                      const struct conformance_case *subject,
                                      enum verify_phase phase, uint64_t *try_count)
{
    enum verify_outcome worst = OUTCOME_WAITING;
    *try_count = 0;
    for (size_t i = 0; i < verify->step_count; i++) {
        const struct verify_step *step = &verify->steps[i];
        if (step->subject != subject || step->phase != phase)
            continue;
        *try_count += step->outcome == OUTCOME_SKIPPED ? 0 : step->try_count;
        if (badness(step->outcome) > badness(worst))
            worst = step->outcome;
    }
    return worst;
}

static bool is_bad(enum verify_outcome outcome)
{
    return outcome == OUTCOME_FAILED || outcome == OUTCOME_UNUSABLE;
}

int verify_status(const struct verify *verify)
{
    size_t counts[OUTCOME_COUNT] = {0};
    for (size_t i = 0; i < verify->step_count; i++)
        counts[verify->steps[i].outcome]++;
    if (counts[OUTCOME_FAILED])
        return EXIT_FAILED;
    return counts[OUTCOME_UNUSABLE] || !counts[OUTCOME_PASSED] ? EXIT_USAGE : EXIT_PASSED;
}

/* The first of a case's steps that is not good; NULL: all are. */
static const struct verify_step *first_bad(const struct verify *verify,
                                           const struct conformance_case *subject,
                                           enum verify_phase phase)
{
    for (size_t i = 0; i < verify->step_count; i++) {
        const struct verify_step *step = &verify->steps[i];
        if (step->subject == subject && step->phase == phase && is_bad(step->outcome))
            return step;
    }
    return NULL;
}

/* ---- obligations ---- */

struct obligations {
    bool shown[CASE_OBLIGATION_MAX + 1];  /* a case that ran shows it */
    bool broken[CASE_OBLIGATION_MAX + 1]; /* a rule of it was broken */
    unsigned shown_count, broken_count;
};

static void count_obligations(const struct verify *verify, struct obligations *out)
{
    *out = (struct obligations){0};
    for (size_t i = 0; i < verify->step_count; i++) {
        const struct verify_step *step = &verify->steps[i];
        size_t j;
        const json_t *row;
        json_array_foreach(step->broken, j, row)
        {
            json_int_t number = json_integer_value(json_object_get(row, "obligation"));
            if (number > 0 && number <= CASE_OBLIGATION_MAX)
                out->broken[number] = true;
        }
        for (int number = 1; number <= CASE_OBLIGATION_MAX; number++)
            if (step->outcome != OUTCOME_SKIPPED && step->subject->obligations[number])
                out->shown[number] = true;
    }
    for (int number = 1; number <= CASE_OBLIGATION_MAX; number++) {
        out->shown_count += out->shown[number];
        out->broken_count += out->broken[number];
    }
}

/* ---- for people ---- */

/* The rules that a step broke, each once, with their obligations. */
static void print_broken(const struct verify_step *step, FILE *out)
{
    json_t *seen = json_object();
    size_t i;
    const json_t *row;
    json_array_foreach(step->broken, i, row)
    {
        const char *rule = json_string_value(json_object_get(row, "rule"));
        json_int_t number = json_integer_value(json_object_get(row, "obligation"));
        if (!rule || json_object_get(seen, rule))
            continue;
        fprintf(out, "%s%s", json_object_size(seen) ? ", " : "  broken: ", rule);
        if (number)
            fprintf(out, " (C%lld)", (long long)number);
        json_object_set_new(seen, rule, json_true());
    }
    if (json_object_size(seen))
        fputc('\n', out);
    json_decref(seen);
}

static void print_cell(FILE *out, enum verify_outcome outcome, uint64_t try_count)
{
    char text[32];
    if (outcome == OUTCOME_WAITING)
        snprintf(text, sizeof text, "-");
    else if (outcome == OUTCOME_SKIPPED)
        snprintf(text, sizeof text, "skipped");
    else
        snprintf(text, sizeof text, "%s %llu",
                 outcome == OUTCOME_PASSED ? "ok" : outcome_names[outcome],
                 (unsigned long long)try_count);
    fprintf(out, "  %-12s", text);
}

static void print_rows(const struct verify *verify, FILE *out)
{
    int width = 4;
    for (size_t i = 0; i < verify->suite.count; i++)
        if (verify_wants(verify, &verify->suite.cases[i]) &&
            (int)strlen(verify->suite.cases[i].name) > width)
            width = (int)strlen(verify->suite.cases[i].name);
    fprintf(out, "%-*s  %-12s  %-12s  %-12s  %s\n", width, "case", "runs", "faults", "orders",
            "obligations");
    for (size_t i = 0; i < verify->suite.count; i++) {
        const struct conformance_case *subject = &verify->suite.cases[i];
        char obligations[CASE_OBLIGATION_MAX * 5];
        if (!verify_wants(verify, subject))
            continue;
        fprintf(out, "%-*s", width, subject->name);
        for (int phase = 0; phase < PHASE_COUNT; phase++) {
            uint64_t tries;
            enum verify_outcome outcome =
                verify_outcome_of(verify, subject, (enum verify_phase)phase, &tries);
            print_cell(out, outcome, tries);
        }
        case_obligations(subject, obligations, sizeof obligations);
        fprintf(out, "  %s\n", obligations);
    }
}

static void print_bad(const struct verify *verify, FILE *out)
{
    for (size_t i = 0; i < verify->suite.count; i++) {
        for (int phase = 0; phase < PHASE_COUNT; phase++) {
            const struct verify_step *step =
                first_bad(verify, &verify->suite.cases[i], (enum verify_phase)phase);
            if (!step)
                continue;
            fprintf(out, "\n%s: %s\n  %s: %s\n", step->subject->name, step->subject->says,
                    step->about, step->what ? step->what : outcome_names[step->outcome]);
            print_broken(step, out);
            /* A report ends with the command that leads to it. */
            if (phase != PHASE_CASE || json_array_size(step->broken) == 0)
                fprintf(out, "  replay: %s\n", step->replay);
            if (phase == PHASE_CASE && step->report)
                fprintf(out, "%s", step->report);
        }
    }
}

static void print_summary(const struct verify *verify, FILE *out)
{
    struct obligations obligations;
    unsigned counts[OUTCOME_COUNT] = {0};
    uint64_t all = 0;
    for (size_t i = 0; i < verify->suite.count; i++) {
        enum verify_outcome worst = OUTCOME_WAITING;
        for (int phase = 0; phase < PHASE_COUNT; phase++) {
            uint64_t tries;
            enum verify_outcome outcome = verify_outcome_of(verify, &verify->suite.cases[i],
                                                            (enum verify_phase)phase, &tries);
            worst = badness(outcome) > badness(worst) ? outcome : worst;
            all += tries;
        }
        counts[worst]++;
    }
    count_obligations(verify, &obligations);
    fprintf(out, "\n%u cases passed, %u failed, ", counts[OUTCOME_PASSED], counts[OUTCOME_FAILED]);
    if (counts[OUTCOME_UNUSABLE])
        fprintf(out, "%u could not run, ", counts[OUTCOME_UNUSABLE]);
    fprintf(out, "%u skipped; %llu runs; %u obligations shown", counts[OUTCOME_SKIPPED],
            (unsigned long long)all, obligations.shown_count);
    if (obligations.broken_count == 0) {
        fputs(", none broken\n", out);
        return;
    }
    fputs(", broken:", out);
    for (int number = 1; number <= CASE_OBLIGATION_MAX; number++)
        if (obligations.broken[number])
            fprintf(out, " C%d", number);
    fputc('\n', out);
}

void verify_print(const struct verify *verify, FILE *out)
{
    fprintf(out, "%s: %s on %s%s\n", verify->options.driver, verify->options.as,
            !strcmp(verify->options.medium, "none") ? "a medium without anybody" : "a ",
            !strcmp(verify->options.medium, "none") ? "" : verify->options.medium);
    print_rows(verify, out);
    print_bad(verify, out);
    print_summary(verify, out);
}

/* ---- for programs ---- */

/* A case in one phase, as the formats for programs have it. */
struct line {
    const struct conformance_case *subject;
    enum verify_phase phase;
    enum verify_outcome outcome;
    uint64_t try_count;
    const struct verify_step *bad;
};

static struct line *lines_of(const struct verify *verify, size_t *count)
{
    struct line *lines = calloc(verify->suite.count * PHASE_COUNT + 1, sizeof *lines);
    *count = 0;
    for (size_t i = 0; lines && i < verify->suite.count; i++) {
        for (int phase = 0; phase < PHASE_COUNT; phase++) {
            struct line line = {.subject = &verify->suite.cases[i],
                                .phase = (enum verify_phase)phase};
            line.outcome = verify_outcome_of(verify, line.subject, line.phase, &line.try_count);
            if (line.outcome == OUTCOME_WAITING)
                continue;
            line.bad = first_bad(verify, line.subject, line.phase);
            lines[(*count)++] = line;
        }
    }
    return lines;
}

static const char *skip_reason(const struct verify *verify, const struct conformance_case *subject)
{
    for (size_t i = 0; i < verify->step_count; i++)
        if (verify->steps[i].subject == subject && verify->steps[i].outcome == OUTCOME_SKIPPED)
            return verify->steps[i].what;
    return "";
}

void verify_print_tap(const struct verify *verify, FILE *out)
{
    size_t count;
    struct line *lines = lines_of(verify, &count);
    fprintf(out, "TAP version 13\n1..%zu\n", count);
    for (size_t i = 0; lines && i < count; i++) {
        const struct line *line = &lines[i];
        fprintf(out, "%s %zu - %s %s", is_bad(line->outcome) ? "not ok" : "ok", i + 1,
                line->subject->name, phase_names[line->phase]);
        if (line->outcome == OUTCOME_SKIPPED)
            fprintf(out, " # SKIP %s", skip_reason(verify, line->subject));
        fputc('\n', out);
        if (line->bad)
            fprintf(out, "# %s: %s\n# %s\n", line->bad->about,
                    line->bad->what ? line->bad->what : outcome_names[line->outcome],
                    line->bad->replay);
    }
    free(lines);
}

/* Text as XML has it; what XML 1.0 forbids becomes '?'. */
static void print_xml(FILE *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        switch (*at) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc((*at < ' ' && *at != '\n' && *at != '\t') || *at > 0x7e ? '?' : *at, out);
        }
    }
}

/* What a case took in one phase, in seconds. */
static double seconds_of(const struct verify *verify, const struct line *line)
{
    uint64_t ns = 0;
    for (size_t i = 0; i < verify->step_count; i++)
        if (verify->steps[i].subject == line->subject && verify->steps[i].phase == line->phase)
            ns += verify->steps[i].took_ns;
    return (double)ns / 1e9;
}

/* JUnit's type of a failure is a class; ours is the rule that was broken first. */
static const char *failure_type(const struct verify_step *step)
{
    const char *rule = json_string_value(json_object_get(json_array_get(step->broken, 0), "rule"));
    return rule ? rule : outcome_names[step->outcome];
}

static void print_junit_line(const struct verify *verify, FILE *out, const struct line *line)
{
    fprintf(out, "    <testcase classname=\"condis.%s\" name=\"%s\" time=\"%.3f\"",
            phase_names[line->phase], line->subject->name, seconds_of(verify, line));
    if (line->outcome == OUTCOME_PASSED) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n", out);
    if (line->outcome == OUTCOME_SKIPPED) {
        fputs("      <skipped message=\"", out);
        print_xml(out, skip_reason(verify, line->subject));
        fputs("\"/>\n", out);
    } else if (line->bad) {
        const char *kind = line->outcome == OUTCOME_UNUSABLE ? "error" : "failure";
        fprintf(out, "      <%s type=\"%s\" message=\"", kind, failure_type(line->bad));
        print_xml(out, line->bad->what ? line->bad->what : outcome_names[line->outcome]);
        fputs("\">", out);
        print_xml(out, line->bad->replay);
        fputc('\n', out);
        print_xml(out, line->bad->report ? line->bad->report : "");
        fprintf(out, "</%s>\n", kind);
    }
    fputs("    </testcase>\n", out);
}

static void print_property(FILE *out, const char *name, const char *value)
{
    fprintf(out, "      <property name=\"%s\" value=\"", name);
    print_xml(out, value);
    fputs("\"/>\n", out);
}

/* Who was verified, when and where. All that any of the schemas in use asks of a suite is there,
 * and in the order that the strictest (Ant's) wants. */
static void print_junit_head(const struct verify *verify, FILE *out)
{
    char host[HOST_NAME_MAX + 1] = "localhost";
    char when[sizeof "2026-01-01T00:00:00"] = "1970-01-01T00:00:00";
    char seed[32];
    time_t began = time(NULL) - (time_t)(verify->took_ms / 1000);
    struct tm utc;
    (void)gethostname(host, sizeof host - 1);
    if (gmtime_r(&began, &utc))
        (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(seed, sizeof seed, "%" PRIu64, verify->options.seed);
    fputs("    timestamp=\"", out);
    fprintf(out, "%s\" hostname=\"", when);
    print_xml(out, host);
    fputs("\">\n    <properties>\n", out);
    print_property(out, "as", verify->options.as);
    print_property(out, "medium", verify->options.medium);
    print_property(out, "seed", seed);
    fputs("    </properties>\n", out);
}

bool verify_print_junit(const struct verify *verify, FILE *out)
{
    size_t count;
    size_t failures = 0;
    size_t errors = 0;
    size_t skipped = 0;
    struct line *lines = lines_of(verify, &count);
    if (!lines)
        return false;
    for (size_t i = 0; i < count; i++) {
        failures += lines[i].outcome == OUTCOME_FAILED;
        errors += lines[i].outcome == OUTCOME_UNUSABLE;
        skipped += lines[i].outcome == OUTCOME_SKIPPED;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
          "  <testsuite id=\"0\" package=\"condis\" name=\"",
          out);
    print_xml(out, verify->options.driver);
    fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"\n",
            count, failures, errors, skipped, (double)verify->took_ms / 1000);
    print_junit_head(verify, out);
    for (size_t i = 0; i < count; i++)
        print_junit_line(verify, out, &lines[i]);
    fputs("    <system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n", out);
    free(lines);
    return !ferror(out);
}

static json_t *step_json(const struct verify_step *step)
{
    return json_pack("{s:s, s:s, s:s?, s:s, s:O, s:s?, s:s?}", "phase", phase_names[step->phase],
                     "outcome", outcome_names[step->outcome], "what", step->what, "about",
                     step->about ? step->about : "", "broken", step->broken, "replay", step->replay,
                     "report", step->report);
}

static json_t *case_json(const struct verify *verify, const struct conformance_case *subject)
{
    json_t *steps = json_array();
    json_t *numbers = json_array();
    json_t *outcomes = json_object();
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        uint64_t tries;
        enum verify_outcome outcome =
            verify_outcome_of(verify, subject, (enum verify_phase)phase, &tries);
        if (outcome != OUTCOME_WAITING)
            json_object_set_new(outcomes, phase_names[phase],
                                json_pack("{s:s, s:I}", "outcome", outcome_names[outcome], "runs",
                                          (json_int_t)tries));
    }
    for (size_t i = 0; i < verify->step_count; i++)
        if (verify->steps[i].subject == subject && verify->steps[i].outcome != OUTCOME_PASSED)
            json_array_append_new(steps, step_json(&verify->steps[i]));
    for (int number = 1; number <= CASE_OBLIGATION_MAX; number++)
        if (subject->obligations[number])
            json_array_append_new(numbers, json_integer(number));
    return json_pack("{s:s, s:s, s:o, s:o, s:o}", "name", subject->name, "says", subject->says,
                     "obligations", numbers, "phases", outcomes, "not_passed", steps);
}

json_t *verify_json(const struct verify *verify)
{
    static const char *const verdicts[] = {
        [EXIT_PASSED] = "passed", [EXIT_FAILED] = "failed", [EXIT_USAGE] = "unusable"};
    json_t *cases = json_array();
    json_t *broken = json_array();
    struct obligations obligations;
    count_obligations(verify, &obligations);
    for (int number = 1; number <= CASE_OBLIGATION_MAX; number++)
        if (obligations.broken[number])
            json_array_append_new(broken, json_integer(number));
    for (size_t i = 0; i < verify->suite.count; i++)
        if (verify_wants(verify, &verify->suite.cases[i]))
            json_array_append_new(cases, case_json(verify, &verify->suite.cases[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:o, s:o}", "driver", verify->options.driver, "as",
                     verify->options.as, "medium", verify->options.medium, "verdict",
                     verdicts[verify_status(verify)], "obligations_shown",
                     (int)obligations.shown_count, "obligations_broken", broken, "cases", cases);
}
