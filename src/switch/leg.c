/* SPDX-License-Identifier: MIT */
/* Legs: what a call costs a port, and what its uni says of it. */
#include <assert.h>

#include "switch/inside.h"

static bool rate_fits(const struct port *port, uint32_t rate_in, uint32_t rate_out)
{
    uint32_t most = port->options.cell_rate;

    if (!most)
        return true;
    return rate_in <= most - port->rate_in && rate_out <= most - port->rate_out;
}

static uint8_t leg_admit(const struct port *port, uint32_t rate_in, uint32_t rate_out)
{
    const struct switch_port_options *options = &port->options;

    if (port->broken)
        return UNI_CAUSE_OUT_OF_ORDER;
    if (options->call_count_max && port->leg_count >= options->call_count_max)
        return UNI_CAUSE_RESOURCE;
    if (!rate_fits(port, rate_in, rate_out))
        return options->version == UNI_31 ? 51 : 37; /* user cell rate not available */
    return 0;
}

struct leg *leg_open(struct switch_core *core, struct port *port, uint16_t wanted_vci,
                     uint32_t rate_in, uint32_t rate_out, uint8_t *cause)
{
    *cause = leg_admit(port, rate_in, rate_out);
    if (*cause)
        return NULL;
    struct leg *leg = things_take(&core->legs);
    if (!leg) {
        *cause = UNI_CAUSE_RESOURCE;
        return NULL;
    }
    uint16_t vci = wanted_vci;
    if (wanted_vci == VCI_NONE)
        vci = vci_take(&port->vcis);
    else if (!vci_take_this(&port->vcis, wanted_vci))
        vci = VCI_NONE;
    if (vci == VCI_NONE) {
        *cause = wanted_vci == VCI_NONE ? 45 : 35; /* none available; this one is not */
        goto give_leg;
    }
    if (!forward_reserve(&port->forwards, vci)) {
        *cause = UNI_CAUSE_RESOURCE;
        goto give_vci;
    }
    leg->port = port->number;
    leg->vci = vci;
    leg->rate_in = rate_in;
    leg->rate_out = rate_out;
    port->rate_in += rate_in;
    port->rate_out += rate_out;
    port->leg_count++;
    leg->prev_of_port = port->last;
    *(port->last ? &port->last->next_of_port : &port->first) = leg;
    port->last = leg;
    return leg;
give_vci:
    vci_give(&port->vcis, vci);
give_leg:
    things_give(&core->legs, leg);
    return NULL;
}

/* The uni has forgotten the call: what it cost the port is free again. */
void leg_close(struct switch_core *core, struct leg *leg)
{
    struct port *port = port_of(core, leg->port);

    assert(!leg->tree);
    assert(!leg->first);
    *(leg->prev_of_port ? &leg->prev_of_port->next_of_port : &port->first) = leg->next_of_port;
    *(leg->next_of_port ? &leg->next_of_port->prev_of_port : &port->last) = leg->prev_of_port;
    port->rate_in -= leg->rate_in;
    port->rate_out -= leg->rate_out;
    port->leg_count--;
    vci_give(&port->vcis, leg->vci);
    things_give(&core->legs, leg);
}

struct leg *leg_of_cookie(const struct switch_core *core, uint64_t cookie)
{
    return things_find(&core->legs, cookie);
}

/* Leaves that only waited for a branch that is no more get one of their own: another address of the
 * same port may answer. So do those whose ADD PARTY crossed the far end's RELEASE, sent when its
 * last leaf left. The one that the branch's SETUP was for has had its answer. */
static bool may_try_again(const struct leaf *leaf)
{
    return leaf->state == LEAF_WAITING || (leaf->state == LEAF_ADDING && !leaf->of_setup);
}

/* Ends what hangs on a branch that is no more. */
void leg_branch_lost(struct switch_core *core, struct leg *branch, const struct ending *ending)
{
    struct tree *tree = branch->tree;
    bool again = ending->cause != UNI_CAUSE_OUT_OF_ORDER;

    tree_branch_off(core, tree, branch);
    while (branch->first) {
        struct leaf *leaf = branch->first;
        uint8_t cause = 0;
        bool retry = again && leaf->kept && may_try_again(leaf);
        leaf_unlink(core, leaf);
        leaf_set_state(leaf, tree, retry ? LEAF_WAITING : (enum leaf_state)leaf->state);
        if (retry && uni_decode(&core->kept, leaf->kept, leaf->kept_bytes) == UNI_DECODE_OK) {
            cause = leaf_route(core, tree, leaf, &core->kept);
            if (cause == 0)
                continue;
        }
        bool last = tree->leaf_count == 1;
        leaf_lost(core, tree, leaf, cause ? &(struct ending){NULL, cause} : ending);
        if (last)
            break; /* the tree is gone */
    }
}

