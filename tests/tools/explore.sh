#!/bin/sh
# SPDX-License-Identifier: MIT
# explore.sh CONDIS RACY DRIVERS SLURM: exploring finds what the usual order hides, makes it small,
# and counts right. RACY is the scenario, DRIVERS the directory of the drivers with one bug each,
# SLURM the example of a job array.
set -eu
. "$(dirname "$0")/lib.sh"
racy=$2
CONDIS_DRIVER_PATH=$3
slurm=$4
export CONDIS_DRIVER_PATH
TMPDIR=$work
export TMPDIR

# field NAME [FILE]: a number of the JSON document that the last run printed.
field() {
    sed -n "s/^ *\"$1\": \([0-9.e+-]*\),*\$/\1/p" "${2:-$work/out}" | head -n 1
}

# wants NAME NUMBER WHAT
wants() {
    got=$(field "$1")
    [ "$got" = "$2" ] || wrong "$3: $1 is ${got:-nowhere}, wanted $2"
}

# finds BUG TITLE PREEMPTIONS STRATEGY [OPTION...]: the bug is found, shortened and replayed.
finds() {
    bug=$1 title=$2 preemptions=$3 strategy=$4
    shift 4
    run 1 explore "$racy" --driver "racy=racy_$bug" --strategy "$strategy" --findings 1 --json \
        --state "$work/$bug-$strategy" "$@"
    grep -qE "\"title\": \"($title)" "$work/out" || wrong "$bug, $strategy: not '$title'"
    wants preemptions "$preemptions" "$bug, $strategy"
    wants switches 0 "$bug, $strategy"
    wants answers 0 "$bug, $strategy"
    wants replayed 3 "$bug, $strategy"
    shown fewest "$bug, $strategy"
}

# shown WORD WHAT: what is known of how short the finding is.
shown() {
    grep -q "\"shown\": \"$1\"" "$work/out" || wrong "$2: it is not '$1' that was shown"
}

# replay DIR: runs the command of the first finding again, which fails again.
replay() {
    report=$1/findings/1/report.txt
    command=$(sed -n 's/^  replay    condis \(.*\)$/\1/p' "$report" | head -n 1)
    # shellcheck disable=SC2086
    run 1 $command
}

finds one_preemption 'PEND_ONCE in NdisMCmDropPartyComplete' 1 bounded:1
finds two_preemptions 'PEND_ONCE in NdisMCmDropPartyComplete' 2 random --seeds 2000
finds two_preemptions 'PEND_ONCE in NdisMCmDropPartyComplete' 2 pct:3 --seeds 2000
finds early_completion 'PEND_NOT_BOTH in ProtocolCmDropParty' 1 pct:2 --seeds 400
finds deadlock 'LOCK_DEADLOCK in KeAcquireSpinLockAtDpcLevel' 1 random --seeds 400
finds crash 'CRASH: signal 11 .Segmentation fault., in |UndefinedBehaviorSanitizer: ' 1 random \
    --seeds 400
finds spin 'HUNG: it runs on and on, in ' 1 bounded:1 --hang 1

# A deadlock is all that is told of a world that it stopped.
replay "$work/deadlock-random"
[ "$(grep -c '^rule broken: ' "$work/err")" -eq 1 ] || wrong "after a deadlock: $(cat "$work/err")"
grep -q 'nobody can run; the world stops here, and what comes after is not judged' "$work/err" ||
    wrong 'the deadlock does not say that the world stops'
grep -q '^failed: what it left when it stopped was not judged, 1 broken rule,' "$work/out" ||
    wrong "the verdict after a deadlock: $(cat "$work/out")"

# What minimising had no runs for, it does not claim.
for budget in '1 nothing' '12 minimal'; do
    run 1 explore "$racy" --driver racy=racy_two_preemptions --seeds 2000 --findings 1 --json \
        --shorten "${budget% *}" --state "$work/shorten-${budget% *}"
    shown "${budget#* }" "--shorten ${budget% *}"
done

