/* SPDX-License-Identifier: MIT */
#include "client/af.h"

#include "client/binding.h"
#include "client/call.h"
#include "client/close.h"
#include "client/listener.h"
#include "client/oid.h"

static bool af_wanted(const struct condis_client *client, const CO_ADDRESS_FAMILY *offered)
{
    for (size_t i = 0; i < client->family_count; i++) {
        const struct condis_family *want = &client->families[i];
        if (want->family == offered->AddressFamily &&
            (want->major_version == 0 || (want->major_version == offered->MajorVersion &&
                                          want->minor_version == offered->MinorVersion)))
            return true;
    }
    return false;
}

static struct condis_af *af_create(struct client_binding *binding, const CO_ADDRESS_FAMILY *family)
{
    struct condis_client *client = binding->client;
    struct condis_af *af = client_allocate(sizeof *af);
    if (!af)
        return NULL;
    af->client = client;
    af->binding = binding;
    af->family = *family;
    memcpy(af->adapter, binding->adapter, sizeof af->adapter);
    InitializeListHead(&af->calls);
    InitializeListHead(&af->listeners);
    NdisAcquireSpinLock(&client->lock);
    InsertTailList(&client->afs, &af->link);
    NdisReleaseSpinLock(&client->lock);
    return af;
}

static void af_tell(struct condis_af *af, condis_status status)
{
    if (af->client->on_af)
        af->client->on_af(af->client->context, af, status);
}

VOID af_register_notify(NDIS_HANDLE ProtocolBindingContext, PCO_ADDRESS_FAMILY AddressFamily)
{
    struct client_binding *binding = ProtocolBindingContext;
    if (!af_wanted(binding->client, AddressFamily) || !client_binding_hold(binding))
        return;
    struct condis_af *af = af_create(binding, AddressFamily);
    if (!af) {
        client_binding_let_go(binding);
        return;
    }
    NDIS_STATUS status = NdisClOpenAddressFamilyEx(binding->handle, AddressFamily, af, &af->handle);
    if (status != NDIS_STATUS_PENDING)
        af_opened(af, af->handle, status);
}

/* The AF is no more. Nothing of the client may be touched afterwards: it may have been the last. */
static void af_end(struct condis_af *af, condis_status status, bool tell)
{
    struct condis_client *client = af->client;
    NdisAcquireSpinLock(&client->lock);
    struct client_binding *binding = af->binding;
    af->binding = NULL;
    af->state = AF_CLOSED;
    af->status = status;
    bool notify = af->notified && !af->notify_inside;
    wait_list_wake(&client->waiters);
    NdisReleaseSpinLock(&client->lock);
    if (notify)
        NdisClNotifyCloseAddressFamilyComplete(af->handle, NDIS_STATUS_SUCCESS);
    if (tell)
        af_tell(af, status);
    client_binding_let_go(binding);
}

/* Calls NdisClCloseAddressFamily when it is time. */
static void af_advance(struct condis_af *af)
{
    struct condis_client *client = af->client;
    NdisAcquireSpinLock(&client->lock);
    bool close = af->state == AF_CLOSING && !af->close_called && af->vc_count == 0 &&
                 af->sap_count == 0 && af->oid_count == 0;
    if (close)
        af->close_called = true;
    NdisReleaseSpinLock(&client->lock);
    if (!close)
        return;
    NDIS_STATUS status = NdisClCloseAddressFamily(af->handle);
    if (status != NDIS_STATUS_PENDING)
        af_closed(status, af);
}

bool client_af_hold(struct condis_af *af, ULONG *count)
{
    NdisAcquireSpinLock(&af->client->lock);
    bool open = af->state == AF_OPEN;
    if (open)
        ++*count;
    NdisReleaseSpinLock(&af->client->lock);
    return open;
}

void client_af_let_go(struct condis_af *af, ULONG *count)
{
    NdisAcquireSpinLock(&af->client->lock);
    assert(*count > 0);
    --*count;
    NdisReleaseSpinLock(&af->client->lock);
    af_advance(af);
}

