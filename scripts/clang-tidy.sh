#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# clang-tidy.sh CACHE NODES LINE: runs clang-tidy on one source, a line of compile-commands.lua,
# with so many nodes for each function that the analyzer walks, unless the source, all it includes,
# its flags and the configuration are what they were when it passed.
set -euo pipefail

cache=$1 nodes=$2
IFS=$'\t' read -r source directory command <<<"$3"
stamp=$cache/${source//\//_}.sha256

# Comments are kept: NOLINT is one.
preprocess=$(sed -E 's/ -MD| -M[QF] [^ ]+//g; s/ -o [^ ]+//; s/ -c / -E -C /' <<<"$command")
sum=$({
    clang-tidy --version
    cat .clang-tidy
    printf '%s\n' "$command"
    (cd "$directory" && eval "$preprocess")
} | sha256sum)

[ "$sum" != "$(cat "$stamp" 2>/dev/null)" ] || exit 0
rm -f "$stamp"
analyzer=()
for word in -Xclang -analyzer-config -Xclang "max-nodes=$nodes"; do
    analyzer+=("--extra-arg=$word")
done
if ! output=$(clang-tidy --quiet -p "$directory" "${analyzer[@]}" "$source" 2>&1); then
    printf '%s\n' "$output" | grep -v '^[0-9]* warnings' || true
    exit 1
fi
printf '%s\n' "$sum" >"$stamp"
