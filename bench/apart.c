/* SPDX-License-Identifier: MIT */
#include "apart.h"

#include "rig_inside.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct apart {
    const struct rig_edge *edge;
    pid_t process;
    int orders;  /* a byte: work once */
    int answers; /* a byte: ready for an order */
};

static void read_answer(struct apart *apart)
{
    char byte;
    if (read(apart->answers, &byte, 1) != 1)
        rig_fail("the process apart ended");
}

struct apart *apart_begin(const struct rig_edge *edge, void (*work)(struct apart *apart))
{
    int orders[2];
    int answers[2];
    struct apart *apart = calloc(1, sizeof(*apart));
    if (!apart || pipe(orders) || pipe(answers))
        rig_fail("no process apart");
    apart->edge = edge;
    apart->process = fork();
    if (apart->process < 0)
        rig_fail("no process apart");
    bool inside = apart->process == 0;
    apart->orders = orders[inside ? 0 : 1];
    apart->answers = answers[inside ? 1 : 0];
    close(orders[inside ? 1 : 0]);
    close(answers[inside ? 0 : 1]);
    if (inside) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        work(apart);
        _exit(0);
    }
    read_answer(apart);
    return apart;
}

void apart_start(struct apart *apart)
{
    if (write(apart->orders, "", 1) != 1)
        rig_fail("the process apart ended");
}

void apart_wait(struct apart *apart)
{
    read_answer(apart);
}

void apart_end(struct apart *apart)
{
    close(apart->orders);
    close(apart->answers);
    (void)kill(apart->process, SIGKILL); /* a later one has copies of the pipes: no end of file */
    (void)waitpid(apart->process, NULL, 0);
    free(apart);
}

const struct rig_edge *apart_edge(const struct apart *apart)
{
    return apart->edge;
}

bool apart_told(struct apart *apart)
{
    char byte;
    return write(apart->answers, "", 1) == 1 && read(apart->orders, &byte, 1) == 1;
}
