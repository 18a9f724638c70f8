-- SPDX-License-Identifier: MIT
-- The call manager goes, and asks the client for its address family, while the client is called.
-- for: client
-- obligations: C12 C31 C34 C45 C96 C97 C98 C126
-- needs: address
-- also: faults schedules
local _, parts = subject_client('root', {stand_alone = true})
local caller = peer 'caller'
local call = call_client(caller)
parts.call_manager:unload()
call:wait_closed()
parts.adapter:stop()
