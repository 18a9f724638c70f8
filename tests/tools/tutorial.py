# SPDX-License-Identifier: MIT
"""tutorial.py CONDIS PAGE NAME MISTAKE=DRIVER... [-- OPTION...] [--write]: what a page of docs shows of
mistakes in the driver NAME is what `condis verify` says with these options. --write puts it there."""
import re
import subprocess
import sys

arguments = [word for word in sys.argv[1:] if word != "--write"]
write = "--write" in sys.argv
cut = arguments.index("--") if "--" in arguments else len(arguments)
condis, page, name = arguments[:3]
drivers = dict(word.split("=", 1) for word in arguments[3:cut])
options = arguments[cut + 1:]


def told(mistake, driver):
    """What a person sees, without what differs from place to place."""
    out = subprocess.run([condis, "verify", driver, *options, "--seeds", "1", "--schedules", "0", "--no-faults"],
                         capture_output=True, text=True, check=False)
    assert out.returncode == 1, out
    text = out.stdout[out.stdout.index("\n\n") + 2:]
    text = re.sub(r"(?m)^(failed|\d+ cases passed).*\n?", "", text)
    text = re.sub(r"\S*/conformance/", "conformance/", text)
    text = re.sub(r"[^\s=]*%s_%s\.so" % (name, mistake), "./%s.so" % name, text)
    text = re.sub(r"\S*%s_%s" % (name, mistake), name, text)
    text = re.sub(r"(?m)^ +stack +.*\n(^ {12}\S.*\n)*", "", text)  # of the library's own, or another compiler's
    text = re.sub(r"(?m)^( +allocated +.*\n)( {12}\S.*\n)*", r"\1", text)  # the first frame is the driver's
    text = re.sub(name + r"\+0x[0-9a-f]+", name + "+0x1649", text)
    text = re.sub(r"step \d+|--stop-at \d+", lambda m: re.sub(r"\d+", "339", m.group(0)), text)
    return text.strip() + "\n"


source = open(page).read()
wrong = 0
for mistake, driver in drivers.items():
    marked = re.compile(r"(<!-- mistake: %s -->\n```text\n)(.*?)(```)" % mistake, re.S)
    assert marked.search(source), mistake
    wanted = told(mistake, driver)
    if marked.search(source).group(2) != wanted:
        wrong += 1
        print("WRONG: %s: the page should show\n%s" % (mistake, wanted))
        source = marked.sub(lambda m: m.group(1) + wanted + m.group(3), source)
if write:
    open(page, "w").write(source)
    sys.exit(0)
sys.exit(wrong)
