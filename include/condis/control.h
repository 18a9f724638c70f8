/* SPDX-License-Identifier: MIT */
/* A control is a socket in the file system where a running program can be asked what is inside it;
 * `condis show PATH` asks. It has a thread of its own, and answers one asker at a time, of the
 * program's own user or root. */
#ifndef CONDIS_CONTROL_H
#define CONDIS_CONTROL_H

#include <stdbool.h>
#include <stdio.h>

#include <condis/host.h>

#ifdef __cplusplus
extern "C" {
#endif

struct condis_control;

struct condis_control_options {
    const char *path; /* at most 107 bytes; what an ended program left there is replaced */
    /* Writes the answer, as tables or JSON, on the control's thread: it may wait, but whoever
     * closes the control waits for it. returns  false: it could not be made */
    bool (*answer)(void *context, FILE *out, bool json);
    void *context;
};

/* Opens a control. *out moves to the caller; condis_control_close ends it.
 * Errors: the path is too long, cannot be made, or is answered by a running program; no thread. */
bool condis_control_open(const struct condis_control_options *options, struct condis_control **out,
                         struct condis_error *error);

/* Ends a control, its thread and its file; an answer under way is finished first. NULL: nothing. */
void condis_control_close(struct condis_control *control);

/* Asks the control at a path and copies its answer.
 * Errors: nobody answers there; what came was cut off, or an error of theirs; out cannot be
 * written. */
bool condis_control_ask(const char *path, bool json, FILE *out, struct condis_error *error);

#ifdef __cplusplus
}
#endif
#endif
