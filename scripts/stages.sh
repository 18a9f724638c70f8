# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154
# stages.sh: the stages of ./check, one function each; sourced by it, after lib.sh.
#
# A stage finds its build made (builds.sh), prints to its log and returns 0 or not. One that holds
# several cases writes their number to $cases as "PASSED FAILED SKIPPED"; without that it counts as
# one case.

# run_stage NAME PLACE: runs a stage, says how it went, and adds its cases to $counts.
run_stage() {
    local name=$1 place=$2 log=build/check/$1.log status=0 start=$SECONDS line build before after
    cases=build/check/$1.cases
    rm -f "$cases"
    printf '%s' "${bold}[$place]${plain} $name ... "
    processor_time before
    build=$(build_of "$name")
    if [ -n "$build" ] && ! await_build "$build"; then
        status=1 log=build/check/build-$build.log
    else
        # In a shell of its own, so that one stage's directory and variables never reach the next.
        ("stage_${name//-/_}") >"$log" 2>&1 || status=$?
    fi
    processor_time after
    if [ -s "$cases" ]; then
        read -r passed failed skipped <"$cases"
        [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    elif [ "$status" -eq 0 ]; then
        passed=1 failed=0 skipped=0
    else
        passed=0 failed=1 skipped=0
    fi
    echo "$passed $failed $skipped $name" >>"$counts"
    line="$passed passed, $failed failed, $skipped skipped, $((SECONDS - start)) s,"
    line+=" $((after - before)) s of processor time ($log)"
    if [ "$failed" -eq 0 ]; then
        printf '%s\n' "${green}ok${plain}: $line"
    else
        printf '%s\n' "${red}FAILED${plain}: $line"
        tail -n 40 "$log" | sed 's/^/    /'
    fi
}

stage_format() {
    source_files '*.c' '*.h' | xargs -r -d '\n' clang-format --dry-run -Werror
}

stage_tidy() {
    source_files | lua5.4 scripts/tidy.lua && lua5.4 scripts/support.lua --check &&
        lua5.4 scripts/rules.lua --check
}

# run_tests BUILD TIMES SELECTION [WRAPPER...]: TIMES stretches the time limits.
run_tests() {
    local dir=build/$1 times=$2 selection
    read -r -a selection <<<"$3"
    shift 3
    rm -f "$dir/meson-logs/testlog.json"
    local status=0 processes=$(($(nproc) + 2)) # many tests only wait for timers of the network
    "$@" meson test -C "$dir" --no-rebuild --print-errorlogs --num-processes "$processes" \
        -t "$times" "${selection[@]}" || status=$?
    if [ -f "$dir/meson-logs/testlog.json" ]; then
        lua5.4 scripts/count-tests.lua "$dir/meson-logs/testlog.json" >"$cases"
    fi
    return "$status"
}

stage_gcc() {
    run_tests gcc 1 ''
}

# What runs live is run by TSan, which is clang too.
stage_clang() {
    run_tests clang 1 '--no-suite once --no-suite live'
}

# gcc's runtimes find the names of a stack by themselves. A fiber's stack is not the thread's, so
# the checker must not move locals to a stack of its own.
stage_asan() {
    export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=0
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    run_tests asan 3 '--no-suite once'
}

# The simulated executive has one thread and switches stacks under the checker, so its tests are
# left out; so are those that count the frames of a stack, among which the checker puts its own.
# Kernels that spread addresses widely break the checker's map; setarch forbids it them.
stage_tsan() {
    local fixed=()
    ! setarch -R true 2>/dev/null || fixed=(setarch -R)
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
    run_tests tsan 5 '--no-suite once --no-suite sim --no-suite frames' "${fixed[@]}"
}

# clang_tidy NODES: the analyzer looks so far from each function; nearly all of the time is its.
clang_tidy() {
    local cache=build/check/clang-tidy-$1
    mkdir -p "$cache"
    lua5.4 scripts/compile-commands.lua build/clang/compile_commands.json |
        xargs -r -d '\n' -n 1 -P "$(nproc)" scripts/clang-tidy.sh "$cache" "$1"
}

# Half of clang's own limit takes half of the time. What the whole one has found, it finds too.
stage_clang_tidy() {
    clang_tidy 120000
}

stage_clang_tidy_long() {
    clang_tidy 225000
}

# arguments_of EXAMPLE: sets $arguments to what it is run with: the one that shares a file, a file.
arguments_of() {
    arguments=()
    [ "$1" = examples/share.lua ] || return 0
    arguments=(build/check/input.txt)
    make_input "${arguments[0]}"
}

# Every example, on both executives.
stage_examples() {
    local condis=build/gcc/tools/condis/condis passed=0 failed=0 arguments
    if ! [ -e examples/share.lua ] || ! [ -x "$condis" ]; then
        echo "no examples or no command"
        return 1
    fi
    local example executive
    for example in examples/*.lua; do
        arguments_of "$example"
        for executive in --live --sim; do
            echo "--- $example $executive"
            if timeout 120 "$condis" run "$example" "$executive" --seed 1 -- "${arguments[@]}"; then
                passed=$((passed + 1))
            else
                echo "--- $example $executive: exit status $?"
                failed=$((failed + 1))
            fi
        done
    done
    echo "$passed $failed 0" >"$cases"
    [ "$failed" -eq 0 ]
}

# What a user does first. Its build has neither tests nor benches, as on a machine without them.
stage_run() {
    ./run README.md && ./run
}

stage_installed() {
    scripts/installed.sh build/gcc build/installed
}

# Each fuzz target for half a minute from its seeds, two at a time for each processor. The build is
# the one that OSS-Fuzz makes (fuzz/build.sh), and so is tested here. FUZZ_SECONDS: for longer or
# shorter.
stage_fuzz() {
    local targets=() program result=build/fuzz/result
    for program in build/fuzz/out/*_seed_corpus.zip; do
        program=${program##*/}
        targets+=("${program%_seed_corpus.zip}")
    done
    rm -rf "$result"
    mkdir -p "$result"
    printf '%s\n' "${targets[@]}" | xargs -P $((2 * $(nproc))) -I '{}' sh -c \
        'fuzz/run.sh "$1" "$2" >"$3/$1" 2>&1 || touch "$3/$1.failed"' \
        fuzz '{}' "${FUZZ_SECONDS:-30}" "$result"
    local target failed=0
    for target in "${targets[@]}"; do
        cat "$result/$target"
        [ ! -e "$result/$target.failed" ] || failed=$((failed + 1))
    done
    echo "$((${#targets[@]} - failed)) $failed 0" >"$cases"
    [ "$failed" -eq 0 ]
}

