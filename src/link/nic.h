/* SPDX-License-Identifier: MIT */
/* What CondisNic... calls come down to: every port and every membership begins with the functions
 * of the medium it is on. Private to src/link. */
#ifndef CONDIS_LINK_NIC_H
#define CONDIS_LINK_NIC_H

#include <condis/nic.h>

/* As the functions of the same name in condis/nic.h. */
struct nic_ops {
    VOID (*close)(PCONDIS_NIC nic);
    ULONG (*port)(PCONDIS_NIC nic);
    VOID (*send)(PCONDIS_NIC nic, PCONDIS_FRAME frame);
    /* Ends a frame as if it were sent, with this status, and sends nothing. */
    VOID (*finish)(PCONDIS_NIC nic, PCONDIS_FRAME frame, NDIS_STATUS status);
    /* Pulls the port's plug: a hub's for good, a link's until it has come up again. */
    VOID (*cut)(PCONDIS_NIC nic);
    NDIS_STATUS(*join)
    (PCONDIS_NIC nic, ULONG channel, PVOID context, BOOLEAN held, PCONDIS_NIC_MEMBER *out);
    VOID (*resume)(PCONDIS_NIC_MEMBER member);
    VOID (*leave)(PCONDIS_NIC_MEMBER member);
    VOID (*give_back)(PCONDIS_NIC_MEMBER member, PCONDIS_FRAME frame);
    NDIS_STATUS (*statistics)(PCONDIS_NIC nic, PCONDIS_NIC_STATISTICS out);
};

/* The first field of a port and of a membership. */
struct nic_head {
    const struct nic_ops *ops;
};

#endif
