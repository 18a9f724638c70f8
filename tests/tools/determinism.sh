#!/bin/sh
# SPDX-License-Identifier: MIT
# determinism.sh CONDIS EXAMPLES: one seed gives one trace, byte for byte; another seed another.
set -eu
. "$(dirname "$0")/lib.sh"
examples=$2

for name in hello_party crossing_drop close_data_refused two_switches; do
    for completion in pending mixed; do
        for number in 1 2; do
            run 0 run "$examples/$name.lua" --sim --seed 41 --completion "$completion" \
                --trace "$work/$number.trace"
            cp "$work/out" "$work/$number.out"
        done
        run 0 run "$examples/$name.lua" --sim --seed 42 --completion "$completion" \
            --trace "$work/other.trace"
        [ -s "$work/1.trace" ] || wrong "$name: the trace is empty"
        cmp "$work/1.trace" "$work/2.trace" || wrong "$name, $completion: one seed, two traces"
        cmp "$work/1.out" "$work/2.out" || wrong "$name, $completion: one seed, two outputs"
        ! cmp -s "$work/1.trace" "$work/other.trace" ||
            wrong "$name, $completion: two seeds, one trace"
    done
done

finish
