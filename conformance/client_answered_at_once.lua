-- SPDX-License-Identifier: MIT
-- The call manager answers in its handlers wherever it can: whoever asked finishes by itself.
-- for: client
-- obligations: C7 C10 C30 C36 C37 C42 C64 C85 C87 C97 C108
-- needs: leaf
-- also: faults schedules
local leaves = client_leaves()
local _, parts = subject_client('root', {settings = {PendOperations = 0}})
leaves.wait()
parts.adapter:stop()
