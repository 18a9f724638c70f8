# SPDX-License-Identifier: MIT
# obligations.py CONFORMANCE RULES LIST: every obligation with a rule that binds call managers is
# named by a case for them, every one that binds clients by a case for clients; or LIST has the
# reason, as "call-manager 25: reason".
import os
import re
import sys

conformance, rules_path, list_path = sys.argv[1:4]
BINDS = {
    'call-manager': re.compile(r'NdisM?Cm|Ndis\(M\)Cm|ProtocolCm|every Ndis\*Complete|'
                               r'every callback that may pend|ProtocolCo(Create|Delete)Vc|'
                               r'every VC function|every OID completion'),
    'client': re.compile(r'NdisCl(?!oseAdapter)|ProtocolCl'),
}


def obligations_of_rules():
    rows = re.compile(r'^RULE\((\w+),\s*(\d+),\s*((?:"[^"]*"\s*)+),\s*(\w+)', re.M)
    found = {kind: set() for kind in BINDS}
    for name in os.listdir(rules_path):
        if not name.endswith('.def') or name == 'rules.def':
            continue
        with open(os.path.join(rules_path, name), encoding='utf-8') as file:
            for row in rows.finditer(file.read()):
                for kind, binds in BINDS.items():
                    if row[4] != 'NOTE' and row[2] != '0' and binds.search(row[3]):
                        found[kind].add(int(row[2]))
    return found


def obligations_of_cases():
    found = {kind: set() for kind in BINDS}
    for name in os.listdir(conformance):
        if name.endswith('.lua'):
            with open(os.path.join(conformance, name), encoding='utf-8') as file:
                text = file.read()
            kind = 'client' if re.search(r'^-- for: client$', text, re.M) else 'call-manager'
            for line in re.findall(r'^-- obligations:(.*)$', text, re.M):
                found[kind].update(int(number) for number in re.findall(r'C(\d+)', line))
    return found


def reasons():
    found = {kind: set() for kind in BINDS}
    with open(list_path, encoding='utf-8') as file:
        for line in file:
            if line.startswith('#') or not line.strip():
                continue
            row = re.match(r'(call-manager|client) ([\d ]+): \S', line)
            assert row, f'{list_path}: {line.strip()}'
            found[row[1]].update(int(number) for number in row[2].split())
    return found


asked, shown, excused = obligations_of_rules(), obligations_of_cases(), reasons()
wrong = []
for kind in BINDS:
    for number in sorted(asked[kind] - shown[kind] - excused[kind]):
        wrong.append(f'C{number}: no case for a {kind} names it, and not_shown.txt has no reason')
    for number in sorted(excused[kind] & shown[kind]):
        wrong.append(f'C{number}: a case for a {kind} names it, and not_shown.txt has it too')
    for number in sorted(excused[kind] - asked[kind]):
        wrong.append(f'C{number}: no rule of it binds a {kind}; not_shown.txt has it')
print('\n'.join(wrong))
sys.exit(1 if wrong else 0)
