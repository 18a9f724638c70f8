#!/bin/sh
# SPDX-License-Identifier: MIT
# debug.sh CONDIS TWICE EXAMPLES LEAKY ASTRAY DOCS: what a report says, in which order, and that its
# last line leads back to the spot; what follows a report with --on-violation.
set -eu
. "$(dirname "$0")/lib.sh"
twice=$2
examples=$3
astray=$5
docs=$6
# What the drivers leak on purpose is not for a leak checker to find.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
ulimit -c 0
trap_status=133  # 128 + SIGTRAP
abort_status=134 # 128 + SIGABRT
PATH=$(dirname "$condis"):$PATH

# in_order TEXT...: each begins a line of the first report, in this order.
in_order() {
    at=0
    for text in "$@"; do
        line=$(grep -n -- "^$text" "$work/report" | head -n 1 | cut -d : -f 1)
        [ -n "$line" ] || { wrong "no line of the report begins with '$text'" && return; }
        [ "$line" -gt "$at" ] || wrong "'$text' comes too early in the report"
        at=$line
    done
}

# first_report: puts the first report into $work/report.
first_report() {
    awk '/^rule broken/ { n++ } n == 1' "$work/err" >"$work/report"
}

said() {
    grep -q -- "$1" "$work/report" || wrong "'$1' is not in the report: $(cat "$work/report")"
}

run 1 run "$examples/first.lua" --sim --seed 7 --trace "$work/trace" -- "$twice"
first_report
in_order 'rule broken: PEND_NOT_BOTH' '  contract ' '  remedy ' '  call ' '  history ' \
    '  handler ' '  stack ' '  seed ' '  replay '
said '  call      ProtocolCmDropParty on party .* by twice in root, processor [0-9]*, PASS'
said '  history   .*  created, ADD_PARTY requested by client'
said '  DROP_PARTY completed by twice'
said '  handler   DropParty at .*first\.c:[0-9]*$'
said '  seed      7, step [0-9]*$'
said "  replay    condis run $examples/first.lua --sim --seed 7 --stop-at [0-9]* -- $twice\$"
replay=$(sed -n 's/^  replay    //p' "$work/report")
step=$(sed -n 's/^  seed .*step //p' "$work/report")

# The second one is broken by a call, and says from where.
awk '/^rule broken/ { n++ } n == 2' "$work/err" >"$work/report"
said 'rule broken: PEND_UNASKED'
said '  stack     FreeAndComplete at .*twice\.c:8'
said 'DropParty at .*first\.c:[0-9]*'
said 'CloseCall at .*first\.c:[0-9]*'
grep -q 'lua_\|condis_script_run' "$work/report" && wrong 'the host program is in the stack'

# The replay goes to the step of the report, and not beyond.
status=0
sh -c "$replay" >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq "$trap_status" ] || wrong "the replay's exit status is $status"
grep -q "^stopped at step $step, 0\.0000000 s: processor [0-9]* of root, IRQL 0, in " "$work/err" ||
    wrong "the replay does not say where it stopped: $(cat "$work/err")"
grep -q '^rule broken' "$work/err" && wrong 'the replay stopped too late'
later=$((step + 1)) # the rule is broken before the next step begins
replay=$(echo "$replay" | sed "s/--stop-at $step/--stop-at $later/")
sh -c "$replay" >"$work/out" 2>"$work/err" || :
grep -q '^rule broken: PEND_NOT_BOTH' "$work/err" || wrong 'one step later the rule is not broken'

refuses 1 'step 4000000000 was not reached: the run ended at step' \
    run "$(scenario "host('one')")" --sim --seed 1 --stop-at 4000000000
refuses 1 'being live; use --sim' run "$(scenario "host('one')")" --live --stop-at 3
refuses 2 '--stop-at 0: it is a number from 1' run x.lua --stop-at 0
refuses 2 '--on-violation no: it is one of report, stop, debug' run x.lua --on-violation no

# What follows: nothing, an end, a debugger's turn.
run "$abort_status" run "$examples/first.lua" --sim --seed 7 --on-violation stop -- "$twice"
run "$trap_status" run "$examples/first.lua" --sim --seed 7 --on-violation debug -- "$twice"
[ "$(grep -c '^rule broken' "$work/err")" -eq 1 ] || wrong 'debug does not stop at the first break'
for policy in stop debug; do
    run 0 run "$(scenario "world{on_violation = '$policy'}
        expect_rule('LEAK_MEMORY', function() host('h'):load(arg[1]):unload() end)")" \
        --sim --seed 7 -- "$4"
done

# In gdb the driver's function is the innermost one, wherever it runs; and so it is in a core file.
# gdb_session COMMAND...: what gdb says to each, to the run in $run.
gdb_session() {
    for word in "$@"; do
        set -- "$@" -ex "$word"
        shift
    done
    # shellcheck disable=SC2086 # words
    gdb -q -nx -batch -iex 'set debuginfod enabled off' -iex 'set width 0' \
        -iex 'set print thread-events off' "$@" \
        --args "$condis" run "$work/astray.lua" $run --on-violation debug -- "$astray" 2>&1 \
        </dev/null | grep -v '^\[\|^Using host\|^warning: ' >"$work/gdb" || :
}

if command -v gdb >/dev/null && [ "${SKIP_GDB:-}" != yes ]; then
    echo "host('one'):load(arg[1]) sleep(20)" >"$work/astray.lua"
    run='--sim --seed 1'
    gdb_session run 'backtrace 2' 'print Offset' next
    sed -e "s#$work/##g; s#[^ ]*/astray0\.so#./astray.so#g; s#astray0#astray#g" \
        -e 's#[^ ]*/astray\.c#astray.c#g; s#0x[0-9a-f]*#0x55550000#g' "$work/gdb" >"$work/session"
    sed -n '/^<!-- session -->/,/^```$/p' "$docs/verifier.md" |
        grep -v '^<!--\|^```\|^\$ ' >"$work/page" || :
    diff "$work/page" "$work/session" || wrong 'docs/verifier.md shows another session'
    run='--live'
    core="generate-core-file $work/core"
    grep -q __asan_init "$condis" && core='next' # its shadow is too much for a core file
    gdb_session run 'backtrace 1' "$core"
    grep -q '^#0  Forget (.*astray\.c:2' "$work/gdb" ||
        wrong "live gdb stands elsewhere: $(cat "$work/gdb")"
    if [ -e "$work/core" ]; then
        gdb -q -nx -batch -iex 'set debuginfod enabled off' -ex 'backtrace 1' "$condis" \
            "$work/core" >"$work/gdb" 2>&1 </dev/null || :
        grep -q '^#0  Forget (.*astray\.c:2' "$work/gdb" ||
            wrong "a core stands elsewhere: $(cat "$work/gdb")"
    fi
fi

finish
