-- SPDX-License-Identifier: MIT
-- A call that the other end refuses fails, and the next one is not hurt by it.
-- obligations: C9 C16 C38 C42 C55 C110
-- needs: peer
-- also: faults schedules
local client = subject 'root'
local far = peer 'far'
local listener = far:listen '@far'
local refuses = spawn(function()
    for _ = 1, 2 do
        listener:offer():reject 'FAILURE'
    end
    return listener:accept():wait_closed()
end)
expect(status_of(client.call, client, '@far') ~= 'NDIS_STATUS_SUCCESS', 'refused')
expect(status_of(client.call, client, '@far', {multipoint = true}) ~= 'NDIS_STATUS_SUCCESS',
    'refused with a party')
local call = client:call('@far')
call:close()
refuses:join()
