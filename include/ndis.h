/* SPDX-License-Identifier: MIT */
/* NDIS as a connection-oriented driver sees it: client, call manager, MCM or CO miniport. */
#ifndef CONDIS_NDIS_H
#define CONDIS_NDIS_H

#include "ntddk.h"
#include "ntddndis.h"
#include "qos.h"
#include "ddi/ndis_version.h"
#include "ddi/ndis_types.h"
#include "ddi/ndis_status.h"
#include "ddi/ndis_memory.h"
#include "ddi/ndis_sync.h"
#include "ddi/ndis_config.h"
#include "ddi/ndis_netbuffer.h"
#include "ddi/ndis_nbpool.h"
#include "ddi/ndis_oid.h"
#include "ddi/ndis_pnp.h"
#include "ddi/ndis_protocol.h"
#include "ddi/ndis_attributes.h"
#include "ddi/ndis_miniport.h"
#include "ddi/ndis_co.h"
#include "ddi/ndis_cl.h"
#include "ddi/ndis_cm.h"
#include "ddi/ndis_mcm.h"
#include "ddi/ndis_mco.h"

#endif
