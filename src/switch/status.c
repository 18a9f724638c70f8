/* SPDX-License-Identifier: MIT */
/* What people ask of a switch. */
#include "switch/inside.h"

bool switch_port_status(const struct switch_core *core, uint32_t number,
                        struct switch_port_status *out)
{
    const struct port *port = port_of(core, number);

    if (!port)
        return false;
    *out = (struct switch_port_status){.port = number,
                                       .version = port->options.version,
                                       .trunk = port->options.trunk,
                                       .link_up = port->link_up,
                                       .wired = port->wired,
                                       .leg_count = port->leg_count,
                                       .party_count = port->party_count,
                                       .rate_in = port->rate_in,
                                       .rate_out = port->rate_out,
                                       .calls_refused = port->calls_refused,
                                       .uni = uni_counters(port->uni)};
    return true;
}

uint32_t switch_port_next(const struct switch_core *core, uint32_t number)
{
    while (number < core->port_room && !core->ports[number])
        number++;
    return number < core->port_room ? number : SWITCH_NO_PORT;
}

void switch_each_call(const struct switch_core *core,
                      void (*show)(void *context, const struct switch_call_status *call),
                      void *context)
{
    for (const struct tree *tree = core->first; tree; tree = tree->next) {
        const struct switch_call_status status = {.id = tree->id,
                                                  .multipoint = tree->multipoint,
                                                  .connected = tree->connected,
                                                  .root_port = tree->root->port,
                                                  .root_vci = tree->root->vci,
                                                  .party_count = tree->leaf_count,
                                                  .branch_count = tree->branch_count,
                                                  .tree = &tree->forward};
        show(context, &status);
    }
}

size_t switch_party_bytes(void)
{
    return sizeof(struct leaf) + sizeof(struct leg) + 2 * sizeof(struct switch_hop);
}
