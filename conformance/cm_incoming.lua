-- SPDX-License-Identifier: MIT
-- A call comes in, is accepted, carries data both ways and is closed by the caller.
-- obligations: C18 C24 C39 C44 C47 C51 C72 C73 C74 C76 C77 C78 C81
-- needs: peer
-- also: faults schedules
local client = subject 'leaf'
local listener = client:listen '@leaf'
local root = peer 'root'
local takes = spawn(function()
    local call = listener:accept()
    local heard = call:receive()
    call:send 'and to you'
    call:wait_closed()
    return heard
end)
local call = root:call '@leaf'
call:send 'good day'
expect_equal(call:receive(), 'and to you', 'what the caller heard')
call:close()
expect_equal(takes:join(), 'good day', 'what was heard')
listener:stop()
