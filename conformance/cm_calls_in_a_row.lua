-- SPDX-License-Identifier: MIT
-- Thirty calls after each other leave nothing behind.
-- obligations: C39 C40 C46 C47 C48 C109
local CALLS = 30
local client = subject 'root'
local far = leaf('far', CALLS)
for _ = 1, CALLS do
    client:call(far.address):close()
end
far:join()
