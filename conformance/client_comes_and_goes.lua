-- SPDX-License-Identifier: MIT
-- The client binds, and the adapter goes again.
-- for: client
-- obligations: C10 C12 C30 C31 C97 C98 C103 C104 C105 C126 C127
-- also: faults schedules
local _, parts = subject_client 'root'
sleep(100)
parts.adapter:stop()
