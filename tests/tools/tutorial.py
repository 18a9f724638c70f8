# SPDX-License-Identifier: MIT
"""tutorial.py CONDIS PAGE FORGETTING BREAKING [--write]: what docs/bring-your-driver.md shows of the
two mistakes is what the command says. --write puts it there."""
import re
import subprocess
import sys

condis, page, drivers = sys.argv[1], sys.argv[2], {"forgetting": sys.argv[3], "breaking": sys.argv[4]}
write = sys.argv[5:] == ["--write"]


def told(driver):
    """What a person sees, without what differs from place to place."""
    out = subprocess.run([condis, "verify", driver, "--only", "cm_parties", "--seeds", "1", "--schedules", "0",
                          "--no-faults"], capture_output=True, text=True, check=False)
    assert out.returncode == 1, out
    text = out.stdout[out.stdout.index("\n\n") + 2:]
    text = re.sub(r"(?m)^(failed|\d+ cases passed).*\n?", "", text)
    text = re.sub(r"\S*/conformance/", "conformance/", text)
    text = re.sub(r"[^\s=]*first_(forgetting|breaking)\.so", "./first.so", text)
    text = re.sub(r"\S*first_(forgetting|breaking)", "first", text)
    text = re.sub(r"(?m)^ +stack +.*\n(^ {12}\S.*\n)*", "", text)  # of the library's own
    text = re.sub(r"(?m)^( +allocated +.*\n)( {12}\S.*\n)*", r"\1", text)  # the first frame is the driver's
    text = re.sub(r"first\+0x[0-9a-f]+", "first+0x1649", text)
    text = re.sub(r"step \d+|--stop-at \d+", lambda m: re.sub(r"\d+", "339", m.group(0)), text)
    return text.strip() + "\n"


source = open(page).read()
wrong = 0
for mistake, driver in drivers.items():
    marked = re.compile(r"(<!-- mistake: %s -->\n```text\n)(.*?)(```)" % mistake, re.S)
    assert marked.search(source), mistake
    wanted = told(driver)
    if marked.search(source).group(2) != wanted:
        wrong += 1
        print("WRONG: %s: the page should show\n%s" % (mistake, wanted))
        source = marked.sub(lambda m: m.group(1) + wanted + m.group(3), source)
if write:
    open(page, "w").write(source)
    sys.exit(0)
sys.exit(wrong)
