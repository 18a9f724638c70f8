/* SPDX-License-Identifier: MIT */
/* A stack is the list of return addresses that lead to a call of the runtime, the nearest first:
 * for reports, for what an object was allocated by, for "this call path was failed already".
 *
 * It is addresses only; names are looked up when it is printed. The frames of the runtime itself
 * that come first are left out, so frame[0] lies in the driver (or client, or host program) that
 * called. The unwinder reads the tables that every object file has, so a driver needs neither frame
 * pointers nor debug information; it stops at the bottom of a fiber, and where the calls of
 * libcondis begin that stand for a host program (a scenario's, say), unless they come first. */
#ifndef CONDIS_RULES_STACK_H
#define CONDIS_RULES_STACK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { STACK_FRAMES_MAX = 24, STACK_HASH_FRAMES = 8 /* how deep a call path is looked at */ };

struct stack {
    uint16_t count;
    void *frame[STACK_FRAMES_MAX]; /* return addresses: the call is at frame[i] - 1 */
};

/* Capture the stack of the running code. Allocates nothing (but see stack_prepare), takes no lock,
 * any IRQL, any thread or fiber. About a microsecond: not for a path that is hot.
 * out      filled; count 0 when the stack cannot be walked or everything on it is the runtime's
 * nearest  a return address on this stack (NT_CALLER()): what is nearer is left out as well, which
 *          matters where the runtime cannot be told from its caller (stack_in_runtime). NULL, or
 *          one that is not on the stack: begin here */
void stack_take(struct stack *out, const void *nearest);

/* The same in one walk with where the return addresses stood: hear is told of each frame that was
 * walked, those that are left out before the first one too.
 * nearest  required
 * hear     address: the return address; frame: the canonical frame address that belongs to it,
 *          right below which x86-64 keeps it */
typedef void stack_hear(void *context, const void *address, uintptr_t frame);
void stack_take_places(struct stack *out, const void *nearest, stack_hear *hear, void *context);

/* Find where a signal came, for stack_take: what lies nearer on the stack is its handler's.
 * context  the third argument of a handler with SA_SIGINFO
 * returns  the address of the instruction; NULL: not known on this machine */
const void *stack_place_of_signal(const void *context);

/* Capture the stack in a signal's handler, beginning at the instruction that was interrupted (NULL:
 * not known), which then is frame[0], as if it were a call. */
void stack_take_interrupted(struct stack *out, const void *instruction);

/* Load what the first walk of a stack needs (the C library's unwinder allocates once). Call it
 * before a simulation starts or a handler of signals may have to walk. Repeating it is harmless. */
void stack_prepare(void);

/* Hash the nearest `frame_count` frames that are not the runtime's own. Frames of the runtime
 * between two of a driver's are passed over and do not count.
 * returns  a number that is the same in every process, run and copy of a driver's image: addresses
 *          count as offsets in their object file. 0 for a stack without such a frame */
uint64_t stack_hash(const struct stack *stack, unsigned frame_count);

/* Whether two stacks have the same nearest `frame_count` frames (STACK_FRAMES_MAX: are equal). */
bool stack_same(const struct stack *a, const struct stack *b, unsigned frame_count);

/* Print a stack with functions, files and lines, as a report does: twelve columns in, headed by a
 * word of at most nine letters. Nothing for an empty one. (report.c) */
void stack_print(FILE *file, const char *heading, const struct stack *stack);

/* Whether two addresses lie in one object file, such as a driver's image. */
bool stack_same_object(const void *a, const void *b);

/* Whether an address is code of the runtime: the executive, NDIS, rules, trace and links, whether
 * they are in libcondis or all of them in the program (condis_whole_dep). The client and everything
 * above it are callers like any driver. A program that links single archives of ours has no marks
 * around them: there the answer is no. */
bool stack_in_runtime(const void *address);

#endif