# finds_fault BUG TITLE PREEMPTIONS: found only where calls fail, and one that fails is left.
finds_fault() {
    finds "$1" "$2" "$3" random --faults random:40 --seeds 400
    wants faults 1 "$1"
    [ "$(field calls)" -ge "$(field runs_with)" ] || wrong "$1: not every call that failed counts"
    grep -q -- '--faults nth=3 --schedule ' "$work/out" || wrong "$1: not the third call"
}

# A path that only a failure takes, and what is wrong with it only in one order, or in any.
finds_fault failure 'PEND_ONCE in NdisMCmDropPartyComplete' 1
[ "$(field faults_found)" -gt 1 ] || wrong 'failure: there was nothing to drop'
grep -qE 'call 3: racy_failure gets NULL from NdisAllocateMemoryWithTagPriority.*racy\.c' \
    "$work/failure-random/findings/1/report.txt" || wrong 'the report does not say what failed'
replay "$work/failure-random"
grep -q '^rule broken: PEND_ONCE' "$work/err" || wrong "the replay breaks no rule: $command"
finds_fault failure_crash \
    'CRASH: signal 11 .Segmentation fault., in |UndefinedBehaviorSanitizer: ' 0
finds_fault failure_silence 'PEND_' 0
late=$(scenario "world{timeout_ms = 1000}
    faults_suspend()
    local city = switch 'city'
    station('leaf', {switch = city}):listen '@leaf'
    local root = station('root', {switch = city})
    faults_resume()
    status_of(root.call, root, '@leaf')
    faults_suspend()")
run 1 explore "$late" --faults from=1 --function frame_lost --findings 1 --seeds 1 --json \
    --state "$work/late"
grep -q '"title": "a request did not end: ' "$work/out" || wrong 'a lost frame: no request waits'
wants faults 1 'a lost frame'
finds failure 'PEND_ONCE in NdisMCmDropPartyComplete' 1 bounded:1 --faults nth=3
wants faults 1 'a call that always fails'
run 0 explore "$racy" --driver racy=racy_failure --strategy bounded:1
run 0 explore "$racy" --driver racy=racy_none --seeds 40 --faults random:60 --json
[ "$(field calls)" -gt 40 ] || wrong "racy_none: $(field calls) calls failed in 40 runs"
run 0 explore "$racy" --driver racy=racy_none --seeds 10 --faults random:60 --json \
    --module client
wants calls 0 'what --module leaves out'

# The command of a finding ends the same way, in a report that gives the command again.
run 1 explore "$racy" --driver racy=racy_one_preemption --strategy bounded:1 --findings 1 \
    --state "$work/here"
replay "$work/here"
grep -q '^rule broken: PEND_ONCE' "$work/err" || wrong "the replay breaks no rule: $command"
grep -q 'PEND_ONCE' "$report" || wrong 'no report is kept'
grep -c 'gives way to' "$work/here/findings/1/schedule" | grep -qx 1 || wrong 'not one preemption'

# Two preemptions are not found with one, and that is said.
run 0 explore "$racy" --driver racy=racy_two_preemptions --strategy bounded:1 --json
wants preemptions 1 'bounded:1'
[ "$(field known)" = "$(field run)" ] || wrong 'bounded:1 did not run what it knows'
whole=$(field runs)
wants schedules "$whole" 'each schedule is another one'

# What is right stays right, though it polls.
for strategy in random pct:3; do
    run 0 explore "$racy" --driver racy=racy_none --strategy $strategy --seeds 40
    grep -q '^passed: nothing was found' "$work/out" || wrong "racy_none, $strategy"
done
[ -z "$(ls -d "$work"/condis-explore-* 2>/dev/null)" ] || wrong 'directories without a finding stay'

# The parts are the whole, and no run is in two of them.
sum=0
for shard in 1 2 3; do
    run 0 explore "$racy" --driver racy=racy_two_preemptions --strategy bounded:1 --json \
        --shard $shard/3
    sum=$((sum + $(field runs)))
done
[ "$sum" -eq "$whole" ] || wrong "three shards make $sum runs, all of it $whole"
sum=0
for task in 1 2 3; do
    SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=3 CONDIS=$condis "$slurm" "$work/array" \
        "$racy" --driver racy=racy_two_preemptions --strategy bounded:1 --json >"$work/out" ||
        wrong "task $task of the job array"
    sum=$((sum + $(field runs)))
done
[ "$sum" -eq "$whole" ] || wrong "a job array makes $sum runs, all of it $whole"
sum=0
seeds=
for shard in 1 2 3; do
    run 0 explore "$racy" --driver racy=racy_none --seeds 10 --shard $shard/3 --jobs 1 --json \
        --state "$work/shard-$shard"
    sum=$((sum + $(field runs)))
    seeds="$seeds $(sed -n 's/.*--seed \([0-9]*\).*/\1/p' "$work/shard-$shard/running/0")"
done
for time in process_s processor_s; do
    [ "$(field $time | cut -d . -f 1)" -lt 86400 ] || wrong "$time of four runs: $(field $time)"
done
[ "$sum" -eq 10 ] || wrong "three shards make $sum runs of 10"
[ "$seeds" = ' 10 8 9' ] || wrong "the shards' last seeds are$seeds"

# What is found does not depend on the number of processes, and going on is as good as not stopping.
whole_of() {
    grep -v '"process\|"replay"' "$work/out"
}
run 1 explore "$racy" --driver racy=racy_two_preemptions --seeds 120 --jobs 1 --json
whole_of >"$work/one"
run 1 explore "$racy" --driver racy=racy_two_preemptions --seeds 120 --jobs 3 --json
whole_of >"$work/two"
cmp -s "$work/one" "$work/two" || wrong "three processes find something else: $(cat "$work/two")"
run 1 explore "$racy" --driver racy=racy_two_preemptions --seeds 80 --state "$work/part"
run 1 explore "$racy" --driver racy=racy_two_preemptions --seeds 120 --state "$work/part" --resume \
    --json
whole_of | grep -v '"schedules"' >"$work/two"
grep -v '"schedules"' "$work/one" | cmp -s - "$work/two" ||
    wrong "after --resume: $(cat "$work/two")"
run 0 explore "$racy" --driver racy=racy_two_preemptions --strategy bounded:1 --seeds 9 --json \
    --state "$work/tree"
wants runs 9 'a part of the tree'
run 0 explore "$racy" --driver racy=racy_two_preemptions --strategy bounded:1 --json \
    --state "$work/tree" --resume
wants run "$whole" 'the tree after --resume'

refuses 2 'holds an exploration already' explore "$racy" --driver racy=racy_none --seeds 1 \
    --state "$work/tree"
refuses 2 'holds an exploration of something else' explore "$racy" --driver racy=racy_none \
    --seeds 1 --state "$work/tree" --resume
refuses 2 'holds an exploration of something else' explore "$racy" --driver racy=racy_none \
    --seeds 1 --state "$work/failure-random" --resume --faults random:41
refuses 2 'it is one of systematic' explore "$racy" --faults hope
refuses 2 'random takes 1 to 100' explore "$racy" --faults random:101
refuses 2 '--resume wants --state' explore "$racy" --resume
refuses 2 "no driver is called 'racy'" explore "$racy"
refuses 2 'which scenario?' explore
refuses 2 'wants I/N' explore "$racy" --shard 4/3
refuses 2 'wants I/N' explore "$racy" --shard 1
refuses 2 'it is a number from 1 to 1000000' explore "$racy" --shorten 0
refuses 2 'wants minutes' explore "$racy" --minutes 0
refuses 2 'of bounded[:PREEMPTIONS' explore "$racy" --strategy bounded:x
refuses 2 'every run would be the same one' explore "$racy" --strategy usual
refuses 2 'it is random, pct[:DEPTH[:POINTS]] or bounded' explore "$racy" --strategy hope
refuses 2 "$work/no/dir: No such file" explore "$racy" --state "$work/no/dir"

finish
