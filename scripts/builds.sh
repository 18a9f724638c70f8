# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
# builds.sh: the builds that the stages of ./check need, one after the other beside them; sourced by
# it, after lib.sh.
#
# Tests wait for the network's timers and for their slowest, so the next build is made meanwhile: at
# a lower priority, for tests shall not wait for a compiler.

# build_of STAGE: the build that a stage needs; nothing when it needs none.
build_of() {
    case $1 in
    format | tidy) ;;
    clang | clang-tidy | clang-tidy-long) echo clang ;;
    asan | tsan | run | fuzz) echo "$1" ;;
    *) echo gcc ;;
    esac
}

# make_build NAME. What ASan and UBSan add to the code takes gcc three times as long with -O2 -g as
# with -O1 -g1, which still has the names and lines of a report.
make_build() {
    case $1 in
    gcc | clang) configure "build/$1" "$1" ;;
    asan)
        configure build/asan gcc -Db_sanitize=address,undefined -Doptimization=1 -Dc_args=-g1
        ;;
    tsan) configure build/tsan clang -Db_sanitize=thread -Dbench=false ;;
    run) build_run && return ;;
    fuzz) fuzz/build.sh && return ;;
    esac && ninja -C "build/$1"
}

# begin_builds NAME...: makes them in this order. Their logs: build/check/build-NAME.log.
begin_builds() {
    local name status start
    exec {built}< <(
        renice -n 10 "$BASHPID" >/dev/null || true
        for name in "$@"; do
            status=0 start=$SECONDS
            processor_time before
            make_build "$name" >"build/check/build-$name.log" 2>&1 || status=$?
            processor_time after
            echo "$name $status $((SECONDS - start)) $((after - before))"
        done
    )
}

# await_build NAME: waits until it is made, or was before. returns  whether that went well.
declare -A build_status build_processor
await_build() {
    local name status seconds processor
    while [ -z "${build_status[$1]:-}" ]; do
        read -r -u "$built" name status seconds processor || return 1
        build_status[$name]=$status build_processor[$name]=$processor
    done
    [ "${build_status[$1]}" -eq 0 ]
}
