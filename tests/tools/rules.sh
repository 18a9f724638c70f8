#!/bin/sh
# SPDX-License-Identifier: MIT
# rules.sh CONDIS LEAKY: a broken rule fails a scenario, unless the scenario expects it.
set -eu
. "$(dirname "$0")/lib.sh"
leaky=$2
# What the driver leaks on purpose is not for a leak checker to find.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"

for executive in --sim --live; do
    run 1 run "$(scenario "host('one'):load('$leaky')")" "$executive"
    grep -q '^rule broken: LEAK_MEMORY' "$work/err" || wrong 'the broken rule is not told'
    grep -q '^failed: 1 leak, no rule was broken' "$work/out" || wrong "$(tail -n 1 "$work/out")"

    run 0 run "$(scenario "local driver = host('one'):load('$leaky')
        expect_rule('LEAK_MEMORY', driver.unload, driver)")" "$executive"
    [ ! -s "$work/err" ] || wrong "an expected rule is told: $(cat "$work/err")"
    grep -q '^passed: .*1 rule broken on purpose' "$work/out" || wrong "$(tail -n 1 "$work/out")"

    refuses 1 'expected the rule LEAK_MEMORY to be broken' run \
        "$(scenario "host 'one'; expect_rule('LEAK_MEMORY', function() end)")" "$executive"
    refuses 1 "no rule is named 'NO_SUCH_RULE'" run \
        "$(scenario "host 'one'; expect_rule('NO_SUCH_RULE', print)")" "$executive"
done

# The table of rules: all, one, and none of that name.
run 0 rules
grep -q '^PEND_ONCE  *C3  *violation  a pended' "$work/out" || wrong 'PEND_ONCE is not listed'
run 0 rules pend_once
grep -q '^  mistake   NdisCmDropPartyComplete' "$work/out" || wrong 'no example of the mistake'
run 0 rules SELF_COMPLETION
grep -q '^  unseen    ' "$work/out" || wrong 'a note has no reason'
run 0 rules PEND_ONCE --json
grep -q '"near_miss": "two drops' "$work/out" || wrong 'no near miss in the document'
run 0 rules --json
[ "$(grep -c '"contract": ' "$work/out")" -gt 300 ] || wrong 'not every rule is in the document'
run 0 rules C2
grep -q '^PEND_NOT_BOTH (C2' "$work/out" || wrong 'C2 does not explain PEND_NOT_BOTH'
[ -z "$(grep '^[A-Z]' "$work/out" | grep -v '(C2, ')" ] || wrong 'C2 explains rules of others'
for number in 1 64 95 130; do
    run 0 rules "c$number"
done
run 0 rules C2 --json
grep -q '"rule": "PEND_NOT_BOTH"' "$work/out" || wrong 'no PEND_NOT_BOTH in the document of C2'
refuses 2 "no rule is named 'C131', and an obligation is C1 to C130" rules C131
refuses 2 "no rule is named 'nobody'" rules nobody
refuses 2 'one rule only' rules PEND_ONCE PEND_FINAL

finish
