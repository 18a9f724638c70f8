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

/* A column of a table for people: what of a row of JSON stands in it. */
struct column {
    const char *title;
    const char *key;
    const char *when_true; /* of booleans */
    const char *when_false;
    bool on_the_right;
};

enum { CELL_CHARACTERS = 96, COLUMNS_MAX = 12 };

static const struct column port_columns[] = {
    {"port", "port", NULL, NULL, true},           {"peer", "peer", NULL, NULL, false},
    {"kind", "trunk", "trunk", "host", false},    {"UNI", "uni", NULL, NULL, false},
    {"link", "up", "up", "down", false},          {"signalling", "signalling", "up", "down", false},
    {"calls", "calls", NULL, NULL, true},         {"parties", "parties", NULL, NULL, true},
    {"frames in", "frames_in", NULL, NULL, true}, {"frames out", "frames_out", NULL, NULL, true},
    {"dropped", "dropped", NULL, NULL, true},     {"stray", "stray", NULL, NULL, true},
};

static const struct column route_columns[] = {
    {"address", "prefix", NULL, NULL, false},
    {"port", "port", NULL, NULL, true},
    {"metric", "metric", NULL, NULL, true},
    {"kind", "kind", NULL, NULL, false},
};

static const struct column call_columns[] = {
    {"call", "call", NULL, NULL, true},
    {"from port", "port", NULL, NULL, true},
    {"VCI", "vci", NULL, NULL, true},
    {"kind", "multipoint", "multipoint", "point-to-point", false},
    {"state", "connected", "connected", "being set up", false},
    {"parties", "parties", NULL, NULL, true},
};

static const struct column branch_columns[] = {
    {"call", "call", NULL, NULL, true},       {"to port", "port", NULL, NULL, true},
    {"VCI", "vci", NULL, NULL, true},         {"frames", "frames", NULL, NULL, true},
    {"dropped", "dropped", NULL, NULL, true},
};

static void cell_text(const struct column *column, const json_t *row, char cell[CELL_CHARACTERS])
{
    const json_t *value = json_object_get(row, column->key);
    const char *text = json_string_value(value);

    if (json_is_integer(value))
        snprintf(cell, CELL_CHARACTERS, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(cell, CELL_CHARACTERS, "%s",
                 json_is_true(value) ? column->when_true : column->when_false);
    else
        snprintf(cell, CELL_CHARACTERS, "%s", text && *text ? text : "*"); /* the empty prefix */
}

static void put_cell(FILE *out, const struct column *column, int width, const char *cell, bool last)
{
    if (column->on_the_right)
        fprintf(out, "%*s", width, cell);
    else
        fprintf(out, "%-*s", last ? 0 : width, cell);
    fputs(last ? "\n" : "  ", out);
}

static void put_table(FILE *out, const char *title, const struct column *columns, size_t count,
                      const json_t *rows)
{
    char cell[CELL_CHARACTERS];
    int widths[COLUMNS_MAX];
    const json_t *row;
    size_t index;

    fprintf(out, "%s: %zu\n", title, json_array_size(rows));
    if (json_array_size(rows) == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        widths[i] = (int)strlen(columns[i].title);
        json_array_foreach(rows, index, row)
        {
            cell_text(&columns[i], row, cell);
            if ((int)strlen(cell) > widths[i])
                widths[i] = (int)strlen(cell);
        }
    }
    for (size_t i = 0; i < count; i++)
        put_cell(out, &columns[i], widths[i], columns[i].title, i + 1 == count);
    json_array_foreach(rows, index, row)
    {
        for (size_t i = 0; i < count; i++) {
            cell_text(&columns[i], row, cell);
            put_cell(out, &columns[i], widths[i], cell, i + 1 == count);
        }
    }
}

/* The branches of all calls, each with its call's number. NULL: no memory. */
static json_t *branches_of(const json_t *calls)
{
    json_t *all = json_array();
    const json_t *call;
    json_t *branch;
    size_t index;
    size_t at;

    json_array_foreach(calls, index, call)
    {
        json_array_foreach(json_object_get(call, "branches"), at, branch)
        {
            json_object_set(branch, "call", json_object_get(call, "call"));
            json_array_append(all, branch);
        }
    }
    return all;
}

#define COLUMNS(columns) columns, sizeof(columns) / sizeof(columns)[0]

static void node_text(const json_t *status, FILE *out)
{
    const json_t *calls = json_object_get(status, "calls");
    json_t *branches = branches_of(calls);

    put_table(out, "ports", COLUMNS(port_columns), json_object_get(status, "ports"));
    put_table(out, "addresses", COLUMNS(route_columns), json_object_get(status, "routes"));
    put_table(out, "calls", COLUMNS(call_columns), calls);
    put_table(out, "branches", COLUMNS(branch_columns), branches);
    json_decref(branches);
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
