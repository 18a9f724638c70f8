/* SPDX-License-Identifier: MIT */
/* A datum is one received NET_BUFFER: a struct condis_data pointer is its address, and what the
 * client knows of it lies in its ProtocolReserved area. */
#ifndef CONDIS_CLIENT_DATA_H
#define CONDIS_CLIENT_DATA_H

#include "client/client.h"

struct data_note {
    LIST_ENTRY link; /* in call->queue or call->held */
    struct condis_call *call;
    PNET_BUFFER_LIST list; /* that the NET_BUFFER belongs to */
    bool held;             /* with the program */
    bool copied;           /* our own memory: to be freed, not returned */
};

_Static_assert(sizeof(struct data_note) <= sizeof((NET_BUFFER){0}.ProtocolReserved),
               "the note fits where the protocol may write");

static inline struct data_note *data_note(PNET_BUFFER buffer)
{
    return (struct data_note *)(void *)buffer->ProtocolReserved;
}

static inline PNET_BUFFER data_buffer(const struct data_note *note)
{
    return CONTAINING_RECORD(note, NET_BUFFER, ProtocolReserved);
}

static inline struct condis_data *data_public(const struct data_note *note)
{
    return (struct condis_data *)(void *)data_buffer(note);
}

/* Copies a NET_BUFFER that must be given back at once into a list of our own.
 * returns NULL when there is no memory. */
PNET_BUFFER_LIST data_copy(struct condis_client *client, PNET_BUFFER from);

/* Lets go of a datum that is in no list any more: the last one of its NET_BUFFER_LIST sends that
 * back to the adapter. Holds no lock. */
void data_end(struct client_binding *binding, struct data_note *note);

/* How many data of a NET_BUFFER_LIST are not ended; lives in its ProtocolReserved. */
static inline LONG *data_left(PNET_BUFFER_LIST list)
{
    return (LONG *)(void *)&list->ProtocolReserved[0];
}

#endif
