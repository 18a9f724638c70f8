-- SPDX-License-Identifier: MIT
-- actor_unbind_during_calls.lua [CALL-MANAGER]: a host with a call of three leaves shuts down while
-- one of them hangs up and data is under way.
-- The call manager is arg[1]: actormcm (an MCM, unless said) or actorcm, which answer each request
-- in any legal way; behind them is a network of their own (tests/drivers/leaves.c), in which the
-- leaf "brief" hangs up by itself as soon as it has joined.

schedule 'usual'
local medium = arg[1] == 'actorcm' and {driver = 'actormini', call_manager = 'actorcm'} or
    {driver = arg[1] or 'actormcm'}

local root, computer = station('root', medium)
local call = root:call('@other', {multipoint = true})
call:add '@another'

schedule 'explored'
call:add '@brief'
call:post 'the last words'
computer:stop()
