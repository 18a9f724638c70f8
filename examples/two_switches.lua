-- SPDX-License-Identifier: MIT
-- two_switches.lua: a multipoint call over real signalling. A root and a leaf at one switch, two
-- leaves at another, and a trunk between them that takes its time.

local east, west = switch 'east', switch 'west'
local trunk = east:trunk(west):delay(2)
east:route('4904', west)   -- every name of 4 characters: far1, far2
west:route('*', east)

local root = station('root', {switch = east})

local function leaf(name, options)
    local calls = station(name, options):listen('@' .. name)
    return spawn(function()
        local call = calls:accept()
        local heard = {}
        for text in call:received() do
            heard[#heard + 1] = text
        end
        local status, farewell = call:wait_closed(120000)
        return table.concat(heard, ' '), status, farewell
    end)
end

local near = leaf('near', {switch = east})
local far1 = leaf('far1', {switch = west, driver = 'atmlink', call_manager = 'atmuni'})
local far2 = leaf('far2', {switch = west})

local call = root:call('@near', {multipoint = true})
local parties = {call:add '@far1', call:add '@far2'}
call:send 'one'

-- One copy of each frame crosses the trunk, whatever stands behind it.
local tree = east:status().calls[1]
expect_equal(#tree.branches, 2)
expect_equal(tree.parties, 3)

parties[2]:drop 'thank you'
local heard, _, farewell = far2:join()
expect_equal(heard, 'one')
expect_equal(farewell, 'thank you')
call:send 'two'

call:close 'good night'
for _, who in ipairs{near, far1} do
    heard, _, farewell = who:join()
    expect_equal(heard, 'one two')
    expect_equal(farewell, 'good night')
end
expect(trunk:info().frames_out > 0, 'the trunk was used')
print 'one call, two switches, three leaves'
