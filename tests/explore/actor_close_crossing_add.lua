-- SPDX-License-Identifier: MIT
-- actor_close_crossing_add.lua [CALL-MANAGER]: the root adds a leaf while the only other one hangs
-- up, which may be the end of the call.
-- The call manager is arg[1]: actormcm (an MCM, unless said) or actorcm, which answer each request
-- in any legal way; behind them is a network of their own (tests/drivers/leaves.c), in which the
-- leaf "brief" hangs up by itself as soon as it has joined.

schedule 'usual'
local medium = arg[1] == 'actorcm' and {driver = 'actormini', call_manager = 'actorcm'} or
    {driver = arg[1] or 'actormcm'}

local root = station('root', medium)

schedule 'explored'
local call, first = root:call('@brief', {multipoint = true})
local status = status_of(call.add, call, '@other')
first:wait_gone()
if status == 'NDIS_STATUS_SUCCESS' then
    call:close()
else
    status_of(call.close, call)
end
expect_state(call, 'closed')
