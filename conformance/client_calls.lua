-- SPDX-License-Identifier: MIT
-- The client's calls reach leaves that hear it to the end.
-- for: client
-- obligations: C7 C11 C23 C36 C37 C39 C43 C44 C47 C63 C64 C65 C66 C67 C68 C71 C81 C83 C84 C85 C86
-- obligations: C87 C91 C92 C93 C94 C96 C113 C114 C115 C118 C119 C120 C121
-- needs: leaf
-- also: faults schedules
local leaves = client_leaves()
local _, parts = subject_client 'root'
leaves.wait()
parts.adapter:stop()
