/* SPDX-License-Identifier: MIT */
#include "windows_harness.h"

#include <string.h>

static char printed[512];

static void keep(struct exec *exec, const char *line)
{
    assert_string_equal(exec->name, "host");
    (void)strncat(printed, line, sizeof(printed) - strlen(printed) - 2);
    (void)strcat(printed, ";");
}

static void printing(void **state)
{
    struct harness *harness = *state;
    harness->world->print = keep;
    printed[0] = 0;
}

static void dbgprint_hands_whole_lines_to_the_host(void **state)
{
    printing(state);
    DbgPrint("vc %u\r\nparty %d\n", 3u, -1);
    DbgPrintEx(DPFLTR_IHVNETWORK_ID, DPFLTR_ERROR_LEVEL, "no newline");
    assert_string_equal(printed, "vc 3;party -1;no newline;");
}

static void the_event_log_prints_its_values(void **state)
{
    printing(state);
    NdisWriteErrorLogEntry(NULL, 0xc0001234, 2, 5u, 0xffu);
    assert_string_equal(printed, "event log: code 0xC0001234 0x5 0xFF;");
}

static void paged_code_at_dispatch_breaks_irql_paged_code(void **state)
{
    struct harness *harness = *state;
    PAGED_CODE();
    KIRQL old = KeRaiseIrqlToDpcLevel();
    rules_expect(&harness->rules, RULE_IRQL_PAGED_CODE);
    PAGED_CODE();
    assert_int_equal(rules_expect_end(&harness->rules, RULE_IRQL_PAGED_CODE), 1);
    KeLowerIrql(old);
}

static void clocks_and_processors_agree_with_the_executive(void **state)
{
    struct harness *harness = *state;
    LARGE_INTEGER frequency;
    LARGE_INTEGER before = KeQueryPerformanceCounter(&frequency);
    assert_int_equal(frequency.QuadPart, 10000000);
    KeStallExecutionProcessor(50);
    assert_true(KeQueryPerformanceCounter(NULL).QuadPart - before.QuadPart >= 500);
    LARGE_INTEGER system_time;
    NdisGetCurrentSystemTime(&system_time);
    assert_true(system_time.QuadPart > 130000000000000000);
    assert_int_equal(NdisSystemProcessorCount(), 2);
    assert_int_equal(KeQueryActiveProcessors(), 3);
    assert_int_equal(NdisCurrentProcessorIndex(), exec_current()->processor);
    assert_ptr_equal(exec_current()->exec, harness->exec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(dbgprint_hands_whole_lines_to_the_host),
        BOTH(the_event_log_prints_its_values),
        BOTH(paged_code_at_dispatch_breaks_irql_paged_code),
        BOTH(clocks_and_processors_agree_with_the_executive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
