/* SPDX-License-Identifier: MIT */
/* A list is a circle of intrusive two-way links; it has the size and order of a Windows LIST_ENTRY
 * (forward, backward), so a link can live inside one. Nothing here locks. */
#ifndef CONDIS_NT_LIST_H
#define CONDIS_NT_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct exec_link {
    struct exec_link *next;
    struct exec_link *prev;
};

/* The structure of type `type` whose member `member` is at address `pointer`. */
#define EXEC_CONTAINER(pointer, type, member)                                                      \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* Make `head` an empty list, or `link` a link that is in no list. */
static inline void exec_link_init(struct exec_link *link)
{
    link->next = link;
    link->prev = link;
}

/* Say whether the list has no links (or the link is in no list). */
static inline bool exec_list_empty(const struct exec_link *head)
{
    return head->next == head;
}

/* Put `link`, which is in no list, last in the list. */
static inline void exec_list_append(struct exec_link *head, struct exec_link *link)
{
    link->prev = head->prev;
    link->next = head;
    head->prev->next = link;
    head->prev = link;
}

/* Put `link`, which is in no list, first in the list. */
static inline void exec_list_prepend(struct exec_link *head, struct exec_link *link)
{
    exec_list_append(head->next, link);
}

/* Take `link` out of its list; afterwards it is in none. */
static inline void exec_list_remove(struct exec_link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    exec_link_init(link);
}

/* Take the first link out and return it; NULL when the list is empty. */
static inline struct exec_link *exec_list_take(struct exec_link *head)
{
    struct exec_link *first = head->next;
    if (first == head)
        return NULL;
    exec_list_remove(first);
    return first;
}

/* Move every link of `from` behind those of `to`, in order. */
static inline void exec_list_splice(struct exec_link *to, struct exec_link *from)
{
    if (exec_list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    exec_link_init(from);
}

#endif
