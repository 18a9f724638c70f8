#!/bin/sh
# SPDX-License-Identifier: MIT
# conforms.sh CONDIS DRIVER KIND MEDIUM [OPTION...]: a driver of ours is what it says, and passes
# the suite.
set -eu
. "$(dirname "$0")/lib.sh"
driver=$2 kind=$3 medium=$4
shift 4

run 0 verify "$driver" --seeds 1 --schedules 0 --no-faults "$@"
grep -q "^$driver: $kind on a $medium\$" "$work/out" || wrong "$(head -n 1 "$work/out")"
grep -q ' 0 failed, 0 skipped; ' "$work/out" || wrong "$(tail -n 1 "$work/out")"

finish
