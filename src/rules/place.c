/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr */
#endif

#include "rules/place.h"

#include "rules/debuginfo.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* One look-up at a time: libdw is not for several threads, and what it read is kept. */
static pthread_mutex_t places_mutex = PTHREAD_MUTEX_INITIALIZER;

/* ---- what was found before ---- */

/* A driver breaks its rules from few places, many times. An image that comes or goes may lie where
 * another lay, so nothing outlives one. */
enum { KEPT_MAX = 512 };

struct kept {
    const char *address;
    unsigned count;
    struct place place[];
};

static struct kept *kept[KEPT_MAX];

static struct kept **kept_at(const char *address)
{
    return &kept[(uintptr_t)address * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (KEPT_MAX - 1)];
}

/* returns  0 when it is not kept, or has more places than fit */
static unsigned recall(const char *address, struct place *place, unsigned max)
{
    const struct kept *found = *kept_at(address);
    if (!found || found->address != address || found->count > max)
        return 0;
    memcpy(place, found->place, found->count * sizeof(*place));
    return found->count;
}

static void keep(const char *address, const struct place *place, unsigned count)
{
    struct kept **at = kept_at(address);
    free(*at);
    *at = malloc(sizeof(**at) + count * sizeof(*place));
    if (!*at)
        return; /* looked up again, then */
    (*at)->address = address;
    (*at)->count = count;
    memcpy((*at)->place, place, count * sizeof(*place));
}

static void keep_nothing(void)
{
    for (unsigned i = 0; i < KEPT_MAX; i++) {
        free(kept[i]);
        kept[i] = NULL;
    }
}

/* ---- images under another name ---- */

struct image_name {
    struct image_name *next;
    const void *base;
    char path[];
};

static struct image_name *image_names;

static void forget(const void *base)
{
    keep_nothing();
    struct image_name **at = &image_names;
    while (*at && (*at)->base != base)
        at = &(*at)->next;
    if (!*at)
        return;
    struct image_name *gone = *at;
    *at = gone->next;
    free(gone);
}

void place_name_image(const void *base, const char *path)
{
    size_t bytes = strlen(path) + 1;
    struct image_name *name = malloc(sizeof(*name) + bytes);
    pthread_mutex_lock(&places_mutex);
    forget(base);
    if (name) { /* else reports say the copy's name */
        name->base = base;
        memcpy(name->path, path, bytes);
        name->next = image_names;
        image_names = name;
    }
    pthread_mutex_unlock(&places_mutex);
}

void place_forget_image(const void *base)
{
    pthread_mutex_lock(&places_mutex);
    forget(base);
    debuginfo_forget((uintptr_t)base);
    pthread_mutex_unlock(&places_mutex);
}

static const char *path_of(const Dl_info *found)
{
    const struct image_name *name = image_names;
    while (name && name->base != found->dli_fbase)
        name = name->next;
    return name ? name->path : found->dli_fname;
}

/* ---- one address ---- */

static void by_symbol(const Dl_info *found, const char *path, const char *address,
                      struct place *place)
{
    const char *slash = strrchr(path, '/');
    snprintf(place->module, sizeof(place->module), "%s", slash ? slash + 1 : path);
    place->offset = (uint64_t)(address - (const char *)found->dli_fbase);
    if (!found->dli_sname)
        return;
    snprintf(place->function, sizeof(place->function), "%s", found->dli_sname);
    place->offset = (uint64_t)(address - (const char *)found->dli_saddr);
}

/* returns  how many places were filled: at least one, max is not 0 */
static unsigned look_up(const char *address, struct place *place, unsigned max)
{
    Dl_info found;
    struct link_map *object = NULL;
    memset(place, 0, max * sizeof(*place));
    if (!dladdr1(address, &found, (void **)&object, RTLD_DL_LINKMAP) || !found.dli_fbase ||
        !found.dli_fname)
        return 1;
    const char *path = path_of(&found);
    by_symbol(&found, path, address, place);
    struct place bare = place[0];
    /* The loader gives the program itself no name; argv[0] is not always a path to it. */
    bool is_program = object && object->l_name[0] == '\0';
    unsigned count = debuginfo_places(is_program ? "/proc/self/exe" : path,
                                      (uintptr_t)found.dli_fbase, (uintptr_t)address, place, max);
    for (unsigned i = 0; i < count; i++)
        memcpy(place[i].module, bare.module, sizeof(bare.module));
    if (count)
        return count;
    place[0] = bare;
    return 1;
}

static unsigned find(const char *address, struct place *place, unsigned max)
{
    unsigned count = max ? recall(address, place, max) : 0;
    if (count || !max)
        return count;
    count = look_up(address, place, max);
    if (count < max) /* else there may be more */
        keep(address, place, count);
    return count;
}

/* ---- many, on a thread of their own ---- */

enum { LOOK_UP_STACK_BYTES = 1 << 20 };

struct look_up {
    const void *const *address;
    unsigned address_count;
    struct place *place;
    unsigned max;
    unsigned *first;
    unsigned count;
};

static void *look_all_up(void *argument)
{
    struct look_up *all = argument;
    for (unsigned i = 0; i < all->address_count; i++) {
        if (all->first)
            all->first[i] = all->count;
        all->count += find(all->address[i], all->place + all->count, all->max - all->count);
    }
    if (all->first)
        all->first[all->address_count] = all->count;
    return NULL;
}

unsigned places_of(const void *const *address, unsigned address_count, struct place *place,
                   unsigned max, unsigned *first)
{
    struct look_up all = {address, address_count, place, max, first, 0};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_mutex_lock(&places_mutex);
    bool here = pthread_attr_init(&attributes) != 0;
    if (!here) {
        (void)pthread_attr_setstacksize(&attributes, LOOK_UP_STACK_BYTES);
        here = pthread_create(&thread, &attributes, look_all_up, &all) != 0;
        (void)pthread_attr_destroy(&attributes);
    }
    if (here)
        (void)look_all_up(&all);
    else
        (void)pthread_join(thread, NULL);
    pthread_mutex_unlock(&places_mutex);
    return all.count;
}

void place_print(FILE *file, const struct place *place)
{
    if (place->file[0])
        fprintf(file, "%s at %s:%d%s", place->function[0] ? place->function : "(no name)",
                place->file, place->line, place->inlined ? " (inlined)" : "");
    else if (place->function[0])
        fprintf(file, "%s+0x%" PRIx64, place->function, place->offset);
    else if (place->module[0])
        fprintf(file, "%s+0x%" PRIx64, place->module, place->offset);
    else
        fputs("(unknown module)", file);
}
