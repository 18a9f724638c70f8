-- SPDX-License-Identifier: MIT
-- unbind_during_calls.lua [CALL-MANAGER]: a host with a call of two leaves shuts down while one of
-- them hangs up and data is under way; then so does a leaf's host. Everybody hears of the end.
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

local root, computer = station('root', medium)
local leaves = {}
for number = 1, 2 do
    local name = 'leaf' .. number
    local client, its_computer = station(name, medium)
    local calls = client:listen('@' .. name)
    leaves[number] = {computer = its_computer}
    leaves[number].answers = spawn(function() return calls:accept() end)
end
local call = root:call('@leaf1', {multipoint = true})
call:add '@leaf2'
local first, second = leaves[1].answers:join(), leaves[2].answers:join()
local hears = spawn(function() return second:wait_closed() end)

schedule 'explored'
faults_resume()
local hangs_up = spawn(function() return status_of(first.close, first) end)
call:post 'the last words'
computer:stop()
hears:join()
expect_equal(hangs_up:join(), 'NDIS_STATUS_SUCCESS', "the leaf's close")
expect_state(first, 'closed')
expect_state(second, 'closed')
leaves[1].computer:stop()
