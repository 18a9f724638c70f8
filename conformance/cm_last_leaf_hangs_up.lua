-- SPDX-License-Identifier: MIT
-- The last leaf hangs up: that is a close of the call, not a drop of a party.
-- obligations: C69 C76 C77 C82 C89 C93 C94
-- needs: peer
-- also: faults schedules
local client = subject 'root'
local far = leaf('far', 1, function(call)
    call:receive()
    call:close()
end)
local call, party = client:call(far.address, {multipoint = true})
call:send 'hello'
call:wait_closed()
party:wait_gone()
expect_state(party, 'gone')
far:join()
