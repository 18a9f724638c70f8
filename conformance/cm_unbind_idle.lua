-- SPDX-License-Identifier: MIT
-- The adapter goes while the address family is open.
-- obligations: C41 C60 C102 C103 C104 C122
-- also: faults schedules
local _, _, parts = subject 'root'
parts.adapter:stop()
