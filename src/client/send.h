/* SPDX-License-Identifier: MIT */
/* A send is one service data unit on its way out: an NBL whose MDLs describe the program's own
 * bytes. */
#ifndef CONDIS_CLIENT_SEND_H
#define CONDIS_CLIENT_SEND_H

#include "client/client.h"

PROTOCOL_CO_SEND_NET_BUFFER_LISTS_COMPLETE send_completed;

/* Frees the MDLs of a chain. NULL is allowed. */
void send_free_mdls(PMDL mdl);

#endif
