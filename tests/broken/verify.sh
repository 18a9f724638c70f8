#!/bin/sh
# SPDX-License-Identifier: MIT
# verify.sh CONDIS BREAK.C BROKENCM BROKENMCM: `condis verify` is green on the two call managers as
# they are, and red on each of their mistakes for that rule and no other.
set -eu
. "$(dirname "$0")/../tools/lib.sh"
source=$2
cm=$3
mcm=$4

# verified STATUS DRIVER AS [OPTION...]: the cases in which every mistake is made; once each.
verified() {
    status=$1 driver=$2 as=$3
    shift 3
    run "$status" verify "$driver" --as "$as" --medium hub --seeds 1 --schedules 0 --no-faults \
        --only cm_call --only cm_parties --only cm_incoming "$@"
}

# breaks RULE DRIVER AS
breaks() {
    verified 1 "$2" "$3" --setting "Break=$1"
    rules=$(grep -ohE '^ *rule broken: [A-Za-z_]+' "$work/out" "$work/err" |
        awk '{print $3}' | sort -u)
    [ "$rules" = "$1" ] || wrong "Break=$1 of $2 broke: $rules"
}

verified 0 "$cm" call-manager
verified 0 "$mcm" mcm
for rule in $(sed -n 's/^ *RULE(\([A-Z_]*\)).*/\1/p' "$source" | grep -v OTHER_EDGE); do
    breaks "$rule" "$cm" call-manager
    breaks "$rule" "$mcm" mcm
done
breaks CM_USES_NDISCM "$cm" call-manager
breaks MCM_USES_NDISMCM "$mcm" mcm

finish
