#!/bin/sh
# SPDX-License-Identifier: MIT
# driver_errors.sh CONDIS NO_ENTRY LACKING: drivers that cannot be loaded are refused in one line.
set -eu
. "$(dirname "$0")/lib.sh"
no_entry=$2
lacking=$3

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

finish