void leg_cleared(struct switch_core *core, struct leg *leg, const struct ending *ending)
{
    struct tree *tree = leg->tree;

    if (tree && leg->is_root)
        tree_end(core, tree, ending, leg);
    else if (tree)
        leg_branch_lost(core, leg, ending);
}

static void root_event(struct switch_core *core, struct leg *leg, const struct uni_event *event)
{
    const struct ending ending = {event->message, event->cause};
    struct leaf *leaf = things_find(&core->leaves, event->party_cookie);
    struct tree *tree = leg->tree;

    switch (event->kind) {
    case UNI_EVENT_RELEASE:
        ask_call(core, leg, UNI_REQUEST_RELEASE, NULL);
        if (tree)
            tree_end(core, tree, &ending, leg);
        break;
    case UNI_EVENT_ADD_PARTY:
        if (tree)
            leaf_add(core, event, tree);
        break;
    case UNI_EVENT_DROP_PARTY:
        ask_party(core, leg, event->party, UNI_REQUEST_DROP_PARTY_ACK, NULL);
        if (tree && leaf)
            leaf_dropped(core, tree, leaf, &ending);
        break;
    case UNI_EVENT_PARTY_GONE:
    case UNI_EVENT_ADD_PARTY_REJECT:
        if (tree && leaf)
            leaf_dropped(core, tree, leaf, &ending);
        break;
    case UNI_EVENT_NOTIFY:
        for (struct leg *branch = tree ? tree->first : NULL; branch; branch = branch->next)
            ask_call(core, branch, UNI_REQUEST_NOTIFY,
                     carry(core, port_of(core, branch->port), UNI_NOTIFY, event->message));
        break;
    default:
        break;
    }
}

static struct leaf *leaf_of_setup(const struct leg *branch)
{
    struct leaf *leaf = branch->first;

    while (leaf && !leaf->of_setup)
        leaf = leaf->next;
    return leaf;
}

/* The first answer of the far end. */
static void branch_connect(struct switch_core *core, struct leg *leg, const struct uni_event *event)
{
    ask_call(core, leg, UNI_REQUEST_CONNECT_ACK, NULL);
    if (!leg->tree)
        return;
    tree_connect(core, leg);
    struct leaf *leaf = leaf_of_setup(leg);
    leg->ready = true;
    if (leaf)
        leaf_answered(core, leaf, event->message);
    leaves_add_waiting(core, leg);
}

static void branch_alerting(struct switch_core *core, struct leg *leg,
                            const struct uni_event *event)
{
    struct leaf *leaf = leaf_of_setup(leg);

    leg->ready = true;
    if (leaf)
        leaf_alerting(core, leaf, event->message);
    leaves_add_waiting(core, leg);
}

static void branch_event(struct switch_core *core, struct leg *leg, const struct uni_event *event)
{
    const struct ending ending = {event->message, event->cause};
    struct leaf *leaf = things_find(&core->leaves, event->party_cookie);
    struct tree *tree = leg->tree;

    switch (event->kind) {
    case UNI_EVENT_ALERTING:
        if (tree)
            branch_alerting(core, leg, event);
        break;
    case UNI_EVENT_CONNECT:
        branch_connect(core, leg, event);
        break;
    case UNI_EVENT_RELEASE:
        ask_call(core, leg, UNI_REQUEST_RELEASE, NULL);
        if (tree)
            leg_branch_lost(core, leg, &ending);
        break;
    case UNI_EVENT_PARTY_ALERTING:
        if (tree && leaf)
            leaf_alerting(core, leaf, event->message);
        break;
    case UNI_EVENT_ADD_PARTY_ACK:
        if (tree && leaf)
            leaf_answered(core, leaf, event->message);
        break;
    case UNI_EVENT_DROP_PARTY:
        ask_party(core, leg, event->party, UNI_REQUEST_DROP_PARTY_ACK, NULL);
        /* fall through */
    case UNI_EVENT_ADD_PARTY_REJECT:
    case UNI_EVENT_PARTY_GONE:
        if (tree && leaf) {
            leaf_unlink(core, leaf);
            leaf_lost(core, tree, leaf, &ending);
        }
        break;
    case UNI_EVENT_NOTIFY:
        if (tree)
            ask_call(core, tree->root, UNI_REQUEST_NOTIFY,
                     carry(core, port_of(core, tree->root->port), UNI_NOTIFY, event->message));
        break;
    default:
        break;
    }
}

void leg_event(struct switch_core *core, struct port *port, const struct uni_event *event)
{
    struct leg *leg = leg_of_cookie(core, event->call_cookie);

    if (!leg || leg->port != port->number || leg->call != event->call)
        return;
    if (event->kind == UNI_EVENT_CLEARED) {
        leg_cleared(core, leg, &(struct ending){event->message, event->cause});
        leg_close(core, leg);
    } else if (leg->is_root) {
        root_event(core, leg, event);
    } else {
        branch_event(core, leg, event);
    }
}
