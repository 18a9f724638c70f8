/* SPDX-License-Identifier: MIT */
/* The journal, and the one way in which every actor answers every request. */
#include "actor.h"

NDIS_STATUS (*ActorHook)(enum moment Moment, PVOID What, NDIS_STATUS Status);

NDIS_STATUS ActorAt(enum moment Moment, PVOID What, NDIS_STATUS Status)
{
    return ActorHook ? ActorHook(Moment, What, Status) : Status;
}

/* ---- the journal ------------------------------------------------------------------------- */

static struct note notes[NOTE_COUNT_MAX];
static volatile LONG note_count;

VOID ActorNote(struct note Note)
{
    ULONG index = (ULONG)InterlockedIncrement(&note_count) - 1;
    if (index >= NOTE_COUNT_MAX)
        return;
    Note.irql = KeGetCurrentIrql();
    Note.processor = KeGetCurrentProcessorNumber();
    notes[index] = Note;
}

VOID ActorNoteData(struct note Note, PVOID Data, UINT Size)
{
    Note.data = Data;
    Note.size = Size;
    if (Data)
        NdisMoveMemory(Note.bytes, Data, Size < NOTE_DATA_BYTES ? Size : NOTE_DATA_BYTES);
    ActorNote(Note);
}

ULONG ActorNoteCount(VOID)
{
    return (ULONG)note_count;
}

const struct note *ActorNoteAt(ULONG Index)
{
    return Index < NOTE_COUNT_MAX ? &notes[Index] : NULL;
}

VOID ActorForget(VOID)
{
    note_count = 0;
}

/* ---- memory ------------------------------------------------------------------------------ */

PVOID ActorAllocate(UINT Bytes)
{
    PVOID memory = NdisAllocateMemoryWithTagPriority(NULL, Bytes, ACTOR_TAG, NormalPoolPriority);
    if (memory)
        NdisZeroMemory(memory, Bytes);
    return memory;
}

VOID ActorFree(PVOID Memory)
{
    NdisFreeMemory(Memory, 0, 0);
}

static PVOID volatile kept[1024];
static volatile LONG kept_count;

VOID ActorKeep(PVOID Memory)
{
    kept[(InterlockedIncrement(&kept_count) - 1) % 1024] = Memory;
}

/* ---- the desk ---------------------------------------------------------------------------- */

VOID DeskInitialize(struct desk *Desk, VOID (*Settle)(struct ticket *, NDIS_STATUS),
                    VOID (*Complete)(struct ticket *, NDIS_STATUS))
{
    NdisZeroMemory(Desk, sizeof(*Desk));
    InitializeListHead(&Desk->pended);
    NdisAllocateSpinLock(&Desk->lock);
    Desk->settle = Settle;
    Desk->complete = Complete;
}

/* A number for each request, the same in each run of a seed. */
static enum how draw_legal(BOOLEAN Late)
{
    static const enum how legal[] = {AT_ONCE,   FROM_THREAD, FROM_DPC,
                                     FROM_WORK, EARLY,       EARLY_ELSEWHERE};
    static volatile LONG draws;
    ULONG number = (ULONG)InterlockedIncrement(&draws) * 2654435761U;
    return Late ? legal[1 + (number >> 16) % 5] : legal[(number >> 16) % 6];
}

struct ticket *DeskTake(struct desk *Desk, enum ask Ask, PVOID Object, NDIS_HANDLE Handle,
                        NDIS_HANDLE PartyHandle, PVOID Parameters)
{
    struct ticket *ticket = ActorAllocate(sizeof(*ticket));
    if (!ticket)
        return NULL;
    ticket->desk = Desk;
    ticket->ask = Ask;
    ticket->plan = Desk->plans[Ask];
    if (ticket->plan.how == ANY_LEGAL || ticket->plan.how == ANY_LATE)
        ticket->plan.how = draw_legal(ticket->plan.how == ANY_LATE);
    ticket->object = Object;
    ticket->handle = Handle;
    ticket->party_handle = PartyHandle;
    ticket->parameters = Parameters;
    return ticket;
}

VOID DeskFinish(struct ticket *Ticket, NDIS_STATUS Status)
{
    struct ticket ticket = *Ticket;
    ActorFree(Ticket);
    ticket.desk->settle(&ticket, Status);
    ticket.desk->complete(&ticket, Status);
}

struct ticket *DeskNext(struct desk *Desk, enum ask Ask)
{
    struct ticket *found = NULL;
    NdisAcquireSpinLock(&Desk->lock);
    for (PLIST_ENTRY link = Desk->pended.Flink; link != &Desk->pended && !found;
         link = link->Flink) {
        struct ticket *ticket = CONTAINING_RECORD(link, struct ticket, link);
        if (ticket->ask == Ask)
            found = ticket;
    }
    if (found)
        RemoveEntryList(&found->link);
    NdisReleaseSpinLock(&Desk->lock);
    return found;
}

/* ---- elsewhere --------------------------------------------------------------------------- */

