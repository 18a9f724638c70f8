#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# build.sh: builds every fuzz target into $OUT, as OSS-Fuzz calls it.
#
# Takes $CC, $CFLAGS, $CXX and $CXXFLAGS (to link), $LIB_FUZZING_ENGINE, $OUT and $WORK; what is not
# set is libFuzzer with ASan and UBSan of the local clang, into build/fuzz. Leaves in $OUT, for each
# target: FOLDER_NAME, FOLDER_NAME_seed_corpus.zip, and FOLDER_NAME.dict where there is one.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

export CC=${CC:-clang}
checks='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined'
export CFLAGS=${CFLAGS:--O1 -g $checks}
export CXX=${CXX:-clang++}
export CXXFLAGS=${CXXFLAGS:-$CFLAGS}
engine=${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}
out=${OUT:-build/fuzz/out}
dir=${WORK:-build/fuzz}/meson

options="$CC|$CFLAGS|$CXX|$CXXFLAGS|$engine"
if [ "$(cat "$dir/.options" 2>/dev/null)" != "$options" ]; then
    rm -rf "$dir"
    # Linked without a look for undefined symbols: an engine may bring its own. A compiler that is
    # newer than ours may warn of more.
    meson setup "$dir" . --buildtype plain --default-library static -Dwerror=false \
        -Dtests=false -Dbench=false -Dfuzz=true "-Dfuzz_engine=$engine"
    printf '%s' "$options" >"$dir/.options"
fi
ninja -C "$dir" fuzz_targets

mkdir -p "$out"
for corpus in fuzz/*/*_corpus; do
    folder=$(basename "$(dirname "$corpus")")
    name=$(basename "$corpus" _corpus)
    cp "$dir/fuzz/${folder}_$name" "$out/"
    rm -f "$out/${folder}_${name}_seed_corpus.zip"
    python3 -m zipfile -c "$out/${folder}_${name}_seed_corpus.zip" "$corpus"/*
    dictionary=fuzz/$folder/$name.dict
    [ ! -f "$dictionary" ] || cp "$dictionary" "$out/${folder}_$name.dict"
done
