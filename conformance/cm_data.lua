-- SPDX-License-Identifier: MIT
-- Sends come back in order, once each, and what arrives is what was sent.
-- obligations: C49 C57 C58 C114 C115 C116 C117 C118 C119 C120
-- also: faults
local client = subject 'root'
local far = leaf 'far'
local call = client:call(far.address, {multipoint = true})
local sent = {}
for index = 1, 40 do
    sent[index] = ('%05d '):format(index):rep(index)
    call:post(sent[index])
end
call:flush()
call:close()
if far.here then
    expect_equal(far:join(), table.concat(sent), 'what the leaf heard')
end
