#!/bin/sh
# SPDX-License-Identifier: MIT
# verify.sh CONDIS FIRST BREAKING FORGETTING PYTHON CRASHING: the verification of a driver that is
# right, of two that are not, and of one that crashes.
set -eu
. "$(dirname "$0")/lib.sh"
first=$2 breaking=$3 forgetting=$4 python=$5 crashing=$6
# What the driver leaks on purpose is not for a leak checker to find.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
quick='--seeds 1 --schedules 0 --no-faults'

# shellcheck disable=SC2086 # $quick is several words
run 0 verify "$first" $quick
grep -q ': mcm on a medium without anybody$' "$work/out" || wrong 'its kind and medium'
grep -Eq '^cm_call +ok 4 ' "$work/out" || wrong 'a case that passes'
grep -Eq '^cm_call_refused +skipped ' "$work/out" || wrong 'a case that needs a peer'
tail -n 1 "$work/out" | grep -q ' 0 failed, .* none broken$' || wrong 'the summary'

# shellcheck disable=SC2086
run 1 verify "$breaking" $quick --only cm_parties
grep -q '^  broken: PEND_NOT_BOTH (C2)' "$work/out" || wrong 'a request that is answered twice'
grep -q '^rule broken: PEND_NOT_BOTH' "$work/out" || wrong 'its report'
grep -q '^  replay .*condis run .*cm_parties.lua' "$work/out" || wrong 'how to see it again'
tail -n 1 "$work/out" | grep -q '^0 cases passed, 1 failed.* broken: C2' || wrong 'the summary'
# The command of the report does show it again.
replay=$(sed -n 's/^  replay  *condis //p' "$work/out" | sed 's/ --stop-at [0-9]*//' | head -n 1)
# shellcheck disable=SC2086 # a command line
run 1 $replay
grep -q '^rule broken: PEND_NOT_BOTH' "$work/err" || wrong 'the replay shows something else'

# shellcheck disable=SC2086
run 1 verify "$forgetting" $quick --only C109 --json --junit "$work/junit"
"$python" - "$work/out" "$work/junit" <<'EOF' || wrong 'JSON and JUnit'
import datetime, json, sys, xml.etree.ElementTree as tree
document = json.load(open(sys.argv[1]))
assert document['verdict'] == 'failed' and document['as'] == 'mcm', document['verdict']
by_name = {case['name']: case for case in document['cases']}
assert all(109 in case['obligations'] for case in by_name.values())
assert by_name['cm_parties']['phases']['case']['outcome'] == 'failed'
assert by_name['cm_calls_in_a_row']['phases']['case']['outcome'] == 'passed'
suite = tree.parse(sys.argv[2]).getroot().find('testsuite')
cases = suite.findall('testcase')
assert len(cases) == int(suite.get('tests')) == len(by_name)
failed = {case.get('name') for case in cases if case.find('failure') is not None}
assert len(failed) == int(suite.get('failures')) and 'cm_parties' in failed, failed
assert 'rule broken' in suite.find('.//failure').text
# What the strictest schema in use asks of a suite, of its parts and of their order.
parts = [part.tag for part in suite if part.tag != 'testcase']
assert parts == ['properties', 'system-out', 'system-err'] and suite[0].tag == 'properties', parts
for name in 'id package name timestamp hostname tests failures errors skipped time'.split():
    assert suite.get(name) is not None, name
datetime.datetime.strptime(suite.get('timestamp'), '%Y-%m-%dT%H:%M:%S')
assert {part.get('name'): part.get('value') for part in suite[0]}['as'] == 'mcm'
assert all(float(case.get('time')) > 0 and case.get('classname') for case in cases)
broken = {case.get('name'): case.find('failure').get('type') for case in cases
          if case.find('failure') is not None}
assert broken['cm_parties'] == 'CM_PARTY_CONTEXT_LEAKED', broken
EOF

# shellcheck disable=SC2086
run 1 verify "$breaking" $quick --only cm_parties --only cm_call --tap
grep -q '^1\.\.2$' "$work/out" || wrong 'the plan of TAP'
grep -q '^ok 1 - cm_call case$' "$work/out" || wrong 'TAP: what passed'
grep -q '^not ok 2 - cm_parties case$' "$work/out" || wrong 'TAP: what failed'

if command -v prove >/dev/null; then
    # shellcheck disable=SC2086 # $quick is several words
    run 0 verify "$first" $quick --only cm_call --tap
    prove -e cat "$work/out" >"$work/proved" 2>&1 || wrong "prove: $(cat "$work/proved")"
fi

run 0 verify --list
[ "$(grep -c '^cm_' "$work/out")" -gt 20 ] || wrong 'the list of cases'
refuses 2 'which driver' verify
refuses 2 'one driver only' verify one two
refuses 2 'missing.so' verify ./missing.so
refuses 2 '--as client: loopback registers as mcm' verify loopback --as client
refuses 2 '--only C130: no case for mcm is called so' verify "$first" --only C130
refuses 2 '--only cm_calls: no case' verify "$first" --only C2 --only cm_calls
refuses 2 "--peer nobody: no driver is called 'nobody'" verify "$first" --peer nobody
refuses 2 "--miniport ./x.so: cannot load driver './x.so'" verify "$first" --miniport ./x.so
# What cannot run has not failed.
# shellcheck disable=SC2086
run 2 verify loopback --medium switch --only cm_call $quick
tail -n 1 "$work/out" | grep -q '^0 cases passed, 0 failed, 1 could not run' ||
    wrong "$(tail -n 1 "$work/out")"
# shellcheck disable=SC2086
run 2 verify "$first" --only cm_call_refused $quick # it needs somebody at the other end
# A finding among orders comes with the command that has it again, its arguments too.
run 1 verify "$breaking" --only cm_parties --seeds 1 --schedules 3 --no-live --no-faults --json
replay=$(sed -n 's/.*"replay": "condis \(run .*--schedule .*\)".*/\1/p' "$work/out")
case $replay in *' -- as=mcm medium=none') ;; *) wrong "no arguments behind: $replay" ;; esac
! grep -q '"replay": .* --json' "$work/out" || wrong 'a replay prints JSON'
# shellcheck disable=SC2086 # a command line
run 1 $replay
grep -q '^rule broken: PEND_NOT_BOTH' "$work/err" || wrong "the replay breaks no rule: $replay"
status=0
"$condis" verify "$crashing" >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 2 ] || wrong "a driver that crashes when it is loaded: $status"
grep -q 'it died while it was loaded: signal 11 (Segmentation fault) in DriverEntry at ' \
    "$work/err" || grep -q 'it died' "$work/err" || wrong "$(cat "$work/err")"
refuses 2 'it is one of hub, switch, none' verify "$first" --medium tape
refuses 2 'wants Name=VALUE' verify "$first" --setting Qos
CONDIS_CONFORMANCE=$work/nowhere
export CONDIS_CONFORMANCE
refuses 2 'no conformance suite' verify "$first"
mkdir "$work/nowhere"
printf -- '-- SPDX\n-- Says.\n-- obligations: X1\n' >"$work/nowhere/cm_bad.lua"
refuses 2 'cm_bad.lua:3: a header' verify "$first"

finish
