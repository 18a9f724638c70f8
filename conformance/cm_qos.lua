-- SPDX-License-Identifier: MIT
-- Other traffic parameters are granted or refused; the call lives on either way.
-- obligations: C52 C53 C65 C78 C79 C128
-- also: faults
local client = subject 'root'
local far = leaf 'far'
local call = client:call(far.address, {transmit = {peak_bandwidth_bytes_s = 100000}})
for _, rate in ipairs {200000, 50000} do
    status_of(call.modify, call, {transmit = {peak_bandwidth_bytes_s = rate}})
    expect_state(call, 'connected')
end
call:send 'still here'
call:close()
if far.here then
    expect_equal(far:join(), 'still here', 'what the leaf heard')
end
