#!/bin/sh
# SPDX-License-Identifier: MIT
# json.sh CONDIS EXAMPLES PYTHON: --json writes one document, and it says what the exit status says.
set -eu
. "$(dirname "$0")/lib.sh"
examples=$2
python=$3

# holds EXPRESSION: the document, called d, makes it true.
holds() {
    "$python" -c 'import json, sys
with open(sys.argv[1]) as file:
    d = json.load(file)
sys.exit(not eval(sys.argv[2]))' "$work/out" "$1" || wrong "$1 is not so in: $(cat "$work/out")"
}

run 0 run "$examples/share.lua" --sim --seed 5 --json -- "$0"
holds 'd["verdict"] == "passed" and d["seed"] == 5 and d["clock"] == "simulated"'
holds 'd["tally"]["violations"] == 0 and d["tally"]["leaks"] == 0 and d["error"] is None'
holds 'len(d["tables"]) == 1 and len(d["tables"][0]["rows"]) == 4'
holds '[row["leaf"] for row in d["tables"][0]["rows"]] == ["amber", "birch", "cedar", "dogwood"]'

run 1 run "$(scenario 'expect(false, "the sky")')" --json
holds 'd["verdict"] == "failed" and "the sky" in d["error"]'

run 2 run "$(scenario 'x = = 1')" --json
holds 'd["verdict"] == "unusable" and d["error"]'

run 0 run "$examples/hello_party.lua" --sim --seed 1 --trace "$work/trace.json"
"$python" -c 'import json, sys
for line in open(sys.argv[1]):
    json.loads(line)' "$work/trace.json" || wrong 'a line of the trace is no JSON'

finish
