-- SPDX-License-Identifier: MIT
-- A client that is a driver of its own, as for Windows: drivers/caller calls three leaves and
-- leaves them with a word; then somebody calls it, and hears what it says back. Another client
-- takes its place with --driver caller=PATH.
local names, leaves = {'ann', 'ben', 'cleo'}, {}
for index, name in ipairs(names) do
    local listener = station(name):listen('@' .. name)
    leaves[index] = spawn(function()
        local call, heard = listener:accept(), {}
        for text in call:received() do
            heard[#heard + 1] = text
        end
        local _, data = call:wait_closed()
        return table.concat(heard, ', '), data
    end)
end

local _, root = station('root', {client = false})
root:load('caller', {Leaves = '@ann,@ben,@cleo', Address = '@root', Message = 'good morning',
    CloseData = 'I must be off'})

local rows = {}
for index, leaf in ipairs(leaves) do
    local heard, data = leaf:join()
    expect_equal(heard, 'good morning, good morning, good morning', names[index] .. ' hears')
    rows[index] = {names[index], heard, data}
end
report{'what the leaves heard', columns = {'leaf', 'heard', 'close data'}, rows = rows}

local call = station('dan'):call '@root'
call:send 'is anybody there?'
expect_equal(call:receive(), 'is anybody there?', 'what it says back')
call:close()
