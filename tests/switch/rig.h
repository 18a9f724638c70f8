/* SPDX-License-Identifier: MIT */
/* A rig is a switch as a process of its own, or two with a trunk between them, and hosts that are
 * plain sockets with saal, uni and ilmi; these live while the test waits for something. */
#ifndef CONDIS_TESTS_SWITCH_RIG_H
#define CONDIS_TESTS_SWITCH_RIG_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <condis/switch.h>

#include "ilmi/ilmi.h"
#include "saal/saal.h"
#include "uni/uni.h"

enum {
    RIG_HOSTS = 4, /* in the call */
    RIG_ROOM = 6,  /* for hosts */
    RIG_FRAME_BYTES = 4000,
    RIG_LOG_BYTES = 1 << 18,
};

struct host {
    int fd; /* -1: no connection */
    struct saal_pool *pool;
    struct saal *saal;
    struct uni *uni;
    struct ilmi *ilmi;
    uint8_t *in;
    size_t in_bytes;
    uint8_t address[ILMI_ADDRESS_BYTES];
    uint32_t call;
    uint16_t vci;
    bool mute;       /* it speaks no ILMI */
    bool deaf;       /* it does not read */
    bool wanted;     /* its link, when it is connected */
    bool registered; /* its address */
    bool linked;     /* its signalling */
    bool connected;  /* as the root, or acknowledged as a leaf */
    bool cleared;
    uint8_t cause;
    uint32_t joined;  /* parties that are in, of the root */
    uint32_t dropped; /* parties that went by themselves */
    uint32_t refused;
    uint32_t received; /* frames of the root's, each once and in order */
};

/* A switch in a process of its own. */
struct child {
    pid_t pid;
    int log;
    FILE *status;
    char *said; /* all that it logged */
    size_t said_bytes;
    size_t seen_bytes; /* of it, by rig_until_said */
    uint16_t port;     /* where hosts connect */
};

struct rig {
    struct child child;
    struct child second; /* pid 0: there is only one */
    struct host hosts[RIG_ROOM];
    uint32_t sent; /* frames */
    bool ending;   /* the switch has its SIGTERM */
};

uint64_t rig_now_ms(void);

/* Begin with a switch, and hosts of the names a, b, ... connected to it.
 * options  may be NULL; host, uni, log, status and json are set here */
void rig_begin(struct rig *rig, const struct condis_switch_options *options);
/* Two switches and a trunk, which is port 0 of both; the second half of the hosts is at the second.
 * through: where the second finds the trunk of the first at `port`; NULL: there */
void rig_begin_two(struct rig *rig, const struct condis_switch_options *options,
                   uint16_t (*through)(uint16_t port));
/* SIGTERM to the first switch; once. */
void rig_terminate(struct rig *rig);
/* The same, until every host has heard the end of its calls and the switches are gone with status
 * 0. */
void rig_end(struct rig *rig);

/* Let the hosts live until something holds of all of them, or fail the test. */
void rig_until(struct rig *rig, bool (*holds)(const struct rig *rig));
/* ... until the switch has logged a line with this text, after the line that was last asked for. */
void rig_until_said(struct rig *rig, struct child *child, const char *text);

/* The first host calls the second and adds the others, all registered. */
void rig_call(struct rig *rig);
/* The first host adds another one. */
void rig_add(struct rig *rig, const struct host *to);
/* Send frames up to so many in all, and see that they arrive: no more at once than the readers of
 * the test keep up with. */
void rig_stream(struct rig *rig, uint32_t frame_count);

bool rig_registered(const struct rig *rig);
bool rig_linked(const struct rig *rig);
bool rig_received(const struct rig *rig);

struct host_options {
    uint16_t port;
    uint8_t id;  /* of its system identifier */
    char letter; /* of its address */
    bool mute;
};
/* A host, connected; one of rig->hosts, so that it lives. */
void host_begin(struct host *host, const struct host_options *options);
void host_end(struct host *host);
/* Connect (again); the host's calls do not know of it. */
void host_connect(struct host *host, uint16_t port);
/* Lose the connection, as its owner sees it. */
void host_cut(struct host *host);
void host_send(struct host *host, uint16_t vci, const uint8_t *octets, size_t bytes);

#endif
