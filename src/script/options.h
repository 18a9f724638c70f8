/* SPDX-License-Identifier: MIT */
/* An option is a named field of the table that a scenario gives to a function. */
#ifndef CONDIS_SCRIPT_OPTIONS_H
#define CONDIS_SCRIPT_OPTIONS_H

#include "script/script.h"

/* Wants a table, or nothing, at the index, with no other fields than these (NULL ends them);
 * raises an error that names a strange field and the known ones. With nothing there, puts an
 * empty table. */
void options_check(lua_State *L, int index, const char *function, const char *const *known);

/* Read a field; each raises an error when it has another type. */
bool options_boolean(lua_State *L, int index, const char *field, bool otherwise);
uint32_t options_number(lua_State *L, int index, const char *field, uint32_t otherwise);

/* returns NULL when there is none; borrowed as long as the table keeps it. */
const char *options_string(lua_State *L, int index, const char *field);

/* Reads a field that is one of some words (NULL ends them); its number, or -1 when there is
 * none. */
int options_word(lua_State *L, int index, const char *field, const char *const *words);

/* Reads an address field or argument; raises an error that says what is wrong with its text. */
void options_address(lua_State *L, int index, struct condis_address *out);

/* Reads a field that is a table of traffic parameters; all zeros when there is none. */
void options_flow(lua_State *L, int index, const char *field, struct condis_flow *out);

/* Reads an optional argument of milliseconds, 0 when there is none. returns 100 ns steps */
uint64_t options_ms(lua_State *L, int argument);

/* Reads optional close data: a string at the index, or nothing. */
const char *options_close_data(lua_State *L, int index, size_t *bytes);

/* Reads a table of settings, or nothing, at the index and pushes what keeps them alive.
 * returns the settings in order of their names. */
struct condis_setting *options_settings(lua_State *L, int index, size_t *count);

#endif
