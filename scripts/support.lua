-- SPDX-License-Identifier: MIT
-- Writes what README.md and docs/support.md say of the code: the first example, and the support
-- tables, that is which functions the driver headers declare, who calls them, and whether they are
-- there.
--   lua5.4 scripts/support.lua           writes README.md and docs/support.md
--   lua5.4 scripts/support.lua --check   fails when they are not what the code says
-- A function's state is "works" when it is defined in src/ (or in the header itself). A line
--   " * support  TEXT" in the comment above its definition says what a caller must know besides.

local function read(path)
    local file = assert(io.open(path))
    local text = file:read("a")
    file:close()
    return text
end

local function lines_of(command)
    local pipe = assert(io.popen(command))
    local list = {}
    for line in pipe:lines() do
        list[#list + 1] = line
    end
    pipe:close()
    return list
end

-- Who calls a function, by the first rule that fits its name.
local roles = {
    { "^NdisCl%u", "client" },
    { "^NdisMCm%u", "MCM" },
    { "^NdisCm%u", "call manager" },
    { "^NdisMCo%u", "CO miniport, MCM" },
    { "^NdisCo%u", "client, call manager" },
    { "^NdisMSleep$", "any driver" },
    { "^NdisM%u", "miniport" },
    { "^Ndis[A-Za-z]*Adapter", "protocol" },
    { "^NdisDeregisterProtocol", "protocol" },
    { "^NdisRegisterProtocol", "protocol" },
    { "^NdisReEnumerate", "protocol" },
    { "^NdisCompleteNetPnP", "protocol" },
    { "^NdisOidRequest", "protocol" },
    { "^NdisReturn", "protocol" },
    { "^NdisCancelOid", "protocol" },
    { "^NdisCancelSend", "protocol" },
}

local function role_of(name)
    for _, rule in ipairs(roles) do
        if name:match(rule[1]) then
            return rule[2]
        end
    end
    return "any driver"
end

-- Every function that the driver headers declare, in the order of the headers.
local function declared()
    local list, seen = {}, {}
    for _, path in ipairs(lines_of("ls include/*.h include/ddi/*.h | LC_ALL=C sort")) do
        local text = read(path):gsub("/%*.-%*/", ""):gsub("#define[^\n]*", "")
        for kind, name in text:gmatch("(%a+)%s+NTAPI%s+([%w_]+)%s*%(") do
            if kind ~= "typedef" and not seen[name] and name ~= "DriverEntry" then
                seen[name] = true
                list[#list + 1] = { name = name, header = path:match("include/(.*)") }
            end
        end
    end
    return list
end

-- name -> support text of every function defined in the library or in line in a header.
local function defined()
    local found, patterns = {}, {}
    local sources = lines_of("find src include -name '*.c' -o -name '*.h' | LC_ALL=C sort")
    for _, path in ipairs(sources) do
        local text = read(path)
        for comment, name in text:gmatch("(/%*[^/]-%*/)\n[%w_%s%*]-NTAPI%s+([%w_]+)%s*%(") do
            found[name] = comment:match("%*%s*support%s+([^\n]*)") or found[name]
        end
        for name, after in text:gmatch("NTAPI%s+([%w_]+)%s*(%b())%s*[^;]-{") do
            if not after:match(";") then
                found[name] = found[name] or "works"
            end
        end
        -- A function written by a template: RtlString##Unit##Copy##W.
        for name in text:gmatch("NTAPI%s+([%w_]+##[%w_#]+)%s*%(") do
            patterns[#patterns + 1] = "^" .. name:gsub("##%w+##", ".-"):gsub("##%w+$", ".?") .. "$"
        end
        for name in text:gmatch("FORCEINLINE[%s%w_%*]-([%w_]+)%s*%(") do
            found[name] = found[name] or "works"
        end
    end
    return found, patterns
end

local function state_of(name, found, patterns)
    if found[name] then
        return found[name]
    end
    for _, pattern in ipairs(patterns) do
        if name:match(pattern) then
            return "works"
        end
    end
end

local function table_of(list, found, patterns, wanted)
    local out = { "| function | role | state |", "| --- | --- | --- |" }
    local missing = {}
    for _, f in ipairs(list) do
        if wanted(f.name) then
            local state = state_of(f.name, found, patterns)
            if not state then
                missing[#missing + 1] = f.name
            end
            local row = { f.name, role_of(f.name), state or "MISSING" }
            out[#out + 1] = ("| `%s` | %s | %s |"):format(table.unpack(row))
        end
    end
    return table.concat(out, "\n") .. "\n", missing, #out - 2
end

-- The text with what stands between two marks replaced by body.
local function replaced(text, path, name, ending, body)
    local first = ("<!-- %s: written by scripts/support.lua -->\n"):format(name)
    local last = ("<!-- %s -->"):format(ending)
    local i, j = text:find(first, 1, true), text:find(last, 1, true)
    assert(i and j, path .. " has no place for: " .. name)
    return text:sub(1, i - 1) .. first .. body .. text:sub(j)
end

-- The example, less its licence line.
local function example()
    return "```c\n" .. read("examples/first/first.c"):gsub("^[^\n]*\n", "") .. "```\n"
end

local check = arg[1] == "--check"
local list = declared()
local found, patterns = defined()
local failed = false

local function write(path, old, new)
    if check and new ~= old then
        io.stderr:write(path, " is not what the code says; run scripts/support.lua\n")
        failed = true
    elseif not check then
        local file = assert(io.open(path, "w"))
        file:write(new)
        file:close()
    end
end

local readme = read("README.md")
write("README.md", readme,
    replaced(readme, "README.md", "examples/first/first.c", "end of the example", example()))

local path = "docs/support.md"
local old = read(path)
local new = old
for _, part in ipairs({
    { name = "NDIS", wanted = function(name) return name:match("^Ndis") ~= nil end },
    { name = "executive", wanted = function(name) return not name:match("^Ndis") end },
}) do
    local body, missing, count = table_of(list, found, patterns, part.wanted)
    for _, name in ipairs(missing) do
        io.stderr:write(("%s is declared in a driver header and defined nowhere\n"):format(name))
        failed = true
    end
    new = replaced(new, path, part.name .. " table", "end of the " .. part.name .. " table", body)
    if not check then
        print(("%s: %d functions of the %s table"):format(path, count, part.name))
    end
end
write(path, old, new)
os.exit(not failed)
