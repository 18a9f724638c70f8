-- SPDX-License-Identifier: MIT
-- fault_points.lua ROOT: every function of the driver headers that returns a status or a pointer
-- has a row in src/rules/fault.def, and every point of it is asked somewhere in src.

local root = arg[1]
local wrong = 0

local function complain(format, ...)
    wrong = wrong + 1
    print(format:format(...))
end

local function read(path)
    local file = assert(io.open(path))
    local text = file:read('a')
    file:close()
    return text
end

local function files(command)
    local pipe, list = assert(io.popen(command)), {}
    for line in pipe:lines() do
        list[#list + 1] = line
    end
    pipe:close()
    return list
end

local points, never = {}, {}
local rows = read(root .. '/src/rules/fault.def'):gsub('/%*.-%*/', '')
for name in rows:gmatch('\nFAULT%(([%w_]+),') do
    points[name] = true
end
for name in rows:gmatch('\nFAULT_NEVER%(([%w_]+),') do
    never[name] = true
end

-- Types whose value can say "no". A BOOLEAN is the state of a timer, a lock or a wait, which the
-- caller has to expect either way.
local fallible = {NDIS_STATUS = true, NTSTATUS = true, NDIS_HANDLE = true, HANDLE = true}
local function can_fail(name, kind, parameters)
    if name:match('^RtlString') then
        return false -- ntstrsafe.h: by their arguments only
    end
    return fallible[kind] or (kind:match('^P[A-Z]') ~= nil and kind ~= 'PROCESSOR_NUMBER') or
        parameters:match('^%s*_Out_%s+PNDIS_STATUS') ~= nil
end

local declared, count = {}, 0
for _, path in ipairs(files('ls ' .. root .. '/include/*.h ' .. root .. '/include/ddi/*.h')) do
    local text = read(path):gsub('/%*.-%*/', ''):gsub('#define[^\n]*', '')
    local declaration = '([%w_]*)%s+([%w_]+)%s+NTAPI%s+([%w_]+)%s*%(([^;]*)'
    for before, kind, name, parameters in text:gmatch(declaration) do
        if before ~= 'typedef' and name ~= 'DriverEntry' then
            declared[name] = true
            if can_fail(name, kind, parameters) then
                count = count + 1
                if not points[name] and not never[name] then
                    complain('%s can fail and has no row in fault.def', name)
                end
            end
        end
    end
end
if count < 60 then
    complain('only %d fallible functions were found in the headers', count)
end
for name in pairs(never) do
    if not declared[name] then
        complain('fault.def: FAULT_NEVER(%s): no header declares it', name)
    end
    if points[name] then
        complain('fault.def: %s fails and never does', name)
    end
end

local asked = {}
local find = ('find %s/src -name "*.c" ! -path "%s/src/rules/*"'):format(root, root)
for _, path in ipairs(files(find)) do
    for name in read(path):gmatch('FAULT_([%w_]+)') do
        asked[name] = true
    end
end
for name in pairs(points) do
    if not asked[name] then
        complain('fault.def: nobody asks for %s', name)
    end
end
os.exit(wrong == 0)
