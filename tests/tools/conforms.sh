#!/bin/sh
# SPDX-License-Identifier: MIT
# conforms.sh CONDIS DRIVER KIND MEDIUM: a driver of ours is what it says, and passes the suite.
set -eu
. "$(dirname "$0")/lib.sh"

run 0 verify "$2" --seeds 1 --schedules 0 --no-faults
grep -q "^$2: $3 on a $4\$" "$work/out" || wrong "$(head -n 1 "$work/out")"
grep -q ' 0 failed, 0 skipped; ' "$work/out" || wrong "$(tail -n 1 "$work/out")"

finish
