/* SPDX-License-Identifier: MIT */
/* Requests to unis. What is too late is not an error: CLEARED is on its way, and says so. What
 * cannot be done for want of memory breaks the port: its peers hear of it as of a lost link. */
#include "switch/inside.h"

uint8_t cause_of_result(enum uni_result result)
{
    switch (result) {
    case UNI_OK:
        return 0;
    case UNI_NO_MEMORY:
    case UNI_LIMIT:
        return UNI_CAUSE_RESOURCE;
    default:
        return UNI_CAUSE_TEMPORARY_FAILURE;
    }
}

void ask_call(struct switch_core *core, const struct leg *leg, enum uni_request request,
              struct uni_message *elements)
{
    struct port *port = port_of(core, leg->port);

    if (port->broken)
        return;
    port_touch(core, port);
    enum uni_result result =
        uni_request_call(port->uni, core->now_ms, leg->call, request, elements);
    if (result == UNI_NO_MEMORY)
        port_break(core, port);
    else if (result == UNI_BAD_MESSAGE)
        uni_request_call(port->uni, core->now_ms, leg->call, request, NULL);
}

void ask_end(struct switch_core *core, const struct leg *leg, const struct ending *ending)
{
    ask_call(core, leg, UNI_REQUEST_RELEASE,
             carry_ending(core, port_of(core, leg->port), UNI_RELEASE, ending));
}

enum uni_result ask_party(struct switch_core *core, const struct leg *leg, uint16_t party,
                          enum uni_request request, struct uni_message *elements)
{
    struct port *port = port_of(core, leg->port);

    if (port->broken)
        return UNI_NO_SUCH_CALL;
    port_touch(core, port);
    enum uni_result result =
        uni_request_party(port->uni, core->now_ms, leg->call, party, request, elements);
    if (result == UNI_NO_MEMORY)
        port_break(core, port);
    else if (result == UNI_BAD_MESSAGE)
        result = uni_request_party(port->uni, core->now_ms, leg->call, party, request, NULL);
    return result;
}
