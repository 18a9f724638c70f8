-- SPDX-License-Identifier: MIT
-- Parties are added to a call and dropped; each drop ends one party and no other.
-- obligations: C1 C2 C3 C4 C15 C16 C18 C21 C22 C36 C38 C43 C83 C87 C89 C91 C109 C125
-- also: faults schedules
local client = subject 'root'
local first, second, third = leaf 'first', leaf('second', 2), leaf 'third'
local call, one = client:call(first.address, {multipoint = true})
local two, three = call:add(second.address), call:add(third.address)
two:drop()
expect_state(two, 'gone')
expect_state(one, 'active')
expect_state(three, 'active')
local again = call:add(second.address)
three:drop()
again:drop()
expect_state(one, 'active')
expect_equal(call:info().party_count, 1, 'parties')
call:close()
for _, far in ipairs {first, second, third} do
    far:join()
end
