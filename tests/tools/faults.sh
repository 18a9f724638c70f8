#!/bin/sh
# SPDX-License-Identifier: MIT
# faults.sh CONDIS CAREFUL LEAKS CRASHES HANGS ANSWERS_TWICE: the sweep finds what a driver does
# wrong when a call of its fails, and nothing else; `run --faults` has each finding again.
set -eu
. "$(dirname "$0")/lib.sh"
careful=$2 leaks=$3 crashes=$4 hangs=$5 twice=$6
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"

call=$(scenario "
    local call = station('root', {driver = 'mine'}):call('@a', {multipoint = true})
    call:add '@b'
    call:close()")
cp "$call" "$work/call.lua"
call=$work/call.lua

# sweep STATUS DRIVER [OPTION...]
sweep() {
    status=$1 driver=$2
    shift 2
    run "$status" faults "$call" --driver "mine=$driver" "$@"
}

# found TEXT: the last sweep found one thing, which reads like this, in the driver's own function.
found() {
    grep -q '^failed: .* 1 found' "$work/out" || wrong "$(tail -n 1 "$work/out")"
    grep -q "^run [0-9]*: careless.*NULL from NdisAllocateMemoryWithTagPriority: .*$1" \
        "$work/out" || wrong "$1 is not what was found: $(grep '^run' "$work/out")"
}

# replays: the finding's own command has it again.
replays() {
    line=$(sed -n 's/^  replay  *condis //p' "$work/out")
    [ -n "$line" ] || wrong 'no command to replay'
    eval "set -- $line"
    run 1 "$@"
    grep -q "$again" "$work/out" "$work/err" || wrong "the replay does not show: $again"
}

sweep 0 "$careful"
grep -q '^survived: [0-9]* call paths failed in turn' "$work/out" ||
    wrong "$(tail -n 1 "$work/out")"
grep -q '^[0-9]* .* careless0 .* NdisAllocateMemoryWithTagPriority .* ProtocolCmAddParty: ' \
    "$work/out" || wrong 'the table does not tell what the driver answered'
cp "$work/out" "$work/first"
sweep 0 "$careful" --jobs 1
cmp "$work/first" "$work/out" || wrong 'the same seed gives another table with one job'

sweep 1 "$leaks"
found 'broke LEAK_MEMORY (1 leaked)'
again='^rule broken: LEAK_MEMORY' replays
sweep 1 "$crashes"
grep -q '^failed: .* 1 found' "$work/out" || wrong "$(tail -n 1 "$work/out")"
grep -q '^[0-9]* .* crashed ' "$work/out" || wrong 'the crash is not in the table'
grep -q '^run .*: crashed: signal 11 (Segmentation fault) in NoNote at .*careless.c:' "$work/out" ||
    grep -q '^run .*: ended with status' "$work/out" || # a sanitizer tells it in its own way
    wrong "where it crashed is not told: $(grep '^run' "$work/out")"
sweep 1 "$hangs"
found 'a request did not end'
again='^failed: 1 request did not end' replays
sweep 1 "$twice"
found 'broke PEND_NOT_BOTH'
again='^rule broken: PEND_NOT_BOTH' replays

# What is chosen, and what is left out.
sweep 0 "$leaks" --module client
sweep 0 "$leaks" --function request --function NdisAllocateMdl
sweep 1 "$leaks" --module careless1 --function memory
sweep 0 "$leaks" --what-if
grep -q '^[0-9a-f]\{16\} .* careless1 .* NdisAllocateMemoryWithTagPriority' "$work/out" ||
    wrong 'the list lacks the call path'
printf '%s\n' '# known' '' '  careless*!NdisAllocateMemory*  # of AddParty' >"$work/known"
sweep 0 "$leaks" --exclude "$work/known"
sweep 1 "$leaks" --pool=plain --verifier on --depth 3 --jobs 2
options=' --pool=plain --verifier on --depth 3'
grep -q "$options --sim --seed 1 --faults stack=[0-9a-f]*$" "$work/out" ||
    wrong "the replay lacks options of the sweep: $(grep 'replay' "$work/out")"
again='^rule broken: LEAK_MEMORY' replays
sweep 1 "$leaks" --json
grep -q '"verdict": "failed"' "$work/out" || wrong 'no JSON document'
grep -q '"outcome": "broke"' "$work/out" || wrong 'the document lacks the finding'
id=$(sed -n 's/.*"replay": ".*stack=\([0-9a-f]*\).*/\1/p' "$work/out" | tail -n 1)
echo "$id" >"$work/known"

# In one run: by its place, from a place on, by chance, all in turn; and from the scenario.
run 0 run "$call" --sim --seed 1 --driver "mine=$leaks" --faults what-if
count=$(sed -n 's/^0 of \([0-9]*\) calls.*/\1/p' "$work/out")
[ "$count" -gt 20 ] || wrong "only $count calls could fail"
run 0 run "$call" --sim --seed 1 --driver "mine=$careful" --faults from=1
grep -q '^survived: ' "$work/out" || wrong "$(tail -n 1 "$work/out")"
run 0 run "$call" --sim --seed 1 --driver "mine=$careful" --faults nth=$((count + 1))
grep -q '^passed: ' "$work/out" || wrong 'a run in which nothing failed is judged as any other'
for round in 1 2; do
    run 0 run "$call" --sim --seed 5 --driver "mine=$careful" --faults random=30 --json
    grep -v '"path"' "$work/out" >"$work/random$round"
done
cmp "$work/random1" "$work/random2" || wrong 'the same seed fails other calls'
run 0 run "$(scenario "
    faults{mode = 'from', from = 1, functions = {'NdisClAddParty'}}
    faults_suspend()
    local call = station('root', {driver = '$careful'}):call('@a', {multipoint = true})
    call:add '@b'
    expect_equal(faults_failed(), 0)
    faults_resume()
    expect_status('RESOURCES', call.add, call, '@c')
    expect_equal(faults_failed(), 1)
    faults{mode = 'nth', nth = {1, 2}, module = 'nobody', exclude = 'memory', depth = 3}
    call:add '@d'
    faults{mode = 'off'}
    call:close()")" --sim --seed 1

# Mistakes of the command line.
refuses 2 'which scenario?' faults
refuses 2 'No such file' faults "$work/none.lua"
refuses 2 'does not pass without any fault' faults "$(scenario "fail 'no'")"
sweep 2 "$careful" --module nobody
grep -q 'nothing was called that can be made to fail; is --module' "$work/err" ||
    wrong "no call of a driver that is not there fails: $(cat "$work/err")"
refuses 2 'no function, event or kind' faults "$call" --function NdisFreeMemory
refuses 2 'No such file' faults "$call" --exclude "$work/none"
printf '%s\n' 'careless1!NdisFreeMemory' >"$work/strange"
refuses 2 "line 1, 'careless1!NdisFreeMemory'" faults "$call" --exclude "$work/strange"
refuses 2 'from 1 to 24' faults "$call" --depth 25
refuses 2 'from 1 to 256' faults "$call" --jobs 0
refuses 2 'it is one of systematic' run "$call" --faults sometimes
refuses 2 'nth wants numbers' run "$call" --faults nth=0
refuses 1 'nth wants numbers' run "$(scenario "host 'one'; faults{mode = 'nth'}")"
run 0 faults --list
grep -q '^| `NdisClMakeCall` | request | `NDIS_STATUS_RESOURCES` |' "$work/out" ||
    wrong 'the list of points is not there'

finish
