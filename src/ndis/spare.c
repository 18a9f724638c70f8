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

static struct image_path *path_of(const char *text, int make)
{
    struct image_path *path = paths;
    while (path && strcmp(path->text, text) != 0)
        path = path->next;
    if (path || !make)
        return path;
    path = calloc(1, sizeof *path + strlen(text) + 1);
    if (!path)
        return NULL;
    memcpy(path->text, text, strlen(text) + 1);
    path->next = paths;
    paths = path;
    return path;
}

void spare_count(const char *text)
{
    struct image_path *path = path_of(text, 1);
    if (path)
        path->mapped_count++;
}

void spare_each(void (*tell)(void *context, const char *path, uint32_t count), void *context)
{
    for (struct image_path *path = paths; path; path = path->next)
        tell(context, path->text, path->mapped_count);
}

void spare_put(const char *text, void *image)
{
    struct image_path *path = path_of(text, 1);
    struct spare *spare = path ? malloc(sizeof *spare) : NULL;
    if (!spare)
        return;
    *spare = (struct spare){path->spares, image};
    path->spares = spare;
}

void *spare_take(const char *text)
{
    struct image_path *path = path_of(text, 0);
    struct spare *spare = path ? path->spares : NULL;
    if (!spare)
        return NULL;
    void *image = spare->image;
    path->spares = spare->next;
    free(spare);
    return image;
}
