-- SPDX-License-Identifier: MIT
-- show.lua: what show() says while a party is being added, and after all is gone.
local root = station 'root'
local leaf = station('leaf'):listen '@leaf'
local slow = station('slow'):listen '@slow'

local function host_named(name)
    for _, found in ipairs(show().hosts) do
        if found.host == name then
            return found
        end
    end
end

local takes = spawn(function()
    leaf:accept():wait_closed()
end)
local call = root:call('@leaf', {multipoint = true})
local adds = spawn(function()
    return (status_of(call.add, call, '@slow'))
end)
local offer = slow:offer()

local here = host_named 'root'
expect_equal(#here.drivers, 2, 'drivers')
expect_equal(here.adapters[1].state, 'running', 'the adapter')
expect_equal(here.bindings[1].driver, 'client', 'the binding')
expect_equal(here.afs[1].call_manager, 'loopback', 'the call manager')
expect_equal(here.vcs[1].call, 'connected', 'the call')
expect_equal(here.vcs[1].multipoint, true, 'the call')
local states = {}
for _, party in ipairs(here.parties) do
    states[party.state] = party
end
expect(states.active and states.adding, 'one party is in, one is on its way')
expect_equal(states.adding.history[1].driver, 'client', 'who added it')
local pended = {}
for _, request in ipairs(here.pended) do
    pended[request.handler] = request
end
local adding = pended.ProtocolCmAddParty
expect_equal(adding.state, 'pended', 'the request')
expect_equal(adding.driver, 'loopback', 'who owes the completion')
expect_equal(adding.object, states.adding.party, 'of which party')
expect(adding.age_ms >= 0, 'for how long')
expect_equal(host_named('slow').pended[1].driver, 'client', 'the offer is its client\'s to answer')

offer:reject()
adds:join()
call:send(('x'):rep(1000))
call:close()
takes:join()
here = host_named 'root'
expect_equal(#here.parties + #here.vcs + #here.pended, 0, 'what is left')
local sent
for _, list in ipairs(here.nbls) do
    sent = sent or list.allocated_by
end
expect(sent == nil or sent == 'client', 'whose lists they are')

-- A name that is no UTF-8 hides nothing.
host 'h\xff'
expect_equal(host_named('h?').processors, 2, 'a host with a strange name')
