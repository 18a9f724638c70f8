#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# setup.sh run|check: installs the Debian packages that ./run or ./check needs and that are missing.
set -euo pipefail

# libdw-dev (elfutils) finds function, file and line of a stack's addresses, inlined ones too.
build=(
    gcc libc6-dev meson ninja-build pkg-config
    libuv1-dev liblua5.4-dev libjansson-dev libpcap-dev nettle-dev libdw-dev
)

# libclang-rt-dev brings the sanitizer runtimes of the release's own clang (14 in Debian 12), which
# clang only recommends; llvm brings llvm-symbolizer, without which a report has no names. gdb says
# where a run stands with --on-violation debug.
check=(
    clang clang-format clang-tidy libclang-rt-dev llvm libcmocka-dev lua5.4 tshark gdb
    gcc-mingw-w64-x86-64-win32 mingw-w64-x86-64-dev
)

case "${1:-}" in
run) wanted=("${build[@]}") ;;
check) wanted=("${build[@]}" "${check[@]}") ;;
*)
    echo "usage: setup.sh run|check" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup: no apt here; these Debian packages have to be present by other means:" >&2
    echo "setup: ${wanted[*]}" >&2
    exit 0
fi

# dpkg-query fails when it knows nothing of one of them; the others are printed all the same.
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
    case $'\n'$installed$'\n' in
    *$'\n'"$package installed"$'\n'*) ;;
    *) missing+=("$package") ;;
    esac
done
[ "${#missing[@]}" -gt 0 ] || exit 0

as_root=(env)
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: neither root nor sudo; ask an administrator to run:" >&2
        echo "setup: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo env)
fi

echo "setup: installing with apt-get: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    if ! "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
        -qq "$@" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "setup: 'apt-get $*' failed" >&2
        [ "$(id -u)" -eq 0 ] ||
            echo "setup: an administrator installs them with: apt-get install ${missing[*]}" >&2
        exit 1
    fi
}
apt update
apt install -y --no-install-recommends "${missing[@]}"
