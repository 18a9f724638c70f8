#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# story.sh CONDIS FILE DIR [OPTION...]: FILE goes from a root to its leaves, every one of them and
# the switch a process of its own, over loopback TCP. Three leaves from the start; a fourth joins
# after a quarter; one is dropped half way with close data; one hangs up by itself after three
# quarters; the call ends with its last parties. OPTIONs are those of condis answer and call.
#
# Nothing waits for time: the root sends what is written to its pipe, step by step, and each step is
# written when every leaf has said that it has the last one. So who is there at which byte is exact.
# What each process says stays in DIR, beside the leaves' files and the capture.
set -euo pipefail

[ $# -ge 3 ] || {
    echo 'usage: story.sh CONDIS FILE DIR [OPTION...]' >&2
    exit 2
}
condis=$1 file=$2 dir=$3
shift 3
options=("$@")
uni=4.0 # the switch's; close data needs it
STEP_BYTES_MAX=1048576 # well within what the switch keeps for a slow leaf
PATIENCE=60            # seconds for a line that must come; no part of the story takes so long

declare -A pid line_fd backlog how joined_at joined_ms left_at left_ms
failures=0

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# What is still there ends with the story, however it ends.
finish() {
    trap - EXIT
    for name in "${!pid[@]}"; do
        kill "${pid[$name]}" 2>>"$dir/story.log" || true
    done
    wait
}
trap finish EXIT

# begin NAME COMMAND...: starts a process; its lines are read by `await NAME`.
begin() {
    local name=$1 fd
    shift
    exec {fd}< <(exec "$@" 2>&1)
    pid[$name]=$!
    line_fd[$name]=$fd
    backlog[$name]=''
    : >"$dir/$name.log"
}

# await NAME PATTERN: reads what a process says until a line matches; that one is in $line. The
# others are kept for whoever waits for them later: two things may be said in either order.
await() {
    local kept='' found='' end=$((SECONDS + PATIENCE))
    while IFS= read -r line; do
        # shellcheck disable=SC2053 # a pattern
        if [ -z "$found" ] && [[ $line == $2 ]]; then
            found=$line
        elif [ -n "$line" ]; then
            kept+=$line$'\n'
        fi
    done <<<"${backlog[$1]}"
    while [ -z "$found" ] && [ "$SECONDS" -lt "$end" ] &&
        IFS= read -r -t "$PATIENCE" -u "${line_fd[$1]}" line; do
        printf '%s\n' "$line" >>"$dir/$1.log"
        # shellcheck disable=SC2053
        if [[ $line == $2 ]]; then
            found=$line
        else
            kept+=$line$'\n'
        fi
    done
    backlog[$1]=$kept
    line=$found
    [ -z "$found" ] || return 0
    tail -n 20 "$dir/$1.log" >&2
    fail "$1 never said '$2'"
}

# await_end NAME: reads the rest; its exit status is in $status.
await_end() {
    while IFS= read -r -t "$PATIENCE" -u "${line_fd[$1]}" line; do
        printf '%s\n' "$line" >>"$dir/$1.log"
    done
    status=0
    wait "${pid[$1]}" || status=$?
    unset "pid[$1]"
    [ "$status" -eq 0 ] || wrong "$1 ended with status $status: $(tail -n 1 "$dir/$1.log")"
}

wrong() {
    echo "WRONG: $*" >&2
    failures=$((failures + 1))
}

# The time, in tenths of a millisecond.
tenths() {
    local now=${EPOCHREALTIME/[.,]/}
    echo $((now / 100))
}

type_line() {
    printf '%s\n' "$*" >&"$typed"
}

# --- What there is to send ------------------------------------------------------------------------

size=$(stat -L -c %s -- "$file")
step=$(((size + 15) / 16))
[ "$step" -le "$STEP_BYTES_MAX" ] || step=$STEP_BYTES_MAX
[ "$step" -ge 1 ] || step=1
steps=$(((size + step - 1) / step))

# mark NUMERATOR DENOMINATOR: the byte at which so much has been sent, between two steps.
mark() {
    # shellcheck disable=SC2017 # rounded to steps, and that is meant
    echo $((steps * $1 / $2 * step))
}
quarter=$(mark 1 4) half=$(mark 1 2) three_quarters=$(mark 3 4)

sum_of() {
    tail -c "+$(($1 + 1))" -- "$file" | head -c "$(($2 - $1))" | sha256sum | cut -d ' ' -f 1
}

# --- The stage ------------------------------------------------------------------------------------