stage_bench() {
    local program
    for program in bench bench_uni bench_sscop bench_relay; do
        echo "--- $program"
        timeout 300 "build/gcc/bench/$program" --smoke || return 1
    done
}

# sweep_faults SEED COMPLETION EXAMPLE...: each call path of the examples' drivers fails in turn.
# The cases are the call paths.
sweep_faults() {
    local seed=$1 completion=$2 condis=build/gcc/tools/condis/condis
    local example passed=0 failed=0 line arguments
    shift 2
    [ ! -s "$cases" ] || read -r passed failed _ <"$cases"
    for example in "$@"; do
        echo "--- $example, seed $seed, completion $completion"
        arguments_of "$example"
        line=$(timeout 900 "$condis" faults "$example" --seed "$seed" \
            --completion "$completion" -- "${arguments[@]}" 2>&1 | tee /dev/stderr | tail -n 1)
        [[ $line =~ ([0-9]+)\ survived,\ ([0-9]+)\ found ]] || { failed=$((failed + 1)); continue; }
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    done
    echo "$passed $failed 0" >"$cases"
    [ "$failed" -eq 0 ]
}

# The kinds of driver that there are: an MCM, a call manager over a miniport, both over a switch.
stage_faults() {
    sweep_faults 1 pending examples/first.lua examples/hello_party.lua \
        examples/stand_alone_call_manager.lua examples/two_switches.lua
}

