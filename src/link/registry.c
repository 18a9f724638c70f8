/* SPDX-License-Identifier: MIT */
#include "link/registry.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define WORLD_SLOT 0

/* Hubs come and go rarely; one lock serves every world of the process. It is a leaf: no other lock
 * is taken and no simulated choice is made while it is held. */
static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;

static struct exec_link *world_hubs(struct exec_world *world, bool make)
{
    struct exec_link *head = world->slots[WORLD_SLOT];
    if (!head && make) {
        head = malloc(sizeof(*head));
        if (!head)
            return NULL;
        exec_link_init(head);
        world->slots[WORLD_SLOT] = head;
    }
    return head;
}

static struct hub *hub_create(struct exec_world *world, const WCHAR *name, USHORT name_bytes)
{
    struct hub *hub = calloc(1, sizeof(*hub));
    if (!hub)
        return NULL;
    hub->world = world;
    hub->name_bytes = name_bytes;
    memcpy(hub->name, name, name_bytes);
    return hub;
}

static void hub_end(struct hub *hub)
{
    assert(hub->users == 0);
    exec_list_remove(&hub->link);
    index_end(&hub->stations);
    index_end(&hub->numbers);
    index_end(&hub->channels);
    free(hub);
}

static struct hub *hub_find(struct exec_link *head, const WCHAR *name, USHORT name_bytes)
{
    for (struct exec_link *at = head->next; at != head; at = at->next) {
        struct hub *hub = EXEC_CONTAINER(at, struct hub, link);
        if (hub->name_bytes == name_bytes && memcmp(hub->name, name, name_bytes) == 0)
            return hub;
    }
    return NULL;
}

struct hub *registry_use(struct exec_world *world, const WCHAR *name, USHORT name_bytes, bool make)
{
    pthread_mutex_lock(&registry_lock);
    struct hub *hub = NULL;
    struct exec_link *head = world_hubs(world, make);
    if (head)
        hub = hub_find(head, name, name_bytes);
    if (head && !hub && make) {
        hub = hub_create(world, name, name_bytes);
        if (hub)
            exec_list_append(head, &hub->link);
    }
    if (hub)
        hub->users++;
    pthread_mutex_unlock(&registry_lock);
    return hub;
}

static void world_hubs_end_if_empty(struct exec_world *world)
{
    struct exec_link *head = world->slots[WORLD_SLOT];
    if (head && exec_list_empty(head)) {
        free(head);
        world->slots[WORLD_SLOT] = NULL;
    }
}

void registry_leave(struct hub *hub)
{
    struct exec_world *world = hub->world;
    pthread_mutex_lock(&registry_lock);
    hub->users--;
    if (hub->users == 0 && !hub->shaped)
        hub_end(hub);
    world_hubs_end_if_empty(world);
    pthread_mutex_unlock(&registry_lock);
}

void hub_forget_world(struct exec_world *world)
{
    pthread_mutex_lock(&registry_lock);
    struct exec_link *head = world->slots[WORLD_SLOT];
    while (head && !exec_list_empty(head))
        hub_end(EXEC_CONTAINER(head->next, struct hub, link));
    world_hubs_end_if_empty(world);
    pthread_mutex_unlock(&registry_lock);
}

USHORT registry_widen(const char *name, WCHAR out[CONDIS_NIC_NAME_CHARACTERS_MAX])
{
    size_t count = strlen(name);
    if (count == 0 || count > CONDIS_NIC_NAME_CHARACTERS_MAX)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (name[i] & 0x80)
            return 0;
        out[i] = (WCHAR)name[i];
    }
    return (USHORT)(count * sizeof(WCHAR));
}
