-- SPDX-License-Identifier: MIT
-- prelude.lua: the part of a scenario's names that is written in Lua. Run once, before the
-- scenario.

local fail = fail
local keep_table = condis_keep_table
local count_met = condis_count_met
local expect_begin = condis_expect_begin
local expected_met = condis_expected_met
condis_keep_table, condis_count_met = nil, nil
condis_expect_begin, condis_expected_met = nil, nil

-- What would make two runs of one seed differ is not there, or behaves.
dofile, loadfile, load, collectgarbage = nil, nil, nil, nil
math.randomseed(seed)

local raw_next = next

local function before(one, other)
    local first, second = math.type(one) and 'number' or type(one),
        math.type(other) and 'number' or type(other)
    if first ~= second then
        return first < second
    end
    return (first == 'number' or first == 'string') and one < other
end

-- In the order of the keys: Lua's own order differs from run to run.
function pairs(object)
    local meta = getmetatable(object)
    if type(meta) == 'table' and meta.__pairs then
        return meta.__pairs(object)
    end
    local keys = {}
    for key in raw_next, object do
        keys[#keys + 1] = key
    end
    table.sort(keys, before)
    local index = 0
    return function()
        while index < #keys do
            index = index + 1
            local value = object[keys[index]]
            if value ~= nil then
                return keys[index], value
            end
        end
    end, object, nil
end

-- A value as an expectation shows it.
local function show(value)
    if type(value) ~= 'string' then
        return tostring(value)
    end
    local text = ('%q'):format(value:sub(1, 60)):gsub('\\\n', '\\n')
    return #value > 60 and ('%s... (%d bytes)'):format(text, #value) or text
end

local function about(what)
    return what and what .. ': ' or ''
end

function expect(condition, what)
    if not condition then
        fail((what or 'an expectation') .. ': did not come true')
    end
    count_met()
    return condition
end

function expect_equal(got, wanted, what)
    if got ~= wanted then
        fail(('%sexpected %s, got %s'):format(about(what), show(wanted), show(got)))
    end
    count_met()
end

-- SUCCESS, or the status that the function's error carries; other errors go on.
function status_of(work, ...)
    local result = table.pack(pcall(work, ...))
    if result[1] then
        return 'NDIS_STATUS_SUCCESS', table.unpack(result, 2, result.n)
    end
    local err = result[2]
    if type(err) == 'table' and err.status then
        return err.status
    end
    error(err, 0)
end

function expect_status(wanted, work, ...)
    local full = status_name(wanted)
    local result = table.pack(status_of(work, ...))
    if result[1] ~= full then
        fail(('expected %s, got %s'):format(full, result[1]))
    end
    count_met()
    return table.unpack(result, 2, result.n)
end

function expect_state(object, wanted)
    local got = object:state()
    if got ~= wanted then
        fail(('%s: expected state %s, got %s'):format(tostring(object), show(wanted), show(got)))
    end
    count_met()
end

-- A driver's thread may break the rule a little after the function has returned.
local RULE_WAIT_MS, RULE_STEP_MS = 2000, 20

function expect_rule(rule, work, ...)
    expect_begin(rule)
    local met = expected_met()
    local result = table.pack(work(...))
    local deadline = now() + RULE_WAIT_MS
    while expected_met() == met do
        if now() >= deadline then
            fail(('expected the rule %s to be broken; it was not'):format(rule))
        end
        sleep(RULE_STEP_MS)
    end
    count_met()
    return table.unpack(result, 1, result.n)
end

-- Switches that run, by name.
local switches = {}
local new_switch = switch

function switch(name, options)
    switches[name] = new_switch(name, options)
    return switches[name]
end

local STATION_OPTIONS = {
    driver = true, call_manager = true, hub = true, switch = true, settings = true,
    processors = true, completion = true, client = true,
}
local UNI = {[31] = '3.1', [40] = '4.0', ['31'] = '3.1', ['40'] = '4.0'}

-- Plugs a station into a switch: its settings get the link and the version of the UNI.
local function plug(name, board, settings)
    board = type(board) == 'string' and (switches[board] or
        fail(('station: no switch is called %s'):format(show(board)))) or board
    local link = board:plug(name, {uni = UNI[settings.Uni]})
    settings.Link = link:name()
    settings.Uni = settings.Uni or (link:uni() == '3.1' and 31 or 40)
end

-- A host with one adapter on a hub or a switch, a call manager for it, and a client: client, host,
-- and what it is made of.
function station(name, options)
    options = options or {}
    local on = options.switch and {miniport = 'atmlink', integrated = 'atmmcm'} or
        {miniport = 'hubmini', integrated = 'loopback'}
    local settings = {Station = name, Hub = not options.switch and (options.hub or 'hub') or nil}
    for key in pairs(options) do
        if not STATION_OPTIONS[key] then
            fail(('station: no option is called %s'):format(show(key)))
        end
    end
    for key, value in pairs(options.settings or {}) do
        settings[key] = value
    end
    if options.switch then
        plug(name, options.switch, settings)
    end
    local self = host(name, {processors = options.processors, completion = options.completion})
    local parts = {}
    if options.call_manager then
        parts.call_manager = self:load(options.call_manager, settings)
    end
    parts.miniport = self:load(options.driver or
        (options.call_manager and on.miniport or on.integrated))
    parts.adapter = parts.miniport:adapter('net0', settings)
    if options.client == false then
        return nil, self, parts
    end
    local client = self:client()
    client:ready()
    if options.switch then
        client:registered()
    end
    return client, self, parts
end

local function text_of(value)
    if value == nil then
        return '-'
    end
    return math.type(value) == 'float' and ('%.3f'):format(value) or tostring(value)
end

-- report{title, columns = {...}, rows = {{...}, ...}}: printed in columns, and kept for --json.
function report(what)
    if type(what) ~= 'table' or type(what.columns) ~= 'table' or type(what.rows) ~= 'table' then
        fail('report: wanted is report{title, columns = {...}, rows = {{...}, ...}}')
    end
    local widths, lines = {}, {what.columns, table.unpack(what.rows)}
    for column = 1, #what.columns do
        widths[column] = 0
        for _, line in ipairs(lines) do
            widths[column] = math.max(widths[column], utf8.len(text_of(line[column])) or 0)
        end
    end
    if what[1] then
        print(what[1])
    end
    for _, line in ipairs(lines) do
        local cells = {}
        for column = 1, #what.columns do
            local text = text_of(line[column])
            local pad = (' '):rep(widths[column] - (utf8.len(text) or #text))
            cells[column] = math.type(line[column]) and pad .. text or text .. pad
        end
        print((table.concat(cells, '  '):gsub('%s+$', '')))
    end
    keep_table(what[1] or '', what.columns, what.rows)
end
