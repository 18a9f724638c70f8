-- SPDX-License-Identifier: MIT
-- Addresses are registered, withdrawn and registered again.
-- obligations: C1 C5 C17 C18 C34 C35 C72 C100 C101 C109
-- also: faults
local client = subject 'root'
local status, listener = status_of(client.listen, client, '@root')
if status == 'NDIS_STATUS_NOT_SUPPORTED' then
    print 'this call manager takes no incoming calls'
    return
end
expect_equal(status, 'NDIS_STATUS_SUCCESS', 'the first registration')
listener:stop()
for _ = 1, 3 do
    client:listen('@root'):stop()
end
-- A second holder of an address is refused, or the medium tells two selectors apart.
local first = client:listen '@root'
local second
status, second = status_of(client.listen, client, '@root')
if status == 'NDIS_STATUS_SUCCESS' then
    second:stop()
end
first:stop()
