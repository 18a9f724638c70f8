-- SPDX-License-Identifier: MIT
-- A leaf hangs up: its party is reported and gone, the others stay.
-- obligations: C76 C88 C89 C93
-- needs: peer
-- also: faults schedules
local client = subject 'root'
local first = leaf 'first'
local second = leaf('second', 1, function(call)
    call:receive()
    return status_of(call.close, call, 'I am off')
end)
local call, one = client:call(first.address, {multipoint = true})
local party = call:add(second.address)
call:send 'hello'
local _, data = party:wait_gone()
local status = second:join()
if status ~= 'NDIS_STATUS_SUCCESS' then
    fail('the leaf could not hang up: ' .. status)
end
expect(data == nil or data == 'I am off', 'close data is whole or absent')
expect_state(one, 'active')
call:close()
first:join()
