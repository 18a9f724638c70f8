-- SPDX-License-Identifier: MIT
-- contract.lua DRIVER UNI CASE: the drop-party contract over the UNI, as far as a client can see
-- it from end to end. Each function of `case` is one test: tests/net/cases.c runs them all.

local driver, uni, chosen = arg[1], arg[2], arg[3]
local carries_data = uni == '4.0'
local LONG_MS = simulated() and 600000 or 20000 -- longer than what it waits for
local T309_MS = 10000

world{timeout_ms = LONG_MS}
local s1 = switch('s1', {uni = uni})

local function plug(name)
    local manager = driver == 'atmuni' and driver or nil
    local client, computer = station(name, {switch = s1, call_manager = manager})
    if simulated() then
        s1:link(name):delay(math.random(0, 3), math.random(0, 3))
    end
    return client, computer
end

-- Lets the others go on, for a while that the seed chooses.
local function meanwhile()
    sleep(simulated() and math.random(0, 60) / 10 or 0)
end

local function leaf_takes(self, call)
    self.call = call
    return spawn(function()
        for text in function() return call:receive() end do
            self.heard[#self.heard + 1] = text
            self.news:set()
        end
        self.status, self.farewell = call:wait_closed()
    end)
end

-- A leaf that listens at its address, or at one that is given.
local function leaf(name, at, client)
    local self = {name = name, heard = {}, news = event(), address = at or '@' .. name}
    self.client, self.host = client, nil
    if not client then
        self.client, self.host = plug(name)
    end
    self.calls = self.client:listen(self.address)
    return self
end

-- The same, which takes the first call that comes, if one does.
local function ready_leaf(...)
    local self = leaf(...)
    self.joined = spawn(function()
        local taken, offer = pcall(self.calls.accept, self.calls)
        if taken then
            self.life = leaf_takes(self, offer)
        end
    end)
    return self
end

local function heard(self)
    self.joined:join()
    self.life:join()
    return table.concat(self.heard, ' ')
end

local function expect_farewell(self, wanted)
    heard(self)
    expect_equal(self.farewell, carries_data and wanted or nil, self.name .. ' was told')
end

-- With data where the network carries it; where it does not, that is refused first.
local function with_data(work, object, data)
    if carries_data then
        return work(object, data)
    end
    expect_status('INVALID_DATA', work, object, data)
    return work(object)
end

local root, root_host, call, first
local parties, leaves = {}, {}

local function begin(...)
    root, root_host = plug 'root'
    for i, name in ipairs{...} do
        leaves[i] = ready_leaf(name)
    end
    call, first = root:call(leaves[1].address, {multipoint = true})
    parties[1] = first
    for i = 2, #leaves do
        parties[i] = call:add(leaves[i].address)
    end
    for _, self in ipairs(leaves) do
        self.joined:join()
    end
end

local function spawn_status(work, ...)
    return spawn(status_of, work, ...)
end

-- Every leaf that is still in the call hears the next word, and nobody else does.
local function expect_word(word, ...)
    call:send(word)
    for _, i in ipairs{...} do
        local self = leaves[i]
        while self.heard[#self.heard] ~= word do
            self.news:clear()
            self.news:wait()
        end
    end
end

local case = {}

function case.a_drop_with_close_data_reaches_its_leaf_alone()
    begin('a', 'b', 'c')
    expect_word('one', 1, 2, 3)
    with_data(parties[2].drop, parties[2], 'thank you')
    expect_state(parties[2], 'gone')
    expect_farewell(leaves[2], 'thank you')
    expect_equal(leaves[2].status, 'NDIS_STATUS_SUCCESS')
    expect_word('two', 1, 3)
    expect_equal(call:info().party_count, 2)
    with_data(call.close, call, 'good night')
    expect_farewell(leaves[1], 'good night')
    expect_farewell(leaves[3], 'good night')
    expect_equal(heard(leaves[2]), 'one')
    expect_equal(heard(leaves[3]), 'one two')
end

function case.a_drop_without_close_data_says_nothing()
    begin('a', 'b')
    parties[1]:drop()
    expect_farewell(leaves[1], nil)
    expect_word('still here', 2)
    call:close()
    expect_farewell(leaves[2], nil)
end

function case.close_data_that_cannot_go_leaves_the_party()
    begin('a', 'b', 'c')
    local long = ('x'):rep(128)
    expect_status(carries_data and 'INVALID_LENGTH' or 'INVALID_DATA', parties[2].drop,
        parties[2], long)
    expect_state(parties[2], 'active')
    expect_word('all of you', 1, 2, 3)
    with_data(parties[2].drop, parties[2], long:sub(1, 127))
    expect_farewell(leaves[2], long:sub(1, 127))
    expect_status(carries_data and 'INVALID_LENGTH' or 'INVALID_DATA', call.close, call, long)
    call:close()
    expect_farewell(leaves[3], nil)
end

function case.a_leaf_hangs_up()
    begin('a', 'b', 'c')
    expect_word('one', 1, 2, 3)
    with_data(leaves[2].call.close, leaves[2].call, 'that is enough')
    local status, data = parties[2]:wait_gone()
    expect_equal(status, 'NDIS_STATUS_SUCCESS')
    expect_equal(data, carries_data and 'that is enough' or nil)
    expect(parties[2]:info().left_by_itself, 'by itself')
    expect_word('two', 1, 3)
    call:close()
    expect_equal(heard(leaves[3]), 'one two')
end

function case.drops_of_both_ends_cross()
    begin('a', 'b', 'c')
    local here = spawn(function()
        meanwhile()
        return status_of(parties[2].drop, parties[2], carries_data and 'from the root' or nil)
    end)
    local there = spawn(function()
        meanwhile()
        return status_of(leaves[2].call.close, leaves[2].call,
            carries_data and 'from the leaf' or nil)
    end)
    expect_equal(here:join(), 'NDIS_STATUS_SUCCESS')
    expect_equal(there:join(), 'NDIS_STATUS_SUCCESS')
    expect_state(parties[2], 'gone')
    expect_word('you two', 1, 3)
    expect_equal(call:info().party_count, 2)
    call:close()
end

function case.all_hang_up_while_all_are_dropped()
    begin('a', 'b', 'c', 'd')
    local ends = {}
    for i = 1, 4 do
        ends[#ends + 1] = spawn(function()
            meanwhile()
            return status_of(leaves[i].call.close, leaves[i].call)
        end)
        ends[#ends + 1] = spawn(function()
            meanwhile()
            local status = status_of(parties[i].drop, parties[i])
            return (status == 'NDIS_STATUS_FAILURE' or status == 'NDIS_STATUS_CLOSING') and
                'NDIS_STATUS_SUCCESS' or status -- the last party, or the call went with its last
        end)
    end
    for _, one in ipairs(ends) do
        expect_equal(one:join(), 'NDIS_STATUS_SUCCESS')
    end
    call:wait_closed()
end

function case.the_last_party_goes_with_the_call()
    begin('a', 'b')
    parties[1]:drop()
    expect_status('FAILURE', parties[2].drop, parties[2])
    expect_state(parties[2], 'active')
    expect_word('only you', 2)
    with_data(call.close, call, 'and that was it')
    expect_state(parties[2], 'gone')
    expect_farewell(leaves[2], 'and that was it')
end

function case.parties_of_one_branch_get_their_data_in_drop_party_and_in_release()
    begin 'a'
    local address = '490162' .. ('0'):rep(32) .. '%02x' -- @b, with a selector
    local client = plug 'b'
    for i = 2, 4 do
        leaves[i] = ready_leaf('b' .. i, address:format(i), client)
        parties[i] = call:add(leaves[i].address)
        leaves[i].joined:join()
    end
    expect_equal(#s1:status().calls[1].branches, 2)
    expect_word('one', 1, 2, 3, 4)
    for _, i in ipairs{3, 2, 4} do -- the last one is the branch's RELEASE
        with_data(parties[i].drop, parties[i], 'farewell, ' .. i)
        expect_farewell(leaves[i], 'farewell, ' .. i)
    end
    expect_word('two', 1)
    call:close()
end

function case.an_address_where_nobody_listens_is_refused_alone()
    begin 'a'
    local address = '490162' .. ('0'):rep(32) .. '%02x'
    local client = plug 'b'
    leaves[2] = ready_leaf('b1', address:format(1), client)
    local adds = {}
    for i = 1, 3 do
        adds[i] = spawn(function()
            meanwhile()
            return status_of(call.add, call, address:format(i % 3))
        end)
    end
    expect_equal(adds[1]:join(), 'NDIS_STATUS_SUCCESS')
    expect_equal(adds[2]:join(), 'NDIS_STATUS_INVALID_SAP')
    expect_equal(adds[3]:join(), 'NDIS_STATUS_INVALID_SAP')
    leaves[2].joined:join()
    expect_word('both', 1, 2)
    call:close()
end

function case.the_last_leaf_that_hangs_up_ends_the_call_with_its_data()
    begin('a', 'b')
    leaves[1].call:close()
    parties[1]:wait_gone()
    with_data(leaves[2].call.close, leaves[2].call, 'me too')
    local status, data = call:wait_closed()
    expect_equal(status, 'NDIS_STATUS_SUCCESS')
    expect_equal(data, carries_data and 'me too' or nil)
    parties[2]:wait_gone()
end

function case.a_leaf_refuses_and_the_call_goes_on()
    begin 'a'
    local shy = leaf 'shy'
    for _, status in ipairs{'FAILURE', 'INVALID_SAP', 'RESOURCES'} do
        local added = spawn_status(call.add, call, '@shy')
        meanwhile()
        shy.calls:offer():reject(status)
        expect_equal(added:join(), 'NDIS_STATUS_' .. status)
        expect_word('still ' .. status, 1)
    end
    expect_equal(status_of(call.add, call, '@nobody'), 'NDIS_STATUS_NO_ROUTE_TO_DESTINATION')
    plug 'deaf'
    expect_equal(status_of(call.add, call, '@deaf'), 'NDIS_STATUS_INVALID_SAP')
    expect_equal(call:info().party_count, 1)
    local added = spawn(call.add, call, '@shy')
    shy.life = leaf_takes(shy, shy.calls:accept())
    parties[2], leaves[2] = added:join(), shy
    expect_word('both', 1, 2)
    call:close()
end

function case.parties_are_added_at_the_same_time()
    begin 'a'
    local others, adds = {leaf 'b', leaf 'c', leaf 'd', leaf 'e'}, {}
    for i, other in ipairs(others) do
        adds[i] = spawn(function()
            meanwhile()
            return status_of(call.add, call, other.address)
        end)
        spawn(function()
            local offer = other.calls:offer()
            meanwhile()
            if i == 2 then
                return offer:reject 'INVALID_SAP'
            end
            offer:accept()
            leaf_takes(other, offer)
        end)
    end
    for i, add in ipairs(adds) do
        expect_equal(add:join(), i == 2 and 'NDIS_STATUS_INVALID_SAP' or 'NDIS_STATUS_SUCCESS')
    end
    expect_equal(call:info().party_count, 4)
    call:close()
end

function case.a_party_that_is_being_added_cannot_be_dropped_but_others_can()
    begin('a', 'b')
    local slow = leaf 'slow'
    local added = spawn(call.add, call, '@slow')
    local offer = slow.calls:offer()
    local adding
    for _, party in ipairs(call:parties()) do
        adding = party:state() == 'adding' and party or adding
    end
    expect_status('INVALID_STATE', adding.drop, adding)
    with_data(parties[1].drop, parties[1], 'off you go')
    expect_farewell(leaves[1], 'off you go')
    offer:accept()
    leaves[3] = slow
    slow.life = leaf_takes(slow, offer)
    parties[3] = added:join()
    expect_equal(parties[3], adding)
    expect_word('three', 2, 3)
    parties[3]:drop()
    call:close()
end

local function close_while_adding(answer)
    begin('a', 'b')
    local slow = leaf 'slow'
    local added = spawn_status(call.add, call, '@slow')
    local offer = slow.calls:offer()
    local closed = spawn(with_data, call.close, call, 'all of you')
    meanwhile()
    answer(offer, slow)
    added:join()
    closed:join()
    expect_state(call, 'closed')
    expect_farewell(leaves[1], 'all of you')
    expect_farewell(leaves[2], 'all of you')
    return slow
end

function case.a_call_closes_while_a_leaf_is_asked_which_accepts()
    local slow = close_while_adding(function(offer, slow)
        local status = status_of(offer.accept, offer)
        if status == 'NDIS_STATUS_SUCCESS' then
            slow.life = leaf_takes(slow, offer)
        end
    end)
    if slow.life then
        slow.life:join()
    end
end

function case.a_call_closes_while_a_leaf_is_asked_which_refuses()
    close_while_adding(function(offer) status_of(offer.reject, offer) end)
end

function case.a_call_closes_while_a_leaf_is_asked_which_never_answers()
    if not simulated() then
        return -- it ends with T399
    end
    close_while_adding(function() end)
end

function case.a_call_closes_with_all_its_parties()
    begin('a', 'b', 'c', 'd')
    with_data(call.close, call, 'the end')
    for i = 1, 4 do
        expect_farewell(leaves[i], 'the end')
        expect_state(parties[i], 'gone')
    end
end

function case.a_call_that_no_leaf_takes_is_nobodys()
    root = plug 'root'
    local shy = leaf 'shy'
    local made = spawn_status(root.call, root, '@shy', {multipoint = true})
    shy.calls:offer():reject 'INVALID_SAP'
    expect_equal(made:join(), 'NDIS_STATUS_INVALID_SAP')
    expect_equal(status_of(root.call, root, '@nobody', {multipoint = true}),
        'NDIS_STATUS_NO_ROUTE_TO_DESTINATION')
end

function case.an_address_family_closes_with_its_calls()
    begin('a', 'b')
    expect_word('one', 1, 2)
    root:close()
    heard(leaves[1])
    heard(leaves[2])
end

-- Its activity may find itself without its call.
local function let_go(self)
    local life = self.life
    self.life = spawn(function() pcall(life.join, life) end)
    sleep(0)
end

function case.the_client_of_a_leaf_ends()
    begin('a', 'b')
    meanwhile()
    let_go(leaves[2])
    leaves[2].client:close()
    parties[2]:wait_gone()
    expect_word('one', 1)
    call:close()
end

function case.the_root_is_shut_down()
    begin('a', 'b')
    meanwhile()
    root_host:stop()
    heard(leaves[1])
    heard(leaves[2])
end

function case.a_leaf_is_shut_down_while_data_flows()
    begin('a', 'b')
    local sends = spawn(function()
        for i = 1, 50 do
            call:post('data ' .. i)
        end
        call:flush()
    end)
    meanwhile()
    let_go(leaves[2])
    leaves[2].host:stop()
    parties[2]:wait_gone()
    sends:join()
    expect_word('one', 1)
    expect_equal(#leaves[1].heard, 51)
    call:close()
end

function case.a_network_that_stops_releases_every_call()
    begin('a', 'b')
    s1:release(38)
    call:wait_closed()
    heard(leaves[1])
    heard(leaves[2])
    parties[1]:wait_gone()
    parties[2]:wait_gone()
end

function case.handles_are_dead_after_success_and_alive_after_failure()
    begin('a', 'b', 'c')
    for _ = 1, 3 do
        expect_status(carries_data and 'INVALID_LENGTH' or 'INVALID_DATA', parties[3].drop,
            parties[3], ('x'):rep(200))
        expect_state(parties[3], 'active')
    end
    parties[3]:drop()
    expect_status('INVALID_STATE', parties[3].drop, parties[3])
    -- The slot of the dropped one is used again; the old party stays what it is.
    local again = ready_leaf 'again'
    local party = call:add '@again'
    expect_status('INVALID_STATE', parties[3].drop, parties[3])
    expect_state(party, 'active')
    expect_state(parties[3], 'gone')
    party:drop()
    heard(again)
    call:close()
    expect_status('INVALID_STATE', call.close, call)
end

-- In a live world no test waits for T309: there a cut is mended at once, and a long one is not
-- tried.
--
-- A link is cut for a while, in each state: shorter than T309 nothing is lost, longer and the calls
-- across it end, at both ends, and nobody else notices. What is under way meets the cut wherever
-- the seed has it.
local function while_cut(link, ms, work, ...)
    local at = spawn_status(work, ...)
    meanwhile()
    link:cut()
    if simulated() then
        sleep(ms)
    end
    link:mend()
    return at:join()
end

local SHORT, LONG = T309_MS / 4, T309_MS * 3

local function rest_is_well()
    expect_word('are you there', 1)
    expect_equal(call:info().party_count, 1)
    call:close()
    heard(leaves[1])
end

-- A word that a leaf hears proves that its call is whole after the link came back.
local function whole(i)
    local self = leaves[i]
    while #self.heard == 0 do
        status_of(call.send, call, 'whole') -- fails while the root's own link is down
        self.news:clear()
        pcall(self.news.wait, self.news, 10)
    end
end

function case.a_short_cut_of_a_leaf_in_a_call_loses_no_party()
    begin('a', 'b')
    while_cut(s1:link 'b', SHORT, sleep, 0)
    whole(2)
    expect_equal(call:info().party_count, 2)
    with_data(call.close, call, 'bye')
    expect_farewell(leaves[2], 'bye')
end

function case.a_short_cut_of_the_root_in_a_call_loses_no_party()
    begin('a', 'b')
    while_cut(s1:link 'root', SHORT, sleep, 0)
    whole(1)
    whole(2)
    expect_equal(call:info().party_count, 2)
    with_data(call.close, call, 'bye')
    expect_farewell(leaves[1], 'bye')
    expect_farewell(leaves[2], 'bye')
end

function case.a_long_cut_of_a_leaf_in_a_call_costs_that_party()
    if not simulated() then
        return
    end
    begin('a', 'b')
    while_cut(s1:link 'b', LONG, sleep, 0)
    expect_equal((parties[2]:wait_gone()), 'NDIS_STATUS_DEST_OUT_OF_ORDER')
    heard(leaves[2])
    rest_is_well()
end

function case.a_long_cut_of_the_root_in_a_call_costs_the_call()
    if not simulated() then
        return
    end
    begin('a', 'b')
    while_cut(s1:link 'root', LONG, sleep, 0)
    call:wait_closed()
    heard(leaves[1])
    heard(leaves[2])
    call = nil
end

local function cut_while_adding(ms)
    begin 'a'
    local slow = ready_leaf 'slow'
    local status = while_cut(s1:link 'slow', ms, call.add, call, '@slow')
    if status == 'NDIS_STATUS_SUCCESS' then
        for _, party in ipairs(call:parties()) do
            if party ~= first and party:state() == 'active' then
                status_of(party.drop, party)
            end
        end
    end
    status_of(slow.calls.stop, slow.calls) -- it may never have been asked
    rest_is_well()
end

function case.a_short_cut_while_a_leaf_is_added()
    cut_while_adding(SHORT)
end

function case.a_long_cut_while_a_leaf_is_added()
    if simulated() then
        cut_while_adding(LONG)
    end
end

local function cut_while_dropping(where, ms)
    begin('a', 'b')
    local status = while_cut(s1:link(where), ms, parties[2].drop, parties[2])
    if call:state() == 'connected' then
        expect_equal(status, 'NDIS_STATUS_SUCCESS')
        expect_state(parties[2], 'gone')
        whole(1)
        call:close()
    end
    heard(leaves[1])
    heard(leaves[2])
end

function case.a_short_cut_of_a_leaf_while_it_is_dropped()
    cut_while_dropping('b', SHORT)
end

function case.a_long_cut_of_a_leaf_while_it_is_dropped()
    if simulated() then
        cut_while_dropping('b', LONG)
    end
end

function case.a_short_cut_of_the_root_while_it_drops()
    cut_while_dropping('root', SHORT)
end

function case.a_long_cut_of_the_root_while_it_drops()
    if simulated() then
        cut_while_dropping('root', LONG)
    end
end

local function cut_while_closing(where, ms)
    begin('a', 'b')
    expect_equal(while_cut(s1:link(where), ms, call.close, call), 'NDIS_STATUS_SUCCESS')
    expect_state(call, 'closed')
    heard(leaves[1])
    heard(leaves[2])
end

function case.a_short_cut_of_a_leaf_while_the_call_closes()
    cut_while_closing('b', SHORT)
end

function case.a_long_cut_of_a_leaf_while_the_call_closes()
    if simulated() then
        cut_while_closing('b', LONG)
    end
end

function case.a_short_cut_of_the_root_while_the_call_closes()
    cut_while_closing('root', SHORT)
end

function case.a_long_cut_of_the_root_while_the_call_closes()
    if simulated() then
        cut_while_closing('root', LONG)
    end
end

local function cut_while_making(where, ms)
    root = plug 'root'
    leaves[1] = leaf 'a'
    local stays = leaves[1]
    spawn(function()
        while true do
            local ok, taken = pcall(stays.calls.accept, stays.calls, LONG)
            if ok then
                leaf_takes(stays, taken)
            elseif tostring(taken):find 'in time' then
                return
            end
        end
    end)
    local status = while_cut(s1:link(where), ms, function()
        call, first = root:call('@a', {multipoint = true})
    end)
    if status == 'NDIS_STATUS_SUCCESS' then
        call:close()
    end
end

function case.a_short_cut_of_a_leaf_while_a_call_is_made()
    if simulated() then
        cut_while_making('a', SHORT)
    end
end

function case.a_long_cut_of_a_leaf_while_a_call_is_made()
    if simulated() then
        cut_while_making('a', LONG)
    end
end

function case.a_short_cut_of_the_root_while_a_call_is_made()
    if simulated() then
        cut_while_making('root', SHORT)
    end
end

function case.a_long_cut_of_the_root_while_a_call_is_made()
    if simulated() then
        cut_while_making('root', LONG)
    end
end

case[chosen]()
