/* SPDX-License-Identifier: MIT */
/* The agent: what a peer may read and set. The tables show their status column only. */
#include <assert.h>
#include <string.h>

#include "ilmi/ilmi_inside.h"

const struct snmp_name ilmi_prefix_status = {12, {1, 3, 6, 1, 4, 1, 353, 2, 7, 1, 1, 3}};
const struct snmp_name ilmi_address_status = {12, {1, 3, 6, 1, 4, 1, 353, 2, 6, 1, 1, 3}};
const struct snmp_name ilmi_system_id = {11, {1, 3, 6, 1, 4, 1, 353, 2, 1, 4, 0}};
const struct snmp_name ilmi_port_id = {13, {1, 3, 6, 1, 4, 1, 353, 2, 1, 1, 1, 8, 0}};

enum {
    OBJECT_TEXT,
    OBJECT_OWN_ID,
    OBJECT_TIME,
    OBJECT_NUMBER,
    OBJECT_SYSTEM_ID,
    OBJECT_PORT_ID,
    OBJECT_VERSION,
    OBJECT_DEVICE
};

#define UNI(...)                                                                                   \
    {                                                                                              \
        1, 3, 6, 1, 4, 1, 353, 2, __VA_ARGS__, 0                                                   \
    }

static const struct object {
    struct snmp_name name;
    int kind;
    int32_t number;
} objects[] = {
    {{9, {1, 3, 6, 1, 2, 1, 1, 1, 0}}, OBJECT_TEXT, 0},   /* sysDescr */
    {{9, {1, 3, 6, 1, 2, 1, 1, 2, 0}}, OBJECT_OWN_ID, 0}, /* sysObjectID */
    {{9, {1, 3, 6, 1, 2, 1, 1, 3, 0}}, OBJECT_TIME, 0},   /* sysUpTime */
    {{13, UNI(1, 1, 1, 8)}, OBJECT_PORT_ID, 0},           /* atmfPortMyIfIdentifier */
    {{11, UNI(1, 4)}, OBJECT_SYSTEM_ID, 0},               /* atmfMySystemIdentifier */
    {{13, UNI(2, 1, 1, 6)}, OBJECT_NUMBER, 8},            /* atmfAtmLayerMaxVpiBits */
    {{13, UNI(2, 1, 1, 7)}, OBJECT_NUMBER, 16},           /* atmfAtmLayerMaxVciBits */
    {{13, UNI(2, 1, 1, 8)}, OBJECT_NUMBER, 2},            /* atmfAtmLayerUniType: private */
    {{13, UNI(2, 1, 1, 9)}, OBJECT_VERSION, 0},           /* atmfAtmLayerUniVersion */
    {{13, UNI(2, 1, 1, 10)}, OBJECT_DEVICE, 0},           /* atmfAtmLayerDeviceType */
    {{13, UNI(2, 1, 1, 11)}, OBJECT_NUMBER, 2},           /* atmfAtmLayerIlmiVersion: 4.0 */
    {{13, UNI(11, 1, 1, 2)}, OBJECT_NUMBER, 1},           /* registration: supported */
};
#define OBJECT_COUNT (sizeof(objects) / sizeof(objects[0]))

static const uint8_t description[] = "condis";
static const uint8_t own_id[] = {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x61, 0x02}; /* atmForumUni */

static void object_value(const struct ilmi *ilmi, uint64_t now_ms, const struct object *object,
                         struct snmp_binding *out)
{
    out->type = SNMP_INTEGER;
    switch (object->kind) {
    case OBJECT_TEXT:
        out->type = SNMP_OCTETS;
        out->octets = description;
        out->octet_count = sizeof(description) - 1;
        break;
    case OBJECT_OWN_ID:
        out->type = SNMP_OBJECT;
        out->octets = own_id;
        out->octet_count = sizeof(own_id);
        break;
    case OBJECT_TIME:
        out->type = SNMP_TICKS;
        out->number = (int64_t)((now_ms - ilmi->started_ms) / 10 & UINT32_MAX);
        break;
    case OBJECT_SYSTEM_ID:
        out->type = SNMP_OCTETS;
        out->octets = ilmi->options.system_id;
        out->octet_count = ILMI_ESI_BYTES;
        break;
    case OBJECT_PORT_ID:
        out->number = (int32_t)ilmi->options.port_id;
        break;
    case OBJECT_VERSION:
        out->number = ilmi->options.uni_version;
        break;
    case OBJECT_DEVICE: /* 1 user, 2 node */
        out->number = ilmi->options.side == ILMI_USER ? 1 : 2;
        break;
    default:
        out->number = object->number;
        break;
    }
}

