# SPDX-License-Identifier: MIT
# mistake.py MISTAKE FILE: prints a source of a driver with the one mistake that a page of docs makes
# in it.
import sys

FREES = "    NdisFreeMemory(CallMgrPartyContext, 0, 0);\n"
COMPLETES = """    NdisMCmDropPartyComplete(NDIS_STATUS_SUCCESS,
                             ((struct party *)CallMgrPartyContext)->NdisPartyHandle);
"""
# In which function, what, and what instead.
MISTAKES = {
    "breaking": ("static NDIS_STATUS DropParty(", FREES, COMPLETES + FREES),
    "forgetting": ("static NDIS_STATUS DropParty(", FREES, ""),
    "dropping": ("static BOOLEAN MayDrop(", "Call->DropsOut + 1 &&", "Call->DropsOut &&"),
}
function, right, wrong = MISTAKES[sys.argv[1]]
head, begin, rest = open(sys.argv[2]).read().partition(function)
assert begin and right in rest, function + " is not what it was"
print(head + begin + rest.replace(right, wrong, 1), end="")
