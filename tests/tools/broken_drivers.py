# SPDX-License-Identifier: MIT
# broken_drivers.py CONDIS GROUP MISTAKES RULES DRIVER... [-- RULE...]: `condis verify` finds each
# mistake of tests/broken/driver or tests/broken/client in the cases that its row names, calls it by
# the rule that is broken and by no other, and stays green where the mistake is not made. The driver
# without a mistake passes. DRIVER: one for each edge of the group.
import concurrent.futures
import json
import os
import re
import subprocess
import sys

CLIENT_OPTIONS = ['--leaf', '@a,@b,@c', '--address', '@root',
                  '--setting', 'Leaves=@a,@b,@c', '--setting', 'Address=@root']
# edges: by the word in the table, what verify calls the driver. control: a case without calls,
# parties or data, in which most mistakes have no place; those that show in one of `everywhere` do.
# binds: the rules of the group, by the column that says whom a rule binds; spares: of others, by
# their name.
GROUPS = {
    'call-manager': {
        'edges': {'MCM': 'mcm', 'ALONE': 'call-manager'},
        'options': [],
        'control_options': [],
        'control': 'cm_unbind_idle',
        'everywhere': {'cm_family', 'cm_unbind_idle', 'cm_unbind_call'},
        'binds': re.compile(r'NdisM?Cm|Ndis\(M\)Cm|ProtocolCm|every Ndis\*Complete|'
                            r'every callback that may pend|ProtocolCo(Create|Delete)Vc|'
                            r'every VC function|every OID completion|NdisSetOptionalHandlers|'
                            r'every create'),
        'spares': re.compile(r'$.'),
    },
    'client': {
        'edges': {'CLIENT': 'client'},
        'options': CLIENT_OPTIONS,
        'control_options': [], # it calls nobody
        'control': 'client_comes_and_goes',
        'everywhere': {'client_comes_and_goes', 'client_unloads', 'client_refused'},
        'binds': re.compile(r'NdisCl|NdisCo(?!nfig)|ProtocolC[lo]|ProtocolUnbind|Ndis\*Complete|'
                            r'Ndis(Open|Close)AdapterEx|NdisCompleteBind|NdisReturn|'
                            r'NdisSetOptionalHandlers|NdisDeregisterProtocol|NdisFreeNetBuffer|'
                            r'every (callback|create|VC|party|OID)|every function after|whoever|'
                            r'functions with a'),
        'spares': re.compile(r'M?CM_|MCO_|MINIPORT_|HANDLERS_M?CM_'),
    },
}
condis, group_name, mistakes_path, rules_path = sys.argv[1:5]
group = GROUPS[group_name]
drivers = dict(zip(group['edges'], sys.argv[5:]))
only = set(sys.argv[sys.argv.index('--') + 1:] if '--' in sys.argv else [])
wrong = []


def strings(text):
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', text))


def read_rules():
    rows = re.compile(r'^RULE\((\w+),\s*(\d+),\s*((?:"[^"]*"\s*)+),\s*(\w+)', re.M)
    rules = {}
    for name in sorted(os.listdir(rules_path)):
        if name.endswith('.def') and name != 'rules.def':
            with open(os.path.join(rules_path, name), encoding='utf-8') as file:
                for row in rows.finditer(file.read()):
                    rules[row[1]] = (int(row[2]), strings(row[3]), row[4])
    return rules


def read_mistakes():
    with open(mistakes_path, encoding='utf-8') as file:
        text = file.read()
    made = re.findall(r'^(MISTAKE|STORY)\((\w+), (BOTH|MCM|ALONE|CLIENT), "([\w ]+)",\s*'
                      r'((?:"[^"]*"\s*)+)\)', text, re.M)
    not_made = re.findall(r'^NO_MISTAKE\((\w+),\s*((?:"[^"]*"\s*)+)\)', text, re.M)
    return made, {rule: strings(reason) for rule, reason in not_made}


