-- SPDX-License-Identifier: MIT
-- The called end closes a call that came in, and the VC serves no call after it.
-- obligations: C45 C51 C54 C55 C77 C82
-- needs: peer
-- also: faults schedules
local client = subject 'leaf'
local listener = client:listen '@leaf'
local root = peer 'root'
local takes = spawn(function()
    for _ = 1, 3 do
        listener:accept():close()
    end
end)
for _ = 1, 3 do
    local call = root:call '@leaf'
    call:wait_closed()
end
takes:join()
