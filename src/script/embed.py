# SPDX-License-Identifier: MIT
# embed.py FILE: prints the bytes of FILE as the inside of a C array.
import sys

with open(sys.argv[1], 'rb') as source:
    octets = source.read()
for start in range(0, len(octets), 16):
    print(' '.join('%d,' % octet for octet in octets[start:start + 16]))
