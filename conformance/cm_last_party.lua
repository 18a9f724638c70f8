-- SPDX-License-Identifier: MIT
-- The last party is not dropped: that is refused with FAILURE, and closing the call ends it.
-- obligations: C15 C37 C56 C84 C85 C89 C90
local client = subject 'root'
local far = leaf 'far'
local call, party = client:call(far.address, {multipoint = true})
expect_status('FAILURE', party.drop, party)
expect_state(party, 'active')
call:close()
expect_state(party, 'gone')
far:join()
