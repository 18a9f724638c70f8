-- SPDX-License-Identifier: MIT
-- The adapter goes while the client calls.
-- for: client
-- obligations: C66 C67 C85 C91 C92 C96 C97 C103 C104
-- needs: leaf
-- also: faults schedules
local called = event()
local leaves = client_leaves(function(offer)
    called:set()
    if status_of(offer.accept, offer) == 'NDIS_STATUS_SUCCESS' then
        offer:wait_closed()
    end
end)
local _, parts = subject_client 'root'
called:wait()
parts.adapter:stop()
leaves.wait()
