#!/bin/bash
# SPDX-License-Identifier: MIT
# show.sh CONDIS SCENARIO: what is inside a program, asked by another one.
set -euo pipefail
condis=$1
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>"$work/kill" || true; rm -rf "$work"' EXIT

fail() {
    echo "WRONG: $*"
    exit 1
}

says() {
    while read -r -t 60 -u "$1" line; do
        # shellcheck disable=SC2053 # a pattern
        [[ $line == $2 ]] && return
    done
    fail "nobody said '$2'"
}

"$condis" run "$2" --sim --seed 3
"$condis" run "$2" --live --control "$work/run"
[ ! -e "$work/run" ] || fail 'an ended run leaves its control behind'

exec {board}< <(exec "$condis" switch --listen 127.0.0.1:0 --control "$work/switch" 2>&1)
pids+=($!)
says "$board" 'listening on 127.0.0.1 port *'
place=127.0.0.1:${line//*port /}
place=${place%% *}
exec {taker}< <(exec "$condis" answer --switch "$place" --address @a --out "$work/a" \
    --control "$work/answer" 2>&1)
pids+=($!)
says "$board" 'port 0: *, up'

"$condis" show "$work/answer" >"$work/out"
grep -q '^host a: 2 processors' "$work/out" || fail "no host: $(cat "$work/out")"
grep -Eq '^ +net0? ' "$work/out" || grep -q 'atmmcm' "$work/out" || fail 'no adapter'
"$condis" show "$work/answer" --json >"$work/json"
grep -q '"miniport": "atmmcm"' "$work/json" || fail 'no miniport in the JSON'
"$condis" show "$work/switch" >"$work/out"
grep -q 'port' "$work/out" || fail "no port of the switch: $(cat "$work/out")"

# One path, one program; what an ended one left is replaced.
! "$condis" run "$2" --live --control "$work/answer" >"$work/out" 2>"$work/err" ||
    fail 'two programs have one control'
grep -q 'is there already' "$work/err" || fail "it does not say why: $(cat "$work/err")"
kill -KILL "${pids[1]}"
while read -r -u "$taker" _; do :; done # until it has ended
! "$condis" show "$work/answer" 2>"$work/err" || fail 'a dead program answers'
grep -q 'Connection refused' "$work/err" || fail "it does not say why: $(cat "$work/err")"
"$condis" run "$2" --live --control "$work/answer"
