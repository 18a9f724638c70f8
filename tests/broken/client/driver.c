/* SPDX-License-Identifier: MIT */
/* Puts one mistake into a client. The linker sends the right driver's calls of NDIS here (--wrap),
 * so its sources stay as they are. */
#include "mistake.h"

#define CALL(Returns, Name, Parameters, Arguments)                                                 \
    Returns NTAPI __real_##Name Parameters;                                                        \
    Returns NTAPI __wrap_##Name Parameters;
#include "calls.def"
#undef CALL
NDIS_STATUS NTAPI __real_NdisSetOptionalHandlers(NDIS_HANDLE NdisHandle,
                                                 PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers);
NDIS_STATUS NTAPI __wrap_NdisSetOptionalHandlers(NDIS_HANDLE NdisHandle,
                                                 PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers);
NDIS_STATUS NTAPI __real_NdisRegisterProtocolDriver(
    NDIS_HANDLE Context, PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics,
    PNDIS_HANDLE Handle);
NDIS_STATUS NTAPI __wrap_NdisRegisterProtocolDriver(
    NDIS_HANDLE Context, PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics,
    PNDIS_HANDLE Handle);

BROKEN_DRIVER Right = {
#define CALL(Returns, Name, Parameters, Arguments) .Name = __real_##Name,
#include "calls.def"
#undef CALL
};
static BROKEN_DRIVER Broken;

static const BROKEN_ROW Mistakes[] = {
#define MISTAKE(Rule, Drivers, Cases, Also) {#Rule, Break_##Rule},
#define STORY(Rule, Drivers, Cases, Says)   {#Rule, Break_##Rule},
#define NO_MISTAKE(Rule, Reason)
#include "mistakes.def"
};

#define CALL(Returns, Name, Parameters, Arguments)                                                 \
    Returns NTAPI __wrap_##Name Parameters                                                         \
    {                                                                                              \
        return Broken.Name Arguments;                                                              \
    }
#include "calls.def"
#undef CALL

/* What NDIS is told before the mistake is known leads here. */
static PROTOCOL_BIND_ADAPTER_EX BrokenBindAdapter;
_Use_decl_annotations_ static NDIS_STATUS NTAPI BrokenBindAdapter(NDIS_HANDLE Context,
                                                                  NDIS_HANDLE BindContext,
                                                                  PNDIS_BIND_PARAMETERS Parameters)
{
    return Broken.Protocol.BindAdapterHandlerEx(Context, BindContext, Parameters);
}

static PROTOCOL_UNBIND_ADAPTER_EX BrokenUnbindAdapter;
_Use_decl_annotations_ static NDIS_STATUS NTAPI BrokenUnbindAdapter(NDIS_HANDLE UnbindContext,
                                                                    NDIS_HANDLE Context)
{
    return Broken.Protocol.UnbindAdapterHandlerEx(UnbindContext, Context);
}

static PROTOCOL_NET_PNP_EVENT BrokenNetPnPEvent;
_Use_decl_annotations_ static NDIS_STATUS NTAPI
BrokenNetPnPEvent(NDIS_HANDLE Context, PNET_PNP_EVENT_NOTIFICATION Notification)
{
    return Broken.Protocol.NetPnPEventHandler(Context, Notification);
}

NDIS_STATUS RightSetHandlers(NDIS_HANDLE NdisHandle, PVOID Handlers)
{
    return __real_NdisSetOptionalHandlers(NdisHandle, Handlers);
}

/* The last table to be set is the client's: it is the time to make the mistake. */
NDIS_STATUS NTAPI __wrap_NdisSetOptionalHandlers(NDIS_HANDLE NdisHandle,
                                                 PNDIS_DRIVER_OPTIONAL_HANDLERS OptionalHandlers)
{
    NDIS_STATUS Status;
    if (OptionalHandlers->Header.Type == NDIS_OBJECT_TYPE_CO_PROTOCOL_CHARACTERISTICS) {
        NdisMoveMemory(&Right.Co, OptionalHandlers, sizeof(Right.Co));
        return NDIS_STATUS_SUCCESS; /* set below */
    }
    NdisMoveMemory(&Right.Handlers, OptionalHandlers, sizeof(Right.Handlers));
    NdisMoveMemory(&Broken, &Right, sizeof(Broken));
    Status = BrokenPick(NdisHandle, Mistakes, sizeof(Mistakes) / sizeof(Mistakes[0]), &Broken);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = RightSetHandlers(NdisHandle, &Broken.Co);
    if (Status == NDIS_STATUS_SUCCESS)
        Status = RightSetHandlers(NdisHandle, &Broken.Handlers);
    return Status;
}

NDIS_STATUS NTAPI __wrap_NdisRegisterProtocolDriver(
    NDIS_HANDLE Context, PNDIS_PROTOCOL_DRIVER_CHARACTERISTICS Characteristics, PNDIS_HANDLE Handle)
{
    NdisMoveMemory(&Right.Protocol, Characteristics, sizeof(Right.Protocol));
    Characteristics->BindAdapterHandlerEx = BrokenBindAdapter;
    Characteristics->UnbindAdapterHandlerEx = BrokenUnbindAdapter;
    Characteristics->NetPnPEventHandler = BrokenNetPnPEvent;
    return __real_NdisRegisterProtocolDriver(Context, Characteristics, Handle);
}
