/* SPDX-License-Identifier: MIT */
#include "ndis/spare.h"

#include <stdlib.h>
#include <string.h>

struct spare {
    struct spare *next;
    void *image;
};

struct image_path {
    struct image_path *next;
    struct spare *spares;
    uint32_t mapped_count;
    char text[];
};

static struct image_path *paths;

static struct image_path *entry_of(const char *path, int make)
{
    struct image_path *entry = paths;
    while (entry && strcmp(entry->text, path) != 0)
        entry = entry->next;
    if (entry || !make)
        return entry;
    entry = calloc(1, sizeof *entry + strlen(path) + 1);
    if (!entry)
        return NULL;
    memcpy(entry->text, path, strlen(path) + 1);
    entry->next = paths;
    paths = entry;
    return entry;
}

void spare_count(const char *path)
{
    struct image_path *entry = entry_of(path, 1);
    if (entry)
        entry->mapped_count++;
}

void spare_each(void (*tell)(void *context, const char *path, uint32_t count), void *context)
{
    for (struct image_path *entry = paths; entry; entry = entry->next)
        tell(context, entry->text, entry->mapped_count);
}

void spare_put(const char *path, void *image)
{
    struct image_path *entry = entry_of(path, 1);
    struct spare *spare = entry ? malloc(sizeof *spare) : NULL;
    if (!spare)
        return;
    *spare = (struct spare){entry->spares, image};
    entry->spares = spare;
}

void *spare_take(const char *path)
{
    struct image_path *entry = entry_of(path, 0);
    struct spare *spare = entry ? entry->spares : NULL;
    if (!spare)
        return NULL;
    void *image = spare->image;
    entry->spares = spare->next;
    free(spare);
    return image;
}
