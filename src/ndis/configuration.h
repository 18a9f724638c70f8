/* SPDX-License-Identifier: MIT */
/* A configuration is a driver's open handle on settings or on a subkey of them; what it read lives
 * until it is closed. */
#ifndef CONDIS_NDIS_CONFIGURATION_H
#define CONDIS_NDIS_CONFIGURATION_H

#include "ndis/enter.h"
#include "ndis/settings.h"
#include "nt/owner.h"

enum { CONFIGURATION_PATH_CHARACTERS = 255 };

/* The tenant of slab OBJECT_CONFIGURATION. */
struct configuration {
    struct object object;
    struct nt_account account;
    struct settings *settings;    /* one reference */
    struct settings_value *reads; /* freed at close */
    WCHAR *path; /* of the subkey, each name ended by a backslash; NULL: the root */
    USHORT path_bytes;
};

enum { CONFIGURATION_OBJECT_BYTES = sizeof(struct configuration) };

/* The configuration that an account of kind NT_CONFIGURATION belongs to, for a leak report. */
struct configuration *configuration_of_account(const struct nt_account *account);

/* Closes what a driver that is unloaded left open, after its leaks were reported. */
void configurations_disown(struct host *host, const struct nt_owner *owner);

#endif
