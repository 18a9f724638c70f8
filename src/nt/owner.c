/* SPDX-License-Identifier: MIT */
#include "nt/owner.h"

#include <assert.h>

#include "rules/store.h"

_Static_assert(sizeof(struct nt_account) == 48, "stands before every pool allocation");

static const char *const kind_names[NT_KINDS] = {
    [NT_POOL] = "memory",
    [NT_LOOKASIDE] = "lookaside list",
    [NT_TIMER] = "timer",
    [NT_WORK_ITEM] = "work item",
    [NT_THREAD] = "thread handle",
    [NT_RW_LOCK] = "reader-writer lock",
    [NT_MDL] = "MDL",
    [NT_NBL_POOL] = "net buffer pool",
    [NT_NBL] = "net buffer list",
    [NT_NB] = "net buffer",
    [NT_CONFIGURATION] = "configuration handle",
    [NT_REFERENCE] = "object reference",
};

const char *nt_kind_name(enum nt_kind kind)
{
    assert(kind < NT_KINDS);
    return kind_names[kind];
}

void nt_owner_init(struct nt_owner *owner, const char *name, uint32_t index, void *user)
{
    *owner = (struct nt_owner){.name = name, .index = index, .user = user};
    for (unsigned shard = 0; shard < NT_SHARDS; shard++)
        for (unsigned kind = 0; kind < NT_KINDS; kind++)
            exec_link_init(&owner->shards[shard].live[kind]);
}

static struct nt_shard *shard_of(const struct nt_account *account)
{
    return &account->owner->shards[account->shard];
}

void nt_account_open(struct nt_account *account, enum nt_kind kind, uint64_t bytes, uint32_t tag,
                     const void *caller)
{
    struct exec_task *task = exec_current();
    account->owner = task ? task->owner : NULL;
    struct stack_store *stacks = task && task->exec ? task->exec->world->stacks : NULL;
    account->has_stack = stacks != NULL;
    if (stacks)
        account->stack = stack_keep(stacks, caller);
    else
        account->caller = caller;
    account->bytes = bytes;
    account->tag = tag;
    account->kind = (uint8_t)kind;
    /* By processor: two of them do not meet at a lock, and a simulated run lists its leaks in the
     * same order each time, which an address would not. */
    account->shard = task ? (uint8_t)(task->processor % NT_SHARDS) : 0;
    if (!account->owner) {
        exec_link_init(&account->link);
        return;
    }
    struct nt_shard *shard = shard_of(account);
    raw_lock(&shard->lock);
    exec_list_append(&shard->live[kind], &account->link);
    shard->count[kind]++;
    shard->bytes[kind] += bytes;
    raw_unlock(&shard->lock);
}

void nt_account_retake(struct nt_account *account, const void *caller)
{
    if (CONDIS_VERIFIER && account->has_stack)
        account->stack = stack_keep(exec_current()->exec->world->stacks, caller);
}

/* Caller holds the shard's lock. */
static void leave_shard(struct nt_shard *shard, struct nt_account *account)
{
    exec_list_remove(&account->link);
    assert(shard->count[account->kind]);
    shard->count[account->kind]--;
    shard->bytes[account->kind] -= account->bytes;
    account->owner = NULL;
}

void nt_account_close(struct nt_account *account)
{
    if (!account->owner)
        return;
    struct nt_shard *shard = shard_of(account);
    raw_lock(&shard->lock);
    leave_shard(shard, account);
    raw_unlock(&shard->lock);
}

static struct nt_account *take_from(struct nt_shard *shard, enum nt_kind kind, nt_account_is *is,
                                    const void *context)
{
    struct exec_link *head = &shard->live[kind];
    raw_lock(&shard->lock);
    struct exec_link *link = head->prev;
    while (link != head && !is(context, EXEC_CONTAINER(link, struct nt_account, link)))
        link = link->prev;
    struct nt_account *account =
        link == head ? NULL : EXEC_CONTAINER(link, struct nt_account, link);
    if (account)
        leave_shard(shard, account);
    raw_unlock(&shard->lock);
    return account;
}

struct nt_account *nt_account_take(enum nt_kind kind, nt_account_is *is, const void *context)
{
    struct nt_owner *owner = exec_current()->owner;
    struct nt_account *account = NULL;
    for (unsigned i = 0; owner && i < NT_SHARDS && !account; i++)
        account = take_from(&owner->shards[i], kind, is, context);
    return account;
}

uint64_t nt_owner_count(struct nt_owner *owner, enum nt_kind kind, uint64_t *bytes)
{
    uint64_t count = 0;
    uint64_t sum_bytes = 0;
    for (unsigned i = 0; i < NT_SHARDS; i++) {
        struct nt_shard *shard = &owner->shards[i];
        raw_lock(&shard->lock);
        for (unsigned each = 0; each < NT_KINDS; each++) {
            if (kind != NT_KINDS && each != (unsigned)kind)
                continue;
            count += shard->count[each];
            sum_bytes += shard->bytes[each];
        }
        raw_unlock(&shard->lock);
    }
    if (bytes)
        *bytes = sum_bytes;
    return count;
}

uint64_t nt_owner_report_leaks(struct nt_owner *owner,
                               void (*leak)(void *context, const struct nt_account *account),
                               void *context)
{
    uint64_t count = 0;
    for (unsigned kind = 0; kind < NT_KINDS; kind++) {
        for (unsigned i = 0; i < NT_SHARDS; i++) {
            struct exec_link *head = &owner->shards[i].live[kind];
            for (struct exec_link *link = head->next; link != head; link = link->next) {
                leak(context, EXEC_CONTAINER(link, struct nt_account, link));
                count++;
            }
        }
    }
    return count;
}
