-- SPDX-License-Identifier: MIT
-- Whoever the client calls refuses.
-- for: client
-- obligations: C42 C66 C70
-- needs: leaf
-- also: schedules
local leaves = client_leaves(function(offer)
    offer:reject 'FAILURE'
end)
local _, parts = subject_client 'root'
leaves.wait()
parts.adapter:stop()
