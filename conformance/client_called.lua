-- SPDX-License-Identifier: MIT
-- The client is called, told something, and the caller closes.
-- for: client
-- obligations: C1 C2 C3 C4 C6 C11 C15 C40 C45 C46 C63 C65 C69 C79 C80 C81 C83 C86 C100 C109 C119
-- obligations: C120 C125
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
