#!/bin/bash
# SPDX-License-Identifier: MIT
# story.sh CONDIS STORY DRIVER: the story that ./run tells, with a file that ends within a step,
# with an empty one, and with a leaf that goes too early, which must not pass.
set -euo pipefail
condis=$(realpath "$1")
story=$2
driver=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "WRONG: $*"
    tail -n 60 "$work"/out
    exit 1
}

tell() {
    status=0
    "$story" "$1" "$work/file" "$work/story" --driver "$driver" >"$work/out" 2>&1 || status=$?
}

head -c 2500001 /dev/urandom >"$work/file"
tell "$condis"
[ "$status" -eq 0 ] || fail "status $status"
grep -Eq '^birch +dropped +0 +[0-9]+ .*  see you$' "$work/out" || fail 'birch was not dropped'
grep -Eq '^dogwood +joined late .*  complete [0-9]+\.\.2500001$' "$work/out" ||
    fail 'dogwood has not everything'
grep -Eq '^  ADD PARTY +3 +0$' "$work/out" || fail 'not three times ADD PARTY'
cmp "$work/file" "$work/story/amber"

: >"$work/file"
tell "$condis"
[ "$status" -eq 0 ] || fail "status $status with an empty file"

printf '%s\n' '#!/bin/bash' 'case "$*" in *"--address @amber "*) set -- "$@" --until 40 ;; esac' \
    "exec '$condis' \"\$@\"" >"$work/condis"
chmod +x "$work/condis"
head -c 1000 /dev/urandom >"$work/file"
tell "$work/condis"
[ "$status" -eq 1 ] || fail "status $status with a leaf that leaves early"
