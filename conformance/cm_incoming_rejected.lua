-- SPDX-License-Identifier: MIT
-- Incoming calls are rejected, and then one is accepted.
-- obligations: C11 C48 C55 C72 C74 C75 C80
-- needs: peer
-- also: faults schedules
local client = subject 'leaf'
local listener = client:listen '@leaf'
local root = peer 'root'
local takes = spawn(function()
    for _ = 1, 2 do
        listener:offer():reject 'FAILURE'
    end
    listener:accept():wait_closed()
end)
for _ = 1, 2 do
    expect(status_of(root.call, root, '@leaf') ~= 'NDIS_STATUS_SUCCESS', 'rejected')
end
root:call('@leaf'):close()
takes:join()
