#!/bin/bash
# SPDX-License-Identifier: MIT
# processes.sh CONDIS DRIVER UNI: a switch, receivers and a sender, each a process, over TCP. Nobody
# is told who is where: the receivers register.
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

prefix=39276f31000102030405060708

# begin_switch PORT: the switch; 0: any port. $place is where it listens, $switch who it is.
begin_switch() {
    exec {said}< <(exec "$condis" switch --listen "127.0.0.1:$1" --uni "$uni" \
        --prefix "$prefix" 2>&1)
    switch=$!
    pids+=("$switch")
    says "$said" 'listening on 127.0.0.1 port *'
    place=127.0.0.1:${line//*port /}
    place=${place%% *}
}

# begin_answer NAME ADDRESS: a receiver; what it says is read from ${heard[NAME]}.
declare -A heard answer
begin_answer() {
    local fd
    exec {fd}< <(exec "$condis" answer --switch "$place" --driver "$driver" --uni "$uni" \
        --address "$2" --out "$work/$1" 2>&1)
    answer[$1]=$!
    pids+=("$!")
    heard[$1]=$fd
}

call() {
    status=0
    "$condis" call --switch "$place" --driver "$driver" --uni "$uni" --address @root --to "$1" \
        --send "$work/file" --pcap "$work/pcap" >"$work/call.log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 0 ] || fail "the call's exit status is $status"
}

# got NAME ADDRESS: a receiver has the file and ended well, and the sender knows.
got() {
    says "${heard[$1]}" '@root calls'
    says "${heard[$1]}" 'the stream ended, 300000 bytes'
    wait "${answer[$1]}" || fail "$1: exit status $?"
    cmp "$work/file" "$work/$1" || fail "$1 has another file"
    grep -qF "$2 has everything" "$work/call.log" || fail "the call does not know of $1"
}

head -c 300000 /dev/urandom >"$work/file"
begin_switch 0
# The third one has no name but an address, with a selector; the fourth one a number.
given=47000580ffe1000000000000000200000000cc05
begin_answer a @a
begin_answer b @b
begin_answer c "$given"
begin_answer d +15551234567
says "${heard[a]}" 'the network knows @a'
says "${heard[a]}" "the network knows $prefix*00"
says "${heard[b]}" 'the network knows @b'
says "${heard[c]}" "the network knows ${given%05}00"
says "${heard[d]}" 'the network knows +15551234567'
call "@a,@b,$given,15551234567:00000000.000000000000.00"
got a @a
got b @b
got c "$given"
got d +15551234567
[ -s "$work/pcap" ] || fail 'nothing was captured'
"$condis" capture "$work/pcap" >"$work/capture.log" || fail 'the capture cannot be read'
grep -Eq '^  ADD PARTY  +3  +0$' "$work/capture.log" || fail "no three ADD PARTY in the capture"

# A host that begins again is found again.
begin_answer a @a
says "${heard[a]}" 'the network knows @a'
call @a
got a @a

# One whose switch goes says so, and is found when the switch is back.
begin_answer a @a
says "${heard[a]}" 'the network knows @a'
kill "$switch"
wait "$switch" || fail "the switch's exit status is $?"
says "${heard[a]}" 'the network is gone; waiting for it'
begin_answer b @b
says "${heard[b]}" 'no network answers yet; waiting for it'
begin_switch "${place##*:}"
says "${heard[a]}" 'the network knows @a'
says "${heard[b]}" 'the network knows @b'
call @a,@b
got a @a
got b @b

# Standard input may be what is sent; the documents and the trace hold what they should.
begin_answer a @a
says "${heard[a]}" 'the network knows @a'
"$condis" call --switch "$place" --driver "$driver" --uni "$uni" --address @root --to @a --send - \
    --json --trace "$work/trace" <"$work/file" >"$work/call.json" 2>"$work/call.log" ||
    fail "the call's exit status is $?"
got a @a
grep -q '"end": "complete"' "$work/call.json" || fail 'the document does not say how it ended'
grep -q '"sent_bytes": 300000' "$work/call.json" || fail 'the document does not say how much'
grep -q 'MAKE_CALL\|NdisClMakeCall' "$work/trace" || fail 'the trace has no call'

# An interrupt closes the call in order.
begin_answer a @a
says "${heard[a]}" 'the network knows @a'
exec {fd}< <(exec "$condis" call --switch "$place" --driver "$driver" --uni "$uni" --address @root \
    --to @a --send "$work/file" --rate 100K --chunk 100 2>&1)
pid=$!
says "$fd" '@a joined at byte 0'
says "${heard[a]}" '@root calls'
kill -INT "$pid"
says "$fd" 'stopped, * bytes sent:'
status=0
wait "$pid" || status=$?
[ "$status" -eq 1 ] || fail "an interrupted call's exit status is $status"
says "${heard[a]}" 'the call was closed (NDIS_STATUS_SUCCESS), *'
wait "${answer[a]}" || fail "the receiver of an interrupted call: exit status $?"
