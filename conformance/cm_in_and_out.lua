-- SPDX-License-Identifier: MIT
-- One client calls and is called at the same time; neither call disturbs the other.
-- obligations: C15 C43 C72 C76 C77
-- needs: peer
-- also: schedules
local client = subject 'here'
local listener = client:listen '@here'
local far = leaf 'far'
local root = peer 'root'
local takes = spawn(function()
    local call = listener:accept()
    local heard = call:receive()
    call:wait_closed()
    return heard
end)
local out = client:call(far.address)
local into = root:call '@here'
out:send 'outward'
into:send 'inward'
out:close()
into:close()
expect_equal(takes:join(), 'inward', 'what came in')
expect_equal(far:join(), 'outward', 'what went out')
