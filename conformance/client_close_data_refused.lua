-- SPDX-License-Identifier: MIT
-- The call manager carries no close data: a drop or close with some is refused, and made without.
-- for: client
-- obligations: C36 C37 C84 C85 C87 C93
-- needs: leaf
-- also: schedules
local leaves = client_leaves()
local _, parts = subject_client('root', {settings = {CloseData = 0}})
leaves.wait()
parts.adapter:stop()
