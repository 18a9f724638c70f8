/* SPDX-License-Identifier: MIT */
/* The process of one run. Whatever happens to it, the memory that it shares tells. */
#define _GNU_SOURCE
#include "explore/explore.h"

#include <ctype.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "ndis/schedule.h"
#include "ndis/spare.h"
#include "rules/stack.h"

#define KEY_FRAMES 8u

/* The run of this process: a handler of signals has no other way to it. */
static struct area *child_area;

static void copy_title(struct area *area, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void copy_title(struct area *area, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(area->title, sizeof area->title, format, arguments);
    va_end(arguments);
}

/* "NdisMCmDropPartyComplete" from a report's line about the call. */
static void function_of_report(const char *report, char *name, size_t name_bytes)
{
    static const char mark[] = "\n  call      ";
    const char *at = strstr(report, mark);
    at = at ? at + sizeof mark - 1 : "";
    snprintf(name, name_bytes, "%.*s", (int)strcspn(at, " \n"), at);
}

/* The first broken rule is what the run failed of; the others may follow from it. */
static void hear_violation(void *context, const struct condis_violation *violation)
{
    struct area *area = context;
    char function[64];
    if (violation->expected || area->violation_count++ > 0)
        return;
    function_of_report(violation->report, function, sizeof function);
    snprintf(area->key, sizeof area->key, "rule %s %s %016" PRIx64, violation->rule, function,
             violation->stack);
    copy_title(area, "%s in %s", violation->rule, function);
}

/* ---- signals ---- */

/* The module and function of the nearest code that is not the runtime's. */
static void place_of(const struct stack *stack, char *text, size_t text_bytes)
{
    Dl_info info;
    const char *address = stack->count ? (const char *)stack->frame[0] - 1 : NULL;
    snprintf(text, text_bytes, "unknown code");
    if (!address || !dladdr(address, &info) || !info.dli_fname)
        return;
    const char *slash = strrchr(info.dli_fname, '/');
    snprintf(text, text_bytes, "%s of %s", info.dli_sname ? info.dli_sname : "code",
             slash ? slash + 1 : info.dli_fname);
}

/* What is known is written before what may crash again. Who runs on and on is caught anywhere in
 * his loop, so his place is no more than a module. */
static void hear_signal(int signal, siginfo_t *info, void *context)
{
    struct area *area = child_area;
    struct stack stack;
    char place[96];
    (void)info;
    area->outcome = signal == SIGPROF ? OUTCOME_HUNG : OUTCOME_CRASHED;
    area->signal = signal;
    if (area->violation_count > 0)
        _exit(1);
    snprintf(area->key, sizeof area->key, signal == SIGPROF ? "hung" : "signal %d", signal);
    copy_title(area, "%s", signal == SIGPROF ? "HUNG" : "CRASH");
    stack_take(&stack, stack_place_of_signal(context));
    place_of(&stack, place, sizeof place);
    if (signal == SIGPROF) {
        snprintf(area->key, sizeof area->key, "hung %s", strstr(place, " of "));
        copy_title(area, "HUNG: it runs on and on, in %s", place);
    } else {
        snprintf(area->key, sizeof area->key, "signal %d %016" PRIx64, signal,
                 stack_hash(&stack, KEY_FRAMES));
        copy_title(area, "CRASH: signal %d (%s), in %s", signal, strsignal(signal), place);
    }
    fprintf(stderr, "%s\n", area->title);
    stack_print(stderr, "stack", &stack);
    fflush(stderr);
    _exit(1);
}

/* On a stack of its own, because a fiber's may be what ran out. */
static void signals_begin(uint32_t hang_ms)
{
    static char stack[65536];
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGPROF};
    stack_t place = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = hear_signal,
                               .sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND)};
    stack_prepare();
    sigaltstack(&place, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &action, NULL);
    struct itimerval limit = {.it_value = {.tv_sec = (time_t)(hang_ms / 1000),
                                           .tv_usec = (suseconds_t)(hang_ms % 1000) * 1000}};
    setitimer(ITIMER_PROF, &limit, NULL);
    signal(SIGINT, SIG_IGN); /* the one who watches ends it */
}

/* ---- the run ---- */

