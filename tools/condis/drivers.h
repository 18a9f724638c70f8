/* SPDX-License-Identifier: MIT */
/* The directories in which a driver that is given by name is looked for: those of the build tree
 * when the command runs from it, those of the installation, then those of CONDIS_DRIVER_PATH. */
#ifndef CONDIS_TOOL_DRIVERS_H
#define CONDIS_TOOL_DRIVERS_H

#include <stdbool.h>
#include <stddef.h>

#define DRIVER_DIRS_MAX 32

struct driver_dirs {
    char *paths[DRIVER_DIRS_MAX];
    size_t count;
};

/* returns false when there is no memory; then there is nothing to free. */
bool driver_dirs_find(struct driver_dirs *out);
void driver_dirs_free(struct driver_dirs *dirs);

/* The path of a driver that is given by name: NAME.so or NAME/NAME.so in one of the directories.
 * The name itself when it is a path (it holds a '/') or no file has it: then it may be one that is
 * linked in.
 * returns memory to free; NULL: there is none. */
char *driver_find(const struct driver_dirs *dirs, const char *name);

#endif
