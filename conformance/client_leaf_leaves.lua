-- SPDX-License-Identifier: MIT
-- One of those whom the client calls hears the beginning and hangs up; the others stay.
-- for: client
-- obligations: C36 C84 C85 C88 C91 C108
-- needs: leaf
-- also: faults schedules
local leaves = client_leaves(function(offer, index)
    offer:accept()
    local heard = offer:receive()
    if index == 1 then
        status_of(offer.close, offer, 'I am off')
    end
    while heard do
        heard = offer:receive()
    end
end)
local _, parts = subject_client 'root'
leaves.wait()
parts.adapter:stop()
