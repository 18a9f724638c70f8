#!/bin/sh
# SPDX-License-Identifier: MIT
# verifier.sh CONDIS LEAKY EXAMPLES: what the verifier's options change in what is told.
set -eu
. "$(dirname "$0")/lib.sh"
leaky=$2
examples=$3
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"

run 1 run "$(scenario "host('one'):load('$leaky')")" --sim --seed 1
grep -q '^  allocated DriverEntry at .*leaky\.c:[0-9]*$' "$work/err" ||
    wrong "a leak does not say where it was allocated: $(cat "$work/err")"
for off in "--verifier off" ""; do
    run 1 run "$(scenario "world{verifier = false} host('one'):load('$leaky')")" --sim --seed 1 $off
    grep -q '^rule broken: LEAK_MEMORY' "$work/err" || wrong 'without the verifier no leak is told'
    grep -q '^  allocated' "$work/err" && wrong 'without the verifier there is a stack'
done
run 1 run "$work/scenario.lua" --sim --seed 1 --verifier on
grep -q '^  allocated' "$work/err" || wrong 'the command line does not win'

# Every mode of the pool carries a whole scenario, and changes nothing in it.
for pool in plain guards pages; do
    run 0 run "$examples/hello_party.lua" --sim --seed 5 --pool "$pool" --trace "$work/$pool"
    cmp "$work/plain" "$work/$pool" || wrong "--pool $pool is another run"
    run 0 run "$(scenario "world{pool = '$pool'} host('one')")" --sim --seed 1
done

refuses 2 '--pool thick: it is one of plain, guards, pages' run x.lua --pool thick
refuses 2 '--verifier maybe: it is one of off, on' run x.lua --verifier maybe
refuses 2 '--pending-ms -1: it is a number of milliseconds from 0' run x.lua --pending-ms -1
refuses 1 'pool is one of plain, guards, pages' run "$(scenario "world{pool = 'thin'}")"

finish
