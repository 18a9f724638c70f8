-- SPDX-License-Identifier: MIT
-- count-tests.lua LOG: reads meson's testlog.json and prints "PASSED FAILED SKIPPED" test cases.
-- A cmocka program counts its cases, as its last lines tell them; any other program is one case.

local function cases_told(line, word)
    local sum, seen = 0, false
    for count in line:gmatch('%[%s+' .. word .. '%s+%] (%d+) test%(s%)') do
        sum, seen = sum + tonumber(count), true
    end
    return sum, seen
end

local passed, failed, skipped = 0, 0, 0
for line in io.lines(arg[1]) do
    local result = line:match('"result": "(%u+)"')
    local good, told = cases_told(line, 'PASSED')
    if result == 'SKIP' then
        skipped = skipped + 1
    elseif result == 'OK' or result == 'EXPECTEDFAIL' then
        passed = passed + (told and good or 1)
        skipped = skipped + cases_told(line, 'SKIPPED')
    elseif result then
        passed = passed + good
        skipped = skipped + cases_told(line, 'SKIPPED')
        failed = failed + math.max(1, (cases_told(line, 'FAILED')))
    end
end
print(passed, failed, skipped)
