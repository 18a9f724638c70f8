-- SPDX-License-Identifier: MIT
-- Both ends close a call at the same time.
-- obligations: C1 C3 C66 C76 C77 C82
-- needs: peer
-- also: schedules
local client = subject 'root'
local ROUNDS = 3
local far = leaf('far', ROUNDS, function(call)
    call:receive()
    call:close()
end)
for _ = 1, ROUNDS do
    local call = client:call(far.address)
    call:send 'leave now'
    call:close()
    expect_state(call, 'closed')
end
far:join()
