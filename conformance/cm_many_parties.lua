-- SPDX-License-Identifier: MIT
-- Sixty parties join one call and leave it in another order.
-- obligations: C16 C38 C87 C109
local PARTIES = 60
local client = subject 'root'
local first, many = leaf 'first', leaf('many', PARTIES)
local call = client:call(first.address, {multipoint = true})
local parties = {}
for index = 1, PARTIES do
    parties[index] = call:add(many.address)
end
expect_equal(call:info().party_count, PARTIES + 1, 'parties')
for index = 1, PARTIES do
    local place = (index * 37 - 1) % PARTIES + 1 -- 37 and 60 have no common factor: each once
    parties[place]:drop()
    parties[place] = nil
end
expect_equal(call:info().party_count, 1, 'parties left')
call:close()
first:join()
many:join()
