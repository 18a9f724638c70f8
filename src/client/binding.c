/* SPDX-License-Identifier: MIT */
#include "client/binding.h"

#include "client/af.h"

/* The media that carry connections; NDIS picks the one that the adapter has. */
static const NDIS_MEDIUM binding_mediums[4] = {NdisMediumAtm, NdisMediumCoWan, NdisMedium1394,
                                               NdisMediumInfiniBand};

void client_binding_free(struct client_binding *binding)
{
    if (binding->pool)
        NdisFreeNetBufferListPool(binding->pool);
    if (binding->work)
        NdisFreeIoWorkItem(binding->work);
    client_free(binding);
}

static struct client_binding *binding_create(struct condis_client *client, PNDIS_STRING name)
{
    struct client_binding *binding = client_allocate(sizeof *binding);
    if (!binding)
        return NULL;
    binding->client = client;
    binding->pool = client_pool_create(client);
    binding->work = NdisAllocateIoWorkItem(client->place.driver);
    if (!binding->pool || !binding->work) {
        client_binding_free(binding);
        return NULL;
    }
    size_t count = name->Length / sizeof(WCHAR);
    for (size_t i = 0; i < count && i < sizeof binding->adapter - 1; i++)
        binding->adapter[i] = name->Buffer[i] < 128 ? (char)name->Buffer[i] : '?';
    memcpy(binding->mediums, binding_mediums, sizeof binding_mediums);
    return binding;
}

/* The open has ended. returns the status of the bind. */
static NDIS_STATUS binding_open_end(struct client_binding *binding, NDIS_STATUS status)
{
    struct condis_client *client = binding->client;
    if (status != NDIS_STATUS_SUCCESS) {
        client_binding_free(binding);
        return status;
    }
    NdisAcquireSpinLock(&client->lock);
    InsertTailList(&client->bindings, &binding->link);
    NdisReleaseSpinLock(&client->lock);
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS binding_bind(NDIS_HANDLE ProtocolDriverContext, NDIS_HANDLE BindContext,
                         PNDIS_BIND_PARAMETERS BindParameters)
{
    struct condis_client *client = ProtocolDriverContext;
    struct client_binding *binding = binding_create(client, BindParameters->AdapterName);
    if (!binding)
        return NDIS_STATUS_RESOURCES;
    binding->bind_context = BindContext;
    binding->open = (NDIS_OPEN_PARAMETERS){
        .Header = {NDIS_OBJECT_TYPE_OPEN_PARAMETERS, NDIS_OPEN_PARAMETERS_REVISION_1,
                   NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1},
        .AdapterName = BindParameters->AdapterName,
        .MediumArray = binding->mediums,
        .MediumArraySize = sizeof binding->mediums / sizeof *binding->mediums,
        .SelectedMediumIndex = &binding->medium_index,
    };
    NDIS_STATUS status = NdisOpenAdapterEx(client->place.driver, binding, &binding->open,
                                           BindContext, &binding->handle);
    return status == NDIS_STATUS_PENDING ? status : binding_open_end(binding, status);
}

VOID binding_opened(NDIS_HANDLE ProtocolBindingContext, NDIS_STATUS Status)
{
    struct client_binding *binding = ProtocolBindingContext;
    NDIS_HANDLE context = binding->bind_context;
    NdisCompleteBindAdapterEx(context, binding_open_end(binding, Status));
}

/* Decides that the adapter is closed now. The caller holds client->lock. */
static bool binding_close_decide(struct client_binding *binding)
{
    if (!binding->unbinding || binding->af_count > 0 || binding->close_decided)
        return false;
    binding->close_decided = true;
    return true;
}

/* The close has ended. returns whether the unbind may still return SUCCESS itself. */
static bool binding_close_end(struct client_binding *binding)
{
    struct condis_client *client = binding->client;
    NDIS_HANDLE context = binding->unbind_context;
    NdisAcquireSpinLock(&client->lock);
    bool inside = binding->unbind_inside;
    if (!inside)
        RemoveEntryList(&binding->link);
    binding->closed = true;
    NdisReleaseSpinLock(&client->lock);
    if (inside)
        return true;
    client_binding_free(binding);
    NdisCompleteUnbindAdapterEx(context);
    return false;
}

/* NdisCloseAdapterEx is for PASSIVE_LEVEL only; the last AF may have closed above it. */
static VOID binding_close_work(PVOID WorkItemContext, NDIS_HANDLE NdisIoWorkItemHandle)
{
    struct client_binding *binding = WorkItemContext;
    (void)NdisIoWorkItemHandle;
    if (NdisCloseAdapterEx(binding->handle) != NDIS_STATUS_PENDING)
        binding_close_end(binding);
}

VOID binding_closed(NDIS_HANDLE ProtocolBindingContext)
{
    binding_close_end(ProtocolBindingContext);
}

NDIS_STATUS binding_unbind(NDIS_HANDLE UnbindContext, NDIS_HANDLE ProtocolBindingContext)
{
    struct client_binding *binding = ProtocolBindingContext;
    struct condis_client *client = binding->client;
    NdisAcquireSpinLock(&client->lock);
    binding->unbind_context = UnbindContext;
    binding->unbinding = true;
    binding->unbind_inside = true;
    binding->af_count++; /* holds the close back until every AF has been asked */
    NdisReleaseSpinLock(&client->lock);
    af_close_all(binding);
    NdisAcquireSpinLock(&client->lock);
    binding->af_count--;
    bool close = binding_close_decide(binding);
    NdisReleaseSpinLock(&client->lock);
    if (close && NdisCloseAdapterEx(binding->handle) != NDIS_STATUS_PENDING)
        binding_close_end(binding);
    NdisAcquireSpinLock(&client->lock);
    binding->unbind_inside = false;
    bool closed = binding->closed;
    if (closed)
        RemoveEntryList(&binding->link);
    NdisReleaseSpinLock(&client->lock);
    if (!closed)
        return NDIS_STATUS_PENDING;
    client_binding_free(binding);
    return NDIS_STATUS_SUCCESS;
}

bool client_binding_hold(struct client_binding *binding)
{
    struct condis_client *client = binding->client;
    NdisAcquireSpinLock(&client->lock);
    bool held = !binding->unbinding;
    if (held)
        binding->af_count++;
    NdisReleaseSpinLock(&client->lock);
    return held;
}

void client_binding_let_go(struct client_binding *binding)
{
    struct condis_client *client = binding->client;
    NdisAcquireSpinLock(&client->lock);
    assert(binding->af_count > 0);
    binding->af_count--;
    bool close = binding_close_decide(binding);
    NdisReleaseSpinLock(&client->lock);
    if (close)
        NdisQueueIoWorkItem(binding->work, binding_close_work, binding);
}
