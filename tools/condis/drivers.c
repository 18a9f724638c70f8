/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "drivers.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool add(struct driver_dirs *dirs, const char *start, size_t start_length, const char *end)
{
    if (dirs->count == DRIVER_DIRS_MAX || start_length == 0)
        return true;
    char *path;
    if (asprintf(&path, "%.*s%s", (int)start_length, start, end) < 0)
        return false;
    dirs->paths[dirs->count++] = path;
    return true;
}

/* Adds what lies at `end` beside the directory that the command is in, when that one has this
 * name. */
static bool add_beside(struct driver_dirs *dirs, const char *own, const char *name, const char *end)
{
    size_t length = strlen(own);
    size_t name_length = strlen(name);
    if (length <= name_length || strcmp(own + length - name_length, name) != 0)
        return true;
    return add(dirs, own, length - name_length, end);
}

/* The command's own place: BUILD/tools/condis in a build tree, PREFIX/bin where it is installed. A
 * tree that was moved as a whole still works. */
static bool add_own(struct driver_dirs *dirs)
{
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    if (length <= 0)
        return true;
    own[length] = 0;
    *strrchr(own, '/') = 0;
    return add_beside(dirs, own, "/tools/condis", "/drivers") &&
           add_beside(dirs, own, "/tools/condis", "/examples") &&
           add_beside(dirs, own, "/tools/condis", "/tests/drivers") &&
           add_beside(dirs, own, "/bin", "/" CONDIS_LIBDIR "/condis/drivers");
}

bool driver_dirs_find(struct driver_dirs *out)
{
    *out = (struct driver_dirs){0};
    bool done = add_own(out) && add(out, CONDIS_DRIVER_DIR, strlen(CONDIS_DRIVER_DIR), "");
    const char *more = getenv("CONDIS_DRIVER_PATH");
    while (done && more && *more) {
        size_t length = strcspn(more, ":");
        done = add(out, more, length, "");
        more += length;
        more += *more == ':';
    }
    if (!done)
        driver_dirs_free(out);
    return done;
}

void driver_dirs_free(struct driver_dirs *dirs)
{
    for (size_t i = 0; i < dirs->count; i++)
        free(dirs->paths[i]);
    dirs->count = 0;
}

char *driver_find(const struct driver_dirs *dirs, const char *name)
{
    for (size_t i = 0; i < 2 * dirs->count && !strchr(name, '/'); i++) {
        const char *dir = dirs->paths[i / 2];
        char *path;
        int length = i % 2 == 0 ? asprintf(&path, "%s/%s.so", dir, name)
                                : asprintf(&path, "%s/%s/%s.so", dir, name, name);
        if (length < 0)
            return NULL;
        if (access(path, R_OK) == 0)
            return path;
        free(path);
    }
    return strdup(name);
}
