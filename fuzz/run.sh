#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run.sh FOLDER_NAME [SECONDS]: runs one target from its seeds, for ever without SECONDS.
# New inputs go to build/fuzz/found/, reproducers of crashes to build/fuzz/crashes/.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

target=${1:-}
program=build/fuzz/out/$target
if [ -z "$target" ] || ! [ -x "$program" ]; then
    names=$(printf '%s\n' fuzz/*/*_corpus | sed 's|^fuzz/||; s|/|_|; s|_corpus$||')
    echo "run.sh: '$target' is not built by fuzz/build.sh; there are: ${names//$'\n'/ }" >&2
    exit 2
fi
folder=${target%%_*} name=${target#*_}
found=build/fuzz/found/$target crashes=build/fuzz/crashes
mkdir -p "$found" "$crashes"

options=(-max_total_time="${2:-0}" -timeout=10 -rss_limit_mb=1024 -max_len=8192
    -artifact_prefix="$crashes/$target-" -print_final_stats=1)
[ ! -f "fuzz/$folder/$name.dict" ] || options+=(-dict="fuzz/$folder/$name.dict")
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

log=$found.log
if "$program" "${options[@]}" "$found" "fuzz/$folder/${name}_corpus" >"$log" 2>&1; then
    awk -v target="$target" '/number_of_executed_units/ { units = $2 }
        / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") edges = $(i + 1) }
        END { printf "%s: %d inputs, %d edges, no crash\n", target, units, edges }' "$log"
    exit 0
fi
tail -n 60 "$log"
reproducer=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
echo "$target: FAILED; the input: ${reproducer:-none was written, see $log}"
[ -z "$reproducer" ] || echo "$target: again with: $program $reproducer"
exit 1
