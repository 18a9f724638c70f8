-- SPDX-License-Identifier: MIT
-- The call manager goes while the client calls.
-- for: client
-- obligations: C12 C31 C66 C67 C96 C97 C98 C126
-- needs: leaf
-- also: schedules
local leaves = client_leaves()
local _, parts = subject_client('root', {stand_alone = true})
leaves.called:wait()
parts.call_manager:unload()
parts.adapter:stop()
leaves.wait()
