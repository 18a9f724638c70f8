-- SPDX-License-Identifier: MIT
-- A party that cannot join does not disturb those that are in the call.
-- obligations: C38 C42 C110
-- needs: peer
-- also: faults schedules
local client = subject 'root'
local first = leaf 'first'
local listener = peer('second'):listen '@second'
local refuses = spawn(function()
    listener:offer():reject 'FAILURE'
end)
local call, one = client:call(first.address, {multipoint = true})
expect(status_of(call.add, call, '@second') ~= 'NDIS_STATUS_SUCCESS', 'refused')
expect(status_of(call.add, call, '@nowhere') ~= 'NDIS_STATUS_SUCCESS', 'nowhere')
refuses:join()
expect_state(one, 'active')
expect_equal(call:info().party_count, 1, 'parties')
call:send 'still here'
call:close()
expect_equal(first:join(), 'still here', 'what the leaf heard')
