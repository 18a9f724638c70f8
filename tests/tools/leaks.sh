#!/bin/sh
# SPDX-License-Identifier: MIT
# leaks.sh CONDIS LEAVER FORSAKER: what of a driver is left is told kind by kind, each with the rule
# that asked to free it and with the function, file and line that allocated it.
set -eu
. "$(dirname "$0")/lib.sh"
# What the drivers leak on purpose is not for a leak checker to find.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"

# What hangs on a thing that was left is not told again, so each has a host of its own.
run 1 run "$(scenario "
local leaver, forsaker = '$2', '$3'
host('executive'):load(leaver) -- until its host ends
local bare = host('binding')
bare:load('hubmini'):adapter('net0', {Hub = 'hub', Station = 'bare'})
bare:load(forsaker):unload()
local leaf, calls = station('leaf'):listen('@leaf'), {}
local function forsake(name, settings)
    local _, host = station(name, {client = false})
    local driver = host:load(forsaker, settings)
    if settings.Leaves then
        calls[#calls + 1] = leaf:accept() -- kept, so that nobody ends it
    end
    sleep(1)
    driver:unload()
end
forsake('af', {})
forsake('sap', {Address = '@sap'})
forsake('vc', {Leaves = '@leaf', Multipoint = false})
forsake('party', {Leaves = '@leaf'})")" --sim --seed 1

# left RULE DRIVER HOST WHAT FUNCTION FILE: one report of the rule by that driver there says so, and
# its allocation stack begins with the line of the file that makes such a thing.
left() {
    awk -v head="rule broken: $1 " -v by=" by $2 in $3," '
        /^rule broken: / { keep(); report = ""; wanted = index($0, head) == 1 }
        { report = report $0 "\n" }
        function keep() { if (wanted && index(report, by)) printf "%s", report }
        END { keep() }' "$work/err" >"$work/report"
    [ "$(grep -c '^rule broken' "$work/report")" -eq 1 ] || {
        wrong "$1 of $2 in $3 is not told once: $(grep -A 4 '^rule broken' "$work/err")"
        return
    }
    grep -q "^  seen  *$4" "$work/report" || wrong "$1 does not say '$4': $(cat "$work/report")"
    grep -q "^  allocated $5 at .*$6:[1-9][0-9]*\$" "$work/report" ||
        wrong "$1 does not say where it was allocated: $(cat "$work/report")"
}

while read -r rule function kind; do
    left "$rule" leaver executive "1 of kind $kind, [0-9]* bytes" "$function" leaver.c
done <<END
LEAK_MEMORY LeaveMemory memory
LEAK_LOOKASIDE LeaveLookaside lookaside list
LEAK_TIMER LeaveTimer timer
LEAK_WORKITEM LeaveWorkItem work item
LEAK_THREAD LeaveThread thread handle
LEAK_LOCK LeaveLock reader-writer lock
LEAK_MDL LeaveMdl MDL
LEAK_NBL_POOL LeaveListPool net buffer pool
LEAK_NBL LeaveList net buffer pool
LEAK_NET_BUFFER LeaveBuffer net buffer pool
LEAK_CONFIGURATION LeaveConfiguration configuration handle
LEAK_HANDLE LeaveReference object reference
END
left LEAK_BINDING forsaker binding 'NdisCloseAdapterEx did not end' OpenAdapter binding.c
left LEAK_AF forsaker af 'it is still there' CallerAfRegisterNotify family.c
left LEAK_SAP forsaker sap 'it is still there' CallerRegisterSap sap.c
left LEAK_VC forsaker vc 'it is still there' CallerMakeCall call.c
left LEAK_PARTY forsaker party 'it is still there' CallerMakeCall call.c
# A Windows event has no function that frees it: nothing of one can be left but its memory.
grep -q 'LEAK_EVENT' "$work/err" && wrong 'an event is told as left'

finish
