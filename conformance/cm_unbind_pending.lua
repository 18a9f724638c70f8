-- SPDX-License-Identifier: MIT
-- The adapter goes while a call is being made and a party being added.
-- obligations: C1 C98 C102 C104
-- needs: peer
-- also: schedules
local client, _, parts = subject 'root'
local first = leaf 'first'
local listener = peer('slow'):listen '@slow'
local offers = spawn(function()
    return listener:offer(), listener:offer()
end)
local call = client:call(first.address, {multipoint = true})
local asks = {
    spawn(function() return (status_of(call.add, call, '@slow')) end),
    spawn(function() return (status_of(client.call, client, '@slow')) end),
}
offers:join() -- both requests are under way
parts.adapter:stop()
for _, activity in ipairs(asks) do
    expect(activity:join() ~= 'NDIS_STATUS_SUCCESS', 'a request that nobody answered')
end
first:join()
