-- SPDX-License-Identifier: MIT
-- The call manager goes while the client calls.
-- for: client
-- obligations: C12 C31 C66 C67 C96 C97 C98 C126
-- needs: leaf
-- also: schedules
local called = event()
local leaves = client_leaves(function(offer)
    called:set()
    if status_of(offer.accept, offer) == 'NDIS_STATUS_SUCCESS' then
        offer:wait_closed()
    end
end)
local _, parts = subject_client('root', {stand_alone = true})
called:wait()
parts.call_manager:unload()
parts.adapter:stop()
leaves.wait()