leaves=(amber birch cedar dogwood)
mkdir -p "$dir"
rm -f "$dir"/*.log "$dir/feed" "$dir/typed" "$dir/wire.pcap" "${leaves[@]/#/$dir/}"
mkfifo "$dir/feed" "$dir/typed"
exec {typed}<>"$dir/typed"

begin switch "$condis" switch --listen 127.0.0.1:0 --uni "$uni" --pcap "$dir/wire.pcap"
await switch 'listening on 127.0.0.1 port * for hosts'
place=127.0.0.1:${line//*port /}
place=${place%% *}
echo "a switch at $place, a root and ${#leaves[@]} leaves: six processes"
for leaf in "${leaves[@]}"; do
    until=()
    [ "$leaf" != cedar ] || until=(--until "$three_quarters")
    begin "$leaf" "$condis" answer --switch "$place" --address "@$leaf" --out "$dir/$leaf" \
        --progress "$step" "${until[@]}" "${options[@]}"
done
for leaf in "${leaves[@]}"; do
    await "$leaf" "the network knows @$leaf"
done

# --- The story ------------------------------------------------------------------------------------

sent=0
here=()

# join NAME: the root says that it is there.
join() {
    await root "@$1 joined at byte $sent"
    joined_at[$1]=$sent
    joined_ms[$1]=$(tenths)
    here+=("$1")
}

add() {
    type_line add "@$1"
    join "$1"
}

# leave NAME HOW: it is not there any more.
leave() {
    local name rest=()
    for name in "${here[@]}"; do
        [ "$name" = "$1" ] || rest+=("$name")
    done
    here=("${rest[@]}")
    left_at[$1]=$sent
    left_ms[$1]=$(tenths)
    how[$1]=$2
}

# What happens when so much has been sent. All of it is with every leaf that is there.
events() {
    if [ "$sent" -ge "$quarter" ] && [ -z "${joined_ms[dogwood]:-}" ]; then
        add dogwood
    fi
    if [ "$sent" -ge "$half" ] && [ -z "${left_ms[birch]:-}" ]; then
        type_line drop @birch see you
        await root "@birch was dropped at byte $sent"
        leave birch dropped
    fi
    if [ "$sent" -ge "$three_quarters" ] && [ -z "${left_ms[cedar]:-}" ]; then
        await root '@cedar has enough (*)'
        leave cedar 'hung up'
    fi
}

begin root "$condis" call --switch "$place" --address @root --to @amber --send "$dir/feed" \
    --chunk 32768 "${options[@]}" <"$dir/typed"
exec {source}<"$file" {feed}>"$dir/feed"
join amber
add birch
add cedar
events
while [ "$sent" -lt "$size" ]; do
    bytes=$((size - sent < step ? size - sent : step))
    head -c "$bytes" <&"$source" >&"$feed"
    sent=$((sent + bytes))
    if [ "$bytes" -eq "$step" ]; then # of a shorter one, the last, no leaf says anything
        for leaf in "${here[@]}"; do
            await "$leaf" "$((sent - joined_at[$leaf])) bytes"
        done
    fi
    events
    for percent in 25 50 75; do
        [ "$sent" -ne "$(mark "$percent" 100)" ] ||
            printf '%3d %%  %d bytes, %d leaves\n' "$percent" "$sent" "${#here[@]}"
    done
done
exec {feed}>&-
await root "all $size bytes are sent"
printf '100 %%  %d bytes, %d leaves\n' "$sent" "${#here[@]}"
await root "complete, $size bytes sent:"
leave amber stayed
leave dogwood 'joined late'

for name in root "${leaves[@]}"; do
    await_end "$name"
done
kill "${pid[switch]}"
await_end switch

# --- What came of it ------------------------------------------------------------------------------

# Lines of the root's last table: NAME STATE FROM..TO CLOSE DATA.
declare -A heard
while read -r name _ range words; do
    name=${name#@}
    [ -n "${joined_at[$name]:-}" ] || continue
    heard[$name]=$words
    [ "$range" = "${joined_at[$name]}..${left_at[$name]}" ] ||
        wrong "$name was there for $range, not ${joined_at[$name]}..${left_at[$name]}"
done < <(sed -n '/^complete, /,$p' "$dir/root.log")
heard[birch]=$(sed -n 's/^the other end says: //p' "$dir/birch.log")
[ "${heard[birch]}" = 'see you' ] || wrong "birch heard '${heard[birch]}'"
[ "${heard[cedar]}" = "enough 0..$three_quarters" ] || wrong "cedar said '${heard[cedar]}'"

printf '%s, %d bytes, SHA-256 %s\n' "$file" "$size" "$(sum_of 0 "$size")"
columns='%-8s  %-11s  %9s  %9s  %9s  %8s  %-16s  %-26s  %s\n'
# shellcheck disable=SC2059 # a format of our own
printf "$columns" leaf how 'joined at' 'left at' bytes ms SHA-256 equals 'close data'
for leaf in "${leaves[@]}"; do
    from=${joined_at[$leaf]} to=${left_at[$leaf]}
    sum=$(sha256sum <"$dir/$leaf" | cut -d ' ' -f 1)
    bytes=$(stat -c %s "$dir/$leaf")
    equals="bytes $from to $to"
    [ "$from..$to" != "0..$size" ] || equals='the file'
    if [ "$bytes" -ne "$((to - from))" ] || [ "$sum" != "$(sum_of "$from" "$to")" ]; then
        wrong "$leaf did not get bytes $from to $to of the file"
        equals='NOT WHAT WAS SENT'
    fi
    ms=$((left_ms[$leaf] - joined_ms[$leaf]))
    # shellcheck disable=SC2059
    printf "$columns" "$leaf" "${how[$leaf]}" "$from" "$to" "$bytes" "$((ms / 10)).$((ms % 10))" \
        "${sum:0:16}" "$equals" "${heard[$leaf]}"
done
echo
"$condis" capture "$dir/wire.pcap" || wrong 'the capture cannot be read'
[ "$failures" -eq 0 ] || fail "$failures of it went wrong; what each process said is in $dir/*.log"
echo 'passed: every leaf got what was sent while it was there; nothing leaked and no rule was' \
    'broken in any process'
