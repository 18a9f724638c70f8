/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "script/crash.h"

#include "nt/exec.h"
#include "nt/owner.h"
#include "nt/signal_stack.h"
#include "rules/stack.h"
#include "rules/store.h"
#include "script/script.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* What is told may itself hang: of a lock that the crash left taken. Then the process ends. */
#define TELL_SECONDS 10u

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
enum { SIGNAL_COUNT = sizeof signals / sizeof signals[0] };

/* A handler of signals has no other way to them. */
static struct script *crash_script;
static atomic_flag crash_told = ATOMIC_FLAG_INIT;
static struct sigaction before[SIGNAL_COUNT];
static bool listening[SIGNAL_COUNT];

static void tell_place(FILE *err)
{
    const struct exec_task *task = exec_current();
    if (!task)
        return;
    fprintf(err, "  call      in %s in %s, processor %u, IRQL %u\n",
            task->owner ? task->owner->name : "no driver",
            task->exec ? task->exec->name : "no host", task->processor, task->irql);
}

static void tell_replay(FILE *err, const struct script *script)
{
    const struct condis_script_options *options = script->options;
    uint64_t step = script->world ? condis_world_step(script->world) : 0;
    fprintf(err, "  seed      %llu", (unsigned long long)options->seed);
    if (step)
        fprintf(err, ", step %llu", (unsigned long long)step);
    fputc('\n', err);
    if (!options->replay || !options->replay[0] || !options->replay_arguments)
        return;
    fprintf(err, "  replay    %s", options->replay);
    if (step)
        fprintf(err, " --stop-at %llu", (unsigned long long)step);
    fprintf(err, "%s%s\n", options->replay_arguments[0] ? " " : "", options->replay_arguments);
}

static void tell(const struct script *script, int number, const siginfo_t *info,
                 const void *context)
{
    struct stack stack;
    FILE *err = script->err;
    fprintf(err, "crashed: signal %d (%s) at address 0x%llx\n", number, strsignal(number),
            (unsigned long long)(uintptr_t)info->si_addr); // NOLINT: a number
    tell_place(err);
    if (number == SIGSEGV && stack_overran((uintptr_t)info->si_addr))
        fputs("  seen      the stack ran over its end\n", err);
    tell_replay(err, script);
    fflush(err); /* what is known is there before what may crash again */
    stack_take_interrupted(&stack, stack_place_of_signal(context));
    stack_print(err, "stack", &stack);
    fflush(err);
    fflush(script->out);
}

/* Ends the process when the telling does not end. */
static void hear_alarm(int number)
{
    (void)number;
    _exit(128 + SIGSEGV);
}

/* Returns to the instruction that did it, whose second signal is the end: so what is left, a core
 * file or a debugger's view, stands at that place. */
static void hear_crash(int number, siginfo_t *info, void *context)
{
    const struct script *script = crash_script;
    while (atomic_flag_test_and_set(&crash_told))
        (void)pause(); /* another thread's crash is told, and ends this one, too */
    (void)signal(SIGALRM, hear_alarm);
    (void)alarm(TELL_SECONDS);
    if (script)
        tell(script, number, info, context);
    for (int i = 0; i < SIGNAL_COUNT; i++)
        (void)signal(signals[i], SIG_DFL);
    if (info->si_code <= 0)
        (void)raise(number); /* somebody sent it: no instruction does it again */
}

void crash_begin(struct script *script)
{
    struct sigaction action = {.sa_sigaction = hear_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    crash_script = script;
    stack_prepare();
    signal_stacks_begin(); /* the driver's may be what ran out */
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        listening[i] = sigaction(signals[i], NULL, &before[i]) == 0 &&
                       !(before[i].sa_flags & SA_SIGINFO) && before[i].sa_handler == SIG_DFL &&
                       sigaction(signals[i], &action, NULL) == 0;
    }
}

void crash_end(void)
{
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        struct sigaction now;
        if (listening[i] && sigaction(signals[i], NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
            now.sa_sigaction == hear_crash)
            (void)sigaction(signals[i], &before[i], NULL);
        listening[i] = false;
    }
    crash_script = NULL;
}
