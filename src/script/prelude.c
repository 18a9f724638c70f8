/* SPDX-License-Identifier: MIT */
#include "script/script.h"

static const unsigned char prelude[] = {
#include <prelude.inc>
};
static const unsigned char subject[] = {
#include <subject.inc>
};

static const struct {
    const unsigned char *text;
    size_t bytes;
} parts[] = {
    {prelude, sizeof prelude},
    {subject, sizeof subject},
};

bool prelude_open(lua_State *L)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (luaL_loadbufferx(L, (const char *)parts[i].text, parts[i].bytes, "=condis", "t") !=
                LUA_OK ||
            lua_pcall(L, 0, 0, 0) != LUA_OK)
            return false;
    }
    return true;
}
