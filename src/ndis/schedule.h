/* SPDX-License-Identifier: MIT */
/* The inside of condis_schedule, for who brings the memory of its log. */
#ifndef CONDIS_NDIS_SCHEDULE_H
#define CONDIS_NDIS_SCHEDULE_H

#include <condis/schedule.h>

#include "nt/schedule.h"

struct condis_schedule {
    struct schedule schedule;
    struct schedule_log *log; /* &own_log, or somebody else's */
    struct schedule_log own_log;
};

#endif