/* What this side keeps for its peer: the user prefixes, the network addresses. */
struct table {
    struct ilmi_row *rows;
    uint32_t row_count;
    uint32_t octet_count;
    const struct snmp_name *column;
};

static struct table own_table(struct ilmi *ilmi)
{
    if (ilmi->options.side == ILMI_USER)
        return (struct table){ilmi->prefixes, ILMI_PREFIX_COUNT_MAX, ILMI_PREFIX_BYTES,
                              &ilmi_prefix_status};
    return (struct table){ilmi->addresses, ilmi->options.address_count_max, ILMI_ADDRESS_BYTES,
                          &ilmi_address_status};
}

/* Reads a row's octets out of the name of its status. returns false: it is no such name. */
static bool row_of(const struct table *table, const struct snmp_name *name, uint8_t *octets)
{
    uint32_t at = table->column->arc_count;
    if (name->arc_count != at + 2 + table->octet_count ||
        memcmp(name->arcs, table->column->arcs, at * sizeof(uint32_t)) != 0 ||
        name->arcs[at] != 0 || name->arcs[at + 1] != table->octet_count)
        return false;
    for (uint32_t i = 0; i < table->octet_count; i++) {
        if (name->arcs[at + 2 + i] > UINT8_MAX)
            return false;
        octets[i] = (uint8_t)name->arcs[at + 2 + i];
    }
    return true;
}

static bool get(struct ilmi *ilmi, uint64_t now_ms, struct snmp_binding *binding)
{
    struct table table = own_table(ilmi);
    uint8_t octets[ILMI_ADDRESS_BYTES];
    for (size_t i = 0; i < OBJECT_COUNT; i++) {
        if (snmp_name_compare(&objects[i].name, &binding->name) == 0) {
            object_value(ilmi, now_ms, &objects[i], binding);
            return true;
        }
    }
    if (!row_of(&table, &binding->name, octets))
        return false;
    const struct ilmi_row *row = ilmi_find(table.rows, table.row_count, octets, table.octet_count);
    binding->type = SNMP_INTEGER;
    binding->number = ILMI_VALID;
    return row && row->registered;
}

/* The first object behind the name, whether it is there by itself or in a table. */
static bool get_next(struct ilmi *ilmi, uint64_t now_ms, struct snmp_binding *binding)
{
    struct table table = own_table(ilmi);
    struct snmp_name best = {0}, name;
    for (size_t i = 0; i < OBJECT_COUNT; i++)
        if (snmp_name_compare(&objects[i].name, &binding->name) > 0 &&
            (best.arc_count == 0 || snmp_name_compare(&objects[i].name, &best) < 0))
            best = objects[i].name;
    for (uint32_t i = 0; i < table.row_count; i++) {
        if (!table.rows[i].used || !table.rows[i].registered)
            continue;
        ilmi_row_name(table.column, table.rows[i].octets, table.octet_count, &name);
        if (snmp_name_compare(&name, &binding->name) > 0 &&
            (best.arc_count == 0 || snmp_name_compare(&name, &best) < 0))
            best = name;
    }
    if (best.arc_count == 0)
        return false;
    binding->name = best;
    return get(ilmi, now_ms, binding);
}

/* ---- setting ---- */

static bool prefix_is_ours(struct ilmi *ilmi, const uint8_t *address)
{
    return ilmi->options.any_prefix ||
           ilmi_find(ilmi->prefixes, ILMI_PREFIX_COUNT_MAX, address, ILMI_PREFIX_BYTES);
}

