/* SPDX-License-Identifier: MIT */
/* The same seed replays the same run, byte for byte: a whole life of calls and parties, with
 * completions from everywhere, is traced twice. */
#include "scene.h"

#include <stdio.h>

static const enum how legal[] = {AT_ONCE, FROM_THREAD, FROM_DPC, FROM_WORK, EARLY, EARLY_ELSEWHERE};

enum { LEGAL = sizeof(legal) / sizeof(legal[0]) };

static VOID leave(PVOID Context)
{
    Cm.edge->IncomingDropParty(NDIS_STATUS_SUCCESS, Context, NULL, 0);
}

static void live_through(struct scene *s)
{
    call_begin_with(s, 1);
    plan_mini(ASK_SEND, (struct plan){.how = FROM_DPC});
    for (uint32_t i = 0; i < LEGAL; i++) {
        plan_cm(ASK_ADD_PARTY, (struct plan){.how = legal[i]});
        plan_cm(ASK_DROP_PARTY, (struct plan){.how = legal[LEGAL - 1 - i]});
        call_add(s, 2 * i + 1);
        AS_CLIENT((void)ClientAddParty(&s->vc[0], &s->party[2 * i + 2]));
        AS_CLIENT((void)ClientSend(&s->vc[0], 0));
        scene_settle(s);
        AS_CLIENT((void)ClientDropParty(&s->party[2 * i + 1], NULL, 0));
        AS_CLIENT((void)ClientDropParty(&s->party[2 * i + 2], NULL, 0));
        AS_MINI((void)WireIndicate(s->vc[0].handle, 0));
        scene_settle(s);
    }
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = BY_HAND});
    plan_cm(ASK_ADD_PARTY, (struct plan){.how = AT_ONCE});
    call_add(s, 13);
    AS_CM(DeskRun(&Cm.desk, FROM_DPC, leave, s->party[13].handle));
    AS_CLIENT((void)ClientDropParty(&s->party[13], NULL, 0));
    scene_settle(s);
    finish_cm(ASK_DROP_PARTY, NDIS_STATUS_SUCCESS);
    EXPECT_RULE(s, PEND_ONCE,
                AS_CM(Cm.edge->DropPartyComplete(NDIS_STATUS_SUCCESS, s->party[13].handle)));
    call_end_with(s, 0);
}

/* One run, traced. returns  the trace; *bytes its length */
static char *trace_of(const struct scene_kind *kind, uint64_t seed, size_t *bytes)
{
    char path[] = P_tmpdir "/contract-trace-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    struct scene_kind traced = *kind;
    traced.seed = seed;
    traced.trace_path = path;
    struct scene *s = scene_begin(&traced);
    live_through(s);
    scene_end(s);
    free(s);
    FILE *stream = fdopen(file, "r");
    assert_non_null(stream);
    fseek(stream, 0, SEEK_END);
    *bytes = (size_t)ftell(stream);
    rewind(stream);
    char *text = malloc(*bytes + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, *bytes, stream), *bytes);
    text[*bytes] = 0;
    fclose(stream);
    remove(path);
    return text;
}

static void check_seed(const struct scene_kind *kind)
{
    size_t first_bytes;
    size_t second_bytes;
    char *first = trace_of(kind, kind->seed, &first_bytes);
    char *second = trace_of(kind, kind->seed, &second_bytes);
    assert_true(first_bytes > 10000);
    assert_int_equal(first_bytes, second_bytes);
    assert_string_equal(first, second);
    free(second);
    free(first);
}

static void the_same_seed_gives_the_same_trace(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++)
        for (int mode = 0; mode < 3; mode++)
            for (int mcm = 0; mcm < 2; mcm++)
                check_seed(&(struct scene_kind){.clock = CONDIS_SIMULATED,
                                                .seed = seed,
                                                .mcm = mcm != 0,
                                                .completion = (enum condis_completion)mode});
}

/* Otherwise the test above would prove nothing. */
static void seeds_take_different_ways(void **state)
{
    enum { SEEDS_TRIED = 10 };
    (void)state;
    struct scene_kind kind = {.clock = CONDIS_SIMULATED, .completion = CONDIS_COMPLETE_MIXED};
    char *traces[SEEDS_TRIED];
    uint32_t equal_count = 0;
    for (uint32_t i = 0; i < SEEDS_TRIED; i++) {
        size_t bytes;
        traces[i] = trace_of(&kind, i + 1, &bytes);
        for (uint32_t j = 0; j < i; j++)
            equal_count += !strcmp(traces[i], traces[j]);
    }
    for (uint32_t i = 0; i < SEEDS_TRIED; i++)
        free(traces[i]);
    assert_int_equal(equal_count, 0);
}

static void a_trace_tells_of_requests_states_and_broken_rules(void **state)
{
    static const char *const words[] = {"DROP_PARTY", "ADD_PARTY",           "MAKE_CALL",
                                        "PEND_ONCE",  "ProtocolCmDropParty", "dropping"};
    size_t bytes;
    (void)state;
    char *trace = trace_of(&(struct scene_kind){.clock = CONDIS_SIMULATED}, 5, &bytes);
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (!strstr(trace, words[i]))
            fail_msg("the trace has no '%s'", words[i]);
    free(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_trace),
        cmocka_unit_test(seeds_take_different_ways),
        cmocka_unit_test(a_trace_tells_of_requests_states_and_broken_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
