/* SPDX-License-Identifier: MIT */
#include "client/client.h"

#include <stdio.h>

#include "client/af.h"
#include "client/binding.h"
#include "client/call.h"
#include "client/driver.h"
#include "client/listener.h"
#include "client/vc.h"

PVOID client_allocate(SIZE_T bytes)
{
    PVOID memory = ExAllocatePoolWithTag(NonPagedPool, bytes, CLIENT_TAG);
    if (memory)
        NdisZeroMemory(memory, bytes);
    return memory;
}

void client_free(PVOID memory)
{
    if (memory)
        ExFreePoolWithTag(memory, CLIENT_TAG);
}

NDIS_HANDLE client_pool_create(struct condis_client *client)
{
    NET_BUFFER_LIST_POOL_PARAMETERS pool = {
        .Header = {NDIS_OBJECT_TYPE_DEFAULT, NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1},
        .ProtocolId = NDIS_PROTOCOL_ID_DEFAULT,
        .fAllocateNetBuffer = TRUE,
        .PoolTag = CLIENT_TAG,
    };
    return NdisAllocateNetBufferListPool(client->place.driver, &pool);
}

uint64_t client_now_100ns(struct condis_client *client)
{
    return attach_now_100ns(&client->place);
}

static const struct condis_family client_default_family = {.family = CO_ADDRESS_FAMILY_Q2931};

struct condis_client *client_create(const struct condis_client_options *options)
{
    static const struct condis_client_options defaults = {0};
    if (!options)
        options = &defaults;
    if (options->families && options->family_count > CLIENT_FAMILIES_MAX)
        return NULL;
    struct condis_client *client = client_allocate(sizeof *client);
    if (!client)
        return NULL;
    client->kind = CLIENT_OPEN;
    attach_here(&client->place);
    NdisAllocateSpinLock(&client->lock);
    InitializeListHead(&client->bindings);
    InitializeListHead(&client->afs);
    wait_list_init(&client->waiters);
    vc_stale_init(client);
    ExInitializeNPagedLookasideList(&client->parties, NULL, NULL, 0, sizeof(struct condis_party),
                                    CLIENT_TAG, 0);
    const struct condis_family *families =
        options->families ? options->families : &client_default_family;
    client->family_count = options->families ? options->family_count : 1;
    memcpy(client->families, families, client->family_count * sizeof *families);
    client->on_af = options->on_af;
    client->on_addresses = options->on_addresses;
    client->context = options->context;
    return client;
}

static void client_end_call(struct condis_call *call)
{
    call_take_data_back(call);
    call_free(call);
}

/* Nothing of NDIS is left: what remains is memory that the program did not give up; bindings and
 * VCs only when a call manager never let them go and NDIS took them away. */
void client_destroy(struct condis_client *client)
{
    while (!IsListEmpty(&client->afs)) {
        struct condis_af *af =
            CONTAINING_RECORD(RemoveHeadList(&client->afs), struct condis_af, link);
        while (!IsListEmpty(&af->calls))
            client_end_call(CONTAINING_RECORD(af->calls.Flink, struct condis_call, af_link));
        while (!IsListEmpty(&af->listeners))
            listener_free(CONTAINING_RECORD(af->listeners.Flink, struct condis_listener, af_link));
        client_free(af);
    }
    while (!IsListEmpty(&client->bindings))
        client_binding_free(
            CONTAINING_RECORD(RemoveHeadList(&client->bindings), struct client_binding, link));
    KeCancelTimer(&client->stale_timer);
    while (!IsListEmpty(&client->stale_vcs))
        client_free(CONTAINING_RECORD(RemoveHeadList(&client->stale_vcs), struct client_vc, link));
    if (client->copies)
        NdisFreeNetBufferListPool(client->copies);
    ExDeleteNPagedLookasideList(&client->parties);
    NdisFreeSpinLock(&client->lock);
    client_free(client);
}

static bool client_refuse(struct condis_error *error, const char *text)
{
    if (error)
        snprintf(error->text, sizeof error->text, "%s", text);
    return false;
}

bool condis_client_open(struct condis_host *host, const struct condis_client_options *options,
                        struct condis_client **out, struct condis_error *error)
{
    void **slot = attach_slot(host);
    *out = NULL;
    if (*slot)
        return client_refuse(error, "the host has an open client already: close it first");
    if (options && options->families &&
        (options->family_count == 0 || options->family_count > CLIENT_FAMILIES_MAX))
        return client_refuse(error, "a client wants 1 to 8 address families");
    if (!condis_driver_register("client", (void *)client_driver_entry, true))
        return client_refuse(error, "another driver is registered under the name \"client\"");
    struct client_start start = {.kind = CLIENT_START, .options = options};
    struct condis_driver *driver;
    *slot = &start;
    if (!condis_driver_load(host, "client", NULL, 0, &driver, error)) {
        *slot = NULL;
        return false;
    }
    struct condis_client *client = *slot;
    client->driver = driver;
    *out = client;
    return true;
}

/* The program gives up all data in its hands, so that every VC can be deactivated (C57). */
static void client_take_data_back(struct condis_client *client)
{
    struct attach attach;
    if (!attach_enter(&client->place, &attach))
        return;
    NdisAcquireSpinLock(&client->lock);
    for (LIST_ENTRY *at = client->afs.Flink; at != &client->afs; at = at->Flink) {
        struct condis_af *af = CONTAINING_RECORD(at, struct condis_af, link);
        for (struct condis_call *call; (call = af_next_call(af, AF_CALL_TAKEN_BACK)) != NULL;) {
            NdisReleaseSpinLock(&client->lock);
            call_take_data_back(call);
            call_let_go(call);
            NdisAcquireSpinLock(&client->lock);
        }
    }
    NdisReleaseSpinLock(&client->lock);
    attach_leave(&attach);
}

void condis_client_close(struct condis_client *client)
{
    if (!client)
        return;
    client_take_data_back(client);
    if (client->driver)
        condis_driver_unload(client->driver);
}

struct condis_client *condis_client_of(struct condis_host *host)
{
    struct condis_client *client = *attach_slot(host);
    return client && client->kind == CLIENT_OPEN ? client : NULL;
}
