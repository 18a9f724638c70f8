-- SPDX-License-Identifier: MIT
-- The client is a leaf of somebody's multipoint call: it is added, hears, and is dropped.
-- for: client
-- obligations: C18 C45 C69 C119
-- needs: address
-- also: schedules
local _, parts = subject_client 'root'
local caller = peer 'caller'
local other = leaf('other', 1)
call_client(caller):close()
local call, one = caller:call(other.address, {multipoint = true})
local status, party = status_of(call.add, call, subject_says 'address')
if status == 'NDIS_STATUS_SUCCESS' then
    call:send 'to all'
    status_of(party.drop, party)
end
expect_state(one, 'active')
call:close()
other:join()
parts.adapter:stop()
