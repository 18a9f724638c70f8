#!/bin/sh
# SPDX-License-Identifier: MIT
# usage.sh CONDIS: wrong command lines and scripts end in one clear line and the right status.
set -eu
. "$(dirname "$0")/lib.sh"

refuses 2 'no command'
refuses 2 "no command is called 'frobnicate'" frobnicate
refuses 2 'which scenario?' run
refuses 2 'one scenario only' run a.lua b.lua
refuses 2 'no option is called --frobnicate' run a.lua --frobnicate
refuses 2 '--seed wants a value' run a.lua --seed
refuses 2 'a seed is a number' run a.lua --seed x
refuses 2 'a seed is a number' run a.lua --seed=-1
refuses 2 'a seed is a number' run a.lua --seed 9223372036854775808
refuses 2 'one of pending, direct, mixed' run a.lua --completion sometimes
refuses 2 'either --live or --sim' run a.lua --sim --live
refuses 2 'takes no value' run a.lua --json=yes
refuses 2 'nowhere.lua: No such file or directory' run "$work/nowhere.lua"
refuses 2 'not a regular file' run "$work"
refuses 2 "unexpected symbol near '='" run "$(scenario 'x = = 1')"
refuses 1 'scenario.lua:1: gone wrong' run "$(scenario 'error "gone wrong"')"
refuses 1 'expected 2, got 1' run "$(scenario 'expect_equal(1, 2)')"
refuses 2 '/nowhere/at/all: No such file' run "$(scenario 'file "/nowhere/at/all"')"

run 0 --version
grep -qE '^condis [0-9]+\.[0-9]+\.[0-9]+$' "$work/out" || wrong '--version'
run 0 --help
grep -q 'usage: condis run' "$work/out" || wrong '--help does not say how to run'
run 0 run --help
[ ! -s "$work/err" ] || wrong 'run --help writes to standard error'

run 0 run "$(scenario 'expect_equal(table.concat(arg, " "), "--seed one")')" -- --seed one

finish
