#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# installed.sh BUILD ROOT: installs BUILD under ROOT and uses it as a stranger would: pkg-config,
# headers, a driver, a host program, the exported names, the command.
set -euo pipefail

build=$1
rm -rf "$2"
mkdir -p "$2"
root=$(readlink -f "$2")
work=$root/work
mkdir -p "$work"

fail() {
    echo "installed: $*" >&2
    exit 1
}

DESTDIR=$root meson install -C "$build" --no-rebuild --quiet
pc=$(find "$root" -name condis.pc)
[ -n "$pc" ] || fail "no condis.pc"
export PKG_CONFIG_LIBDIR=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$root
read -r -a cflags <<<"$(pkg-config --cflags condis)"
read -r -a libs <<<"$(pkg-config --libs condis)"
include=$(pkg-config --variable=includedir condis)
libdir=$(pkg-config --variable=libdir condis)
# Not every pkg-config puts the root before a variable.
include=$root${include#"$root"}
libdir=$root${libdir#"$root"}
version=$(pkg-config --modversion condis)
flags=(-std=c17 -O2 -Wall -Wextra -Werror "${cflags[@]}")
case " ${cflags[*]} " in
*" -fshort-wchar "*) ;;
*) fail "condis.pc does not ask for -fshort-wchar" ;;
esac

# Each header alone: a host's as it is, a driver's after ndis.h, as Windows' own want it. A driver
# says which NDIS it was written for; nic.h is a driver's too.
ndis=(-DNDIS_MINIPORT_DRIVER=1 -DNDIS630_MINIPORT=1 -DNDIS630=1)
headers=0
for header in "$include"/condis/*.h; do
    printf '#include <condis/%s>\n' "${header##*/}" |
        gcc "${flags[@]}" "${ndis[@]}" -fsyntax-only -x c - ||
        fail "condis/${header##*/} does not compile alone"
    headers=$((headers + 1))
done
for header in "$include"/condis-driver/*.h; do
    printf '#include <ndis.h>\n#include <%s>\n' "${header##*/}" |
        gcc "${flags[@]}" "${ndis[@]}" -fsyntax-only -x c - || fail "${header##*/} does not compile"
    headers=$((headers + 1))
done
echo "installed: $headers headers compile"

library=$libdir/libcondis.so.0
[ -e "$library" ] || fail "no libcondis.so.0"
readelf -d "$library" | grep -q 'SONAME.*\[libcondis\.so\.0\]' || fail "the soname is another"
# What the library exports stands in a header, and what a header declares is exported.
export LC_ALL=C
nm -D --defined-only "$library" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u >"$work/exported"
grep -rhoE "[A-Za-z_][A-Za-z0-9_]*" "$include"/condis "$include"/condis-driver |
    sort -u >"$work/words"
strange=$(comm -23 "$work/exported" "$work/words")
[ -z "$strange" ] || fail "exported, but in no header: ${strange//$'\n'/ }"
{
    printf '#include <ndis.h>\n'
    find "$include"/condis-driver -maxdepth 1 -name '*.h' -printf '#include <%f>\n'
    find "$include"/condis -name '*.h' -printf '#include <condis/%f>\n'
} >"$work/all.c"
# A compiler cache in front of gcc would keep the file to itself.
CCACHE_DISABLE=1 gcc "${flags[@]}" "${ndis[@]}" -fsyntax-only -aux-info "$work/prototypes" \
    "$work/all.c"
# A line is: /* FILE:LINE:NC */ extern TYPE NAME (ARGUMENTS); DriverEntry is the driver's to define,
# and the memory functions are the C library's.
sed -nE "s|^/\* $include/[^*]*:NC \*/ extern [^(]*[^A-Za-z0-9_]([A-Za-z_][A-Za-z0-9_]*) \(.*|\1|p" \
    "$work/prototypes" | grep -vxE 'DriverEntry|mem(cmp|cpy|move|set)' | sort -u >"$work/declared"
[ -s "$work/declared" ] || fail "no declared function was found"
missing=$(comm -23 "$work/declared" "$work/exported")
[ -z "$missing" ] || fail "declared, but not exported: ${missing//$'\n'/ }"
echo "installed: $(wc -l <"$work/exported") names are exported"

gcc "${flags[@]}" "${ndis[@]}" -fPIC -shared tests/installed/driver.c -o "$work/driver.so"
gcc "${flags[@]}" tests/installed/host.c "${libs[@]}" -o "$work/host"
LD_LIBRARY_PATH=$libdir "$work/host" "$work/driver.so" ||
    fail "the host program could not run the driver"
echo "installed: a host program runs a driver"

command=$(find "$root" -path '*/bin/condis')
[ -n "$command" ] || fail "no condis command"
told=$("$command" --version)
[ "$told" = "condis $version" ] || fail "condis --version says '$told', condis.pc $version"
if error=$("$command" run "$work/missing.lua" 2>&1 >/dev/null); then
    fail "condis runs a file that is missing"
fi
[ "$(printf '%s\n' "$error" | wc -l)" -eq 1 ] || fail "a missing file is told in many lines: $error"
echo "installed: $told"

# docs/bring-your-driver.md, with nothing but what is installed.
examples=$(pkg-config --variable=examplesdir condis)
examples=$root${examples#"$root"}
cp "$examples"/first/first.c "$examples"/first/slots.h "$work"
gcc -g -shared -fPIC "${cflags[@]}" -DNDIS60=1 -DNDIS60_MINIPORT=1 "$work/first.c" \
    -o "$work/first.so"
"$command" run "$examples/first.lua" -- "$work/first.so" >"$work/told" ||
    fail "the first call manager does not pass: $(cat "$work/told")"
"$command" verify "$work/first.so" --only cm_parties --seeds 1 --schedules 3 >"$work/told" ||
    fail "the first call manager is not verified: $(cat "$work/told")"
echo "installed: a first call manager is built, run and verified"
