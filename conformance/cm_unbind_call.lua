-- SPDX-License-Identifier: MIT
-- The adapter goes while a call with parties stands: everything is closed first.
-- obligations: C12 C14 C60 C98 C102 C103 C104
-- also: faults schedules
local client, _, parts = subject 'root'
local first, second = leaf 'first', leaf 'second'
local call, one = client:call(first.address, {multipoint = true})
local two = call:add(second.address)
parts.adapter:stop()
expect_state(call, 'closed')
expect_state(one, 'gone')
expect_state(two, 'gone')
first:join()
second:join()
