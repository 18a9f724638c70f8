-- SPDX-License-Identifier: MIT
-- share.lua [FILE]: one file to many leaves over one multipoint call. Three leaves from the
-- start; a fourth joins after a quarter; one is dropped half way with close data; one hangs up by
-- itself after three quarters; the call ends with its last party. Every leaf must have got
-- exactly the bytes that were sent while it was there. Without a FILE it sends its own text.

local input = file(arg[1] or arg[0])
local size = input:size()
local CHUNK_MAX = 32768
local chunk = math.max(1, math.min(CHUNK_MAX, (size + 15) // 16))

-- The byte at which a share of the file has been sent: between two chunks.
local function mark(share)
    return math.floor(size * share) // chunk * chunk
end

local root = station('root', {hub = 'lab'})
local leaves = {}

local function leaf(name, hang_up_at)
    local self = {name = name, bytes = 0}
    local listener = station(name, {hub = 'lab'}):listen('@' .. name)
    self.activity = spawn(function()
        local call = listener:accept()
        local sum = sha256()
        while not hang_up_at or self.bytes < hang_up_at do
            local text = call:receive()
            if not text then
                break
            end
            sum:add(text)
            self.bytes = self.bytes + #text
        end
        if hang_up_at then
            call:close('that is enough')
        else
            self.heard = select(2, call:wait_closed())
        end
        self.sum = sum:hex()
    end)
    leaves[#leaves + 1] = self
    return self
end

local amber, birch = leaf('amber'), leaf('birch')
local cedar, dogwood = leaf('cedar', mark(3 / 4)), leaf('dogwood')

local sent, here = 0, 0
local call

local function joined(self, party)
    self.party, self.joined_at, self.joined_ms = party, sent, now()
    here = here + 1
end

local function left(self, how)
    self.left_at, self.left_ms, self.how = sent, now(), how
    here = here - 1
end

local events = {
    {at = mark(1 / 4), run = function()
        joined(dogwood, call:add('@dogwood'))
    end},
    {at = mark(1 / 2), run = function()
        birch.party:drop('see you')
        left(birch, 'dropped')
    end},
    {at = mark(3 / 4), run = function()
        local _, said = cedar.party:wait_gone()
        left(cedar, 'hung up')
        cedar.heard = said
    end},
}

-- What was posted before an event is with every leaf before it runs.
local function run_events()
    while events[1] and events[1].at <= sent do
        call:flush()
        table.remove(events, 1).run()
    end
end

local first
call, first = root:call('@amber', {multipoint = true})
joined(amber, first)
joined(birch, call:add('@birch'))
joined(cedar, call:add('@cedar'))

run_events()
while sent < size do
    local text = input:read(sent, chunk)
    if #text ~= math.min(chunk, size - sent) then
        fail('the file became shorter while it was sent')
    end
    call:post(text)
    sent = sent + #text
    run_events()
    progress(sent, size, ('%d bytes, %d leaves'):format(sent, here))
end
call:flush()

amber.party:drop('the end')
left(amber, 'stayed')
call:close('the end')
left(dogwood, 'joined late')

local rows = {}
for _, self in ipairs(leaves) do
    self.activity:join()
    local from, to = self.joined_at, self.left_at
    expect_equal(self.bytes, to - from, self.name .. ': bytes')
    expect_equal(self.sum, input:sha256(from, to), self.name .. ': SHA-256')
    local part = from == 0 and to == size and 'the file' or
        ('bytes %d to %d'):format(from, to)
    rows[#rows + 1] = {
        self.name, self.how, from, to, self.bytes, ('%.1f'):format(self.left_ms - self.joined_ms),
        self.sum:sub(1, 16), part, self.heard,
    }
end
expect_equal(amber.heard, 'the end', 'amber: close data')
expect_equal(birch.heard, 'see you', 'birch: close data')
expect_equal(cedar.heard, 'that is enough', 'close data of cedar')
expect_equal(dogwood.heard, 'the end', 'dogwood: close data')
expect_equal(call:info().party_count, 0, 'parties left')

report{
    ('%s, %d bytes, SHA-256 %s'):format(arg[1] or arg[0], size, input:sha256()),
    columns = {'leaf', 'how', 'joined at', 'left at', 'bytes', 'ms', 'SHA-256', 'equals',
        'close data'},
    rows = rows,
}
