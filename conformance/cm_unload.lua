-- SPDX-License-Identifier: MIT
-- The call manager's driver is unloaded while a call with parties stands.
-- obligations: C98 C102 C103 C104 C126
-- also: schedules
local client, _, parts = subject 'root'
local first, second = leaf 'first', leaf 'second'
local call = client:call(first.address, {multipoint = true})
call:add(second.address)
local driver = parts.call_manager or parts.miniport
driver:unload()
expect_state(call, 'closed')
first:join()
second:join()
