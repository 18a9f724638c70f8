-- SPDX-License-Identifier: MIT
-- close_data_refused.lua: a call manager whose medium carries no close data answers a drop that has
-- some with INVALID_DATA. The party lives on, its handle works, and a drop without data succeeds.

local root = station('root', {settings = {CloseData = 0}})
local one = station 'one' : listen '@one'
local two = station 'two' : listen '@two'

local function wait(listener)
    return spawn(function()
        local call = listener:accept()
        local texts = {}
        for text in call:received() do
            texts[#texts + 1] = text
        end
        return table.concat(texts, ' '), call:info().close_data
    end)
end

local first_leaf, second_leaf = wait(one), wait(two)
local call, first = root:call('@one', {multipoint = true})
local party = call:add '@two'

call:send 'before'
expect_status('INVALID_DATA', party.drop, party, 'good bye')
expect_state(party, 'active')
call:send 'after'

party:drop()
expect_state(party, 'gone')
expect_state(first, 'active')
call:close()

local heard, data = second_leaf:join()
expect_equal(heard, 'before after', 'what the party heard')
expect_equal(data, nil, 'close data')
first_leaf:join()
print 'refused with data, dropped without'
