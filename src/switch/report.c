/* SPDX-License-Identifier: MIT */
/* What a node tells people: the same facts as text and as JSON. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <condis/address.h>
#include <jansson.h>

#include "switch/wire.h"

static json_t *version_json(enum uni_version version)
{
    return json_string(version == UNI_31 ? "3.1" : "4.0");
}

json_t *node_port_json(const struct node *node, uint32_t port)
{
    const struct slot *slot = node_slot(node, port);
    struct switch_port_status status;
    struct link_statistics link;

    if (!slot || !switch_port_status(node->core, port, &status))
        return NULL;
    slot_statistics(slot, &link);
    return json_pack(
        "{sI ss so sb sb sb sI sI sI sI sI sI sI sI sI sI sI}", "port", (json_int_t)port, "peer",
        slot->peer, "uni", version_json(status.version), "trunk", (int)status.trunk, "up",
        (int)(slot->wire && slot->wire->up), "signalling", (int)status.link_up, "calls",
        (json_int_t)status.leg_count, "parties", (json_int_t)status.party_count, "cells_in",
        (json_int_t)status.rate_in, "cells_out", (json_int_t)status.rate_out, "refused",
        (json_int_t)status.calls_refused, "frames_in", (json_int_t)link.frames_in, "frames_out",
        (json_int_t)link.frames_out, "bytes_in", (json_int_t)link.bytes_in, "bytes_out",
        (json_int_t)link.bytes_out, "dropped", (json_int_t)slot->frames_dropped, "stray",
        (json_int_t)slot->frames_stray);
}

static void put_route(void *context, const struct route *route)
{
    char prefix[CONDIS_ADDRESS_TEXT_BYTES];
    struct condis_address address;

    memcpy(address.octets, route->prefix, sizeof address.octets);
    condis_address_format(&address, prefix);
    if (prefix[0] != '@')
        prefix[route->digit_count] = 0;
    json_array_append_new(context,
                          json_pack("{ss sI sI ss}", "prefix", prefix, "port",
                                    (json_int_t)route->port, "metric", (json_int_t)route->metric,
                                    "kind", route->kind == ROUTE_STATIC ? "static" : "registered"));
}

static void put_call(void *context, const struct switch_call_status *call)
{
    json_t *branches = json_array();

    for (uint32_t i = 0; i < call->tree->hop_count; i++) {
        const struct switch_hop *hop = &call->tree->hops[i];
        json_array_append_new(branches, json_pack("{sI sI sI sI}", "port", (json_int_t)hop->port,
                                                  "vci", (json_int_t)hop->vci, "frames",
                                                  (json_int_t)hop->frame_count, "dropped",
                                                  (json_int_t)hop->dropped_count));
    }
    json_array_append_new(
        context, json_pack("{sI sb sb sI sI sI so}", "call", (json_int_t)call->id, "multipoint",
                           (int)call->multipoint, "connected", (int)call->connected, "port",
                           (json_int_t)call->root_port, "vci", (json_int_t)call->root_vci,
                           "parties", (json_int_t)call->party_count, "branches", branches));
}

json_t *node_status_json(const struct node *node)
{
    json_t *ports = json_array();
    json_t *routes = json_array();
    json_t *calls = json_array();

    if (!ports || !routes || !calls) {
        json_decref(ports);
        json_decref(routes);
        json_decref(calls);
        return NULL;
    }
    for (uint32_t port = switch_port_next(node->core, 0); port != SWITCH_NO_PORT;
         port = switch_port_next(node->core, port + 1))
        json_array_append_new(ports, node_port_json(node, port));
    route_each(switch_routes(node->core), put_route, routes);
    switch_each_call(node->core, put_call, calls);
    return json_pack("{so so so}", "ports", ports, "routes", routes, "calls", calls);
}

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static long long number_of(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static bool is_true(const json_t *row, const char *key)
{
    return json_is_true(json_object_get(row, key));
}

static void call_text(const json_t *row, FILE *out)
{
    const json_t *branch;
    size_t index;

    fprintf(out, "call %lld: port %lld vci %lld, %s, %s, %lld part%s\n", number_of(row, "call"),
            number_of(row, "port"), number_of(row, "vci"),
            is_true(row, "multipoint") ? "point-to-multipoint" : "point-to-point",
            is_true(row, "connected") ? "connected" : "being set up", number_of(row, "parties"),
            number_of(row, "parties") == 1 ? "y" : "ies");
    json_array_foreach(json_object_get(row, "branches"), index, branch) fprintf(
        out, "  -> port %lld vci %lld: %lld frames, %lld dropped\n", number_of(branch, "port"),
        number_of(branch, "vci"), number_of(branch, "frames"), number_of(branch, "dropped"));
}

static void node_text(const json_t *status, FILE *out)
{
    const json_t *row;
    size_t index;

    json_array_foreach(json_object_get(status, "ports"), index, row) fprintf(
        out,
        "port %lld: %s%s, UNI %s, %s, signalling %s, %lld calls, %lld parties, %lld frames in, "
        "%lld out, %lld dropped, %lld stray\n",
        number_of(row, "port"), text_of(row, "peer"), is_true(row, "trunk") ? " (trunk)" : "",
        text_of(row, "uni"), is_true(row, "up") ? "up" : "down",
        is_true(row, "signalling") ? "up" : "down", number_of(row, "calls"),
        number_of(row, "parties"), number_of(row, "frames_in"), number_of(row, "frames_out"),
        number_of(row, "dropped"), number_of(row, "stray"));
    json_array_foreach(json_object_get(status, "routes"), index, row)
        fprintf(out, "route %s: port %lld, metric %lld, %s\n",
                text_of(row, "prefix")[0] ? text_of(row, "prefix") : "*", number_of(row, "port"),
                number_of(row, "metric"), text_of(row, "kind"));
    json_array_foreach(json_object_get(status, "calls"), index, row) call_text(row, out);
}

bool node_status(const struct node *node, FILE *out, bool json)
{
    json_t *status = node_status_json(node);

    if (!status)
        return false;
    if (json) {
        json_dumpf(status, out, JSON_COMPACT);
        fputc('\n', out);
    } else {
        node_text(status, out);
    }
    json_decref(status);
    return true;
}
