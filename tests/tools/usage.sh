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
refuses 2 'it is a number from 0 to 9223372036854775807' run a.lua --seed x
refuses 2 'it is a number from 0 to 9223372036854775807' run a.lua --seed=-1
refuses 2 'it is a number from 0 to 9223372036854775807' run a.lua --seed 9223372036854775808
refuses 2 'one of pending, direct, mixed' run a.lua --completion sometimes
refuses 2 'either --live or --sim' run a.lua --sim --live
refuses 2 'takes no value' run a.lua --json=yes
refuses 2 'nowhere.lua: No such file or directory' run "$work/nowhere.lua"
refuses 2 'not a regular file' run "$work"
refuses 2 "schedule '$work': Is a directory" run "$(scenario 'host "one"')" --sim --schedule "$work"
refuses 2 "unexpected symbol near '='" run "$(scenario 'x = = 1')"
refuses 1 'scenario.lua:1: gone wrong' run "$(scenario 'error "gone wrong"')"
refuses 1 'expected 2, got 1' run "$(scenario 'expect_equal(1, 2)')"
refuses 2 '/nowhere/at/all: No such file' run "$(scenario 'file "/nowhere/at/all"')"

refuses 2 'answer: which switch?' answer --address @a
refuses 2 'answer: at which address?' answer --switch host
refuses 2 'a port is a number from 1 to 65535' answer --switch host:0 --address @a
refuses 2 'a port is a number from 1 to 65535' answer --switch host:65536 --address @a
refuses 2 'a port is a number from 1 to 65535' answer --switch '[::1]:x' --address @a
refuses 2 'wants HOST or HOST:PORT' answer --switch :2812 --address @a
refuses 2 '--address nobody: ' answer --switch host --address nobody
refuses 2 'it is one of 3.1, 4.0' answer --switch host --address @a --uni 5
for wrong in 0 -1 x 5000000000 ''; do
    refuses 2 'a number of milliseconds' answer --switch host --address @a --t309 "$wrong"
done
refuses 2 'a number of milliseconds' switch --t309 0
refuses 2 'a number' switch --t309 5000000000
refuses 2 "'@b' is no option" answer --switch host --address @a @b
refuses 2 "$work/no/file: No such file or directory" answer --switch host --address @a \
    --out "$work/no/file"
refuses 2 'standard output is taken' answer --switch host --address @a --out - --json
refuses 2 "no driver is called 'nosuchdriver'" answer --switch host --address @a \
    --driver nosuchdriver
refuses 2 "$work/no/file" answer --switch host --address @a --driver "$work/no/file"
refuses 2 'no capture: ' answer --switch host --address @a --pcap "$work/no/file"
refuses 2 'it is a number of bytes from 0' answer --switch host --address @a --until x
refuses 2 'it is a number of bytes from 0' answer --switch host --address @a --until -1
refuses 2 'it is a number of bytes from 1' answer --switch host --address @a --progress 0
refuses 2 'wants 26 hexadecimal digits' switch --prefix 4700
refuses 2 'wants 26 hexadecimal digits' switch --prefix @a
refuses 2 'capture: which file?' capture
refuses 2 'capture: one file only' capture a b
refuses 2 'either --list or --json' capture a --list --json
refuses 2 "$work/nowhere: No such file" capture "$work/nowhere"
refuses 2 "$work: Is a directory" capture "$work"
refuses 2 'no capture: ' capture "$0"
refuses 2 'call: which switch?' call --to @a --send "$0"
refuses 2 'call: to whom?' call --switch host --send "$0"
refuses 2 'call: what is sent?' call --switch host --to @a
refuses 2 "$work: Is a directory" call --switch host --to @a --send "$work"
refuses 2 "$work/nowhere: No such file" call --switch host --to @a --send "$work/nowhere"
refuses 2 '@a is in the call already' call --switch host --to @a,@b,@a --send "$0"
refuses 2 'condis: ' call --switch host --to @a,,@b --send "$0"
refuses 2 'wants bits a second' call --switch host --to @a --send "$0" --rate 20Q
refuses 2 'wants bits a second' call --switch host --to @a --send "$0" --rate 0
refuses 2 'from 1 to 65519' call --switch host --to @a --send "$0" --chunk 0
refuses 2 'from 1 to 65519' call --switch host --to @a --send "$0" --chunk 65520
refuses 2 "no driver is called 'nosuchdriver'" call --switch host --to @a --send "$0" \
    --driver nosuchdriver

# A full disk.
refuses 2 '/dev/full: the trace is not whole: No space left' run \
    "$(scenario 'station "one"')" --sim --trace /dev/full
for words in --help --version rules 'faults --list' 'run --help' 'verify --list'; do
    status=0
    # shellcheck disable=SC2086 # several words
    "$condis" $words >/dev/full 2>"$work/err" || status=$?
    [ "$status" -eq 2 ] || wrong "condis $words: exit status $status on a full disk"
    grep -q '^condis: standard output cannot be written: No space' "$work/err" ||
        wrong "condis $words: a full disk is not told: $(cat "$work/err")"
done

run 0 --version
grep -qE '^condis [0-9]+\.[0-9]+\.[0-9]+$' "$work/out" || wrong '--version'
run 0 --help
grep -q 'usage: condis run' "$work/out" || wrong '--help does not say how to run'
run 0 run --help
[ ! -s "$work/err" ] || wrong 'run --help writes to standard error'

for command in answer call capture explore faults rules run show switch verify; do
    run 0 "$command" --help
    grep -q "usage: condis $command " "$work/out" || wrong "$command --help does not say how"
    refuses 2 "$command: no option is called --frobnicate; see condis $command --help" \
        "$command" --frobnicate
    refuses 2 "$command: --help takes no value" "$command" --help=yes
done

# The options of a scenario are the same wherever one is run.
for command in run faults explore; do
    refuses 2 "$command: which scenario? usage: condis $command SCENARIO.lua" "$command"
    refuses 2 "$work: not a regular file" "$command" "$work"
    refuses 2 '--seed 0x7: it is a number from 0' "$command" a.lua --seed 0x7
    refuses 2 'it is one of pending, direct, mixed' "$command" a.lua --completion mix
    refuses 2 'it is one of plain, guards, pages' "$command" a.lua --pool heap
    refuses 2 'it is a number from 1 to 24' "$command" a.lua --depth 25
    refuses 2 "--exclude $work: Is a directory" "$command" a.lua --exclude "$work"
    refuses 2 'wants NAME=PATH or NAME.Setting=VALUE' "$command" a.lua --driver loopback
done
run 0 rules -- PEND_ONCE
refuses 2 "one rule only, and not 'C2' too" rules PEND_ONCE C2

run 0 run "$(scenario 'expect_equal(table.concat(arg, " "), "--seed one")')" -- --seed one

finish
