-- SPDX-License-Identifier: MIT
-- compile-commands.lua DATABASE: one line for each source that clang-tidy reads, from meson's
-- compile_commands.json: FILE, DIRECTORY and COMMAND, divided by tabs. Tests are not among them:
-- their shape is cmocka's. What takes clang-tidy longest comes first, so that it is not the last to
-- end: the signalling engines of drivers, then by size.

local function text_of(json)
    return (json:gsub('\\(.)', '%1'))
end

local file = assert(io.open(arg[1]))
local database = file:read('a')
file:close()

local function bytes_of(path)
    local source = io.open(path)
    local bytes = source and source:seek('end') or 0
    if source then source:close() end
    return bytes
end

local seen, lines = {}, {}
for entry in database:gmatch('%b{}') do
    local directory = text_of(entry:match('"directory": "(.-)",\n'))
    local command = text_of(entry:match('"command": "(.-)",\n'))
    local source = text_of(entry:match('"file": "(.-)",\n')):gsub('^%.%./%.%./', '')
    if not source:match('^tests/') and not seen[source] then
        seen[source] = true
        lines[#lines + 1] = {
            text = table.concat({source, directory, command}, '\t'),
            rank = bytes_of(source) + (source:match('^drivers/%w*sig/') and 1000000 or 0),
        }
    end
end
table.sort(lines, function(a, b)
    return a.rank ~= b.rank and a.rank > b.rank or a.rank == b.rank and a.text < b.text
end)
for _, line in ipairs(lines) do
    print(line.text)
end
