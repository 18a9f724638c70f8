/* SPDX-License-Identifier: MIT */
/* An owner is one loaded driver as the executive sees it: the name in reports, and the account of
 * everything that the driver allocated and has not freed yet, so that leaks print at its unload. */
#ifndef CONDIS_NT_OWNER_H
#define CONDIS_NT_OWNER_H

#include <stdatomic.h>
#include <stdint.h>

#include "nt/exec.h"
#include "nt/raw_lock.h"
#include "rules/stack.h"

enum nt_kind {
    NT_POOL,          /* ExAllocatePool..., NdisAllocateMemoryWithTag...                    */
    NT_LOOKASIDE,     /* an initialised lookaside list                                      */
    NT_TIMER,         /* NdisAllocateTimerObject                                            */
    NT_WORK_ITEM,     /* IoAllocateWorkItem, NdisAllocateIoWorkItem                         */
    NT_THREAD,        /* a system thread's open handle                                      */
    NT_RW_LOCK,       /* NdisAllocateRWLock                                                 */
    NT_MDL,           /* NdisAllocateMdl, IoAllocateMdl                                     */
    NT_NBL_POOL,      /* net buffer (list) pools                                            */
    NT_NBL,           /* net buffer lists                                                   */
    NT_NB,            /* net buffers                                                        */
    NT_CONFIGURATION, /* NdisOpenConfigurationEx                                            */
    NT_REFERENCE,     /* ObReferenceObject, ObReferenceObjectByHandle                       */
    NT_KINDS,
};

/* What stands before or inside every accounted object: 48 bytes. */
struct nt_account {
    struct exec_link link;
    struct nt_owner *owner; /* NULL: accounted to nobody                                    */
    union {
        const void *caller;        /* return address in the driver                          */
        const struct stack *stack; /* with the verifier: the whole stack; NULL: not kept     */
    };
    uint64_t bytes;
    uint32_t tag; /* pool tag as given, 0: none                                   */
    uint8_t kind; /* enum nt_kind                                                 */
    uint8_t shard;
    bool has_stack;
    uint8_t reserved;
};

#define NT_SHARDS 16u

struct nt_shard {
    struct raw_lock lock;
    struct exec_link live[NT_KINDS];
    uint64_t count[NT_KINDS];
    uint64_t bytes[NT_KINDS];
};

/* The account itself, inside the ndis driver object or alone. */
struct nt_owner {
    const char *name; /* for reports; borrowed                                           */
    uint32_t index;   /* the driver's number in its host                                 */
    void *user;       /* back pointer to the ndis driver                                 */
    const void *code; /* any address in its image; NULL: not known                       */
    _Atomic uint32_t paged_count; /* of its memory, blocks that may be paged out: pool.c */
    struct nt_shard shards[NT_SHARDS];
};

/* Fill an owner with an empty account. name is borrowed for its life. */
void nt_owner_init(struct nt_owner *owner, const char *name, uint32_t index, void *user);

/* Enter an object into the account of the current task's owner (which may be NULL: then only the
 * fields are filled). The account is lent until nt_account_close. Any IRQL up to DISPATCH. */
void nt_account_open(struct nt_account *account, enum nt_kind kind, uint64_t bytes, uint32_t tag,
                     const void *caller);

/* Who is said to have allocated it: from here on the caller of this function's caller. For what
 * changes hands without being allocated anew. Nothing without the verifier. */
void nt_account_retake(struct nt_account *account, const void *caller);

/* Take an object out of the account it was entered in. */
void nt_account_close(struct nt_account *account);

/* Close the newest account of `kind` of the current task's driver of which `is` says yes.
 * Returns it; NULL: there is none, or no driver runs. */
typedef bool nt_account_is(const void *context, const struct nt_account *account);
struct nt_account *nt_account_take(enum nt_kind kind, nt_account_is *is, const void *context);

/* Say how many objects of `kind` (NT_KINDS: of all kinds) are in the account; bytes (may be NULL)
 * receives their sum. */
uint64_t nt_owner_count(struct nt_owner *owner, enum nt_kind kind, uint64_t *bytes);

/* Call `leak` for each object in the account, kind by kind. The account is borrowed and must not be
 * closed inside. Nobody may run in the driver any more. Returns how many there were. */
uint64_t nt_owner_report_leaks(struct nt_owner *owner,
                               void (*leak)(void *context, const struct nt_account *account),
                               void *context);

/* Stop what could still enter the driver's code by itself before its image goes: set timers break
 * TIMER_LEFT_ARMED, queued DPCs DPC_LEFT_QUEUED. At PASSIVE. Returns how many there were. */
uint32_t nt_owner_quiesce(struct exec *exec, struct nt_owner *owner);

/* Frees the thread handles and references that a driver left. When its host has ended and nothing
 * of the driver can run any more. */
void nt_threads_end(struct nt_owner *owner);

/* The English name of a kind, for a report. */
const char *nt_kind_name(enum nt_kind kind);

#endif
