-- SPDX-License-Identifier: MIT
-- The root drops a party while the same leaf hangs up: both succeed, and the party goes once.
-- obligations: C1 C3 C76 C89 C91 C108
-- needs: peer
-- also: schedules
local client = subject 'root'
local first = leaf 'first'
local ROUNDS = 3
local second = leaf('second', ROUNDS, function(call)
    call:receive()
    call:close()
end)
local call, one = client:call(first.address, {multipoint = true})
for _ = 1, ROUNDS do
    local party = call:add(second.address)
    call:send 'leave now'
    party:drop()
    expect_state(party, 'gone')
    expect_state(one, 'active')
end
call:close()
first:join()
second:join()
