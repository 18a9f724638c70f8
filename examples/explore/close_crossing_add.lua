-- SPDX-License-Identifier: MIT
-- close_crossing_add.lua [CALL-MANAGER]: the root adds a leaf while the only other one hangs up,
-- which may be the end of the call. The new leaf is in the call or is not, and everybody hears of
-- the end.
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
local answers = spawn(function() return other:accept() end)
local call, first = root:call('@other', {multipoint = true})
local here = answers:join()
local added = spawn(function()
    local taken, its = pcall(calls.accept, calls, 2000)
    if taken then
        its:wait_closed()
    end
end)

schedule 'explored'
faults_resume()
local began = now()
local leaves = spawn(function() return status_of(here.close, here) end)
local status = status_of(call.add, call, '@leaf')
expect_equal(leaves:join(), 'NDIS_STATUS_SUCCESS', "the leaf's close")
first:wait_gone()
expect(now() - began < 5000, 'the leaf that hung up is gone in time')
if status == 'NDIS_STATUS_SUCCESS' then
    expect_equal(status_of(call.close, call), 'NDIS_STATUS_SUCCESS', "the root's close")
else
    status_of(call.close, call)
end
expect_state(call, 'closed')
added:join()