/* Two failures of a scenario are the same when their texts differ in numbers only. */
static void name_failure(struct area *area, const struct condis_script_result *result)
{
    /* Where calls fail, an error is no failure; a request that nobody completes is. */
    bool hung = result->fault_count > 0 && result->hung_count > 0;
    const char *text = result->error[0]               ? result->error
                       : hung                         ? "the scenario went on without it"
                       : result->tally.expected_unmet ? "an expected rule was not broken"
                                                      : "it failed";
    copy_title(area, "%s%.200s", hung ? "a request did not end: " : "", text);
    size_t length = (size_t)snprintf(area->key, sizeof area->key, hung ? "request " : "scenario ");
    for (; *text && length + 1 < sizeof area->key; text++) {
        bool digit = isdigit((unsigned char)*text);
        if (!digit || area->key[length - 1] != '#')
            area->key[length++] = digit ? '#' : *text;
    }
    area->key[length] = 0;
}

/* Kept at once: the run may crash of it. */
static void hear_fault(void *context, const struct condis_fault *fault)
{
    struct area *area = context;
    uint32_t index = area->fault_count++;
    if (index >= EXPLORE_FAULTS_MAX)
        return;
    struct area_fault *kept = &area->faults[index];
    *kept = (struct area_fault){
        .number = fault->number, .function = fault->function, .sees = fault->sees};
    snprintf(kept->driver, sizeof kept->driver, "%s", fault->driver);
    if (fault->frames)
        snprintf(kept->place, sizeof kept->place, "%.*s", (int)strcspn(fault->frames, "\n"),
                 fault->frames);
}

static void note_image(void *context, const char *path, uint32_t count)
{
    struct area *area = context;
    if (area->image_count == EXPLORE_IMAGES_MAX || strlen(path) >= EXPLORE_PATH_BYTES)
        return;
    struct area_image *image = &area->images[area->image_count++];
    snprintf(image->path, sizeof image->path, "%s", path);
    image->count = count;
}

static void judge(struct area *area, enum condis_script_verdict verdict,
                  const struct condis_script_result *result)
{
    area->virtual_100ns = result->ended_100ns;
    area->real_ns = process_now_ns() - area->real_ns;
    if (verdict != CONDIS_SCRIPT_PASSED && area->violation_count == 0)
        name_failure(area, result);
    area->outcome = verdict == CONDIS_SCRIPT_PASSED   ? OUTCOME_PASSED
                    : verdict == CONDIS_SCRIPT_FAILED ? OUTCOME_FAILED
                                                      : OUTCOME_UNUSABLE;
}

static bool plan(struct condis_schedule *schedule, struct area *area, const struct run *run)
{
    schedule->log = &area->log;
    schedule_begin(&schedule->schedule, schedule->log);
    schedule->schedule.steps_max = EXPLORE_STEPS_MAX;
    return !schedule_set_strategy(&schedule->schedule, run->strategy, run->seed) &&
           schedule_plan(&schedule->schedule, run->plan, run->plan_count);
}

_Noreturn void child_main(const struct slot *slot, const struct condis_explore_options *options,
                          const char *replay)
{
    static const enum condis_clock simulated = CONDIS_SIMULATED;
    static const enum condis_violation_policy go_on = CONDIS_VIOLATION_REPORT;
    struct condis_schedule schedule = {.log = NULL};
    struct condis_script_result result = {.error = {0}};
    struct condis_script_options script = options->script;
    struct condis_fault_plan faults = {.mode = NULL};
    if (options->script.faults)
        faults = *options->script.faults;
    faults.mode = slot->run.faults;
    faults.brief = replay == NULL;
    faults.on_fault = hear_fault;
    faults.context = slot->area;
    child_area = slot->area;
    signals_begin(options->hang_ms);
    FILE *none = fopen("/dev/null", "we");
    if (!none || !plan(&schedule, slot->area, &slot->run))
        _exit(2);
    script.clock = &simulated;
    script.seed = slot->run.seed;
    script.schedule = &schedule;
    script.faults = faults.mode ? &faults : NULL;
    script.trace_path = NULL;
    script.out = none;
    script.err = stderr;
    script.json = NULL;
    script.live_screen = false;
    script.on_violation = hear_violation;
    script.context = slot->area;
    script.result = &result;
    script.replay = replay;
    script.replay_arguments = options->replay_arguments;
    script.policy = &go_on;
    enum condis_script_verdict verdict = condis_script_run(&script);
    fflush(stderr);
    judge(slot->area, verdict, &result);
    slot->area->image_count = 0;
    spare_each(note_image, slot->area);
    _exit(0);
}
