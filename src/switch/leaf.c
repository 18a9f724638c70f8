/* SPDX-License-Identifier: MIT */
/* Leaves: from ADD PARTY, or SETUP, to the end of one party. */
#include <assert.h>
#include <stdlib.h>

#include "switch/inside.h"

enum {
    CAUSE_NO_ROUTE = 3,
    CAUSE_ROUTING_ERROR = 25,
    CAUSE_NUMBER_FORMAT = 28,
};

/* The only writer of leaf->state: it counts for the tree and the branch. */
void leaf_set_state(struct leaf *leaf, struct tree *tree, enum leaf_state state)
{
    tree->pending_count += (state != LEAF_ACTIVE) - (uint32_t)(leaf->state != LEAF_ACTIVE);
    tree->held_count += (state == LEAF_HELD) - (uint32_t)(leaf->state == LEAF_HELD);
    if (leaf->branch)
        leaf->branch->waiting_count +=
            (state == LEAF_WAITING) - (uint32_t)(leaf->state == LEAF_WAITING);
    leaf->state = (uint8_t)state;
    if (state != LEAF_ACTIVE)
        return;
    free(leaf->kept);
    leaf->kept = NULL;
}

struct leaf *leaf_open(struct switch_core *core, struct tree *tree, uint16_t root_party,
                       uint8_t *cause)
{
    struct port *port = port_of(core, tree->root->port);
    const struct switch_port_options *options = &port->options;

    *cause = 0;
    if (options->party_count_max && port->party_count >= options->party_count_max)
        *cause = UNI_CAUSE_RESOURCE;
    else if (options->pending_count_max && tree->pending_count >= options->pending_count_max)
        *cause = uni_cause_of_too_many_pending(options->version);
    if (*cause)
        return NULL;
    struct leaf *leaf = things_take(&core->leaves);
    if (!leaf) {
        *cause = UNI_CAUSE_RESOURCE;
        return NULL;
    }
    leaf->root_party = root_party;
    leaf->state = LEAF_WAITING;
    port->party_count++;
    tree->leaf_count++;
    tree->pending_count++;
    return leaf;
}

void leaf_close(struct switch_core *core, struct tree *tree, struct leaf *leaf)
{
    assert(!leaf->branch);
    leaf_set_state(leaf, tree, LEAF_ACTIVE);
    tree->has_first &= !leaf->first;
    tree->leaf_count--;
    port_of(core, tree->root->port)->party_count--;
    things_give(&core->leaves, leaf);
}

static void leaf_link(struct switch_core *core, struct leaf *leaf, struct leg *branch)
{
    leaf->branch = branch;
    leaf->next = NULL;
    leaf->prev = branch->last;
    *(branch->last ? &branch->last->next : &branch->first) = leaf;
    branch->last = leaf;
    branch->leaf_count++;
    branch->waiting_count += leaf->state == LEAF_WAITING;
    port_of(core, branch->port)->party_count++;
}

void leaf_unlink(struct switch_core *core, struct leaf *leaf)
{
    struct leg *branch = leaf->branch;

    *(leaf->prev ? &leaf->prev->next : &branch->first) = leaf->next;
    *(leaf->next ? &leaf->next->prev : &branch->last) = leaf->prev;
    branch->leaf_count--;
    branch->waiting_count -= leaf->state == LEAF_WAITING;
    port_of(core, branch->port)->party_count--;
    leaf->branch = NULL;
    leaf->next = leaf->prev = NULL;
    leaf->of_setup = false;
}

static bool present(void *context, uint32_t number)
{
    const struct port *port = port_of(context, number);

    return port && !port->broken;
}

static bool usable(void *context, uint32_t number)
{
    return present(context, number) && port_of(context, number)->wired;
}

/* Finds the port for an address. A static route over a port that is away is passed over; an address
 * that its host registered is there and nowhere else. A wire that comes back by itself is waited
 * for, as long as T303 lets the SETUP. returns a cause, or 0. */
static uint8_t port_for(const struct switch_core *core, const uint8_t *address, struct port **port)
{
    void *context = (void *)(uintptr_t)core;
    const struct route *route = route_best(&core->routes, address, present, context);

    if (!route)
        return CAUSE_NO_ROUTE;
    if (!usable(context, route->port) && route->kind == ROUTE_STATIC) {
        const struct route *other = route_best(&core->routes, address, usable, context);
        route = other ? other : route;
    }
    *port = port_of(core, route->port);
    return (*port)->wired || (*port)->options.stays ? 0 : UNI_CAUSE_OUT_OF_ORDER;
}

