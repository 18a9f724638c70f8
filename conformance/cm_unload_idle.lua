-- SPDX-License-Identifier: MIT
-- The call manager's driver is unloaded while a client has the address family open.
-- obligations: C98 C102 C103 C104 C126
-- also: faults schedules
local client, _, parts = subject 'root'
expect(client:ready(), 'the family is open')
local driver = parts.call_manager or parts.miniport
driver:unload()
