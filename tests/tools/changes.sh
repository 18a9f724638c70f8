#!/bin/sh
# SPDX-License-Identifier: MIT
# changes.sh CONDIS LEAKY: --driver puts a driver, or a setting, in the place of the scenario's.
set -eu
. "$(dirname "$0")/lib.sh"
leaky=$2
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"

refuses 2 'wants NAME=PATH' run a.lua --driver loopback
refuses 2 'wants NAME=PATH' run a.lua --driver =loopback
refuses 2 'a path, or the name of another driver' run a.lua --driver loopback=
refuses 2 'a name on both sides of the dot' run a.lua --driver .Hub=x
refuses 2 'a name on both sides of the dot' run a.lua --driver loopback.=x

# Two stations that hear each other only when they are on one hub, by a driver that is not there.
talk=$(scenario "
    local calls = station('leaf', {driver = 'mine', hub = arg[1]}):listen '@leaf'
    local leaf = spawn(function() calls:accept():wait_closed() end)
    station('root', {driver = 'mine', hub = 'east'}):call('@leaf'):close()
    leaf:join()")
refuses 2 "no driver is called 'mine'" run "$talk" -- east
run 0 run "$talk" --sim --driver mine=loopback -- east
run 1 run "$talk" --sim --driver mine=loopback -- west
run 0 run "$talk" --sim --driver mine=loopback --driver mine.Hub=south -- west
run 0 run "$talk" --sim --driver mine.Hub=south --driver mine=nosuch --driver mine=loopback -- west
refuses 2 "no driver is called 'nosuch'" run "$talk" --sim --driver mine=nosuch -- east

refuses 2 "loads no driver by the name 'yours'" run "$talk" --sim --driver mine=loopback \
    --driver yours=loopback -- east
refuses 2 "--driver yours.Hub=x changed nothing" run "$talk" --sim --driver mine=loopback \
    --driver yours.Hub=x -- east

# The changed settings are those of one driver; the scenario's own table is not touched.
run 0 run "$(scenario "
    local settings = {Hub = 'east', Station = 'one'}
    local one = host 'one'
    one:load('loopback', settings):adapter('net0', settings)
    expect_equal(settings.Hub, 'east')
    expect_equal(settings.Extra, nil)")" --sim --driver loopback.Hub=w --driver loopback.Extra=1

# A path, in the place of a path.
run 1 run "$(scenario "host('one'):load('./none.so')")" --sim --driver "./none.so=$leaky"
grep -q '^rule broken: LEAK_MEMORY' "$work/err" || wrong 'the other driver did not run'

finish
