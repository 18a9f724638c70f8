/* SPDX-License-Identifier: MIT */
/* The executive as a driver sees it. */
#ifndef CONDIS_WDM_H
#define CONDIS_WDM_H

#include "ntdef.h"
#include "ntstatus.h"
#include "ddi/list.h"
#include "ddi/interlocked.h"
#include "ddi/rtl_memory.h"
#include "ddi/rtl_string.h"
#include "ddi/ke_irql.h"
#include "ddi/ke_object.h"
#include "ddi/ke_time.h"
#include "ddi/ex_pool.h"
#include "ddi/ex_work.h"
#include "ddi/ps.h"
#include "ddi/mm_mdl.h"
#include "ddi/io.h"
#include "ddi/debug.h"

#endif
