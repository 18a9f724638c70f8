/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr */
#endif

#include "rules/place.h"
#include "rules/rules.h"

#include <assert.h>
#include <dlfcn.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define TICKS_PER_SECOND 10000000u

void rule_break_begin(struct rule_break *brk, enum rule_id id, const char *function)
{
    assert(id > RULE_NONE);
    assert(id < RULE_ID_COUNT);
    memset(brk, 0, sizeof(*brk));
    brk->id = id;
    brk->function = function;
}

/* Names and details may come from a driver: a report stays one line a fact, and a cut text does not
 * end inside a UTF-8 character. */
static void tidy_text(char *text, bool cut)
{
    size_t length = strlen(text);

    if (cut && length > 0) {
        size_t start = length - 1;
        while (start > 0 && ((unsigned char)text[start] & 0xC0) == 0x80)
            start--;
        unsigned char lead = (unsigned char)text[start];
        size_t need = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (length - start < need)
            text[start] = '\0';
    }
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = ' ';
}

static void copy_text(char *to, size_t to_bytes, const char *from)
{
    int length = snprintf(to, to_bytes, "%s", from ? from : "");
    tidy_text(to, length >= 0 && (size_t)length >= to_bytes);
}

void rule_break_driver(struct rule_break *brk, const char *driver, const char *host)
{
    copy_text(brk->driver, sizeof(brk->driver), driver);
    copy_text(brk->host, sizeof(brk->host), host);
}

void rule_break_object(struct rule_break *brk, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(brk->object, sizeof(brk->object), format, arguments);
    va_end(arguments);
    tidy_text(brk->object, length >= 0 && (size_t)length >= sizeof(brk->object));
}

void rule_break_detail_v(struct rule_break *brk, const char *format, va_list arguments)
{
    int length = vsnprintf(brk->detail, sizeof(brk->detail), format, arguments);
    tidy_text(brk->detail, length >= 0 && (size_t)length >= sizeof(brk->detail));
}

void rule_break_detail(struct rule_break *brk, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    rule_break_detail_v(brk, format, arguments);
    va_end(arguments);
}

void rule_break_status(struct rule_break *brk, uint32_t status, const char *name)
{
    brk->has_status = true;
    brk->status = status;
    brk->status_name = name;
}

/* Line 0 says who made the object, which a report must not lose. */
void rule_break_history(struct rule_break *brk, uint64_t time_100ns, uint16_t processor,
                        const char *driver, const char *event)
{
    if (brk->history_count == RULE_HISTORY_MAX) {
        memmove(&brk->history[1], &brk->history[2],
                (RULE_HISTORY_MAX - 2) * sizeof(brk->history[0]));
        brk->history_count--;
        if (brk->history_lost_count < UINT16_MAX)
            brk->history_lost_count++;
    }
    struct rule_history *line = &brk->history[brk->history_count++];
    line->time_100ns = time_100ns;
    line->processor = processor;
    copy_text(line->event, sizeof(line->event), event);
    copy_text(line->driver, sizeof(line->driver), driver);
}

__attribute__((noinline)) void rule_break_backtrace(struct rule_break *brk)
{
    stack_take(&brk->stack, __builtin_return_address(0));
}

static void print_time(FILE *file, uint64_t time_100ns)
{
    fprintf(file, "%" PRIu64 ".%07" PRIu64 " s", time_100ns / TICKS_PER_SECOND,
            time_100ns % TICKS_PER_SECOND);
}

static void print_irql(FILE *file, uint8_t irql)
{
    static const char *const name[] = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};

    if (irql < sizeof(name) / sizeof(name[0]))
        fputs(name[irql], file);
    else
        fprintf(file, "IRQL %u", irql);
}

static void print_rule(FILE *file, const struct rule_break *brk)
{
    const struct rule_info *rule = rule_info(brk->id);

    fprintf(file, "rule broken: %s (", rule->name);
    if (rule->obligation)
        fprintf(file, "C%u, ", rule->obligation);
    fprintf(file, "%s%s)\n", rule_severity_name(rule->severity), brk->expected ? ", expected" : "");
    fprintf(file, "  contract  %s\n", rule->says);
    fprintf(file, "  remedy    %s\n", rule->remedy);
    fprintf(file, "  source    %s\n", rule->source);
}

static void print_call(FILE *file, const struct rule_break *brk)
{
    fprintf(file, "  call      %s", brk->function ? brk->function : "(no function)");
    if (brk->object[0])
        fprintf(file, " on %s", brk->object);
    fprintf(file, " by %s", brk->driver[0] ? brk->driver : "NDIS");
    if (brk->host[0])
        fprintf(file, " in %s", brk->host);
    fprintf(file, ", processor %u, ", brk->processor);
    print_irql(file, brk->irql);
    fputs(", ", file);
    print_time(file, brk->time_100ns);
    fputc('\n', file);
    if (brk->has_status && brk->status_name)
        fprintf(file, "  status    %s\n", brk->status_name);
    else if (brk->has_status)
        fprintf(file, "  status    0x%08" PRIX32 "\n", brk->status);
    if (brk->detail[0])
        fprintf(file, "  seen      %s\n", brk->detail);
}

