-- SPDX-License-Identifier: MIT
-- racy.lua: a party is dropped through tests/drivers/racy.c; what comes before is not explored,
-- and nothing fails in it.

schedule 'usual'
faults_suspend()
local root = station('root', {driver = 'racy'})
local call = root:call('@anna', {multipoint = true})
local bert = call:add '@bert'
schedule 'explored'
faults_resume()
bert:drop()
faults_suspend()
schedule 'usual'
call:close()
