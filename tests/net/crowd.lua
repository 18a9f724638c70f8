-- SPDX-License-Identifier: MIT
-- crowd.lua DRIVER UNI LEAVES: one root, three switches in a row, and many leaves that join and
-- leave at random, by the root's hand or their own, while data flows. Each datum has its number and
-- its own bytes, so that every leaf knows what it should have heard.

local driver, uni, leaf_count = arg[1], arg[2], tonumber(arg[3] or 200)
local AT_ONCE = 8     -- activities that add and drop
local BYTES = 200     -- of a datum, about
local AHEAD = 64      -- data that the root may be ahead of a leaf: a switch waits for nobody

world{timeout_ms = 300000}
local s = {switch('s1', {uni = uni}), switch('s2', {uni = uni}), switch('s3', {uni = uni})}
s[1]:trunk(s[2]):delay(1)
s[2]:trunk(s[3]):delay(1)
s[1]:route('490462', s[2]):route('490463', s[2]) -- names of 4 characters in b..., c...
s[2]:route('490463', s[3]):route('*', s[1])
s[3]:route('*', s[2])

local manager = driver == 'atmuni' and driver or nil
local function plug(name, board)
    return (station(name, {switch = board, call_manager = manager, processors = 1}))
end

-- What datum number n is: no two are alike.
local function datum(n)
    local word = ('%x.'):format(n * 2654435761 % 4294967296)
    return ('%08d '):format(n) .. word:rep(BYTES // 9 + n % 7)
end

local sent, posted = 0, 0 -- datums that the root began to send, and those that are on their way
local heard_count, stay_count = 0, 0

local leaves = {}
for i = 1, leaf_count do
    local self = {name = ('abc'):sub(i % 3 + 1, i % 3 + 1) .. ('%03d'):format(i)}
    self.calls = plug(self.name, s[i % 3 + 1]):listen('@' .. self.name)
    leaves[i] = self
    progress(i, leaf_count, i .. ' leaves')
end

local listeners = {} -- leaves that are in the call, and hear it

-- Whether somebody has not heard what was sent long ago.
local function somebody_is_late()
    for self in pairs(listeners) do
        if posted - (self.last or self.before) > AHEAD then
            return true
        end
    end
end

-- One stay in the call: everything from the first datum on, in order, each as it was sent.
local function listen(self)
    local call = self.calls:accept()
    self.call, self.first, self.last, self.before = call, nil, nil, posted
    listeners[self] = true
    return spawn(function()
        for text in call:received() do
            local n = tonumber(text:sub(1, 8))
            expect(not self.last or n == self.last + 1, 'in order, none lost')
            expect(text == datum(n), 'as it was sent')
            self.first, self.last = self.first or n, n
            heard_count = heard_count + 1
        end
        listeners[self] = nil
    end)
end

local root = plug('root', s[1])
local keeper = leaves[1] -- stays from the beginning to the end
local taken = spawn(listen, keeper)
local call = root:call('@' .. keeper.name, {multipoint = true})
local keeper_life = taken:join()

local busy = true
local sender = spawn(function()
    while busy do
        sent = sent + 1
        call:post(datum(sent))
        posted = sent
        repeat
            sleep(simulated() and 0.05 or 0)
        until not somebody_is_late()
    end
    call:flush()
end)

-- A leaf comes, stays for a while, and goes.
local function stay(self)
    taken = spawn(listen, self)
    local mine = taken
    local party = call:add('@' .. self.name)
    local joined_at = sent
    local life = mine:join()
    sleep(simulated() and math.random(0, 100) / 10 or 0)
    if math.random(3) == 1 then
        self.call:close()
        party:wait_gone()
        life:join()
    else
        local dropped_at = posted
        party:drop()
        local gone_at = sent
        life:join()
        -- What was sent between the two was heard, whatever else was.
        if dropped_at > joined_at then
            expect(self.first and self.first <= joined_at + 1, 'from the first datum on')
            expect(self.last >= dropped_at, 'to the last one')
        end
        expect((self.last or 0) <= gone_at, 'and nothing after it')
    end
    stay_count = stay_count + 1
end

-- Each leaf twice, in an order that the seed chooses.
local turns = {}
for i = 2, leaf_count do
    turns[#turns + 1], turns[#turns + 2] = leaves[i], leaves[i]
end
for i = #turns, 2, -1 do
    local j = math.random(i)
    turns[i], turns[j] = turns[j], turns[i]
end
local total = #turns
local workers = {}
for worker = 1, AT_ONCE do
    workers[worker] = spawn(function()
        while #turns > 0 do
            local self = table.remove(turns)
            if self.here then -- the other one of its turns is under way
                table.insert(turns, 1, self)
                sleep(simulated() and 1 or 0)
            else
                self.here = true
                stay(self)
                self.here = false
                progress(stay_count, total, stay_count .. ' stays')
            end
        end
    end)
end
for _, worker in ipairs(workers) do
    worker:join()
end
busy = false
sender:join()
expect_equal(call:info().party_count, 1)
call:close()
keeper_life:join()
expect(keeper.first <= 2, 'the keeper was there from the beginning')
expect_equal(keeper.last, sent, 'the keeper heard all')
for _, board in ipairs(s) do
    for _, port in ipairs(board:status().ports) do
        expect_equal(port.dropped, 0, 'frames dropped')
    end
end
report{'crowd', columns = {'leaves', 'stays', 'sent', 'heard', 'ms'},
    rows = {{leaf_count, stay_count, sent, heard_count, now() // 1}}}
