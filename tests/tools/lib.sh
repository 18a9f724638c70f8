# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# lib.sh: what the tests of the command share; sourced. $1 of each is the command under test.

condis=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail_count=0

wrong() {
    echo "WRONG: $*"
    fail_count=$((fail_count + 1))
}

# run STATUS ARGUMENT...: runs the command and wants this exit status.
run() {
    wanted=$1
    shift
    status=0
    "$condis" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    if [ "$status" -ne "$wanted" ]; then
        wrong "condis $*: exit status $status, wanted $wanted"
        head -n 20 "$work/out" "$work/err" | sed 's/^/    /'
    fi
}

# refuses STATUS TEXT ARGUMENT...: the same, with one line on standard error that holds the text.
refuses() {
    text=$2
    wanted_status=$1
    shift 2
    run "$wanted_status" "$@"
    lines=$(wc -l <"$work/err")
    [ "$lines" -eq 1 ] || wrong "condis $*: $lines lines on standard error"
    grep -qF -- "$text" "$work/err" || wrong "condis $*: '$text' is not in: $(cat "$work/err")"
}

# scenario TEXT: writes a scenario and prints its path.
scenario() {
    printf '%s\n' "$1" >"$work/scenario.lua"
    printf '%s\n' "$work/scenario.lua"
}

finish() {
    [ "$fail_count" -eq 0 ] || exit 1
    exit 0
}
