#!/bin/sh
# SPDX-License-Identifier: MIT
# verifier.sh CONDIS LEAKY EXAMPLES ASTRAY...: what the verifier's options change in what is told.
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

# What happens in a timer's routine: on a fiber of a simulated world, on a live processor's thread.
# told TEXT...: each begins a line of what was told.
told() {
    for text in "$@"; do
        grep -q -- "^$text" "$work/err" || wrong "'$text' is not told: $(head -n 40 "$work/err")"
    done
}

ulimit -c 0
loads=$work/loads.lua
echo "host('one'):load(arg[1]) sleep(20)" >"$loads"
for how in '--sim --seed 1' '--live'; do
    # shellcheck disable=SC2086 # words
    {
        run 1 run "$loads" $how --pool pages -- "$5"
        told 'rule broken: POOL_OVERRUN' '  call      a write by astray1' \
            '  seen      byte 16 of a block of 16 bytes' '  stack     Forget at .*astray\.c:31$' \
            '  allocated DriverEntry at'
        run 1 run "$loads" $how --pool pages -- "$6"
        told 'rule broken: POOL_USED_AFTER_FREE' '  call      a read by astray2' \
            '  stack     Forget at .*astray\.c:39$' '  allocated DriverEntry at' \
            '  freed     Forget at'
        "$condis" run "$loads" $how -- "$7" >"$work/out" 2>"$work/err" && wrong 'it survives that'
        if ! grep -q __asan_init "$condis"; then # which tells by itself
            told 'crashed: signal 11' '  call      in astray3 in one, proc' \
                '  seen      the stack ran over its end' '  stack     Dig at .*astray\.c:[0-9]*$'
            "$condis" run "$loads" $how -- "$8" >"$work/out" 2>"$work/err" && wrong 'so does that'
            told 'crashed: signal 11' '  stack     Forget at .*astray\.c:45$'
            grep -q 'ran over' "$work/err" && wrong 'a null pointer is no stack that ran over'
        fi
    }
done

refuses 2 '--pool thick: it is one of plain, guards, pages' run x.lua --pool thick
refuses 2 '--verifier maybe: it is one of off, on' run x.lua --verifier maybe
refuses 2 '--pending-ms -1: it is a number of milliseconds from 0' run x.lua --pending-ms -1
refuses 1 'pool is one of plain, guards, pages' run "$(scenario "world{pool = 'thin'}")"

finish
