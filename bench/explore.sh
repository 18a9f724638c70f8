#!/bin/sh
# SPDX-License-Identifier: MIT
# explore.sh CONDIS [RUNS]: how many simulated runs one process at a time makes in a second, and how
# much faster than real time they are: the scenario of four leaves, and one that is mostly idle.
# Wants to be started in the tree, on a machine that does nothing else.
set -eu
condis=$1 runs=${2:-400}

# row NAME RUNS SCENARIO [ARGUMENT...]
row() {
    name=$1 count=$2 scenario=$3
    shift 3
    "$condis" explore "$scenario" --seeds "$count" --jobs 1 --json -- "$@" 2>/dev/null |
        awk -v name="$name" -F'[:,]' '
            /"runs":/ { runs = $2 }
            /"virtual_s":/ { virtual = $2 }
            /"process_s":/ { real = $2 }
            /"processor_s":/ { processor = $2 }
            /"verdict":/ { verdict = $2 }
            END {
                printf "%-26s %5d runs, %6.1f a second, %6.1f a second of processor time, ",
                    name, runs, runs / real, runs / processor
                printf "%8.1f virtual s, %7.0f x real time, %s\n",
                    virtual, virtual / real, verdict
            }'
}

row 'four leaves (share.lua)' "$runs" examples/share.lua examples/first.lua
row 'drop crossing drop' "$runs" examples/explore/drop_crossing_drop.lua loopback
row 'an idle hour (idle.lua)' "$((runs / 20 + 1))" bench/idle.lua
