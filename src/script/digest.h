/* SPDX-License-Identifier: MIT */
/* A digest is a SHA-256 sum under way. */
#ifndef CONDIS_SCRIPT_DIGEST_H
#define CONDIS_SCRIPT_DIGEST_H

#include "script/script.h"

#include <nettle/sha2.h>

void digest_init(struct sha256_ctx *digest);

/* Pushes the sum of what was added so far, as 64 hexadecimal digits. */
void digest_push_hex(lua_State *L, const struct sha256_ctx *digest);

#endif
