-- SPDX-License-Identifier: MIT
-- The caller asks for other traffic parameters; the called end hears of those that are granted.
-- obligations: C52 C62 C78 C79
-- needs: peer
-- also: faults
local client = subject 'leaf'
local listener = client:listen '@leaf'
local root = peer 'root'
local takes = spawn(function()
    local call = listener:accept()
    local heard = call:receive()
    call:wait_closed()
    return heard
end)
local call = root:call('@leaf', {transmit = {peak_bandwidth_bytes_s = 100000}})
for _, rate in ipairs {200000, 50000} do
    status_of(call.modify, call, {transmit = {peak_bandwidth_bytes_s = rate}})
    expect_state(call, 'connected')
end
call:send 'still here'
call:close()
expect_equal(takes:join(), 'still here', 'what the leaf heard')
