-- SPDX-License-Identifier: MIT
-- Not a case: finds out what the subject registers as.
local self = host 'probe'
local driver = self:load 'subject'
local rows = {}
for i, role in ipairs{driver:role()} do rows[i] = {role} end
report{'role', columns = {'role'}, rows = rows}
