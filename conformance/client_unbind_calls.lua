-- SPDX-License-Identifier: MIT
-- The adapter goes while the client calls.
-- for: client
-- obligations: C66 C67 C85 C91 C92 C96 C97 C103 C104
-- needs: leaf
-- also: faults schedules
local leaves = client_leaves()
local _, parts = subject_client 'root'
leaves.called:wait()
parts.adapter:stop()
leaves.wait()
