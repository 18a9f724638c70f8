/* SPDX-License-Identifier: MIT */
#include "script/digest.h"

#include <nettle/sha2.h>

static const char type_name[] = "condis.sha256";

void digest_init(struct sha256_ctx *digest)
{
    sha256_init(digest);
}

void digest_push_hex(lua_State *L, const struct sha256_ctx *digest)
{
    static const char digits[] = "0123456789abcdef";
    struct sha256_ctx copy = *digest;
    uint8_t octets[SHA256_DIGEST_SIZE];
    char text[2 * SHA256_DIGEST_SIZE];
    sha256_digest(&copy, sizeof octets, octets);
    for (size_t i = 0; i < sizeof octets; i++) {
        text[2 * i] = digits[octets[i] >> 4];
        text[2 * i + 1] = digits[octets[i] & 15];
    }
    lua_pushlstring(L, text, sizeof text);
}

/* digest:add(text): digest */
static int digest_add(lua_State *L)
{
    struct sha256_ctx *digest = luaL_checkudata(L, 1, type_name);
    size_t bytes;
    const char *text = luaL_checklstring(L, 2, &bytes);
    sha256_update(digest, bytes, (const uint8_t *)text);
    lua_settop(L, 1);
    return 1;
}

/* digest:hex(): of all that was added so far; more may be added */
static int digest_hex(lua_State *L)
{
    digest_push_hex(L, luaL_checkudata(L, 1, type_name));
    return 1;
}

/* sha256([text]): 64 digits of a text, or an empty digest to add to */
static int sha256(lua_State *L)
{
    struct sha256_ctx digest;
    digest_init(&digest);
    if (lua_isnoneornil(L, 1)) {
        *(struct sha256_ctx *)lua_newuserdatauv(L, sizeof digest, 0) = digest;
        luaL_setmetatable(L, type_name);
        return 1;
    }
    size_t bytes;
    const char *text = luaL_checklstring(L, 1, &bytes);
    sha256_update(&digest, bytes, (const uint8_t *)text);
    digest_push_hex(L, &digest);
    return 1;
}

void digest_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"add", digest_add}, {"hex", digest_hex}, {NULL, NULL}};
    luaL_newmetatable(L, type_name);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_register(L, "sha256", sha256);
}
