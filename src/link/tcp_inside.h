/* SPDX-License-Identifier: MIT */
/* What tcp.c and tcp_listener.c share. Private to both. */
#ifndef CONDIS_LINK_TCP_INSIDE_H
#define CONDIS_LINK_TCP_INSIDE_H

#include <stdbool.h>

#include "nt/exec.h"

/* A callback of libuv comes at PASSIVE; what it does for us is done at DISPATCH, like a DPC. */
static inline void tcp_io_begin(void)
{
    (void)exec_set_irql(EXEC_DISPATCH);
    exec_current()->irql_floor = EXEC_DISPATCH;
}

static inline void tcp_io_end(void)
{
    exec_current()->irql_floor = EXEC_PASSIVE;
    (void)exec_set_irql(EXEC_PASSIVE);
}

/* Sets what every connection has: no delay, and probes that find a peer that is gone. */
void tcp_socket_prepare(int fd);

#endif
