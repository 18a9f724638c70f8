/* SPDX-License-Identifier: MIT */
/* QoS is the traffic that a running call may carry, and its renegotiation by either end. */
#ifndef CONDIS_CLIENT_QOS_H
#define CONDIS_CLIENT_QOS_H

#include "client/client.h"

PROTOCOL_CL_MODIFY_CALL_QOS_COMPLETE qos_modified;
PROTOCOL_CL_INCOMING_CALL_QOS_CHANGE qos_changed;

#endif
