# SPDX-License-Identifier: MIT
"""readme.py CONDIS README SCENARIO DRIVER [--write]: the report that the README shows, whole, is the first
one that the command prints of the same mistake. --write puts it there, but for the runtime's own stack."""
import re
import subprocess
import sys

condis, page, scenario, driver = sys.argv[1:5]
SHOWN = re.compile(r"(    \$ condis run examples/first\.lua --sim --seed 7 -- \./first\.so\n)(.*?)(    \.\.\.\n)", re.S)


def report():
    """What a person sees of it, by the names of the page."""
    out = subprocess.run([condis, "run", scenario, "--sim", "--seed", "7", "--", driver],
                         capture_output=True, text=True, check=False)
    assert out.returncode == 1, out
    text = re.split(r"(?m)^(?=rule broken)", out.stderr)[1]
    text = text.replace(scenario, "examples/first.lua").replace(driver, "./first.so")
    text = re.sub(r"\S*first_breaking\.c", "examples/first/first.c", text)
    text = re.sub(r" by first_breaking\b", " by first", text)
    return re.sub(r"(?m)^(?=.)", "    ", text)


def plain(text):
    """Without what differs between compilers (the client's stack) and with each change (the step)."""
    text = re.sub(r"(?m)^ {6}stack .*\n( {16}\S.*\n)*", "", text)
    return re.sub(r"(step |--stop-at |party )\d+", r"\1N", text)


source = open(page).read()
told, shown = report(), SHOWN.search(source)
assert shown, "the README has no report"
parts = re.findall(r"(?m)^ {6}(\w+)", told)
order = ["contract", "remedy", "source", "call", "status", "seen", "history", "handler", "stack", "seed", "replay"]
assert parts == order, parts
if sys.argv[5:] == ["--write"]:
    stack = re.compile(r"(?m)^ {6}stack .*\n( {16}\S.*\n)*")
    told = stack.sub(lambda _: stack.search(shown.group(2)).group(0), told)
    open(page, "w").write(source[:shown.start(2)] + told + source[shown.end(2):])
elif plain(told) != plain(shown.group(2)):
    print("WRONG: the README should show\n" + told)
    sys.exit(1)
