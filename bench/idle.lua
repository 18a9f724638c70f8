-- SPDX-License-Identifier: MIT
-- idle.lua: an hour of a call of four leaves over ATM signalling, with a word every minute. What
-- goes on is SSCOP's keep-alive and ILMI's polling; the rest is time that passes.

local city = switch 'city'
local root = station('root', {switch = city})
local heard = {}
for number = 1, 4 do
    local name = 'leaf' .. number
    local calls = station(name, {switch = city}):listen('@' .. name)
    heard[number] = spawn(function()
        local call, count = calls:accept(), 0
        for _ = 1, 60 do
            expect(call:receive(120000))
            count = count + 1
        end
        call:wait_closed(120000)
        return count
    end)
end
local call = root:call('@leaf1', {multipoint = true})
for number = 2, 4 do
    call:add('@leaf' .. number)
end
for minute = 1, 60 do
    sleep(60000)
    call:send('minute ' .. minute)
end
call:close()
for number = 1, 4 do
    expect_equal(heard[number]:join(), 60)
end
