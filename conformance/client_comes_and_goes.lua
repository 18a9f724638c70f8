-- SPDX-License-Identifier: MIT
-- The client binds, and the adapter goes again.
-- for: client
-- obligations: C10 C12 C14 C28 C30 C31 C34 C41 C43 C96 C97 C98 C100 C103 C104 C105 C113 C126 C127
-- also: faults schedules
local _, parts = subject_client 'root'
sleep(100)
parts.adapter:stop()
