-- SPDX-License-Identifier: MIT
-- drop_crossing_drop.lua [CALL-MANAGER]: the root drops a party while that leaf hangs up. Whoever
-- is first, both end well, the party is gone once, and the other one stays.
-- The call manager is arg[1]: loopback (an MCM, unless said), hubcm, atmmcm or atmuni; another
-- driver takes its place with --driver. What comes before the crossing is not explored,
-- and nothing fails in it.

schedule 'usual'
faults_suspend()
local MEDIA = {
    loopback = {}, hubcm = {call_manager = 'hubcm'}, atmmcm = {},
    atmuni = {driver = 'atmlink', call_manager = 'atmuni'},
}
local kind = arg[1] or 'loopback'
local medium = MEDIA[kind] or fail('no call manager is called ' .. kind)
medium.switch = kind:match '^atm' and switch 'city' or nil

local root = station('root', medium)
local other = station('other', medium):listen '@other'
local calls = station('leaf', medium):listen '@leaf'
local stays = spawn(function() other:accept():wait_closed() end)
local answers = spawn(function() return calls:accept() end)
local call, first = root:call('@other', {multipoint = true})
local party = call:add '@leaf'
local here = answers:join()

schedule 'explored'
faults_resume()
local leaves = spawn(function() return status_of(here.close, here) end)
party:drop()
expect_equal(leaves:join(), 'NDIS_STATUS_SUCCESS', "the leaf's close")
expect_state(party, 'gone')
expect_state(first, 'active')
call:close()
stays:join()
