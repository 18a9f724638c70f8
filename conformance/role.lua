-- SPDX-License-Identifier: MIT
-- Not a case: finds out what the subject registers as.
local self = host 'probe'
local driver = self:load 'subject'
report{'role', columns = {'role'}, rows = {{driver:role()}}}
