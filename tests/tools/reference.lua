-- SPDX-License-Identifier: MIT
-- reference.lua ROOT: every function of a scenario is in docs/scenarios.md.

local root = arg[1]
local page = assert(io.open(root .. '/docs/scenarios.md')):read('a')
local missing = 0

-- A name is documented as `name(`, `name{` or `object:name(`, in code.
local function want(name, file)
    if not page:find('[`:%s*]' .. name .. '[({`]') then
        print(('%s: %s is not in docs/scenarios.md'):format(file, name))
        missing = missing + 1
    end
end

local seen = 0
for _, noun in ipairs{'world', 'hosts', 'hubs', 'switches', 'links',
    'clients', 'listeners', 'calls', 'parties',
    'activity', 'digest', 'faults', 'reader', 'output', 'errors'} do
    local file = ('src/script/%s.c'):format(noun)
    local text = assert(io.open(root .. '/' .. file)):read('a')
    for name in text:gmatch('{"([%l_%d]+)",%s*[%l_%d]+}') do
        if not name:match('^condis_') then
            want(name, file)
            seen = seen + 1
        end
    end
    for name in text:gmatch('lua_register%(L, "([%l_%d]+)"') do
        want(name, file)
        seen = seen + 1
    end
end
for _, part in ipairs{'prelude', 'subject'} do
    local file = ('src/script/%s.lua'):format(part)
    local text = assert(io.open(root .. '/' .. file)):read('a')
    for name in text:gmatch('\nfunction ([%l_%d]+)%(') do
        want(name, file)
        seen = seen + 1
    end
end
print(seen .. ' names')
os.exit(missing == 0 and seen > 40)