/* What another task does with a request, whatever kind of task it is. */
static VOID finish_elsewhere(struct ticket *Ticket)
{
    struct desk *desk = Ticket->desk;
    if (Ticket->routine) {
        Ticket->routine(Ticket->object);
        ActorFree(Ticket);
    } else if (Ticket->plan.how == EARLY_ELSEWHERE) {
        desk->settle(Ticket, Ticket->plan.status);
        desk->complete(Ticket, Ticket->plan.status);
        InterlockedExchange(&Ticket->done, 1); /* the handler frees it */
    } else if (Ticket->plan.how == STRAY) {
        struct ticket ticket = *Ticket;
        ActorFree(Ticket);
        desk->complete(&ticket, ticket.plan.status); /* settled by the handler */
    } else {
        DeskFinish(Ticket, Ticket->plan.status);
    }
    InterlockedDecrement(&desk->in_flight);
}

static KDEFERRED_ROUTINE run_dpc;
static VOID NTAPI run_dpc(PRKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    finish_elsewhere(Context);
}

static VOID start_dpc(struct ticket *Ticket)
{
    ULONG count = (ULONG)(UCHAR)NdisSystemProcessorCount();
    ULONG next = (KeGetCurrentProcessorNumber() + 1) % count;
    InterlockedIncrement(&Ticket->desk->in_flight);
    KeInitializeDpc(&Ticket->dpc, run_dpc, Ticket);
    KeSetTargetProcessorDpc(&Ticket->dpc, (CCHAR)next);
    KeInsertQueueDpc(&Ticket->dpc, NULL, NULL);
}

static NDIS_IO_WORKITEM run_work;
static VOID NTAPI run_work(PVOID Context, NDIS_HANDLE Work)
{
    NdisFreeIoWorkItem(Work);
    finish_elsewhere(Context);
}

static VOID start_work(struct ticket *Ticket)
{
    InterlockedIncrement(&Ticket->desk->in_flight);
    Ticket->work = NdisAllocateIoWorkItem(NULL);
    NdisQueueIoWorkItem(Ticket->work, run_work, Ticket);
}

static KSTART_ROUTINE run_thread;
static VOID NTAPI run_thread(PVOID Context)
{
    finish_elsewhere(Context);
}

static VOID start_thread(struct ticket *Ticket)
{
    HANDLE thread;
    if (KeGetCurrentIrql() > PASSIVE_LEVEL) {
        start_work(Ticket);
        return;
    }
    InterlockedIncrement(&Ticket->desk->in_flight);
    if (PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, run_thread, Ticket) ==
        STATUS_SUCCESS)
        ZwClose(thread);
}

/* ---- answering --------------------------------------------------------------------------- */

static VOID wait_for_hand(struct ticket *Ticket)
{
    struct desk *desk = Ticket->desk;
    NdisAcquireSpinLock(&desk->lock);
    InsertTailList(&desk->pended, &Ticket->link);
    NdisReleaseSpinLock(&desk->lock);
}

static VOID finish_while_handler_runs(struct ticket *Ticket)
{
    start_dpc(Ticket);
    while (!InterlockedCompareExchange(&Ticket->done, 0, 0))
        KeStallExecutionProcessor(1);
    ActorFree(Ticket);
}

static VOID finish_wrongly(struct ticket *Ticket)
{
    struct ticket ticket = *Ticket;
    if (ticket.plan.how == PENDING_FIRST)
        ticket.desk->complete(&ticket, NDIS_STATUS_PENDING);
    DeskFinish(Ticket, ticket.plan.status);
    if (ticket.plan.how == TWICE)
        ticket.desk->complete(&ticket, ticket.plan.status);
}

static NDIS_STATUS answer_and_stray(struct ticket *Ticket)
{
    NDIS_STATUS status = Ticket->plan.status;
    Ticket->desk->settle(Ticket, status);
    start_work(Ticket);
    return status;
}

NDIS_STATUS DeskAnswer(struct ticket *Ticket)
{
    struct plan plan = Ticket->plan;
    switch (plan.how) {
    case AT_ONCE:
        Ticket->desk->settle(Ticket, plan.status);
        ActorFree(Ticket);
        return plan.status;
    case STRAY:
        return answer_and_stray(Ticket);
    case BOTH_WAYS:
        DeskFinish(Ticket, plan.status);
        return plan.status;
    case EARLY:
        DeskFinish(Ticket, plan.status);
        break;
    case TWICE:
    case PENDING_FIRST:
        finish_wrongly(Ticket);
        break;
    case EARLY_ELSEWHERE:
        finish_while_handler_runs(Ticket);
        break;
    default:
        DeskAnswerLate(Ticket);
    }
    return NDIS_STATUS_PENDING;
}

VOID DeskRun(struct desk *Desk, enum how How, VOID (*Routine)(PVOID), PVOID Context)
{
    struct ticket *ticket = ActorAllocate(sizeof(*ticket));
    ticket->desk = Desk;
    ticket->plan.how = How;
    ticket->object = Context;
    ticket->routine = Routine;
    DeskAnswerLate(ticket);
}

VOID DeskAnswerLate(struct ticket *Ticket)
{
    switch (Ticket->plan.how) {
    case BY_HAND:
        wait_for_hand(Ticket);
        break;
    case FROM_THREAD:
        start_thread(Ticket);
        break;
    case FROM_DPC:
    case EARLY_ELSEWHERE:
        Ticket->plan.how = FROM_DPC; /* nobody waits any more */
        start_dpc(Ticket);
        break;
    case FROM_WORK:
        start_work(Ticket);
        break;
    case TWICE:
    case PENDING_FIRST:
        finish_wrongly(Ticket);
        break;
    default:
        DeskFinish(Ticket, Ticket->plan.status);
    }
}
