#!/bin/bash
# SPDX-License-Identifier: MIT
# pages.sh CONDIS_PAGES: the manual pages are roff that nothing warns about and say every option;
# bash completes commands, options and values.
set -euo pipefail
pages=$(realpath "$1") # we go elsewhere
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail_count=0

wrong() {
    echo "WRONG: $*"
    fail_count=$((fail_count + 1))
}

# completes WANTED WORD...: what stands there after the last word.
completes() {
    local wanted=$1
    shift
    COMP_WORDS=(condis "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _condis
    [ "${COMPREPLY[*]}" = "$wanted" ] || wrong "condis $*: '${COMPREPLY[*]}', not '$wanted'"
}

"$pages" completion >"$work/condis"
# shellcheck source=/dev/null
. "$work/condis"
cd "$work" # its only file is called condis
completes 'answer' a
completes '--driver' call --dr
completes '3.1 4.0' answer --uni ''
completes 'condis' call --send con
completes '' call --rate ''

"$pages" man >"$work/man"
for command in answer call capture explore faults rules run show switch verify; do
    "$pages" man "$command" >"$work/man-$command"
    grep -qF "condis\\-$command" "$work/man" || wrong "condis.1 does not name $command"
    grep -qF '\-\-json' "$work/man-$command" || wrong "condis-$command.1 does not say --json"
done
if command -v groff >"$work/groff"; then
    for page in "$work"/man*; do
        [ -z "$(groff -man -Tutf8 -ww -z "$page" 2>&1)" ] || wrong "groff warns of $page"
    done
fi
! "$pages" man nothing 2>"$work/err" || wrong 'a page of nothing'

[ "$fail_count" -eq 0 ]