/* A branch of its own: the first party of this call on that port. returns a cause, or 0. */
static uint8_t branch_open(struct switch_core *core, struct tree *tree, struct leaf *leaf,
                           struct port *port, const struct uni_message *message)
{
    const struct leg *root = tree->root;
    uint8_t cause;

    if (!tree_reserve(tree, port->number))
        return UNI_CAUSE_RESOURCE;
    struct leg *branch = leg_open(core, port, VCI_NONE, root->rate_out, root->rate_in, &cause);
    if (!branch)
        return cause;
    branch->tree = tree;
    struct uni_message *setup = setup_for(core, branch, message);
    enum uni_result result = UNI_BAD_MESSAGE;
    if (setup)
        result = uni_setup(port->uni, core->now_ms, setup, branch->thing.name, &branch->call);
    port_touch(core, port);
    if (result != UNI_OK) {
        branch->tree = NULL;
        leg_close(core, branch);
        return cause_of_result(result);
    }
    if (tree->multipoint)
        uni_party_cookie(port->uni, branch->call, 0, leaf->thing.name);
    tree_branch_on(tree, branch);
    leaf_link(core, leaf, branch);
    leaf->branch_party = 0;
    leaf->of_setup = true;
    leaf_set_state(leaf, tree, LEAF_ADDING);
    return 0;
}

/* Asks the far end for one more party. returns a cause, or 0. */
static uint8_t leaf_ask(struct switch_core *core, struct tree *tree, struct leaf *leaf,
                        const struct uni_message *message)
{
    struct leg *branch = leaf->branch;
    struct port *port = port_of(core, branch->port);

    if (port->broken)
        return UNI_CAUSE_OUT_OF_ORDER;
    port_touch(core, port);
    if (!leaf->kept) /* see leg_branch_lost; without memory it has one try */
        leaf->kept = message_keep(core, message, &leaf->kept_bytes);
    enum uni_result result = uni_add_party(port->uni, core->now_ms, branch->call,
                                           carry(core, port, UNI_ADD_PARTY, message),
                                           leaf->thing.name, &leaf->branch_party);
    if (result == UNI_OK)
        leaf_set_state(leaf, tree, LEAF_ADDING);
    return cause_of_result(result);
}

/* Joins a branch that is there. returns a cause, or 0. */
static uint8_t leaf_join(struct switch_core *core, struct tree *tree, struct leaf *leaf,
                         struct leg *branch, const struct uni_message *message)
{
    uint8_t cause = 0;

    leaf_link(core, leaf, branch);
    if (branch->ready) {
        cause = leaf_ask(core, tree, leaf, message);
    } else if (!leaf->kept) {
        leaf->kept = message_keep(core, message, &leaf->kept_bytes);
        cause = leaf->kept ? 0 : UNI_CAUSE_RESOURCE;
    }
    if (cause)
        leaf_unlink(core, leaf);
    return cause;
}

/* Finds the way for a leaf that is on no branch, and sets out on it.
 * message  SETUP or ADD PARTY of the root; not core->scratch
 * returns  a cause, the leaf unchanged; or 0 */
uint8_t leaf_route(struct switch_core *core, struct tree *tree, struct leaf *leaf,
                   const struct uni_message *message)
{
    uint8_t address[ROUTE_ADDRESS_BYTES];

    if (!called_address(message, address))
        return CAUSE_NUMBER_FORMAT;
    struct port *port = NULL;
    uint8_t cause = port_for(core, address, &port);
    if (cause)
        return cause;
    if (port->number == tree->root->port && port->options.trunk)
        return CAUSE_ROUTING_ERROR; /* where it came from: two tables disagree */
    if (port->options.party_count_max && port->party_count >= port->options.party_count_max)
        return UNI_CAUSE_RESOURCE;
    struct leg *branch = tree_branch(tree, port->number);
    if (branch)
        return leaf_join(core, tree, leaf, branch, message);
    return branch_open(core, tree, leaf, port, message);
}

/* The root wants one more. */
void leaf_add(struct switch_core *core, const struct uni_event *event, struct tree *tree)
{
    struct port *port = port_of(core, tree->root->port);
    uint8_t cause;
    struct leaf *leaf = leaf_open(core, tree, event->party, &cause);

    if (leaf) {
        uni_party_cookie(port->uni, event->call, event->party, leaf->thing.name);
        cause = leaf_route(core, tree, leaf, event->message);
        if (cause)
            leaf_close(core, tree, leaf);
    }
    if (cause) {
        port->calls_refused++;
        ask_party(core, tree->root, event->party, UNI_REQUEST_ADD_PARTY_REJECT,
                  carry_ending(core, port, UNI_ADD_PARTY_REJECT, &(struct ending){NULL, cause}));
    }
}

