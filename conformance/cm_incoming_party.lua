-- SPDX-License-Identifier: MIT
-- The subject is a leaf of somebody's multipoint call: it is added, hears, and is dropped.
-- obligations: C51 C72 C73 C74 C76
-- needs: peer
-- also: schedules
local client = subject 'leaf'
local listener = client:listen '@leaf'
local root = peer 'root'
local other = leaf 'other'
local takes = spawn(function()
    local call = listener:accept()
    local heard = call:receive()
    call:wait_closed()
    return heard
end)
local call, one = root:call(other.address, {multipoint = true})
local party = call:add '@leaf'
call:send 'to all'
party:drop()
expect_equal(takes:join(), 'to all', 'what the leaf heard')
expect_state(one, 'active')
call:close()
other:join()
