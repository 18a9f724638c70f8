/* SPDX-License-Identifier: MIT */
/* Inside a switch: what its files share, and nobody else sees.
 *
 * A call is a tree: one root leg, and one branch leg for each port that it leads to. A leg is the
 * switch's half of one call of one uni; it lives until that uni says CLEARED, even when its tree is
 * gone. A leaf is one party: it hangs on one branch, and knows its endpoint references on both
 * sides. Unis carry the names of legs and leaves as cookies, never their addresses. */
#ifndef CONDIS_SWITCH_INSIDE_H
#define CONDIS_SWITCH_INSIDE_H

#include "saal/saal.h"
#include "switch/deadlines.h"
#include "switch/forward.h"
#include "switch/switch.h"
#include "switch/things.h"
#include "switch/vci.h"

struct leg;
struct tree;

enum leaf_state {
    LEAF_WAITING, /* for its branch to be alerting or active; `kept` is its ADD PARTY */
    LEAF_ADDING,  /* the far end was asked */
    LEAF_HELD,    /* the far end is in, but the root's call is not answered; `kept` is the ACK */
    LEAF_ACTIVE,
};

struct leaf {
    struct thing thing;
    struct leg *branch;
    struct leaf *next; /* of its branch */
    struct leaf *prev;
    uint8_t *kept; /* a message, encoded */
    uint32_t kept_bytes;
    uint16_t root_party; /* endpoint references */
    uint16_t branch_party;
    uint8_t state; /* enum leaf_state */
    bool first;    /* it came with SETUP: the root's CONNECT is its answer */
    bool alerted;  /* the root was told */
    bool of_setup; /* the branch's SETUP was for it: CONNECT is its answer */
};

struct leg {
    struct thing thing;
    struct tree *tree; /* NULL: it only waits for CLEARED */
    struct leg *next;  /* of its tree's branches */
    struct leg *prev;
    struct leg *next_of_port;
    struct leg *prev_of_port;
    struct leaf *first;
    struct leaf *last;
    uint32_t leaf_count;
    uint32_t waiting_count; /* of these */
    uint32_t port;
    uint32_t call; /* the uni's handle */
    uint32_t rate_in;
    uint32_t rate_out;
    uint32_t hop; /* index in the tree's hops, when connected */
    uint16_t vci;
    bool is_root;
    bool ready; /* of a branch: parties can be added */
    bool connected;
};

struct tree {
    struct tree *next;
    struct tree *prev;
    struct leg *root;
    struct leg *first; /* branches */
    struct leg *last;
    struct leg **by_port; /* the same, when they are many */
    uint32_t by_port_room;
    struct switch_tree forward;  /* from the root */
    struct switch_tree backward; /* to the root, point-to-point only */
    struct switch_hop backward_hop;
    uint8_t *setup; /* encoded */
    uint32_t setup_bytes;
    uint32_t leaf_count;
    uint32_t branch_count;
    uint32_t pending_count; /* leaves that are not active */
    uint32_t held_count;    /* leaves that are LEAF_HELD */
    uint64_t id;
    bool multipoint;
    bool alerted;   /* the root was told */
    bool connected; /* the root's call was answered */
    bool has_first; /* the party that came with SETUP is still here */
};

struct port {
    struct deadline deadline; /* first: core->deadlines */
    struct switch_port_options options;
    struct sscop_options sscop;
    uint32_t number;
    struct saal *saal;
    struct uni *uni;
    struct vci_set vcis;
    struct forward_table forwards;
    struct leg *first;
    struct leg *last;
    struct port *next_dirty;
    struct port *next_out;
    uint64_t gone_ms; /* it is given up then, for want of a wire; DEADLINE_NEVER: it is not */
    uint64_t calls_refused;
    uint32_t leg_count;
    uint32_t party_count;
    uint32_t rate_in;
    uint32_t rate_out;
    bool dirty;
    bool out;
    bool link_up;
    bool wired;
    bool link_wanted; /* as soon as it is wired */
    bool broken;      /* signalling cannot go on; nothing is asked of its uni any more */
    bool told_broken; /* switch_take_broken returned it */
    bool renewed;     /* the peer may still have the calls of the port before */
};

struct switch_core {
    struct port **ports;
    uint32_t port_room;
    uint64_t now_ms;
    uint64_t next_id;
    struct saal_pool *pool;
    struct route_table routes;
    struct deadlines deadlines; /* of ports */
    uint32_t port_count;
    struct things legs;
    struct things leaves;
    struct tree *first;
    struct port *dirty;
    struct port *out_first;
    struct port *out_last;
    uint32_t broken_count;      /* ports that switch_take_broken has not told */
    struct uni_message scratch; /* what is being sent */
    struct uni_message kept;    /* what was decoded from a `kept` or a `setup` */
    uint8_t octets[UNI_MESSAGE_BYTES_MAX];
};

