/* SPDX-License-Identifier: MIT */
#include "ndis/indication.h"

#include <stdlib.h>
#include <string.h>

static struct indication without_memory = {NDIS_STATUS_RESOURCES, 0};

struct indication *indication_new(NDIS_STATUS status, const void *data, UINT size)
{
    struct indication *indication = malloc(sizeof(*indication) + size);
    if (!indication)
        return &without_memory;
    indication->status = status;
    indication->size = data ? size : 0;
    if (indication->size)
        memcpy(indication->data, data, indication->size);
    return indication;
}

void indication_free(struct indication *indication)
{
    if (indication != &without_memory)
        free(indication);
}
