-- SPDX-License-Identifier: MIT
-- hello_party.lua: the smallest multipoint call. A root calls one leaf, adds another, says hello to
-- both, drops the second with a word, and closes the call with the first.

local root = station 'root'

local function leaf(name)
    local calls = station(name):listen('@' .. name)
    return spawn(function()
        local call = calls:accept()
        local heard = call:receive()
        local _, farewell = call:wait_closed()
        return heard, farewell
    end)
end

local one, two = leaf 'one', leaf 'two'

local call, first = root:call('@one', {multipoint = true})
local second = call:add '@two'
expect_state(first, 'active')
expect_state(second, 'active')

call:send 'hello'

second:drop 'thank you for coming'
expect_state(second, 'gone')
expect_status('FAILURE', first.drop, first) -- the last party leaves with the call

call:close 'good night'
expect_state(call, 'closed')

local heard, farewell = one:join()
expect_equal(heard, 'hello')
expect_equal(farewell, 'good night')
heard, farewell = two:join()
expect_equal(heard, 'hello')
expect_equal(farewell, 'thank you for coming')
print 'both leaves heard hello, and each its own farewell'
