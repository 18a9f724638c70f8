-- SPDX-License-Identifier: MIT
-- stand_alone_call_manager.lua: the other edge. Here the call manager is a protocol driver of its
-- own (hubcm) over a connection-oriented miniport (hubmini); the clients, the hub and the
-- signalling are the same, so a host with an integrated call manager (loopback) can be in the
-- same call.

local root = station('root', {call_manager = 'hubcm'})

local function leaf(name, options)
    local calls = station(name, options):listen('@' .. name)
    return spawn(function()
        local call = calls:accept()
        local heard = call:receive()
        local _, farewell = call:wait_closed()
        return heard, farewell
    end)
end

local alone = leaf('alone', {call_manager = 'hubcm'})
local integrated = leaf 'integrated'

local call, first = root:call('@alone', {multipoint = true})
local second = call:add '@integrated'
call:send 'one hub, two edges'
second:drop 'until next time'
expect_state(first, 'active')
call:close 'the last one closes the door'

local heard, farewell = alone:join()
expect_equal(heard, 'one hub, two edges')
expect_equal(farewell, 'the last one closes the door')
heard, farewell = integrated:join()
expect_equal(heard, 'one hub, two edges')
expect_equal(farewell, 'until next time')
print 'a stand-alone and an integrated call manager shared a call'
