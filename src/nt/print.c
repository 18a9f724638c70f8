/* SPDX-License-Identifier: MIT */
/* What drivers print, and how they end a run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nt/format.h"
#include "nt/windows.h"

/* Learn: DbgPrint sends at most 512 bytes at once. */
#define PRINT_BYTES 512u

static void print_line(const char *line)
{
    struct exec_task *task = exec_current();
    if (task && task->exec->world->print)
        task->exec->world->print(task->exec, line);
    else
        (void)fprintf(stderr, "%s: %s\n", task ? task->exec->name : "no host", line);
}

static ULONG print(PCSTR format, va_list arguments)
{
    char buffer[PRINT_BYTES + 1];
    struct nt_text text = {.narrow = buffer, .room = PRINT_BYTES};
    nt_format(&text, format, NULL, arguments);
    buffer[text.length < PRINT_BYTES ? text.length : PRINT_BYTES] = 0;
    char *rest = buffer;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        size_t length = strlen(line);
        if (length && line[length - 1] == '\r')
            line[length - 1] = 0;
        if (*line || rest) /* an empty line counts, the nothing behind the last newline does not */
            print_line(line);
    }
    return (ULONG)STATUS_SUCCESS;
}

ULONG NTAPI vDbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, va_list arglist)
{
    (void)ComponentId;
    (void)Level; /* no filter: who does not want a line does not print it */
    return print(Format, arglist);
}

ULONG NTAPI DbgPrint(PCSTR Format, ...)
{
    va_list arguments;
    va_start(arguments, Format);
    ULONG status = print(Format, arguments);
    va_end(arguments);
    return status;
}

ULONG NTAPI DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
    (void)ComponentId;
    (void)Level;
    va_list arguments;
    va_start(arguments, Format);
    ULONG status = print(Format, arguments);
    va_end(arguments);
    return status;
}

VOID NTAPI DbgBreakPoint(VOID)
{
    DbgPrint("%s: DbgBreakPoint", exec_current()->owner ? exec_current()->owner->name : "NDIS");
}

VOID NTAPI RtlAssert(PVOID VoidFailedAssertion, PVOID VoidFileName, ULONG LineNumber,
                     PSTR MutableMessage)
{
    const char *text = VoidFailedAssertion;
    if (strncmp(text, "PAGED_CODE", sizeof("PAGED_CODE") - 1) == 0)
        nt_break(RULE_IRQL_PAGED_CODE, "PAGED_CODE", "%s:%u at IRQL %u", (const char *)VoidFileName,
                 LineNumber, exec_current()->irql);
    else
        DbgPrint("Assertion failed: %s%s%s, file %s, line %u", MutableMessage ? MutableMessage : "",
                 MutableMessage ? ": " : "", text, (const char *)VoidFileName, LineNumber);
}

VOID NTAPI KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR Parameter1, ULONG_PTR Parameter2,
                        ULONG_PTR Parameter3, ULONG_PTR Parameter4)
{
    const struct exec_task *task = exec_current();
    DbgPrint("bug check 0x%08X (0x%I64X, 0x%I64X, 0x%I64X, 0x%I64X) by %s, seed %I64u",
             BugCheckCode, (ULONGLONG)Parameter1, (ULONGLONG)Parameter2, (ULONGLONG)Parameter3,
             (ULONGLONG)Parameter4, task && task->owner ? task->owner->name : "NDIS",
             task ? (ULONGLONG)task->exec->world->seed : 0ull);
    abort();
}

VOID NTAPI KeBugCheck(ULONG BugCheckCode)
{
    KeBugCheckEx(BugCheckCode, 0, 0, 0, 0);
}

VOID NTAPI NdisWriteErrorLogEntry(NDIS_HANDLE NdisAdapterHandle, NDIS_ERROR_CODE ErrorCode,
                                  ULONG NumberOfErrorValues, ...)
{
    char buffer[PRINT_BYTES];
    size_t length = (size_t)snprintf(buffer, sizeof(buffer), "event log: code 0x%08X", ErrorCode);
    (void)NdisAdapterHandle;
    va_list arguments;
    va_start(arguments, NumberOfErrorValues);
    for (ULONG i = 0; i < NumberOfErrorValues && length < sizeof(buffer) - 16; i++)
        length += (size_t)snprintf(buffer + length, sizeof(buffer) - length, " 0x%X",
                                   va_arg(arguments, ULONG));
    va_end(arguments);
    print_line(buffer);
}
