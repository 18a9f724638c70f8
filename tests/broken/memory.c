/* SPDX-License-Identifier: MIT */
/* C108 to C113: memory that NDIS has been given, and for how long: the mistakes. */
#include "acts.h"

/* ---- C113: OID requests ------------------------------------------------------------------ */

enum { OID_BYTES = sizeof(NDIS_OID_REQUEST), BUFFER_BYTES = 16 };

/* The client asks its call manager with a buffer of this kind of memory, and the call manager the
 * client with a request of it. */
static void ask_with(struct scene *s, POOL_TYPE type)
{
    PVOID buffer;
    PNDIS_OID_REQUEST request;
    AS_CLIENT(buffer = ExAllocatePoolWithTag(type, BUFFER_BYTES, ACTOR_TAG));
    AS_CM(request = ExAllocatePoolWithTag(type, OID_BYTES, ACTOR_TAG));
    act_fill_oid(&act_request, buffer, BUFFER_BYTES);
    act_fill_oid(request, NULL, 0);
    AS_CLIENT((void)NdisCoOidRequest(Client.binding, Client.af, NULL, NULL, &act_request));
    if (s->kind.mcm)
        AS_CM((void)NdisMCmOidRequest(Client.af, NULL, NULL, request));
    else
        AS_CM((void)NdisCoOidRequest(Cm.binding, Client.af, NULL, NULL, request));
    scene_settle(s);
    AS_CLIENT(ExFreePool(buffer));
    AS_CM(ExFreePool(request));
}

MISTAKE(OID_BUFFER_PAGED)
{
    ask_with(s, PagedPool);
}

ALMOST(OID_BUFFER_PAGED)
{
    PVOID other;
    AS_CLIENT(other = ExAllocatePoolWithTag(PagedPool, BUFFER_BYTES, ACTOR_TAG));
    ask_with(s, NonPagedPool);
    AS_CLIENT(ExFreePool(other));
}

const struct broken_row broken_memory[] = {
    NOT_SEEN(CONTEXT_FREED_EARLY),
    NOT_SEEN(CREATE_FAILED_LEAKED),
    NOT_SEEN(CM_OPEN_AF_FAILED_CONTEXT),
    NOT_SEEN(INSTANCE_NAME_LEAKED),
    ROW(OID_BUFFER_PAGED, BOTH, .count = 2),
    NOT_SEEN(OID_BUFFER_FREED),
    END_OF_TABLE,
};
