-- SPDX-License-Identifier: MIT
-- incoming_rejected.lua: a leaf says no. The caller's call fails; on a multipoint call the party
-- that was refused does not disturb those that are there.

local root = station 'root'
local willing = station 'willing' : listen '@willing'
local other = station 'other' : listen '@other'

local refuses = spawn(function()
    for _ = 1, 2 do
        local offer = other:offer()
        expect_state(offer, 'offered')
        expect_equal(offer:info().incoming, true, 'an incoming call')
        offer:reject 'FAILURE'
    end
end)

local status = status_of(root.call, root, '@other')
expect(status ~= 'NDIS_STATUS_SUCCESS', 'the call is refused')
print('calling @other ended in ' .. status)

local takes = spawn(function()
    local call = willing:accept()
    local heard = call:receive()
    call:wait_closed()
    return heard
end)
local call, first = root:call('@willing', {multipoint = true})
status = status_of(call.add, call, '@other')
expect(status ~= 'NDIS_STATUS_SUCCESS', 'the party is refused')
print('adding @other ended in ' .. status)

status = status_of(call.add, call, '@nobody')
expect(status ~= 'NDIS_STATUS_SUCCESS', 'a party that does not exist')
print('adding @nobody ended in ' .. status)

refuses:join()
expect_state(first, 'active')
expect_equal(call:info().party_count, 1, 'parties')
call:send 'still here'
call:close()
expect_equal(takes:join(), 'still here')