def verify(edge, cases, rule, options):
    """Returns the cases by name, each {outcome: ..., broken: the rules that it broke}."""
    command = [condis, 'verify', drivers[edge], '--as', group['edges'][edge], '--medium', 'hub',
               '--jobs', '1', '--seeds', '1', '--schedules', '0', '--no-faults', '--no-live',
               '--json', *options]
    for case in cases:
        command += ['--only', case]
    if rule:
        command += ['--setting', f'Break={rule}']
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)
    try:
        document = json.loads(done.stdout)
    except ValueError:
        return None, f'exit status {done.returncode}: {done.stderr.strip()}'
    found = {}
    for case in document['cases']:
        broken = {row['rule'] for step in case['not_passed'] for row in step['broken']}
        found[case['name']] = (case['phases']['case']['outcome'], broken, case['not_passed'],
                               case['obligations'])
    return found, None


def severe(name, rule):
    return name == rule or rules[name][2] != 'WARNING'


def fails_rightly(kind, rule, text, outcome, steps):
    counted = [[row['rule'] for row in step['broken'] if severe(row['rule'], rule)]
               for step in steps]
    broken = {name for names in counted for name in names}
    if kind == 'STORY':
        return outcome == 'failed' and not broken and all(text in step['what'] for step in steps)
    return (outcome in ('failed', 'unusable') and all(rule in names for names in counted) and
            broken <= {rule, *text.split()})


def check_mistake(kind, rule, edge, cases, text):
    greens = [] if group['everywhere'].intersection(cases) else [group['control']]
    found, error = verify(edge, cases, rule, group['options'])
    if greens and not error:
        control, error = verify(edge, greens, rule, group['control_options'])
        found.update(control or {})
    where = f'{rule} on {edge}'
    if error:
        return [f'{where}: {error}']
    says = []
    for case in cases:
        outcome, broken, steps, obligations = found[case]
        if rules[rule][0] not in [0, *obligations]:
            says.append(f'{where}: the header of {case} does not name C{rules[rule][0]}')
        if not fails_rightly(kind, rule, text, outcome, steps):
            says.append(f'{where}: {case} {outcome}, broken: {" ".join(sorted(broken)) or "nothing"}')
            for step in steps[:4]:
                says.append(f'    {step.get("about")}: {step.get("what")}')
    for case in greens:
        if found[case][0] != 'passed':
            says.append(f'{where}: {case}, which has no place for it, {found[case][0]}')
    return says


def check_table(made, not_made):
    """Every rule that binds the group has a mistake, or a reason why not; nothing else has."""
    told = {row[1] for row in made} | not_made.keys()
    wanted = {rule for rule, row in rules.items() if group['binds'].search(row[1]) and
              not group['spares'].match(rule) and row[2] != 'NOTE'}
    says = [f'{rule} ({rules[rule][1]}): neither a mistake nor a reason in {mistakes_path}'
            for rule in rules if rule in wanted - told]
    says += [f'{rule}: no such rule' for rule in sorted(told) if rule not in rules]
    says += [f'{rule}: a reason and a mistake' for rule in not_made if rule in
             {row[1] for row in made}]
    return says


def check_right(edge):
    found, error = verify(edge, [], None, group['options'])
    if error:
        return [f'without a mistake, {edge}: {error}']
    return [f'without a mistake, {edge}: {case} {row[0]}' for case, row in found.items()
            if row[0] != 'passed']


def main():
    made, not_made = read_mistakes()
    wrong.extend(check_table(made, not_made))
    print('\n'.join(wrong), end='\n' if wrong else '')
    jobs = []
    for kind, rule, edges, cases, text in made:
        if only and rule not in only:
            continue
        for edge in group['edges'] if edges == 'BOTH' else [edges]:
            jobs.append((kind, rule, edge, cases.split(), strings(text)))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        rights = [] if only else [pool.submit(check_right, edge) for edge in group['edges']]
        for says in [right.result() for right in rights]:
            print('\n'.join(says), end='\n' if says else '')
            wrong.extend(says)
        for says in pool.map(lambda job: check_mistake(*job), jobs):
            print('\n'.join(says), end='\n' if says else '', flush=True)
            wrong.extend(says)


rules = read_rules()
main()
sys.exit(1 if wrong else 0)