struct condis_call *af_next_call(struct condis_af *af, enum af_call_mark mark)
{
    for (LIST_ENTRY *at = af->calls.Flink; at != &af->calls; at = at->Flink) {
        struct condis_call *call = CONTAINING_RECORD(at, struct condis_call, af_link);
        bool *marked = mark == AF_CALL_EVICTED ? &call->evicted : &call->taken_back;
        if (*marked)
            continue;
        *marked = true;
        RemoveEntryList(&call->af_link); /* to the end: the next search finds its call at once */
        InsertTailList(&af->calls, &call->af_link);
        NdisInterlockedIncrement(&call->refs);
        return call;
    }
    return NULL;
}

/* Parties, calls and SAPs first (C98); client_af_let_go then closes the AF itself. */
static void af_evict(struct condis_af *af)
{
    struct condis_client *client = af->client;
    struct condis_call *call;
    struct condis_listener *listener;
    do {
        NdisAcquireSpinLock(&client->lock);
        call = af_next_call(af, AF_CALL_EVICTED);
        listener = call ? NULL : listener_next_to_stop(af);
        NdisReleaseSpinLock(&client->lock);
        if (call) {
            close_evict(call);
            call_let_go(call);
        }
        if (listener)
            listener_evict(listener);
    } while (call || listener);
}

static void af_close_begin(struct condis_af *af)
{
    struct condis_client *client = af->client;
    NdisAcquireSpinLock(&client->lock);
    bool begin = af->state == AF_OPEN;
    af->close_wanted = true;
    if (begin) {
        af->state = AF_CLOSING;
        af->status = NDIS_STATUS_CLOSING;
        af->oid_count++; /* holds the close back until everything has been asked */
        wait_list_wake(&client->waiters);
    }
    NdisReleaseSpinLock(&client->lock);
    if (!begin)
        return;
    af_tell(af, NDIS_STATUS_CLOSING);
    af_evict(af);
    client_af_let_go(af, &af->oid_count);
}

VOID af_opened(NDIS_HANDLE ProtocolAfContext, NDIS_HANDLE NdisAfHandle, NDIS_STATUS Status)
{
    struct condis_af *af = ProtocolAfContext;
    struct condis_client *client = af->client;
    if (Status != NDIS_STATUS_SUCCESS) {
        af_end(af, Status, true);
        return;
    }
    NdisAcquireSpinLock(&client->lock);
    af->handle = NdisAfHandle;
    af->state = AF_OPEN;
    bool close = af->close_wanted;
    bool ask = af->addresses_changed;
    wait_list_wake(&client->waiters);
    NdisReleaseSpinLock(&client->lock);
    if (ask)
        (void)oid_ask_addresses(af);
    af_tell(af, CONDIS_SUCCESS);
    if (close)
        af_close_begin(af);
}

/* A failed close leaves nothing that could be tried: everything that might hang on the AF is gone
 * here, so it counts as closed and NdisCloseAdapterEx has the last word. */
VOID af_closed(NDIS_STATUS Status, NDIS_HANDLE ProtocolAfContext)
{
    (void)Status;
    af_end(ProtocolAfContext, NDIS_STATUS_CLOSING, false);
}

NDIS_STATUS af_notify_close(NDIS_HANDLE ClientAfContext)
{
    struct condis_af *af = ClientAfContext;
    struct condis_client *client = af->client;
    NdisAcquireSpinLock(&client->lock);
    af->notified = true;
    af->notify_inside = true;
    NdisReleaseSpinLock(&client->lock);
    af_close_begin(af);
    NdisAcquireSpinLock(&client->lock);
    af->notify_inside = false;
    bool closed = af->state == AF_CLOSED;
    NdisReleaseSpinLock(&client->lock);
    return closed ? NDIS_STATUS_SUCCESS : NDIS_STATUS_PENDING;
}

void af_close_all(struct client_binding *binding)
{
    struct condis_client *client = binding->client;
    struct condis_af *next;
    do {
        next = NULL;
        NdisAcquireSpinLock(&client->lock);
        for (LIST_ENTRY *at = client->afs.Flink; at != &client->afs && !next; at = at->Flink) {
            struct condis_af *af = CONTAINING_RECORD(at, struct condis_af, link);
            if (af->binding == binding && !af->close_wanted)
                next = af;
        }
        NdisReleaseSpinLock(&client->lock);
        if (next)
            af_close_begin(next);
    } while (next);
}

struct af_search {
    struct condis_client *client;
    const char *adapter;
    uint32_t family;
    struct condis_af *found; /* an open one, or the last failed one */
};

