/* SPDX-License-Identifier: MIT */
/* A crash is a signal that code of a run gets for what it did: its process ends of it, and this
 * says first where the driver was, and how to be there again. */
#ifndef SCRIPT_CRASH_H
#define SCRIPT_CRASH_H

struct script;

/* Listen for SIGSEGV, SIGBUS, SIGFPE and SIGILL, where nobody else does (a sanitizer, a debugger's
 * program). One script of a process at a time.
 * script  told of until crash_end */
void crash_begin(struct script *script);

/* What was listened for is as before. */
void crash_end(void);

#endif
