# SPDX-License-Identifier: MIT
# mistake.py MISTAKE FILE: prints the first call manager with one mistake in its DropParty.
import sys

FREES = "    NdisFreeMemory(CallMgrPartyContext, 0, 0);\n"
COMPLETES = """    NdisMCmDropPartyComplete(NDIS_STATUS_SUCCESS,
                             ((struct party *)CallMgrPartyContext)->NdisPartyHandle);
"""
source = open(sys.argv[2]).read()
head, drop, rest = source.partition("static NDIS_STATUS DropParty(")
assert drop and FREES in rest, "DropParty is not what it was"
mended = {"breaking": COMPLETES + FREES, "forgetting": ""}[sys.argv[1]]
print(head + drop + rest.replace(FREES, mended, 1), end="")