static bool af_matches(const struct condis_af *af, const struct af_search *search)
{
    return (!search->adapter || strcmp(search->adapter, af->adapter) == 0) &&
           (search->family == 0 || search->family == af->family.AddressFamily);
}

/* Ready when one is open, or when one failed and none is on its way. */
static bool af_search_ready(void *what)
{
    struct af_search *search = what;
    struct condis_client *client = search->client;
    bool opening = false;
    search->found = NULL;
    for (LIST_ENTRY *at = client->afs.Flink; at != &client->afs; at = at->Flink) {
        struct condis_af *af = CONTAINING_RECORD(at, struct condis_af, link);
        if (!af_matches(af, search))
            continue;
        if (af->state == AF_OPEN) {
            search->found = af;
            return true;
        }
        opening = opening || af->state == AF_OPENING;
        if (af->state == AF_CLOSED && af->status != NDIS_STATUS_CLOSING)
            search->found = af;
    }
    return search->found && !opening;
}

condis_status condis_af_wait(struct condis_client *client, const char *adapter, uint32_t family,
                             uint32_t timeout_ms, struct condis_af **out)
{
    struct attach attach;
    struct af_search search = {.client = client, .adapter = adapter, .family = family};
    *out = NULL;
    if (!attach_enter(&client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status =
        wait_until(&client->waiters, &client->lock, af_search_ready, &search, timeout_ms);
    if (status == CONDIS_SUCCESS) {
        if (search.found->state == AF_OPEN)
            *out = search.found;
        else
            status = search.found->status;
        NdisReleaseSpinLock(&client->lock);
    }
    attach_leave(&attach);
    return status;
}

void condis_af_info(struct condis_af *af, struct condis_af_info *out)
{
    struct attach attach;
    *out = (struct condis_af_info){.adapter = af->adapter,
                                   .family = af->family.AddressFamily,
                                   .major_version = af->family.MajorVersion,
                                   .minor_version = af->family.MinorVersion,
                                   .status = NDIS_STATUS_INVALID_STATE};
    if (!attach_enter(&af->client->place, &attach))
        return;
    NdisAcquireSpinLock(&af->client->lock);
    out->open = af->state == AF_OPEN;
    out->status = af->status;
    out->has_address = af->address_count > 0;
    out->address = af->addresses[0];
    NdisReleaseSpinLock(&af->client->lock);
    attach_leave(&attach);
}

size_t condis_af_addresses(struct condis_af *af, struct condis_address *out, size_t room_count)
{
    struct attach attach;
    if (!attach_enter(&af->client->place, &attach))
        return 0;
    NdisAcquireSpinLock(&af->client->lock);
    size_t count = af->address_count;
    for (size_t i = 0; i < count && i < room_count; i++)
        out[i] = af->addresses[i];
    NdisReleaseSpinLock(&af->client->lock);
    attach_leave(&attach);
    return count;
}

struct af_address_search {
    const struct condis_af *af;
    const struct condis_address *address;
};

/* Ready too when it will never be. */
static bool af_address_ready(void *what)
{
    const struct af_address_search *search = what;
    const struct condis_af *af = search->af;
    if (af->state != AF_OPEN || (!search->address && af->address_count > 0))
        return true;
    for (ULONG i = 0; i < af->address_count && search->address; i++) {
        if (!memcmp(af->addresses[i].octets, search->address->octets, CONDIS_ADDRESS_BYTES - 1))
            return true;
    }
    return false;
}

condis_status condis_af_address_wait(struct condis_af *af, const struct condis_address *address,
                                     uint32_t timeout_ms)
{
    struct attach attach;
    struct af_address_search search = {.af = af, .address = address};
    if (!attach_enter(&af->client->place, &attach))
        return NDIS_STATUS_INVALID_STATE;
    condis_status status =
        wait_until(&af->client->waiters, &af->client->lock, af_address_ready, &search, timeout_ms);
    if (status == CONDIS_SUCCESS) {
        if (af->state != AF_OPEN)
            status = NDIS_STATUS_CLOSING;
        NdisReleaseSpinLock(&af->client->lock);
    }
    attach_leave(&attach);
    return status;
}

struct condis_client *condis_af_client(struct condis_af *af)
{
    return af->client;
}
