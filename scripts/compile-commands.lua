-- SPDX-License-Identifier: MIT
-- compile-commands.lua DATABASE: one line for each source that clang-tidy reads, from meson's
-- compile_commands.json: FILE, DIRECTORY and COMMAND, divided by tabs. Tests are not among them:
-- their shape is cmocka's.

local function text_of(json)
    return (json:gsub('\\(.)', '%1'))
end

local file = assert(io.open(arg[1]))
local database = file:read('a')
file:close()

local seen = {}
for entry in database:gmatch('%b{}') do
    local directory = text_of(entry:match('"directory": "(.-)",\n'))
    local command = text_of(entry:match('"command": "(.-)",\n'))
    local source = text_of(entry:match('"file": "(.-)",\n')):gsub('^%.%./%.%./', '')
    if not source:match('^tests/') and not seen[source] then
        seen[source] = true
        print(table.concat({source, directory, command}, '\t'))
    end
end
