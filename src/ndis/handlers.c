/* SPDX-License-Identifier: MIT */
/* Which function of a driver is behind the name of a callback: for the report about one that has
 * returned, and so is on no stack any more. */
#include "ndis/report.h"

#include "ndis/driver.h"

#include <string.h>

struct handler_row {
    const char *name;
    size_t offset; /* of the pointer in struct driver */
};

#define AT(table, field, name)                                                                     \
    {                                                                                              \
        name, offsetof(struct driver, table.field)                                                 \
    }
#define CM(name) AT(handlers.call_manager, Cm##name##Handler, "ProtocolCm" #name)
#define CL(name) AT(handlers.client, Cl##name##Handler, "ProtocolCl" #name)
#define CO(name) AT(handlers.co_protocol, Co##name##Handler, "ProtocolCo" #name)
#define CO_OF_BOTH(name)                                                                           \
    AT(handlers.call_manager, Cm##name##Handler, "ProtocolCo" #name),                              \
        AT(handlers.client, Cl##name##Handler, "ProtocolCo" #name)
#define MINIPORT_CO(name) AT(handlers.co_miniport, Co##name##Handler, "MiniportCo" #name)
#define PROTOCOL(name)    AT(protocol, name##Handler, "Protocol" #name)
#define MINIPORT(name)    AT(miniport, name##Handler, "Miniport" #name)

static const struct handler_row rows[] = {
    CM(OpenAf),
    CM(CloseAf),
    CM(RegisterSap),
    CM(DeregisterSap),
    CM(MakeCall),
    CM(CloseCall),
    CM(AddParty),
    CM(DropParty),
    CM(IncomingCallComplete),
    CM(ActivateVcComplete),
    CM(DeactivateVcComplete),
    CM(ModifyCallQoS),
    CM(NotifyCloseAfComplete),
    AT(handlers.client, ClOpenAfCompleteHandlerEx, "ProtocolClOpenAfCompleteEx"),
    CL(CloseAfComplete),
    CL(RegisterSapComplete),
    CL(DeregisterSapComplete),
    CL(MakeCallComplete),
    CL(ModifyCallQoSComplete),
    CL(CloseCallComplete),
    CL(AddPartyComplete),
    CL(DropPartyComplete),
    CL(IncomingCall),
    CL(IncomingCallQoSChange),
    CL(IncomingCloseCall),
    CL(IncomingDropParty),
    CL(CallConnected),
    CL(NotifyCloseAf),
    CO_OF_BOTH(CreateVc),
    CO_OF_BOTH(DeleteVc),
    CO_OF_BOTH(OidRequest),
    CO_OF_BOTH(OidRequestComplete),
    CO(AfRegisterNotify),
    CO(ReceiveNetBufferLists),
    CO(SendNetBufferListsComplete),
    AT(handlers.co_protocol, CoStatusHandlerEx, "ProtocolCoStatusEx"),
    MINIPORT_CO(CreateVc),
    MINIPORT_CO(DeleteVc),
    MINIPORT_CO(ActivateVc),
    MINIPORT_CO(DeactivateVc),
    MINIPORT_CO(SendNetBufferLists),
    MINIPORT_CO(OidRequest),
    AT(protocol, BindAdapterHandlerEx, "ProtocolBindAdapterEx"),
    AT(protocol, UnbindAdapterHandlerEx, "ProtocolUnbindAdapterEx"),
    AT(protocol, OpenAdapterCompleteHandlerEx, "ProtocolOpenAdapterCompleteEx"),
    AT(protocol, CloseAdapterCompleteHandlerEx, "ProtocolCloseAdapterCompleteEx"),
    PROTOCOL(NetPnPEvent),
    PROTOCOL(OidRequestComplete),
    AT(protocol, StatusHandlerEx, "ProtocolStatusEx"),
    AT(miniport, InitializeHandlerEx, "MiniportInitializeEx"),
    AT(miniport, HaltHandlerEx, "MiniportHaltEx"),
    MINIPORT(Pause),
    MINIPORT(Restart),
    MINIPORT(OidRequest),
    MINIPORT(CancelOidRequest),
    MINIPORT(ReturnNetBufferLists),
    MINIPORT(CancelSend),
    MINIPORT(DevicePnPEventNotify),
    AT(miniport, UnloadHandler, "MiniportDriverUnload"),
};

static const void *pointer_in(const struct driver *driver, const struct handler_row *row)
{
    const void *pointer;
    memcpy(&pointer, (const char *)driver + row->offset, sizeof(pointer));
    return pointer;
}

static const void *of_registration(const struct driver *driver, const char *callback)
{
    const void *found = NULL;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !found; i++)
        if (!strcmp(rows[i].name, callback))
            found = pointer_in(driver, &rows[i]);
    return found;
}

const void *report_handler(const struct nt_owner *owner, const char *callback)
{
    const struct module *module = module_of_owner(owner);
    const void *found = NULL;
    if (!module || !callback)
        return NULL;
    if (!strcmp(callback, "DriverUnload"))
        memcpy(&found, &module->object.DriverUnload, sizeof(found));
    if (!strcmp(callback, "DriverEntry"))
        memcpy(&found, &module->entry, sizeof(found));
    for (const struct driver *d = module->drivers; d && !found; d = d->next)
        found = of_registration(d, callback);
    return found;
}
