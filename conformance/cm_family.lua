-- SPDX-License-Identifier: MIT
-- A client opens the address family, closes it and opens it again.
-- obligations: C5 C10 C17 C18 C19 C20 C27 C28 C29 C31 C32 C33 C59 C97 C99 C102 C109 C111 C113
-- also: faults
local client, self = subject 'root'
for round = 1, 3 do
    client:close()
    client = self:client()
    expect(client:ready(), 'the family is open, round ' .. round)
end
