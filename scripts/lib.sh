# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
# lib.sh: what ./run and ./check share; sourced by bash, from the root of the tree.

if [ -t 1 ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' red='' green='' plain=''
fi

say() {
    printf '%s\n' "${bold}==>${plain} $*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# configure DIR COMPILER [OPTION...]: sets a build directory up, or sets it to these options again.
configure() {
    local dir=$1 compiler=$2
    shift 2
    if [ -f "$dir/build.ninja" ] && [ "$(cat "$dir/.options" 2>/dev/null)" = "$compiler $*" ]; then
        return 0
    fi
    rm -rf "$dir"
    CC=$compiler meson setup "$dir" . "$@" || return 1
    printf '%s\n' "$compiler $*" >"$dir/.options"
}

# build_run: what ./run needs, without tests and benches.
build_run() {
    configure build/run gcc -Dtests=false -Dbench=false && ninja -C build/run
}

# processor_time VARIABLE: sets it to the processor seconds of this shell's ended children.
processor_time() {
    local stat ticks
    read -r stat <"/proc/$BASHPID/stat"
    read -r -a ticks <<<"${stat##*) }"
    printf -v "$1" %d $(((ticks[13] + ticks[14]) / 100))
}

# source_files [PATTERN...]: the tracked files, one per line; every file where git cannot tell.
source_files() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files -- "$@" | while IFS= read -r file; do
            [ -f "$file" ] && printf '%s\n' "$file"
        done
        return 0
    fi
    local pattern names=()
    for pattern in "$@"; do
        names+=(-o -name "$pattern")
    done
    [ $# -gt 0 ] || names=(-o -name '*')
    find . \( -path ./build -o -path ./.git \) -prune -o -type f \( "${names[@]:1}" \) -print |
        sed 's|^\./||' | LC_ALL=C sort
}

# make_input PATH: a file of 4 MiB, always the same: 262144 numbered lines of 16 bytes.
make_input() {
    [ -f "$1" ] && return 0
    mkdir -p "$(dirname "$1")"
    seq -f '%015.0f' 262144 >"$1.part"
    mv "$1.part" "$1"
}
