/* SPDX-License-Identifier: MIT */
/* What the runtime says as JSON, as a scenario's values. */
#ifndef CONDIS_SCRIPT_PUSH_H
#define CONDIS_SCRIPT_PUSH_H

#include <jansson.h>
#include <lua.h>

/* Pushes a value: objects and arrays are tables, null is nil, so that its field is absent. */
void push_json(lua_State *L, const json_t *value);

#endif
