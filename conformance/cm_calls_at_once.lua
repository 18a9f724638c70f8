-- SPDX-License-Identifier: MIT
-- Several calls stand at the same time and end in another order.
-- obligations: C15 C43 C62
-- also: schedules
local client = subject 'root'
local far = leaf('far', 4)
local calls = {}
for index = 1, 4 do
    calls[index] = client:call(far.address, {multipoint = index % 2 == 0})
end
for _, index in ipairs {2, 4, 1, 3} do
    calls[index]:send 'bye'
    calls[index]:close()
end
far:join()
