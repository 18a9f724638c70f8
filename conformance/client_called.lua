-- SPDX-License-Identifier: MIT
-- The client is called, told something, and the caller closes.
-- for: client
-- obligations: C11 C45 C69 C80 C100 C119
-- needs: address
-- also: faults schedules
local _, parts = subject_client 'root'
local caller = peer 'caller'
for _ = 1, 3 do
    local call = call_client(caller)
    status_of(call.send, call, 'good day')
    status_of(call.close, call)
end
parts.adapter:stop()
