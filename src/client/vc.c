/* SPDX-License-Identifier: MIT */
#include "client/vc.h"

#include "client/af.h"

enum { VC_RETRY_100NS = 10 * 10000 };

NDIS_STATUS vc_create(struct condis_af *af, struct client_vc **out)
{
    struct client_vc *vc = client_allocate(sizeof *vc);
    if (!vc)
        return NDIS_STATUS_RESOURCES;
    if (!client_af_hold(af, &af->vc_count)) {
        client_free(vc);
        return NDIS_STATUS_CLOSING;
    }
    vc->af = af;
    vc->own = true;
    NDIS_STATUS status = NdisCoCreateVc(af->binding->handle, af->handle, vc, &vc->handle);
    if (status != NDIS_STATUS_SUCCESS) {
        client_free(vc);
        client_af_let_go(af, &af->vc_count);
        return status;
    }
    *out = vc;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS vc_created(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE NdisVcHandle,
                       PNDIS_HANDLE ProtocolVcContext)
{
    struct condis_af *af = ProtocolAfContext;
    struct client_vc *vc = client_allocate(sizeof *vc);
    if (!vc)
        return NDIS_STATUS_RESOURCES;
    if (!client_af_hold(af, &af->vc_count)) {
        client_free(vc);
        return NDIS_STATUS_CLOSING;
    }
    vc->af = af;
    vc->handle = NdisVcHandle;
    *ProtocolVcContext = vc;
    return NDIS_STATUS_SUCCESS;
}

static void vc_free(struct client_vc *vc)
{
    struct condis_af *af = vc->af;
    client_free(vc);
    client_af_let_go(af, &af->vc_count);
}

/* A call manager may complete the close before its deactivation has ended (API §10, K3); then NDIS
 * answers NOT_ACCEPTED or CLOSING for a moment, and the delete is tried again from a timer. */
static bool vc_delete(struct client_vc *vc)
{
    NDIS_STATUS status = NdisCoDeleteVc(vc->handle);
    if (status == NDIS_STATUS_NOT_ACCEPTED || status == NDIS_STATUS_CLOSING)
        return false;
    vc_free(vc);
    return true;
}

static void vc_make_stale(struct client_vc *vc)
{
    struct condis_client *client = vc->af->client;
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)VC_RETRY_100NS};
    NdisAcquireSpinLock(&client->lock);
    InsertTailList(&client->stale_vcs, &vc->link);
    NdisReleaseSpinLock(&client->lock);
    KeSetTimer(&client->stale_timer, due, &client->stale_dpc);
}

/* NDIS counts the VC on its AF until this callback has returned. An AF that only waits for the VC
 * to go is therefore closed a little later. */
NDIS_STATUS vc_deleted(NDIS_HANDLE ProtocolVcContext)
{
    struct client_vc *vc = ProtocolVcContext;
    struct condis_client *client = vc->af->client;
    if (vc->call)
        return NDIS_STATUS_NOT_ACCEPTED; /* a call is on it (API §3.1) */
    NdisAcquireSpinLock(&client->lock);
    bool closing = vc->af->state != AF_OPEN;
    NdisReleaseSpinLock(&client->lock);
    vc->deleted = true;
    if (closing)
        vc_make_stale(vc);
    else
        vc_free(vc);
    return NDIS_STATUS_SUCCESS;
}

static VOID vc_retry(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    struct condis_client *client = DeferredContext;
    LIST_ENTRY stale;
    (void)Dpc;
    (void)SystemArgument1;
    (void)SystemArgument2;
    InitializeListHead(&stale);
    NdisAcquireSpinLock(&client->lock);
    while (!IsListEmpty(&client->stale_vcs))
        InsertTailList(&stale, RemoveHeadList(&client->stale_vcs));
    NdisReleaseSpinLock(&client->lock);
    while (!IsListEmpty(&stale)) {
        struct client_vc *vc = CONTAINING_RECORD(RemoveHeadList(&stale), struct client_vc, link);
        if (vc->deleted)
            vc_free(vc);
        else if (!vc_delete(vc))
            vc_make_stale(vc);
    }
}

void vc_stale_init(struct condis_client *client)
{
    InitializeListHead(&client->stale_vcs);
    KeInitializeTimer(&client->stale_timer);
    KeInitializeDpc(&client->stale_dpc, vc_retry, client);
}

void vc_end(struct client_vc *vc)
{
    if (vc->own && !vc_delete(vc))
        vc_make_stale(vc);
}
