/* SPDX-License-Identifier: MIT */
/* Trees: from SETUP to the last RELEASE. */
#include <assert.h>
#include <stdlib.h>

#include "switch/inside.h"

enum {
    CAUSE_VC_NOT_AVAILABLE = 35,
    VCI_EXCLUSIVE = 0, /* SIG 4.9 */
    VCI_ANY = 1,
    FIRST_HOPS = 4,
    BRANCHES_LISTED = 8, /* no more are looked through to find one */
};

static void refuse(struct switch_core *core, struct port *port, uint32_t call, uint8_t cause)
{
    const struct leg leg = {.port = port->number, .call = call};

    port->calls_refused++;
    ask_end(core, &leg, &(struct ending){NULL, cause});
}

/* Which VCI the peer wants. returns a cause, or 0. */
static uint8_t wanted_vci(const struct uni_message *message, uint16_t *vci)
{
    *vci = VCI_NONE;
    if (!(message->has & UNI_HAS(CONNECTION)))
        return 0;
    if (message->connection->vpci != 0)
        return CAUSE_VC_NOT_AVAILABLE;
    if (message->connection->preference == VCI_ANY)
        return 0;
    if (message->connection->preference != VCI_EXCLUSIVE || message->connection->vci < VCI_FIRST)
        return CAUSE_VC_NOT_AVAILABLE;
    *vci = message->connection->vci;
    return 0;
}

static void tree_free(struct tree *tree)
{
    free(tree->forward.hops);
    free(tree->by_port);
    free(tree->setup);
    free(tree);
}

static struct tree *tree_new(struct switch_core *core, struct port *port,
                             const struct uni_message *setup, uint8_t *cause)
{
    uint32_t forward;
    uint32_t backward;
    uint16_t vci;

    *cause = wanted_vci(setup, &vci);
    if (*cause)
        return NULL;
    struct tree *tree = calloc(1, sizeof *tree);
    *cause = UNI_CAUSE_RESOURCE;
    if (!tree)
        return NULL;
    tree->multipoint = setup->bearer->multipoint;
    if (tree->multipoint) {
        tree->setup = message_keep(core, setup, &tree->setup_bytes);
        if (!tree->setup)
            goto free_tree;
    }
    rates_of(setup, &forward, &backward);
    tree->root = leg_open(core, port, vci, forward, backward, cause);
    if (!tree->root)
        goto free_tree;
    tree->id = ++core->next_id;
    tree->next = core->first;
    if (core->first)
        core->first->prev = tree;
    core->first = tree;
    return tree;
free_tree:
    tree_free(tree);
    return NULL;
}

void tree_open(struct switch_core *core, struct port *port, const struct uni_event *event)
{
    uint8_t cause;
    struct tree *tree = tree_new(core, port, event->message, &cause);

    if (!tree) {
        refuse(core, port, event->call, cause);
        return;
    }
    struct leg *root = tree->root;
    root->tree = tree;
    root->call = event->call;
    root->is_root = true;
    uni_call_cookie(port->uni, event->call, root->thing.name);
    forward_set(&port->forwards, root->vci, &tree->forward);
    struct leaf *leaf = leaf_open(core, tree, event->party, &cause);
    if (leaf) {
        leaf->first = tree->has_first = true;
        if (tree->multipoint)
            uni_party_cookie(port->uni, event->call, event->party, leaf->thing.name);
        cause = leaf_route(core, tree, leaf, event->message);
        if (cause)
            leaf_close(core, tree, leaf);
    }
    if (cause) {
        port->calls_refused++;
        tree_end(core, tree, &(struct ending){NULL, cause}, NULL);
        return;
    }
    ask_call(core, root, UNI_REQUEST_PROCEEDING, connection_only(core, root->vci));
}

static void branch_end(struct switch_core *core, struct tree *tree, struct leg *branch,
                       const struct ending *ending, const struct leg *except)
{
    tree_branch_off(core, tree, branch);
    while (branch->first) {
        struct leaf *leaf = branch->first;
        leaf_unlink(core, leaf);
        leaf_close(core, tree, leaf);
    }
    if (branch != except)
        ask_end(core, branch, ending);
}

void tree_end(struct switch_core *core, struct tree *tree, const struct ending *ending,
              const struct leg *except)
{
    struct leg *root = tree->root;

    while (tree->first)
        branch_end(core, tree, tree->first, ending, except);
    assert(tree->leaf_count == 0);
    forward_set(&port_of(core, root->port)->forwards, root->vci, NULL);
    root->tree = NULL;
    if (root != except)
        ask_end(core, root, ending);
    *(tree->prev ? &tree->prev->next : &core->first) = tree->next;
    if (tree->next)
        tree->next->prev = tree->prev;
    tree_free(tree);
}

/* Finds the branch at a port; constant time. NULL: there is none. */
struct leg *tree_branch(const struct tree *tree, uint32_t port)
{
    if (tree->by_port)
        return port < tree->by_port_room ? tree->by_port[port] : NULL;
    struct leg *branch = tree->first;
    while (branch && branch->port != port)
        branch = branch->next;
    return branch;
}

