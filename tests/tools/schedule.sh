#!/bin/sh
# SPDX-License-Identifier: MIT
# schedule.sh CONDIS EXAMPLES: what a run decided replays it, whatever decided it.
set -eu
. "$(dirname "$0")/lib.sh"
story=$2/crossing_drop.lua

for strategy in random pct:3 pct:2:5000 usual; do
    run 0 run "$story" --sim --seed 5 --strategy "$strategy" --record "$work/one" --trace "$work/t1"
    run 0 run "$story" --sim --seed 5 --schedule "$work/one" --record "$work/two" --trace "$work/t2"
    [ ! -s "$work/err" ] || wrong "$strategy: $(cat "$work/err")"
    cmp -s "$work/one" "$work/two" || wrong "$strategy: the replay decided otherwise"
    cmp -s "$work/t1" "$work/t2" || wrong "$strategy: the replay is another run"
done
[ "$(wc -l <"$work/one")" -eq 1 ] || wrong 'the usual run decides something'

# Without a strategy a run is the random walk of its seed, as it always was.
run 0 run "$story" --sim --seed 5 --trace "$work/t1"
run 0 run "$story" --sim --seed 5 --strategy random --trace "$work/t2"
cmp -s "$work/t1" "$work/t2" || wrong 'a run without a strategy is not the random one'

# A scenario may keep its beginning out of it.
held=$(scenario "schedule 'usual'
    local calls = station('leaf'):listen '@leaf'
    local leaf = spawn(function() calls:accept():wait_closed() end)
    local root = station 'root'
    schedule(arg[1])
    root:call('@leaf'):close()
    leaf:join()
    schedule 'usual'")
run 0 run "$held" --sim --seed 5 --record "$work/one" -- usual
[ "$(wc -l <"$work/one")" -eq 1 ] || wrong 'a held schedule decides something'
run 0 run "$held" --sim --seed 5 --record "$work/one" -- explored
[ "$(wc -l <"$work/one")" -gt 1 ] || wrong 'a schedule that was let go decides nothing'
refuses 1 'invalid option' run "$(scenario "schedule 'sometimes'")"

# Another scenario's decisions do not fit, which is said.
run 0 run "$(scenario "station 'alone'")" --sim --seed 5 --schedule "$work/one"
grep -q 'of its decisions met no point' "$work/err" || wrong 'a schedule of another run fits'

refuses 2 "strategy 'hope': a strategy is usual" run "$held" --sim --strategy hope
refuses 2 'the depth is 1 to 16' run "$held" --sim --strategy pct:0
refuses 2 "nowhere': No such file" run "$held" --sim --schedule "$work/nowhere"
refuses 2 "line 1: it does not begin with" run "$held" --sim --schedule "$held"
refuses 2 'a live world has no schedule' run "$held" --live --strategy usual
run 2 run "$held" --sim --record "$work/no/file" -- usual
grep -q 'no/file' "$work/err" || wrong 'a record that cannot be written is not told'

finish
