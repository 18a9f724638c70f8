#!/bin/sh
# SPDX-License-Identifier: MIT
# driver_errors.sh CONDIS NO_ENTRY LACKING CRASHES: drivers that cannot be loaded are refused in one
# line; one that crashes is told where.
set -eu
. "$(dirname "$0")/lib.sh"
no_entry=$2
lacking=$3
crashes=$4

# refuses_driver TEXT PATH: loading it ends in this.
refuses_driver() {
    text=$1
    path=$2
    status=0
    "$condis" run "$(scenario "host('one'):load('$path')")" --sim --seed 1 >"$work/out" \
        2>"$work/err" || status=$?
    [ "$status" -eq 2 ] || wrong "$path: exit status $status, wanted 2"
    [ "$(wc -l <"$work/err")" -eq 1 ] || wrong "$path: not one line: $(cat "$work/err")"
    grep -qF -- "$text" "$work/err" || wrong "$path: '$text' is not in: $(cat "$work/err")"
    grep -qF 'scenario.lua:1: ' "$work/err" || wrong "$path: no line number: $(cat "$work/err")"
}

echo 'not a shared object' >"$work/text.so"
refuses_driver "$work/nowhere.so" "$work/nowhere.so"
refuses_driver "$work/text.so" "$work/text.so"
refuses_driver DriverEntry "$no_entry"
refuses_driver NdisNoFunctionHasThisName "$lacking"
refuses_driver nosuchdriver nosuchdriver
head -c 4000 "$lacking" >"$work/cut.so"
refuses_driver 'is cut off: it has 4000 bytes' "$work/cut.so"

# The process dies of its signal; a sanitizer tells such a thing in its own way.
cat >"$work/crash.lua" <<'END'
local call = station('root', {driver = arg[1]}):call('@a', {multipoint = true})
faults{mode = 'nth', nth = {2}, module = 'careless2', functions = {'memory'}}
call:add '@b'
END
status=0
"$condis" run "$work/crash.lua" --sim --seed 3 -- "$crashes" >"$work/out" 2>"$work/err" || status=$?
if ! grep -q 'Sanitizer\|runtime error' "$work/err"; then
    [ "$status" -eq 139 ] || wrong "a driver that crashes: exit status $status, wanted 139"
    for text in 'crashed: signal 11 (Segmentation fault) at address 0x0' \
        'call      in careless2 in root, processor' 'seed      3, step ' \
        "replay    condis run $work/crash.lua --sim --seed 3 --stop-at [0-9]* -- " \
        'stack     NoNote at .*careless.c:'; do
        grep -q "^ *$text" "$work/err" || wrong "'$text' is not in: $(cat "$work/err")"
    done
fi

finish
