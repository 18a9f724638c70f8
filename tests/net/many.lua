-- SPDX-License-Identifier: MIT
-- many.lua DRIVER UNI PARTIES: as many parties on one call as the UNI has endpoint references for,
-- 32,767. A leaf host listens at 256 addresses, which differ in their selectors; each address is
-- one party. Some data, random drops with close data, and the close of all the rest.

local driver, uni, total = arg[1], arg[2], tonumber(arg[3] or 32767)
local ADDRESSES = 256
local AT_ONCE = 16
local data = uni == '4.0' and 'farewell' or nil

world{timeout_ms = 3600000}
local s1 = switch('s1', {uni = uni})
local manager = driver == 'atmuni' and driver or nil

local function plug(name)
    return (station(name, {switch = s1, call_manager = manager, processors = 1}))
end

-- "@h000", with a selector
local function address(host, selector)
    return ('4904' .. ('%02x'):rep(4) .. ('0'):rep(26) .. '%02x'):format(
        (('h%03d'):format(host)):byte(1), (('h%03d'):format(host)):byte(2),
        (('h%03d'):format(host)):byte(3), (('h%03d'):format(host)):byte(4), selector)
end

local heard, ended, farewells = 0, 0, 0
local addresses = {}
for host = 0, (total - 1) // ADDRESSES do
    local client = plug(('h%03d'):format(host))
    for selector = 0, math.min(ADDRESSES, total - host * ADDRESSES) - 1 do
        local at = address(host, selector)
        local calls = client:listen(at)
        addresses[#addresses + 1] = at
        spawn(function()
            local call = calls:accept()
            for _ in call:received() do
                heard = heard + 1
            end
            local _, farewell = call:wait_closed()
            farewells = farewells + (farewell == data and 1 or 0)
            ended = ended + 1
        end)
    end
    progress(#addresses, total, #addresses .. ' addresses')
end

local root = plug 'root'
local began = now()
local call, first = root:call(addresses[1], {multipoint = true})
local parties, next_address = {first}, 1

local function each(work)
    local workers = {}
    for i = 1, AT_ONCE do
        workers[i] = spawn(work)
    end
    for i = 1, AT_ONCE do
        workers[i]:join()
    end
end

each(function()
    while next_address < total do
        next_address = next_address + 1
        parties[#parties + 1] = call:add(addresses[next_address])
        progress(#parties, total, #parties .. ' parties')
    end
end)
local joined = now()
expect_equal(call:info().party_count, total)
expect_equal(s1:link('root'):info().parties, total)
call:send 'to all of you'
while heard < total do
    sleep(10)
end

-- A hundredth goes one by one, in any order; the rest with the call.
local drops = total // 100
each(function()
    while drops > 0 do
        drops = drops - 1
        local party = table.remove(parties, math.random(#parties))
        party:drop(data)
    end
end)
expect_equal(call:info().party_count, total - total // 100)
call:send 'to the others'
local closing = now()
call:close(data)
local closed = now()
while ended < total do
    sleep(10)
end
expect_equal(heard, total + total - total // 100)
expect_equal(farewells, total)
report{'many parties', columns = {'parties', 'hosts', 'joined in ms', 'closed in ms'},
    rows = {{total, (total - 1) // ADDRESSES + 1, (joined - began) // 1, (closed - closing) // 1}}}
