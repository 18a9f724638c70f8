-- SPDX-License-Identifier: MIT
-- Writes docs/rules.md: every rule of src/rules, the mistake that breaks it and the near miss that
-- does not, where the two are (tests/broken) and where the check is.
--   lua5.4 scripts/rules.lua           writes it
--   lua5.4 scripts/rules.lua --check   fails when it is not what the code says, or a cell is empty

local function read(path)
    local file = assert(io.open(path))
    local text = file:read('a')
    file:close()
    return text
end

local function lines_of(command)
    local pipe, list = assert(io.popen(command)), {}
    for line in pipe:lines() do
        list[#list + 1] = line
    end
    pipe:close()
    return list
end

local failed = false
local function complain(format, ...)
    failed = true
    io.stderr:write(format:format(...), '\n')
end

-- The arguments of a row: names, numbers, and strings, which may be in pieces.
local function arguments_of(text)
    local list, piece = {}, ''
    local at = 1
    while at <= #text do
        local string, after = text:match('^%s*"(.-[^\\])"()', at)
        if string then
            piece, at = piece .. string:gsub('\\(.)', '%1'), after
        elseif text:match('^%s*,', at) then
            list[#list + 1] = piece
            piece, at = '', text:match('^%s*,()', at)
        else
            local word, rest = text:match('^%s*([%w_]+)()', at)
            if not word then
                break
            end
            piece, at = piece .. word, rest
        end
    end
    list[#list + 1] = piece
    return list
end

-- Every NAME(...) at the beginning of a line of a .def file, strings and all.
local function rows_of(path, name, row)
    local text = '\n' .. read(path):gsub('/%*.-%*/', '')
    local start = 1
    while true do
        local _, open = text:find('\n' .. name .. '%(', start)
        if not open then
            return
        end
        local at = open + 1
        while text:sub(at, at) ~= ')' do
            local _, close = text:find('^".-[^\\]"', at)
            at = (close or at) + 1
        end
        row(arguments_of(text:sub(open + 1, at - 1)))
        start = at
    end
end

local groups, titles = {}, {}
local include = '#include "rules/(%w+)%.def"%s+/%* (.-) %*/'
for group, title in read('src/rules/rules.def'):gmatch(include) do
    groups[#groups + 1] = group
    titles[group] = title:gsub('^0: ', 'Without a Cn: ')
end

local rules, by_name = {}, {}
for _, group in ipairs(groups) do
    local path = 'src/rules/' .. group .. '.def'
    rows_of(path, 'RULE', function(a)
        local rule = {name = a[1], cn = a[2], binds = a[3], severity = a[4]:lower(), says = a[5],
            remedy = a[6], source = a[7], group = group, checked = {}}
        rules[#rules + 1] = rule
        by_name[rule.name] = rule
    end)
end
for _, path in ipairs(lines_of('ls src/rules/example_*.def | LC_ALL=C sort')) do
    rows_of(path, 'EXAMPLE', function(a)
        assert(by_name[a[1]], a[1])
        by_name[a[1]].mistake, by_name[a[1]].almost = a[2], a[3]
    end)
    rows_of(path, 'UNSEEN', function(a)
        by_name[a[1]].unseen = a[2]
    end)
end

-- Where each is broken.
for _, path in ipairs(lines_of('ls tests/broken/*.c | LC_ALL=C sort')) do
    local text = read(path)
    for name in text:gmatch('\nMISTAKE%(([%w_]+)%)') do
        by_name[name].broken = path:match('[^/]+$')
    end
    for name in text:gmatch('\nALMOST%(([%w_]+)%)') do
        by_name[name].missed = path:match('[^/]+$')
    end
    for name in text:gmatch('\n%s*PLAY%(([%w_]+)') do
        by_name[name].broken, by_name[name].missed = path:match('[^/]+$'), path:match('[^/]+$')
    end
    for row in (text:gsub('\n(%s*)PLAY%(', '\n%1ROW(')):gmatch('\n%s*ROW(%b())') do
        local reason = row:match('%.simulated_only = "(.-)"')
        local macro = row:match('%.simulated_only = ([%u_]+)')
        by_name[row:match('[%w_]+')].simulated =
            reason or macro and text:match('\n#define ' .. macro .. ' +"(.-)"')
    end
end

-- Where each is checked: the files that name it.
for _, path in ipairs(lines_of("find src/ndis src/nt -name '*.[ch]' | LC_ALL=C sort")) do
    local seen = {}
    for name in read(path):gmatch('%f[%w_]([%w_]+)') do
        local rule = by_name[name:gsub('^RULE_', '')]
        if rule and not seen[rule] then
            seen[rule] = true
            rule.checked[#rule.checked + 1] = path:match('src/(.*)')
        end
    end
end

for _, rule in ipairs(rules) do
    local note = rule.severity == 'note'
    if note and not rule.unseen then
        complain('%s is a note and has no reason in src/rules/example_*.def', rule.name)
    elseif not note and not (rule.mistake and rule.almost and rule.broken and rule.missed) then
        complain('%s has an empty cell: words in src/rules/example_*.def, drivers in tests/broken',
            rule.name)
    elseif not note and #rule.checked == 0 then
        complain('%s is checked nowhere in src/ndis or src/nt', rule.name)
    end
end

local out = {}
local function put(format, ...)
    out[#out + 1] = select('#', ...) > 0 and format:format(...) or format
end

local function cell(text)
    return (text or ''):gsub('|', '\\|')
end

local function where(rule)
    local reason = rule.simulated and '; simulated only: ' .. cell(rule.simulated) or ''
    return (rule.broken or '') .. reason
end

-- Words in code's clothes would hide what is code in them, so they stand as they are.
local function table_of(group)
    put('| rule | | severity | what the contract says | the mistake | the near miss ' ..
        '| broken in | checked in |')
    put('| --- | --- | --- | --- | --- | --- | --- | --- |')
    for _, rule in ipairs(rules) do
        if rule.group == group and rule.severity ~= 'note' then
            put('| `%s` | %s | %s | %s | %s | %s | %s | %s |', rule.name,
                rule.cn ~= '0' and 'C' .. rule.cn or '', rule.severity, cell(rule.says),
                cell(rule.mistake), cell(rule.almost), where(rule),
                table.concat(rule.checked, ', '))
        end
    end
    put('')
end

put('<!-- SPDX-License-Identifier: MIT -->')
put('<!-- written by scripts/rules.lua; change src/rules/*.def or tests/broken -->')
put('# The rules')
put('')
put([[condis knows %d rules: every obligation C1 to C130 that Microsoft's pages put on a
connection-oriented driver, every SDV rule that names its functions, and what the executive asks of
any driver. `condis rules` lists them, `condis rules ID` explains one: what the documentation asks
and where, an example of the mistake, how to mend it; `condis rules C95` explains every rule of one
obligation.]], #rules)
put('')
put([[Each rule that can be seen has two small drivers in `tests/broken`: one makes **the mistake**,
and this rule and no other is broken; **the near miss** does the closest thing that is right, and
nothing is. Both run live and simulated (or simulated only, where a reason stands beside the file),
on both edges of a call manager where they differ. A *violation* fails a run; a *warning*, where the
pages disagree or which can only be guessed, is printed. *Checked in* names the files of `src` that
hold the check.]])
put('')
for _, group in ipairs(groups) do
    put('## %s', titles[group])
    put('')
    table_of(group)
end
put('## What no check at run time can see')
put('')
put('| rule | | what the contract says | why |')
put('| --- | --- | --- | --- |')
for _, rule in ipairs(rules) do
    if rule.severity == 'note' then
        put('| `%s` | %s | %s | %s |', rule.name, rule.cn ~= '0' and 'C' .. rule.cn or '',
            cell(rule.says), cell(rule.unseen))
    end
end
put('')

local path, new = 'docs/rules.md', table.concat(out, '\n')
if arg[1] == '--check' then
    local file = io.open(path)
    local old = file and file:read('a')
    if old ~= new then
        complain('%s is not what the code says; run scripts/rules.lua', path)
    end
else
    local file = assert(io.open(path, 'w'))
    file:write(new)
    file:close()
    print(('%s: %d rules'):format(path, #rules))
end
os.exit(not failed)
