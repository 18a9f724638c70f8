-- SPDX-License-Identifier: MIT
-- A point-to-point call is made, carries data and is closed.
-- obligations: C1 C4 C6 C7 C15 C16 C18 C25 C46 C47 C48 C49 C50 C54 C55 C62 C73 C79 C82 C86 C109
-- also: faults schedules
local client = subject 'root'
local far = leaf 'far'
local call = client:call(far.address)
expect_state(call, 'connected')
call:send 'hello'
call:close()
if far.here then
    expect_equal(far:join(), 'hello', 'what the leaf heard')
end