/* A branch joins its tree, which has room for it. */
void tree_branch_on(struct tree *tree, struct leg *branch)
{
    branch->prev = tree->last;
    *(tree->last ? &tree->last->next : &tree->first) = branch;
    tree->last = branch;
    tree->branch_count++;
    if (tree->by_port)
        tree->by_port[branch->port] = branch;
}

/* A branch leaves its tree: no frame goes there any more. Its leaves stay for the caller. */
void tree_branch_off(struct switch_core *core, struct tree *tree, struct leg *branch)
{
    if (branch->connected) {
        struct switch_tree *forward = &tree->forward;
        forward->hops[branch->hop] = forward->hops[--forward->hop_count];
        ((struct leg *)forward->hops[branch->hop].leg)->hop = branch->hop;
        branch->connected = false;
        forward_set(&port_of(core, branch->port)->forwards, branch->vci, NULL);
    }
    if (tree->by_port)
        tree->by_port[branch->port] = NULL;
    *(branch->prev ? &branch->prev->next : &tree->first) = branch->next;
    *(branch->next ? &branch->next->prev : &tree->last) = branch->prev;
    branch->tree = NULL;
    tree->branch_count--;
}

/* The way from ports to branches: none while there are few. */
static bool by_port_reserve(struct tree *tree, uint32_t port)
{
    uint32_t room = tree->by_port_room ? tree->by_port_room : 16;

    if (tree->branch_count < BRANCHES_LISTED && !tree->by_port)
        return true;
    while (room <= port)
        room *= 2;
    for (const struct leg *branch = tree->by_port ? NULL : tree->first; branch;
         branch = branch->next)
        while (room <= branch->port)
            room *= 2;
    if (room == tree->by_port_room)
        return true;
    struct leg **by_port = calloc(room, sizeof(struct leg *));
    if (!by_port)
        return false;
    free(tree->by_port);
    tree->by_port = by_port;
    tree->by_port_room = room;
    for (struct leg *branch = tree->first; branch; branch = branch->next)
        by_port[branch->port] = branch;
    return true;
}

/* Makes room for one more branch, so that its answer needs no memory. */
bool tree_reserve(struct tree *tree, uint32_t port)
{
    uint32_t room = tree->forward.room ? tree->forward.room * 2 : FIRST_HOPS;

    if (!by_port_reserve(tree, port))
        return false;
    if (tree->branch_count < tree->forward.room)
        return true;
    struct switch_hop *hops = realloc(tree->forward.hops, room * sizeof *hops);
    if (!hops)
        return false;
    tree->forward.hops = hops;
    tree->forward.room = room;
    return true;
}

/* The far end is there: frames go to it from now on. */
void tree_connect(struct switch_core *core, struct leg *branch)
{
    struct tree *tree = branch->tree;
    struct leg *root = tree->root;

    if (branch->connected)
        return;
    assert(tree->forward.hop_count < tree->forward.room);
    branch->connected = true;
    branch->hop = tree->forward.hop_count++;
    tree->forward.hops[branch->hop] =
        (struct switch_hop){.port = branch->port, .vci = branch->vci, .leg = branch};
    if (tree->multipoint)
        return; /* nothing flows back (SIG 5.12) */
    tree->backward_hop = (struct switch_hop){.port = root->port, .vci = root->vci, .leg = root};
    tree->backward = (struct switch_tree){&tree->backward_hop, 1, 1};
    forward_set(&port_of(core, branch->port)->forwards, branch->vci, &tree->backward);
}

static void answer_held(struct switch_core *core, struct tree *tree, struct leaf *leaf)
{
    const struct port *port = port_of(core, tree->root->port);
    const struct uni_message *message = NULL;

    if (uni_decode(&core->kept, leaf->kept, leaf->kept_bytes) == UNI_DECODE_OK)
        message = &core->kept;
    ask_party(core, tree->root, leaf->root_party, UNI_REQUEST_ADD_PARTY_ACK,
              carry(core, port, UNI_ADD_PARTY_ACKNOWLEDGE, message));
    leaf_set_state(leaf, tree, LEAF_ACTIVE);
}

/* Answer the root's call, then the parties that were in before it could be. */
void tree_answer(struct switch_core *core, struct tree *tree, const struct uni_message *message)
{
    const struct port *port = port_of(core, tree->root->port);

    tree->connected = true;
    ask_call(core, tree->root, UNI_REQUEST_CONNECT, carry(core, port, UNI_CONNECT, message));
    for (struct leg *branch = tree->first; branch && tree->held_count; branch = branch->next)
        for (struct leaf *leaf = branch->first; leaf; leaf = leaf->next)
            if (leaf->state == LEAF_HELD)
                answer_held(core, tree, leaf);
}

/* A leaf has gone: if it was the one that the root's call waited for, others may be in already. */
void tree_settle(struct switch_core *core, struct tree *tree)
{
    if (!tree->connected && !tree->has_first && tree->held_count)
        tree_answer(core, tree, NULL);
}