# Every example, every way of completion, three seeds.
stage_faults_long() {
    local seed completion status=0
    for seed in 1 2 3; do
        for completion in pending direct mixed; do
            sweep_faults "$seed" "$completion" examples/*.lua || status=1
        done
    done
    return "$status"
}

# What tests/tools/conforms.sh leaves out: faults and orders, live too. In build/check/verify.
stage_verify_long() {
    local condis=build/gcc/tools/condis/condis reports=build/check/verify passed=0 failed=0
    local drivers driver words client='--leaf @a,@b,@c --address @root'
    client+=' --setting Leaves=@a,@b,@c --setting Address=@root'
    drivers=(loopback hubcm atmmcm atmuni "caller $client" "caller $client --medium switch"
        "caller $client --setting Multipoint=0"
        "caller $client --setting AnswerLater=0 --setting Reject=1")
    mkdir -p "$reports"
    for driver in "${drivers[@]}"; do
        echo "--- $driver"
        read -r -a words <<<"$driver"
        if "$condis" verify "${words[@]}" --junit "$reports/${driver//[^a-zA-Z0-9]/}.xml"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
        fi
    done
    echo "$passed $failed 0" >"$cases"
    [ "$failed" -eq 0 ]
}

# explore_families STRATEGY OPTION...: each story of examples/explore with each call manager, and
# the same three for the drivers of the contract's tests, which do not live without memory. What is
# found is in build/check/explore, with the command that shows it again.
explore_families() {
    local condis=build/gcc/tools/condis/condis passed=0 failed=0 story manager state how=$* managers
    [ ! -s "$cases" ] || read -r passed failed _ <"$cases"
    for story in examples/explore/*.lua tests/explore/actor_*.lua; do
        managers=(loopback hubcm atmmcm atmuni)
        if [[ $story == tests/* ]]; then
            managers=(actormcm actorcm)
            [[ $how != *--faults* ]] || continue
        fi
        for manager in "${managers[@]}"; do
            state=build/check/explore/$(basename "$story" .lua)-$manager-${how//[^a-z0-9]/}
            echo "--- $story $manager $*"
            rm -rf "$state"
            mkdir -p build/check/explore
            if "$condis" explore "$story" --strategy "$@" --state "$state" -- "$manager"; then
                passed=$((passed + 1))
            else
                failed=$((failed + 1))
            fi
        done
    done
    echo "$passed $failed 0" >"$cases"
    [ "$failed" -eq 0 ]
}

# A second or so each; PCT of depth 3, because the random walk is what the tests of a call take.
stage_explore() {
    explore_families pct:3 --seeds 40
}

# EXPLORE_MINUTES in all: every story by each strategy, all orders with one preemption among them,
# and at random while calls fail.
stage_explore_long() {
    local each status=0 strategy
    each=$(awk -v minutes="${EXPLORE_MINUTES:-30}" 'BEGIN { print minutes / 84 }')
    explore_families random --faults random:3 --minutes "$each" || status=1
    for strategy in random pct:3 bounded:1 bounded:2; do
        explore_families "$strategy" --minutes "$each" || status=1
    done
    return "$status"
}

# net_piece DRIVER UNI FIRST COUNT UNTIL DIR: some seeds of the four leaves, unless the time is over
# (UNTIL, in seconds of date +%s). Leaves DIR/DRIVER-FIRST.passed or .failed, or nothing.
net_piece() {
    local log=$6/$1-$3 seeds=build/gcc/tests/net/net_seeds
    [ "$(date +%s)" -lt "$5" ] || return 0
    if timeout 1800 "$seeds" tests/net/four.lua "$3" "$4" "$1" "$2" >"$log" 2>&1; then
        mv "$log" "$log.passed"
    else
        mv "$log" "$log.failed"
    fi
}

# 10,000 seeds of a root with four leaves for each call manager, by turns UNI 4.0 and 3.1, as far as
# EXPLORE_MINUTES go. The cases are pieces; those that there was no time for count as skipped.
# NET_SEED: the first seed, to go on where the log says that the last one stopped.
stage_net_long() {
    local each=250 count=10000 unis=(4.0 3.1) dir=build/check/net-long
    local begin=${NET_SEED:-1} first until uni
    until=$(($(date +%s) + ${EXPLORE_MINUTES:-30} * 60))
    rm -rf "$dir"
    mkdir -p "$dir"
    export -f net_piece
    for ((first = begin; first < begin + count; first += each)); do
        uni=${unis[(first - begin) / each % 2]}
        printf '%s\n' "atmmcm $uni $first" "atmuni $uni $first"
    done | xargs -P "$(nproc)" -I '{}' bash -c "net_piece {} $each $until $dir"
    find "$dir" -name '*.failed' -exec tail -n 20 '{}' +
    local pieces=$((2 * count / each)) passed failed
    passed=$(find "$dir" -name '*.passed' | wc -l)
    failed=$(find "$dir" -name '*.failed' | wc -l)
    echo "$((passed * each)) of $((2 * count)) seeds passed, from seed $begin on; logs: $dir"
    [ "$((passed + failed))" -eq "$pieces" ] ||
        echo "no time was left: go on with NET_SEED=$((begin + (passed + failed) / 2 * each))"
    echo "$passed $failed $((pieces - passed - failed))" >"$cases"
    [ "$failed" -eq 0 ]
}
