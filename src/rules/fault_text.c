/* SPDX-License-Identifier: MIT */
/* Modes as people write them, and call paths as people read them. */
#include "rules/fault.h"
#include "rules/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- modes ---- */

static const char *const takes[FAULT_MODE_COUNT] = {
    [FAULTS_STACK] = "stack wants call paths: stack=ID,ID..., each of 16 hexadecimal digits",
    [FAULTS_NTH] = "nth wants numbers of calls, from 1: nth=3,17",
    [FAULTS_FROM] = "from wants the number of a call, from 1: from=3",
    [FAULTS_RANDOM] = "random takes 1 to 100 of a hundred: random=6",
};

/* Reads one number and what ends it. returns  false: it is none */
static bool number(const char **text, int base, uint64_t *value)
{
    const char *at = *text;
    char *end;
    if (*at == '-' || *at == '+' || *at == ' ')
        return false;
    errno = 0;
    *value = strtoull(at, &end, base);
    *text = end;
    return end != at && !errno && (*end == ',' || !*end);
}

static bool numbers(const char *text, int base, uint64_t **list, size_t *count)
{
    size_t room = 1;
    for (const char *at = text; *at; at++)
        room += *at == ',';
    if (room > FAULTS_NUMBERS_MAX)
        return false;
    *list = malloc(room * sizeof(**list));
    for (*count = 0; *list; text++) {
        if (!number(&text, base, &(*list)[*count]) || !(*list)[*count])
            break;
        ++*count;
        if (!*text)
            return true;
    }
    free(*list);
    *list = NULL;
    return false;
}

const char *fault_mode_parse(const char *text, struct fault_options *options, uint64_t **list)
{
    char word[16];
    const char *equals = strpbrk(text, "=:");
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    snprintf(word, sizeof(word), "%.*s", (int)(length < sizeof(word) ? length : 0), text);
    *list = NULL;
    options->mode = fault_mode_by_name(word);
    const char *value = equals ? equals + 1 : NULL;
    bool good = false;
    uint64_t percent = 0;
    switch (options->mode) {
    case FAULTS_OFF:
    case FAULTS_WHAT_IF:
    case FAULTS_SYSTEMATIC:
        return value ? "this mode takes no value" : NULL;
    case FAULTS_STACK:
        good = value && numbers(value, 16, list, &options->number_count);
        break;
    case FAULTS_NTH:
        good = value && numbers(value, 10, list, &options->number_count);
        break;
    case FAULTS_FROM:
        good =
            value && numbers(value, 10, list, &options->number_count) && options->number_count == 1;
        break;
    case FAULTS_RANDOM:
        good = !value || (number(&value, 10, &percent) && !*value && percent && percent <= 100);
        options->percent = (uint32_t)percent;
        break;
    case FAULT_MODE_COUNT:
        return "it is one of systematic, what-if, nth=N,..., from=N, random[=PERCENT], "
               "stack=ID,..., off";
    }
    options->numbers = *list;
    if (good)
        return NULL;
    free(*list);
    *list = NULL;
    return takes[options->mode];
}

/* ---- call paths ---- */

char *fault_frames(const struct stack *stack, uint32_t depth)
{
    enum { PLACES_MAX = 3 * STACK_FRAMES_MAX };
    const void *address[STACK_FRAMES_MAX];
    unsigned count = 0;
    char *text = NULL;
    size_t bytes = 0;
    for (uint16_t i = 0; i < stack->count && count < depth; i++) {
        const char *call = (const char *)stack->frame[i] - 1;
        if (!stack_in_runtime(call))
            address[count++] = call;
    }
    struct place *place = calloc(PLACES_MAX, sizeof(*place));
    FILE *file = place ? open_memstream(&text, &bytes) : NULL;
    if (file) {
        unsigned filled = places_of(address, count, place, PLACES_MAX, NULL);
        for (unsigned i = 0; i < filled; i++) {
            place_print(file, &place[i]);
            fputc('\n', file);
        }
        fclose(file);
    }
    free(place);
    return text;
}
