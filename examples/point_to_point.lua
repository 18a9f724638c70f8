-- SPDX-License-Identifier: MIT
-- point_to_point.lua: a call between two, which carries data both ways and changes its traffic
-- parameters on the way.

local caller = station 'caller'
local calls = station 'called' : listen '@called'

local called = spawn(function()
    local call = calls:accept()
    for question in call:received() do
        call:send(question:upper())
    end
    return call:info()
end)

local call, party = caller:call('@called', {
    transmit = {peak_bandwidth_bytes_s = 100000},
    receive = {peak_bandwidth_bytes_s = 100000},
})
expect_equal(party, nil, 'a party of a point-to-point call')
expect_state(call, 'connected')

for _, question in ipairs {'is it raining', 'shall we go', 'and now'} do
    call:send(question)
    expect_equal(call:receive(), question:upper())
end

call:modify{
    transmit = {peak_bandwidth_bytes_s = 50000},
    receive = {peak_bandwidth_bytes_s = 50000},
}
expect_equal(call:info().transmit.peak_bandwidth_bytes_s, 50000, 'transmit peak bandwidth')
call:send 'slower now'
expect_equal(call:receive(), 'SLOWER NOW')

call:close 'that was all'
local seen = called:join()
expect_equal(seen.close_data, 'that was all', 'close data')
expect_equal(seen.closed_by_remote, true, 'closed by the caller')
expect_equal(seen.received_count, 4, 'questions')
print 'four questions, four answers'