static void print_history(FILE *file, const struct rule_break *brk)
{
    for (uint16_t i = 0; i < brk->history_count; i++) {
        const struct rule_history *line = &brk->history[i];
        fputs(i == 0 ? "  history   " : "            ", file);
        print_time(file, line->time_100ns);
        fprintf(file, "  %s by %s, processor %u\n", line->event,
                line->driver[0] ? line->driver : "NDIS", line->processor);
        if (i == 0 && brk->history_lost_count)
            fprintf(file, "            (%u lines not kept)\n", brk->history_lost_count);
    }
}

enum { STACK_LINES_MAX = 14, STACK_PLACES_MAX = 3 * STACK_FRAMES_MAX };

/* The frames of the runtime between two of a driver's are one line: which function was called. */
static void print_runtime(FILE *file, const void *address)
{
    Dl_info frame;

    if (dladdr(address, &frame) && frame.dli_sname)
        fprintf(file, "%s\n", frame.dli_sname);
    else
        fputs("(condis)\n", file);
}

static void line_begin(FILE *file, const char *heading)
{
    fprintf(file, "  %-9s ", heading);
}

static void print_places(FILE *file, const struct place *place, unsigned count, const char *heading)
{
    for (unsigned i = 0; i < count; i++) {
        line_begin(file, i == 0 ? heading : "");
        place_print(file, &place[i]);
        fputc('\n', file);
    }
}

/* The byte before a return address belongs to the call. */
static const void *call_of(const struct stack *stack, unsigned index)
{
    return (const char *)stack->frame[index] - 1;
}

static void print_frames(FILE *file, const char *heading, const struct stack *stack,
                         const struct place *place, const unsigned *first)
{
    unsigned line_count = 0;

    for (unsigned i = 0; i < stack->count && line_count < STACK_LINES_MAX; i++) {
        if (!stack_in_runtime(call_of(stack, i))) {
            print_places(file, &place[first[i]], first[i + 1] - first[i],
                         line_count == 0 ? heading : "");
        } else if (i + 1 < stack->count && !stack_in_runtime(call_of(stack, i + 1))) {
            line_begin(file, line_count == 0 ? heading : "");
            print_runtime(file, call_of(stack, i));
        } else {
            continue;
        }
        line_count++;
    }
}

void stack_print(FILE *file, const char *heading, const struct stack *stack)
{
    const void *calls[STACK_FRAMES_MAX];
    unsigned first[STACK_FRAMES_MAX + 1];
    if (!stack->count)
        return;
    struct place *place = calloc(STACK_PLACES_MAX, sizeof(*place));
    if (!place) {
        fprintf(file, "  %-9s (no memory to look it up)\n", heading);
        return;
    }
    for (unsigned i = 0; i < stack->count; i++)
        calls[i] = stack_in_runtime(call_of(stack, i)) ? NULL : call_of(stack, i);
    (void)places_of(calls, stack->count, place, STACK_PLACES_MAX, first);
    print_frames(file, heading, stack, place, first);
    free(place);
}

static void print_handler(FILE *file, const void *handler)
{
    struct place place;

    if (!handler || !places_of(&handler, 1, &place, 1, NULL))
        return;
    fputs("  handler   ", file);
    place_print(file, &place);
    fputc('\n', file);
}

static void print_run(FILE *file, const struct rule_break *brk)
{
    if (brk->seeded && brk->step)
        fprintf(file, "  seed      %" PRIu64 ", step %" PRIu64 "\n", brk->seed, brk->step);
    else if (brk->seeded)
        fprintf(file, "  seed      %" PRIu64 "\n", brk->seed);
    if (brk->replay[0])
        fprintf(file, "  replay    %s\n", brk->replay);
}

void rules_print(FILE *file, const struct rule_break *brk)
{
    flockfile(file); /* one report stays together */
    print_rule(file, brk);
    print_call(file, brk);
    print_history(file, brk);
    print_handler(file, brk->handler);
    stack_print(file, "stack", &brk->stack);
    stack_print(file, "allocated", &brk->allocated);
    stack_print(file, "freed", &brk->freed);
    print_run(file, brk);
    funlockfile(file);
}

void rules_print_subscriber(void *context, const struct rule_break *brk)
{
    if (!brk->expected)
        rules_print(context, brk);
}

void rules_print_summary(FILE *file, struct rules *rules)
{
    uint64_t sum = 0;

    for (int i = RULE_NONE + 1; i < RULE_ID_COUNT; i++) {
        enum rule_id id = (enum rule_id)i;
        uint64_t count = rules_count_of(rules, id);
        if (count)
            fprintf(file, "%6" PRIu64 "  %s (%s): %s\n", count, rule_info(id)->name,
                    rule_severity_name(rule_info(id)->severity), rule_info(id)->says);
        sum += count;
    }
    if (sum == 0)
        fputs("no rule was broken\n", file);
}
