#!/bin/sh
# SPDX-License-Identifier: MIT
# examples.sh CONDIS EXAMPLES EXECUTIVE: each example passes in the three completion modes.
set -eu
. "$(dirname "$0")/lib.sh"
examples=$2
executive=$3

for example in "$examples"/*.lua; do
    file=''; case $example in */share.lua) file=$0 ;; esac
    for completion in pending direct mixed; do
        run 0 run "$example" "$executive" --seed 3 --completion "$completion" -- ${file:+"$file"}
        tail -n 1 "$work/out" | grep -q '^passed: nothing leaked, no rule was broken, ' ||
            wrong "$example $completion: $(tail -n 1 "$work/out")"
    done
done

finish
