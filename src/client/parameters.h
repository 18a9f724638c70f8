/* SPDX-License-Identifier: MIT */
/* Parameters are what the client and a call manager tell each other about a call:
 * CO_CALL_PARAMETERS with a Q.2931 part, and CO_SAP (API §4.3, §4.4, §5.2, §5.3). */
#ifndef CONDIS_CLIENT_PARAMETERS_H
#define CONDIS_CLIENT_PARAMETERS_H

#include "client/client.h"

/* Builds call parameters in one block; client_free ends it.
 * from        NULL: not told
 * returns     NULL when there is no memory. */
PCO_CALL_PARAMETERS parameters_create(const struct condis_address *to,
                                      const struct condis_address *from,
                                      const struct condis_flow *transmit,
                                      const struct condis_flow *receive, ULONG flags);

/* Reads the flows, as this end transmits and receives. Absent: unchanged. */
void parameters_flows(const CO_CALL_PARAMETERS *parameters, struct condis_flow *transmit,
                      struct condis_flow *receive);

/* Reads the NSAP addresses of the Q.2931 part. returns false, for each, when it is not there. */
bool parameters_called(const CO_CALL_PARAMETERS *parameters, struct condis_address *to);
bool parameters_calling(const CO_CALL_PARAMETERS *parameters, struct condis_address *from);

/* Builds a SAP of one NSAP address and no particular higher layers; client_free ends it. */
PCO_SAP parameters_sap(const struct condis_address *address);

#endif
