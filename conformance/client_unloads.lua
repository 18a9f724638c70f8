-- SPDX-License-Identifier: MIT
-- The client's driver is unloaded while it does what it does.
-- for: client
-- obligations: C31 C34 C39 C96 C97 C103 C104 C126
-- also: schedules
local _, _, driver = subject_client 'root'
sleep(100)
driver:unload()
