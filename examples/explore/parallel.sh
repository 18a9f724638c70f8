#!/bin/sh
# SPDX-License-Identifier: MIT
# parallel.sh STATE SHARDS SCENARIO.lua [OPTION...]: explores a scenario in SHARDS parts, as many at
# a time as there are processors (or machines: see parallel's --sshlogin), each with a directory
# STATE/1, STATE/2, ... Started again it goes on where it stopped. Wants GNU parallel; CONDIS names
# the command. Ends with 0 when nothing was found.
set -eu
state=$1 shards=$2
shift 2
mkdir -p "$state"
status=0
seq "$shards" | parallel --quote --halt never --joblog "$state/log" \
    "${CONDIS:-condis}" explore "$@" --jobs 1 --shard "{}/$shards" --state "$state/{}" --resume ||
    status=$?
find "$state" -path '*/findings/*' -name report.txt -exec cat {} +
exit "$status"
