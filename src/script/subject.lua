-- SPDX-License-Identifier: MIT
-- subject.lua: words for scenarios that try a driver which they do not know: the subject, those at
-- the other end of its medium, and the leaves that its calls go to. What the subject is comes from
-- the scenario's arguments, as KEY=VALUE (docs/verify.md); the driver itself from
-- `--driver subject=PATH`.

local fail, station, spawn, switch, host = fail, station, spawn, switch, host

local MEDIA = {
    hub = {peer = 'loopback', miniport = 'hubmini', call_manager = 'hubcm'},
    switch = {peer = 'atmmcm', miniport = 'atmlink', call_manager = 'atmuni'},
    none = {miniport = 'hubmini'},
}
local KINDS = {['mcm'] = true, ['call-manager'] = true, ['client'] = true}

local said = {as = 'mcm', medium = 'hub'}
for _, word in ipairs(arg) do
    local key, value = word:match('^(%a[%w_]*)=(.*)$')
    if key then
        said[key] = value
    end
end

local function medium()
    if not KINDS[said.as] then
        fail(("as=%s: wanted is mcm, call-manager or client"):format(said.as))
    end
    return MEDIA[said.medium] or
        fail(("medium=%s: wanted is hub, switch or none"):format(said.medium))
end

-- The one medium that all are on.
local board
local function on_medium(options)
    local all = {}
    for key, value in pairs(options or {}) do
        all[key] = value
    end
    if said.medium == 'switch' then
        board = board or switch('net')
        all.switch = board
    end
    return all
end

-- What an argument KEY=VALUE says; nil without one.
function subject_says(key)
    return said[key]
end

-- Whether somebody is at the other end of the medium.
function has_peers()
    return medium().peer ~= nil
end

-- The station whose call manager is tried: client, host, parts.
function subject(name, options)
    local all = on_medium(options)
    medium()
    if said.as == 'mcm' then
        all.driver = 'subject'
    elseif said.as == 'call-manager' then
        all.driver, all.call_manager = said.miniport or medium().miniport, 'subject'
    else
        fail("subject: a client is tried with subject_client")
    end
    return station(name, all)
end

-- A station that is known to work, on the subject's medium: client, host, parts.
function peer(name, options)
    local all = on_medium(options)
    all.driver = said.peer or medium().peer or fail('peer: nobody is on this medium')
    return station(name, all)
end

-- The station at an address: on a hub it is called as its address is.
local function station_at(address)
    return address:match('^@(.+)$') or
        fail(("%s: wanted is the address @NAME of a station"):format(address))
end

-- The client that is tried, over a call manager that is known to work: host, parts, the subject.
-- Its station is the one at the address where it is called, if it is. Options as for a station, and
-- `stand_alone`: the call manager is a driver of its own, which can go while the adapter stays.
function subject_client(name, options)
    local all = on_medium(options)
    name = said.address and station_at(said.address) or name
    if all.stand_alone then
        all.driver, all.call_manager = medium().miniport, medium().call_manager
    else
        all.driver = said.peer or medium().peer
    end
    all.stand_alone = nil
    all.client = false
    local _, self, parts = station(name, all)
    return self, parts, self:load('subject')
end

local function take(call, work)
    if work then
        return work(call)
    end
    local texts = {}
    for text in call:received() do
        texts[#texts + 1] = text
    end
    return table.concat(texts), call:info().close_data
end

-- A leaf that calls reach at `address`: `count` of them (1), each handled by work(call) at the same
-- time as the others; else it hears all until the call is closed. leaf:join() gives the results of
-- the last one. On a medium without anybody only the address is there.
function leaf(name, count, work)
    local self = {name = name, address = '@' .. name, here = has_peers()}
    if not self.here then
        function self.join() end
        return self
    end
    self.client = peer(name)
    self.listener = self.client:listen(self.address)
    local taking = spawn(function()
        local calls = {}
        for index = 1, count or 1 do
            local call = self.listener:accept()
            calls[index] = spawn(take, call, work)
        end
        local last
        for _, activity in ipairs(calls) do
            last = table.pack(activity:join())
        end
        return table.unpack(last or {})
    end)
    function self.join()
        return taking:join()
    end
    return self
end

-- Leaves at the addresses that the subject, a client, is said to call (leaf=@a,@b). They take calls
-- until nobody has called for two seconds, and wait for the first one for twenty; `handle` takes an
-- offered call and the number of its leaf, else it is accepted and heard to its end.
-- leaves.called is set from the first call on; leaves.wait() ends when they end, and wants one.
function client_leaves(handle)
    local activities, calls, called, first_by = {}, 0, event(), now() + 20000
    for address in (said.leaf or ''):gmatch('[^,]+') do
        local index = #activities + 1
        local listener = peer(station_at(address)):listen(address)
        activities[index] = spawn(function()
            local works = {}
            while true do
                local got, offer = pcall(listener.offer, listener, 2000)
                if not got and (calls > 0 or now() >= first_by) then
                    break
                elseif got then
                    calls = calls + 1
                    called:set()
                    works[#works + 1] = spawn(function()
                        if handle then
                            return handle(offer, index)
                        end
                        if status_of(offer.accept, offer) == 'NDIS_STATUS_SUCCESS' then
                            take(offer)
                        end
                    end)
                end
            end
            for _, work in ipairs(works) do
                work:join()
            end
        end)
    end
    return {called = called, wait = function()
        for _, activity in ipairs(activities) do
            activity:join()
        end
        expect(calls > 0, 'the client calls a leaf')
    end}
end

-- A peer's call to the subject, a client, at its address. The client may not listen yet, and may
-- reject: it is called again and again for ten seconds until it takes a call.
function call_client(caller, options)
    local before = now() + 10000
    repeat
        local status, call = status_of(caller.call, caller, said.address, options)
        if status == 'NDIS_STATUS_SUCCESS' then
            return call
        end
        sleep(100)
    until now() > before
    fail 'the client takes no call'
end
