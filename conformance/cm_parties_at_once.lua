-- SPDX-License-Identifier: MIT
-- Several parties are added and dropped at the same time on one call.
-- obligations: C1 C2 C3 C15 C91
-- also: schedules
local client = subject 'root'
local first, many = leaf 'first', leaf('many', 8)
local call = client:call(first.address, {multipoint = true})
local activities = {}
for index = 1, 4 do
    activities[index] = spawn(function()
        for _ = 1, 2 do
            local party = call:add(many.address)
            expect_state(party, 'active')
            party:drop()
            expect_state(party, 'gone')
        end
    end)
end
for _, activity in ipairs(activities) do
    activity:join()
end
expect_equal(call:info().party_count, 1, 'parties left')
call:close()
first:join()
many:join()
