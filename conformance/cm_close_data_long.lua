-- SPDX-License-Identifier: MIT
-- Close data that is too long for the medium is refused, and the party lives on.
-- obligations: C94 C95
local client = subject 'root'
local first, second = leaf 'first', leaf 'second'
local call = client:call(first.address, {multipoint = true})
local party = call:add(second.address)
local long = ('x'):rep(60000)
local status = status_of(party.drop, party, long)
if status ~= 'NDIS_STATUS_SUCCESS' then
    expect(status == 'NDIS_STATUS_INVALID_DATA' or status == 'NDIS_STATUS_INVALID_LENGTH',
        'what refuses close data that is too long: ' .. status)
    expect_state(party, 'active')
    party:drop()
elseif second.here then
    local _, data = second:join()
    -- A client of ours keeps the beginning only.
    expect_equal(data, long:sub(1, #data), 'what the leaf is told')
end
call:close()
first:join()
second:join()
