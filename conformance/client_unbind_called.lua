-- SPDX-License-Identifier: MIT
-- The adapter goes while a call stands that the client has taken.
-- for: client
-- obligations: C11 C67 C96 C97 C103 C104
-- needs: address
-- also: faults schedules
local _, parts = subject_client 'root'
local caller = peer 'caller'
local call = call_client(caller)
status_of(call.send, call, 'good day')
parts.adapter:stop()
call:wait_closed()
