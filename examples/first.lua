-- SPDX-License-Identifier: MIT
-- first.lua [DRIVER]: a root calls, adds and drops parties through the call manager of
-- examples/first, whose network holds nobody at the other end. To break it, see the README.

local driver = arg[1] or 'first'
local root = station('root', {driver = driver})
local call, anna = root:call('@anna', {multipoint = true})
local bert = call:add '@bert'
call:send 'is there anybody?'
bert:drop 'good night'
expect_state(bert, 'gone')
expect_state(anna, 'active')
call:close()
print 'two parties came and went'
