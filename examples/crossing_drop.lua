-- SPDX-License-Identifier: MIT
-- crossing_drop.lua: the root drops a party while the same leaf hangs up. Both ends succeed,
-- whoever was first, and the party is gone exactly once.

local lab = hub 'lab'
lab:delay(5, 2) -- milliseconds: long enough for the two messages to pass each other

local root = station('root', {hub = 'lab'})
local calls = station('leaf', {hub = 'lab'}):listen '@leaf'
local other = station('other', {hub = 'lab'}):listen '@other'

local stays = spawn(function()
    local call = other:accept()
    call:wait_closed()
end)

local call, first = root:call('@other', {multipoint = true})

for round = 1, 5 do
    local leaves = spawn(function()
        local here = calls:accept()
        expect_equal(here:receive(), 'round ' .. round)
        return status_of(here.close, here, 'I am leaving')
    end)
    local party = call:add '@leaf'
    call:send('round ' .. round)
    party:drop 'you are leaving'
    expect_equal(leaves:join(), 'NDIS_STATUS_SUCCESS', 'the leaf\'s close')
    expect_state(party, 'gone')
    expect_state(first, 'active')
end

call:close()
stays:join()
print 'five drops crossed five farewells'
