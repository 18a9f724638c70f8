-- SPDX-License-Identifier: MIT
-- racy.lua: a party is dropped through tests/drivers/racy.c; what comes before is not explored.

schedule 'usual'
local root = station('root', {driver = 'racy'})
local call = root:call('@anna', {multipoint = true})
local bert = call:add '@bert'
schedule 'explored'
bert:drop()
schedule 'usual'
call:close()