static enum snmp_error row_valid(struct ilmi *ilmi, const struct table *table,
                                 const uint8_t *octets)
{
    struct ilmi_row *row = ilmi_find(table->rows, table->row_count, octets, table->octet_count);
    if (ilmi->options.side == ILMI_NETWORK && !prefix_is_ours(ilmi, octets))
        return SNMP_BAD_VALUE;
    if (!row) {
        row = ilmi_free_row(table->rows, table->row_count);
        if (!row)
            return SNMP_GEN_ERR;
        *row = (struct ilmi_row){.used = true};
        memcpy(row->octets, octets, table->octet_count);
    }
    if (!row->registered && ilmi->options.side == ILMI_USER)
        ilmi_prefix_given(ilmi, octets);
    row->registered = true; /* not wanted by us, but by the peer */
    ilmi->untold = true;
    return SNMP_NO_ERROR;
}

static enum snmp_error row_invalid(struct ilmi *ilmi, const struct table *table,
                                   const uint8_t *octets)
{
    struct ilmi_row *row = ilmi_find(table->rows, table->row_count, octets, table->octet_count);
    if (!row || !row->registered)
        return SNMP_NO_SUCH_NAME;
    if (ilmi->options.side == ILMI_USER)
        ilmi_prefix_taken(ilmi, octets);
    row->registered = false;
    row->used = row->told;
    ilmi->untold = true;
    return SNMP_NO_ERROR;
}

static enum snmp_error set(struct ilmi *ilmi, const struct snmp_binding *binding, bool check)
{
    struct table table = own_table(ilmi);
    uint8_t octets[ILMI_ADDRESS_BYTES];
    if (!row_of(&table, &binding->name, octets))
        return SNMP_NO_SUCH_NAME;
    if (binding->type != SNMP_INTEGER ||
        (binding->number != ILMI_VALID && binding->number != ILMI_INVALID))
        return SNMP_BAD_VALUE;
    if (check)
        return SNMP_NO_ERROR;
    return binding->number == ILMI_VALID ? row_valid(ilmi, &table, octets)
                                         : row_invalid(ilmi, &table, octets);
}

static enum snmp_error answer_binding(struct ilmi *ilmi, uint64_t now_ms, enum snmp_pdu pdu,
                                      struct snmp_binding *binding, bool check)
{
    if (pdu == SNMP_SET)
        return set(ilmi, binding, check);
    if (check)
        return SNMP_NO_ERROR;
    bool found = pdu == SNMP_GET ? get(ilmi, now_ms, binding) : get_next(ilmi, now_ms, binding);
    return found ? SNMP_NO_ERROR : SNMP_NO_SUCH_NAME;
}

/* An error names the first binding at fault, and sends the question's bindings back (RFC 1157). */
void ilmi_answer(struct ilmi *ilmi, uint64_t now_ms, struct snmp_message *message)
{
    struct snmp_message asked = *message;
    enum snmp_pdu pdu = message->pdu;
    enum snmp_error error = SNMP_NO_ERROR;
    for (int round = 0; round < 2; round++) /* all are looked at before any is set */
        for (uint32_t i = 0; i < message->binding_count && error == SNMP_NO_ERROR; i++) {
            error = answer_binding(ilmi, now_ms, pdu, &message->bindings[i], round == 0);
            if (error != SNMP_NO_ERROR)
                asked.error_index = (int32_t)i + 1;
        }
    if (error == SNMP_NO_ERROR) {
        message->pdu = SNMP_RESPONSE;
        message->error_status = message->error_index = 0;
        uint8_t octets[SNMP_MESSAGE_BYTES_MAX];
        if (snmp_encode(message, octets) > 0) {
            (void)ilmi_send(ilmi, message);
            return;
        }
        error = SNMP_TOO_BIG;
        asked.error_index = 0;
    }
    ilmi->counts.requests_refused++;
    asked.pdu = SNMP_RESPONSE;
    asked.error_status = (int32_t)error;
    (void)ilmi_send(ilmi, &asked);
}
