-- SPDX-License-Identifier: MIT
-- Close data is delivered, or refused with INVALID_DATA and nothing is dropped.
-- obligations: C93 C94 C95
-- also: faults schedules
local client = subject 'root'
local first, second = leaf 'first', leaf 'second'
local call = client:call(first.address, {multipoint = true})
local party = call:add(second.address)
local status = status_of(party.drop, party, 'see you')
local carried = status == 'NDIS_STATUS_SUCCESS'
if not carried then
    expect_equal(status, 'NDIS_STATUS_INVALID_DATA', 'what refuses close data')
    expect_state(party, 'active')
    party:drop()
end
if second.here then
    local _, data = second:join()
    expect_equal(data, carried and 'see you' or nil, 'what the dropped leaf is told')
end
status = status_of(call.close, call, 'the end')
expect_equal(status == 'NDIS_STATUS_SUCCESS', carried, 'close and drop agree about close data')
if not carried then
    expect_equal(status, 'NDIS_STATUS_INVALID_DATA', 'what refuses close data')
    expect_state(call, 'connected')
    call:close()
end
if first.here then
    local _, data = first:join()
    expect_equal(data, carried and 'the end' or nil, 'what the last leaf is told')
end
