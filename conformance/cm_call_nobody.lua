-- SPDX-License-Identifier: MIT
-- A call to an address that is nowhere fails, with a party and without.
-- obligations: C9 C38 C42 C110
-- needs: peer
-- also: faults
local client = subject 'root'
expect(status_of(client.call, client, '@nowhere') ~= 'NDIS_STATUS_SUCCESS', 'point-to-point')
expect(status_of(client.call, client, '@nowhere', {multipoint = true}) ~= 'NDIS_STATUS_SUCCESS',
    'multipoint')
