#!/bin/bash
# SPDX-License-Identifier: MIT
# processes.sh CONDIS DRIVER UNI: a switch, two receivers and a sender, each a process, over TCP.
set -euo pipefail
condis=$1
driver=$2
uni=$3
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>"$work/kill" || true; rm -rf "$work"' EXIT

fail() {
    echo "WRONG: $*"
    tail -n 30 "$work"/*.log
    exit 1
}

# says FILE_DESCRIPTOR PATTERN: reads lines until one matches; the last one is in $line.
says() {
    while read -r -t 60 -u "$1" line; do
        # shellcheck disable=SC2053 # a pattern
        [[ $line == $2 ]] && return
    done
    fail "nobody said '$2'"
}

head -c 300000 /dev/urandom >"$work/file"
exec {said}< <(exec "$condis" switch --listen 127.0.0.1:0 --uni "$uni" \
    --route @a=0 --route @b=1 --route @root=2 2>&1)
pids+=($!)
says "$said" 'listening on 127.0.0.1 port *'
place=127.0.0.1:${line//*port /}
place=${place%% *}

common=(--switch "$place" --driver "$driver" --uni "$uni")
# The first link has port 0 of the switch, the next one port 1.
for leaf in a b; do
    "$condis" answer "${common[@]}" --address "@$leaf" --out "$work/$leaf" >"$work/$leaf.log" 2>&1 &
    pids+=($!)
    says "$said" 'port [01]: *, up'
done
answers=("${pids[@]:1}")
status=0
"$condis" call "${common[@]}" --address @root --to @a,@b --send "$work/file" \
    --pcap "$work/pcap" >"$work/call.log" 2>&1 </dev/null || status=$?
[ "$status" -eq 0 ] || fail "the call's exit status is $status"
for pid in "${answers[@]}"; do
    wait "$pid" || fail "an answer's exit status is $?"
done
for leaf in a b; do
    cmp "$work/file" "$work/$leaf" || fail "@$leaf has another file"
    grep -q "^@$leaf has everything" "$work/call.log" || fail "the call does not know of @$leaf"
    grep -q '^@root calls$' "$work/$leaf.log" || fail "@$leaf does not say who called"
done
[ -s "$work/pcap" ] || fail 'nothing was captured'
