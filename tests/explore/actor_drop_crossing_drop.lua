-- SPDX-License-Identifier: MIT
-- actor_drop_crossing_drop.lua [CALL-MANAGER]: the root drops a party while that leaf hangs up.
-- The call manager is arg[1]: actormcm (an MCM, unless said) or actorcm, which answer each request
-- in any legal way; behind them is a network of their own (tests/drivers/leaves.c), in which the
-- leaf "brief" hangs up by itself as soon as it has joined.

schedule 'usual'
local medium = arg[1] == 'actorcm' and {driver = 'actormini', call_manager = 'actorcm'} or
    {driver = arg[1] or 'actormcm'}

local root = station('root', medium)
local call, first = root:call('@other', {multipoint = true})

schedule 'explored'
local party = call:add '@brief'
party:drop()
expect_state(party, 'gone')
expect_state(first, 'active')
local told = call:add '@brief'
told:wait_gone()
call:close()
expect_state(call, 'closed')
