#!/bin/bash
# SPDX-License-Identifier: MIT
# turns.sh BUILD BUILD [RUNS]: pairs of drop and add in two builds of this tree, in turns, the least
# time of each; and where valgrind is installed, the instructions of a pair, which no other program
# on the machine disturbs. What is equal in both rows costs nothing measurable.
set -euo pipefail

if [ $# -lt 2 ]; then
    echo "turns.sh: usage: turns.sh BUILD BUILD [RUNS]" >&2
    exit 2
fi
builds=("$1" "$2")
runs=${3:-20}
for build in "${builds[@]}"; do
    if [ ! -x "$build/bench/bench_pair" ]; then
        echo "turns.sh: $build has no bench/bench_pair: build it with ninja -C $build" >&2
        exit 2
    fi
done

# least EDGE: of each build, on one line
least() {
    local first second
    for ((run = 0; run < runs; run++)); do
        first=$("${builds[0]}/bench/bench_pair" "$1" 100000)
        second=$("${builds[1]}/bench/bench_pair" "$1" 100000)
        echo "$first $second"
    done |
        awk 'NR == 1 || $1 < a {a = $1} NR == 1 || $2 < b {b = $2} END {print a, b}'
}

# instructions BUILD EDGE PAIRS: of a whole run
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$1/bench/bench_pair" "$2" "$3" 2>&1 |
        awk '/Collected/ {print $4}'
}

# count BUILD EDGE: instructions of a pair, from two runs that differ in 5 x 4,000 pairs
count() {
    echo $((($(instructions "$1" "$2" 6000) - $(instructions "$1" "$2" 2000)) / 20000))
}

echo "| pair | ${builds[0]} | ${builds[1]} | unit"
for edge in floor pending direct; do
    read -r first second < <(least "$edge")
    echo "| $edge | $first | $second | ns"
    if command -v valgrind >/dev/null; then
        first=$(count "${builds[0]}" "$edge")
        second=$(count "${builds[1]}" "$edge")
        echo "| $edge | $first | $second | instructions"
    fi
done