/* The branch takes parties now. */
void leaves_add_waiting(struct switch_core *core, struct leg *branch)
{
    struct leaf *leaf = branch->first;

    while (leaf && branch->waiting_count) {
        struct tree *tree = branch->tree;
        struct leaf *next = leaf->next;
        if (leaf->state == LEAF_WAITING) {
            uint8_t cause = UNI_CAUSE_RESOURCE;
            bool last = tree->leaf_count == 1;
            if (uni_decode(&core->kept, leaf->kept, leaf->kept_bytes) == UNI_DECODE_OK)
                cause = leaf_ask(core, tree, leaf, &core->kept);
            if (cause) {
                leaf_unlink(core, leaf);
                leaf_lost(core, tree, leaf, &(struct ending){NULL, cause});
            }
            if (cause && last)
                return; /* the tree is gone */
        }
        leaf = next;
    }
}

void leaf_alerting(struct switch_core *core, struct leaf *leaf, const struct uni_message *message)
{
    struct tree *tree = leaf->branch->tree;
    const struct port *port = port_of(core, tree->root->port);

    if (leaf->alerted || leaf->state != LEAF_ADDING || port->options.version == UNI_31)
        return;
    if (!tree->connected && leaf->first) {
        ask_call(core, tree->root, UNI_REQUEST_ALERTING, carry(core, port, UNI_ALERTING, message));
        leaf->alerted = tree->alerted = true;
    } else if (tree->multipoint) {
        leaf->alerted = ask_party(core, tree->root, leaf->root_party, UNI_REQUEST_PARTY_ALERTING,
                                  carry(core, port, UNI_PARTY_ALERTING, message)) == UNI_OK;
    }
}

void leaf_answered(struct switch_core *core, struct leaf *leaf, const struct uni_message *message)
{
    struct tree *tree = leaf->branch->tree;
    const struct port *port = port_of(core, tree->root->port);

    if (leaf->state != LEAF_ADDING)
        return;
    if (tree->connected) {
        leaf_set_state(leaf, tree, LEAF_ACTIVE);
        ask_party(core, tree->root, leaf->root_party, UNI_REQUEST_ADD_PARTY_ACK,
                  carry(core, port, UNI_ADD_PARTY_ACKNOWLEDGE, message));
    } else if (leaf->first) {
        leaf_set_state(leaf, tree, LEAF_ACTIVE);
        tree_answer(core, tree, message);
    } else {
        /* SIG 5.6: the root may not hear ADD PARTY ACK before its call is active. Without memory
         * the ACK goes without what the leaf said in it. */
        free(leaf->kept);
        leaf->kept = message ? message_keep(core, message, &leaf->kept_bytes) : NULL;
        leaf_set_state(leaf, tree, LEAF_HELD);
        tree_settle(core, tree);
    }
}

/* The far end of a leaf is gone, and the leaf is on no branch: the root hears of it. */
void leaf_lost(struct switch_core *core, struct tree *tree, struct leaf *leaf,
               const struct ending *ending)
{
    const struct port *port = port_of(core, tree->root->port);
    bool told = leaf->alerted || leaf->state == LEAF_ACTIVE;
    uint16_t party = leaf->root_party;

    leaf_close(core, tree, leaf);
    if (tree->leaf_count == 0) {
        tree_end(core, tree, ending, NULL);
        return;
    }
    if (told)
        ask_party(core, tree->root, party, UNI_REQUEST_DROP_PARTY,
                  carry_ending(core, port, UNI_DROP_PARTY, ending));
    else
        ask_party(core, tree->root, party, UNI_REQUEST_ADD_PARTY_REJECT,
                  carry_ending(core, port, UNI_ADD_PARTY_REJECT, ending));
    tree_settle(core, tree);
}

/* The root's end of a leaf is gone: the far end hears of it. */
void leaf_dropped(struct switch_core *core, struct tree *tree, struct leaf *leaf,
                  const struct ending *ending)
{
    struct leg *branch = leaf->branch;
    const struct port *port = port_of(core, branch->port);
    bool asked = leaf->state != LEAF_WAITING;
    uint16_t party = leaf->branch_party;

    leaf_unlink(core, leaf);
    leaf_close(core, tree, leaf);
    tree_settle(core, tree);
    bool empty = tree->leaf_count == 0;
    if (asked && branch->leaf_count == branch->waiting_count) {
        ask_end(core, branch, ending);
        leg_branch_lost(core, branch, &(struct ending){NULL, UNI_CAUSE_NORMAL});
    } else if (asked) {
        ask_party(core, branch, party, UNI_REQUEST_DROP_PARTY,
                  carry_ending(core, port, UNI_DROP_PARTY, ending));
    }
    if (empty)
        tree_end(core, tree, ending, NULL);
}
