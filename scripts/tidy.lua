-- SPDX-License-Identifier: MIT
-- tidy.lua: reads file names from its input and prints each habit of the house that one breaks,
-- as "file:line: what". Ends with status 1 if there was any.

local faults = 0

local function fault(file, line, what)
    faults = faults + 1
    print(('%s:%d: %s'):format(file, line, what))
end

-- What a line may not hold, by the kind of the file. A word stands alone: MYTODO is not one.
local CODE = {c = true, h = true, lua = true, sh = true, build = true, def = true, map = true}
local WIDE = {c = true, h = true, lua = true, sh = true}
local words = {
    'TO' .. 'DO', 'FIX' .. 'ME', 'X' .. 'XX', 'HA' .. 'CK', 'un' .. 'implemented',
    'not ' .. 'implemented', 'st' .. 'ub', 'N' .. 'DEBUG',
}

-- The arrows between folders: which folders the quoted includes of a folder may name.
local arrows = {
    trace = {'trace'},
    rules = {'rules'},
    nt = {'nt', 'rules', 'trace'},
    link = {'link', 'nt', 'rules', 'trace'},
    ndis = {'ndis', 'nt', 'rules', 'trace'},
    client = {'client'},
    script = {'script', 'client', 'switch', 'ndis', 'link', 'nt', 'rules', 'trace'},
    explore = {'explore', 'process', 'script', 'ndis', 'nt', 'rules'},
    process = {'process'},
    saal = {'saal'},
    uni = {'uni'},
    ilmi = {'ilmi'},
}

-- The files that know more than their folder: one makes a program's thread a task of the host, one
-- finds the executive of an adapter, one that of a world.
local arrow_of_file = {
    ['src/client/attach.c'] = 'ndis',
    ['src/link/nic.c'] = 'ndis',
    ['src/link/capture.c'] = 'ndis',
}

-- What drivers/hubsig may take from C: it is pure state, without NDIS.
local plain_c = {'assert.h', 'stdbool.h', 'stddef.h', 'stdint.h', 'string.h'}

-- What never reaches the folders that hold no medium and no event loop.
local no_io = {'^uv%.h$', '^sys/socket%.h$', '^sys/un%.h$', '^netinet/', '^arpa/', '^netdb%.h$'}
local io_free = {
    trace = true, rules = true, ndis = true, client = true, saal = true, uni = true, ilmi = true,
}

local files = {}
for file in io.lines() do
    files[#files + 1] = file
end

-- The headers that a driver sees, as include/ has them: "ndis.h", "condis/nic.h".
local driver_headers = {['condis/nic.h'] = true}
for _, file in ipairs(files) do
    local name = file:match('^include/([^/]+%.h)$')
    if name then
        driver_headers[name] = true
    end
end

local function kind_of(file, first)
    local name = file:match('[^/]+$')
    if first:match('^#!.*sh$') then
        return 'sh'
    end
    return name == 'meson_options.txt' and 'build' or name:match('%.(%w+)$')
end

local function check_licence(file, kind, lines)
    if not CODE[kind] and kind ~= 'md' then
        return
    end
    local first = lines[1]:match('^#!') and lines[2] or lines[1]
    if not (first or ''):match('^[/*#<!%- ]+SPDX%-License%-Identifier: MIT[ */>-]*$') then
        fault(file, 1, 'no SPDX-License-Identifier: MIT on the first line')
    end
end

local function check_line(file, kind, number, line)
    if WIDE[kind] and (utf8.len(line) or #line) > 100 then
        fault(file, number, 'longer than 100 columns')
    end
    if line:match('%s$') and kind ~= 'md' then
        fault(file, number, 'ends in white space')
    end
    if line:find('\t', 1, true) then
        fault(file, number, 'holds a tab')
    end
    for _, word in ipairs(words) do
        local pattern = '%f[%w_]' .. word .. '%f[^%w_]'
        if line:match(pattern) or line:lower():match('%f[%w_]' .. word:lower() .. '%f[^%w_]') then
            fault(file, number, 'the word ' .. word)
        end
    end
end

-- WCHAR is 16 bits here and 32 in libc: a string of ours would be read past its end.
local function check_wide_libc(file, number, line)
    local name = line:match('%f[%w_](wcs%w+)%s*%(') or line:match('%f[%w_](wmem%w+)%s*%(') or
        line:match('%f[%w_](f?wprintf)%s*%(') or line:match('%f[%w_](mbs?r?towcs?)%s*%(')
    if name then
        fault(file, number, name .. ' of libc has another wchar_t than we')
    end
end

local function matches_any(text, patterns)
    for _, pattern in ipairs(patterns) do
        if text:match(pattern) then
            return true
        end
    end
    return false
end

local function one_of(text, list)
    for _, item in ipairs(list) do
        if item == text then
            return true
        end
    end
    return false
end

local function check_include(file, number, line)
    local open, name = line:match('^%s*#%s*include%s+([<"])([^>"]+)[>"]')
    if not name then
        return
    end
    local folder = file:match('^src/([^/]+)/')
    if folder and io_free[folder] and matches_any(name, no_io) then
        fault(file, number, ('src/%s does not know %s'):format(folder, name))
    end
    local target = name:match('^([^/]+)/')
    local allowed = arrows[folder] and
        (one_of(target, arrows[folder]) or target == arrow_of_file[file])
    if folder and open == '"' and arrows[folder] and not allowed then
        fault(file, number, ('src/%s may not include "%s"'):format(folder, name))
    end
    local own = open == '"' and not name:match('%.%.') and not name:match('^src/')
    local plain = (file:match('^drivers/hubsig/') or file:match('^drivers/atmsig/')) and
        one_of(name, plain_c)
    if file:match('^drivers/') and not driver_headers[name:gsub('^Ndis%.h$', 'ndis.h')] and
        not own and not plain then
        fault(file, number, ('a driver may not include %s'):format(name))
    end
end

-- clang-format puts the braces of a function, and of nothing else but a type, into column one.
local function check_functions(file, lines)
    local start
    for number, line in ipairs(lines) do
        if line == '{' then
            start = number
        elseif start and line == '}' then
            if number - start - 1 > 60 then
                fault(file, start, ('a function of %d lines'):format(number - start - 1))
            end
            start = nil
        end
    end
end

local function check_file(file)
    local lines = {}
    for line in io.lines(file) do
        lines[#lines + 1] = line
    end
    if #lines == 0 then
        return
    end
    local kind = kind_of(file, lines[1])
    check_licence(file, kind, lines)
    if not CODE[kind] then
        return
    end
    if WIDE[kind] and #lines > 700 then
        fault(file, #lines, ('%d lines, more than 700'):format(#lines))
    end
    for number, line in ipairs(lines) do
        check_line(file, kind, number, line)
        if kind == 'c' or kind == 'h' then
            check_wide_libc(file, number, line)
            check_include(file, number, line)
        end
    end
    if kind == 'c' or kind == 'h' then
        check_functions(file, lines)
    end
end

local folders, readmes = {}, {}
for _, file in ipairs(files) do
    check_file(file)
    local folder, name = file:match('^(.*)/([^/]+)$')
    if folder and name == 'README.md' then
        readmes[folder] = true
    elseif folder and not folder:match('^tests/') and not folder:match('^%.') and
        not folder:match('_corpus$') then -- seeds have no room for a README; their folder's has
        folders[folder] = true
    end
end
for folder in pairs(folders) do
    if not readmes[folder] then
        fault(folder .. '/README.md', 1, 'the folder does not say what lives in it')
    end
end
os.exit(faults == 0)
