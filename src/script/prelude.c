/* SPDX-License-Identifier: MIT */
#include "script/script.h"

static const unsigned char prelude[] = {
#include <prelude.inc>
};

bool prelude_open(lua_State *L)
{
    return luaL_loadbufferx(L, (const char *)prelude, sizeof prelude, "=condis", "t") == LUA_OK &&
           lua_pcall(L, 0, 0, 0) == LUA_OK;
}
