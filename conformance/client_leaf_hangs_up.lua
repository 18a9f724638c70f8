-- SPDX-License-Identifier: MIT
-- Whoever the client calls hangs up at once.
-- for: client
-- obligations: C69 C70 C88 C108 C119
-- needs: leaf
-- also: schedules
local leaves = client_leaves(function(offer)
    offer:accept()
    status_of(offer.close, offer, 'I am off')
end)
local _, parts = subject_client 'root'
leaves.wait()
parts.adapter:stop()