/* Why a call or party ends: a cause, or the peer's message, which is carried on with its user-user
 * element. */
struct ending {
    const struct uni_message *message; /* NULL: none */
    uint8_t cause;
};

/* port.c */
struct port *port_of(const struct switch_core *core, uint32_t number);
void port_touch(struct switch_core *core, struct port *port);
void port_give_up(struct switch_core *core, struct port *port);
void port_break(struct switch_core *core, struct port *port);
void port_pump(struct switch_core *core, struct port *port);
void switch_pump(struct switch_core *core);

/* elements.c: each returns core->scratch or NULL. */
struct uni_message *carry(struct switch_core *core, const struct port *to, uint8_t type,
                          const struct uni_message *from);
struct uni_message *carry_ending(struct switch_core *core, const struct port *to, uint8_t type,
                                 const struct ending *ending);
struct uni_message *setup_for(struct switch_core *core, const struct leg *branch,
                              const struct uni_message *from);
struct uni_message *connection_only(struct switch_core *core, uint16_t vci);
uint8_t *message_keep(struct switch_core *core, const struct uni_message *message, uint32_t *bytes);
bool called_address(const struct uni_message *message, uint8_t out[ROUTE_ADDRESS_BYTES]);
void rates_of(const struct uni_message *setup, uint32_t *forward, uint32_t *backward);

/* ask.c: requests to unis that a port's failure ends. */
void ask_call(struct switch_core *core, const struct leg *leg, enum uni_request request,
              struct uni_message *elements);
void ask_end(struct switch_core *core, const struct leg *leg, const struct ending *ending);
enum uni_result ask_party(struct switch_core *core, const struct leg *leg, uint16_t party,
                          enum uni_request request, struct uni_message *elements);
uint8_t cause_of_result(enum uni_result result);

/* leg.c */
struct leg *leg_open(struct switch_core *core, struct port *port, uint16_t wanted_vci,
                     uint32_t rate_in, uint32_t rate_out, uint8_t *cause);
void leg_close(struct switch_core *core, struct leg *leg);
struct leg *leg_of_cookie(const struct switch_core *core, uint64_t cookie);
void leg_event(struct switch_core *core, struct port *port, const struct uni_event *event);
void leg_branch_lost(struct switch_core *core, struct leg *branch, const struct ending *ending);
void leg_cleared(struct switch_core *core, struct leg *leg, const struct ending *ending);

/* tree.c */
void tree_open(struct switch_core *core, struct port *port, const struct uni_event *event);
void tree_end(struct switch_core *core, struct tree *tree, const struct ending *ending,
              const struct leg *except);
void tree_branch_off(struct switch_core *core, struct tree *tree, struct leg *branch);
void tree_connect(struct switch_core *core, struct leg *branch);
bool tree_reserve(struct tree *tree, uint32_t port);
void tree_branch_on(struct tree *tree, struct leg *branch);
struct leg *tree_branch(const struct tree *tree, uint32_t port);
void tree_answer(struct switch_core *core, struct tree *tree, const struct uni_message *message);
void tree_settle(struct switch_core *core, struct tree *tree);

/* leaf.c */
struct leaf *leaf_open(struct switch_core *core, struct tree *tree, uint16_t root_party,
                       uint8_t *cause);
uint8_t leaf_route(struct switch_core *core, struct tree *tree, struct leaf *leaf,
                   const struct uni_message *message);
void leaf_unlink(struct switch_core *core, struct leaf *leaf);
void leaf_set_state(struct leaf *leaf, struct tree *tree, enum leaf_state state);
void leaf_close(struct switch_core *core, struct tree *tree, struct leaf *leaf);
void leaf_add(struct switch_core *core, const struct uni_event *event, struct tree *tree);
void leaf_alerting(struct switch_core *core, struct leaf *leaf, const struct uni_message *message);
void leaf_answered(struct switch_core *core, struct leaf *leaf, const struct uni_message *message);
void leaf_lost(struct switch_core *core, struct tree *tree, struct leaf *leaf,
               const struct ending *ending);
void leaf_dropped(struct switch_core *core, struct tree *tree, struct leaf *leaf,
                  const struct ending *ending);
void leaves_add_waiting(struct switch_core *core, struct leg *branch);

#endif
