-- SPDX-License-Identifier: MIT
-- four.lua DRIVER UNI: a root and four leaves at one switch. Each leaf joins and leaves at a time
-- of the seed's, by its own hand or the root's, while words flow; the call closes with whoever is
-- left. What `./check --long net-long` runs 10,000 times, a seed each.

local driver, uni = arg[1], arg[2]
world{timeout_ms = 600000}
local s1 = switch('s1', {uni = uni})
local data = uni == '4.0' and 'bye' or nil

local function plug(name)
    local client = station(name,
        {switch = s1, call_manager = driver == 'atmuni' and driver or nil})
    s1:link(name):delay(math.random(0, 2), math.random(0, 3)):split(math.random(2) == 1)
    return client
end

local function some_time()
    sleep(math.random(0, 40) / 10)
end

-- A leaf takes what comes, and hangs up after a while if it is one that does.
local lives, listeners = {}, {}
local function leaf(name)
    local calls = plug(name):listen('@' .. name)
    listeners[#listeners + 1] = calls
    local hangs_up = math.random(3) == 1
    return spawn(function()
        local taken, call = pcall(calls.accept, calls)
        if not taken then
            return -- nobody asked it
        end
        local ends = hangs_up and spawn(function()
            some_time()
            status_of(call.close, call, data)
        end)
        local before = 0
        for text in call:received() do
            local n = tonumber(text)
            expect(before == 0 or n == before + 1, 'in order, none lost')
            before = n
        end
        if ends then
            ends:join()
        end
    end)
end

for i = 1, 4 do
    lives[i] = leaf('leaf' .. i)
end
local root = plug 'root'
local call, party = root:call('@leaf1', {multipoint = true})

local sender = spawn(function()
    for n = 1, 40 do
        if call:state() ~= 'connected' or
            status_of(call.post, call, tostring(n)) ~= 'NDIS_STATUS_SUCCESS' then
            return
        end
        sleep(0.2)
    end
end)

local added = {party}
local adds = {}
for i = 2, 4 do
    adds[i] = spawn(function()
        some_time()
        local status, other = status_of(call.add, call, '@leaf' .. i)
        if status == 'NDIS_STATUS_SUCCESS' then
            added[#added + 1] = other
            if math.random(2) == 1 then
                some_time()
                status_of(other.drop, other, data)
            end
        else
            listeners[i]:stop() -- the call was over
        end
    end)
end
for i = 2, 4 do
    adds[i]:join()
end
some_time()
status_of(call.close, call, data)
sender:join()
for i = 1, 4 do
    lives[i]:join()
end
expect_state(call, 'closed')
for _, one in ipairs(added) do
    expect_state(one, 'gone')
end
