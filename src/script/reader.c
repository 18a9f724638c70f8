/* SPDX-License-Identifier: MIT */
#include "script/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char type_name[] = "condis.file";

/* A file that a scenario reads: the one thing of the outside that it may look at. */
struct reader {
    int descriptor; /* -1: closed */
    uint64_t bytes; /* its length when it was opened */
    char path[256]; /* cut to fit; for errors */
};

/* file(path): reader */
static int file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct reader *self = lua_newuserdatauv(L, sizeof *self, 0);
    struct stat facts;
    self->descriptor = -1;
    strncpy(self->path, path, sizeof self->path - 1);
    self->path[sizeof self->path - 1] = 0;
    luaL_setmetatable(L, type_name);
    self->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (self->descriptor < 0 || fstat(self->descriptor, &facts) != 0)
        return script_raise(L, FAULT_SETUP, CONDIS_SUCCESS, "%s: %s", path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return script_raise(L, FAULT_SETUP, CONDIS_SUCCESS, "%s: not a regular file", path);
    self->bytes = (uint64_t)facts.st_size;
    return 1;
}

static struct reader *check_reader(lua_State *L)
{
    struct reader *self = luaL_checkudata(L, 1, type_name);
    if (self->descriptor < 0)
        script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s: the file was closed before", self->path);
    return self;
}

/* Reads into the buffer; raises when the file fails. returns fewer bytes only at its end. */
static size_t read_at(lua_State *L, const struct reader *self, uint64_t offset, char *to,
                      size_t bytes)
{
    size_t got = 0;
    while (got < bytes) {
        ssize_t count = pread(self->descriptor, to + got, bytes - got, (off_t)(offset + got));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            script_raise(L, FAULT_RUN, CONDIS_SUCCESS, "%s: %s", self->path, strerror(errno));
        if (count <= 0)
            break;
        got += (size_t)count;
    }
    return got;
}

static uint64_t check_offset(lua_State *L, int argument, uint64_t otherwise)
{
    lua_Integer offset = luaL_optinteger(L, argument, (lua_Integer)otherwise);
    luaL_argcheck(L, offset >= 0, argument, "an offset of 0 or more is wanted");
    return (uint64_t)offset;
}

/* file:read(offset, bytes): string, shorter at the end, empty behind it */
static int reader_read(lua_State *L)
{
    const struct reader *self = check_reader(L);
    uint64_t offset = check_offset(L, 2, 0);
    uint64_t bytes = check_offset(L, 3, 65536);
    luaL_argcheck(L, bytes <= 1u << 30, 3, "at most 1 GiB at once");
    luaL_Buffer text;
    char *to = luaL_buffinitsize(L, &text, (size_t)bytes);
    luaL_pushresultsize(&text, read_at(L, self, offset, to, (size_t)bytes));
    return 1;
}

/* file:sha256([from [, to]]): of the bytes from `from` up to, not including, `to` */
static int reader_sha256(lua_State *L)
{
    const struct reader *self = check_reader(L);
    uint64_t from = check_offset(L, 2, 0);
    uint64_t to = check_offset(L, 3, self->bytes);
    struct sha256_ctx digest;
    char block[16384];
    digest_init(&digest);
    while (from < to) {
        size_t wanted = to - from < sizeof block ? (size_t)(to - from) : sizeof block;
        size_t got = read_at(L, self, from, block, wanted);
        if (got == 0)
            break;
        sha256_update(&digest, got, (const uint8_t *)block);
        from += got;
    }
    digest_push_hex(L, &digest);
    return 1;
}

static int reader_size(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)check_reader(L)->bytes);
    return 1;
}

static int reader_close(lua_State *L)
{
    struct reader *self = luaL_checkudata(L, 1, type_name);
    if (self->descriptor >= 0)
        close(self->descriptor);
    self->descriptor = -1;
    return 0;
}

void reader_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"read", reader_read}, {"sha256", reader_sha256},
        {"size", reader_size}, {"close", reader_close},
        {NULL, NULL},
    };
    luaL_newmetatable(L, type_name);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, reader_close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, reader_close);
    lua_setfield(L, -2, "__close");
    lua_pop(L, 1);
    lua_register(L, "file", file);
}
