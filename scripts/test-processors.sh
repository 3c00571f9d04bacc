#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# test-processors.sh: builds for other processors and runs the tests in an emulator. For Debian and Ubuntu; on other
# systems it prints what is missing.
#
#   scripts/test-processors.sh [ctest options for aarch64, such as -R kernel]
#
# aarch64 (64-bit ARM): Debian's cross compiler and QEMU's user mode. The libraries come from Debian's archive into
# build/aarch64-system; the script does not change this system. It leaves out tests that do not depend on the
# instruction set (the project, commands, files, pages, run folders), and tests that would train for many minutes.
# WebAssembly with SIMD: clang and WASI's C library; node runs the kernels and their check.
# Exported models: at every level of optimisation, on 32 bits, and on microcontrollers in QEMU (tests/boards).
# The last line has the sum: "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 1

# ---- aarch64 ----

compiler=aarch64-linux-gnu-gcc emulator=qemu-aarch64-static architecture=arm64 triplet=aarch64-linux-gnu
build=build/aarch64 system=$PWD/build/aarch64-system
packages="libdeflate0 libdeflate-dev libjansson4 libjansson-dev libcmocka0 libcmocka-dev"

# Debian's packages for this architecture, downloaded with a separate apt state and unpacked into a folder that no
# other program uses.
fetch_libraries() {
    [ -f "$system/.complete" ] && return
    command -v apt-get >/dev/null || return 1
    local options=(-o APT::Architecture=$architecture -o APT::Architectures=$architecture -o Debug::NoLocking=1
        -o Dir::State="$system/apt" -o Dir::State::status="$system/apt/status" -o Dir::Cache="$system/apt")
    mkdir -p "$system/apt/lists/partial" "$system/apt/archives/partial" && : >"$system/apt/status" || return
    apt-get "${options[@]}" update -qq >"$system/log" 2>&1 || return
    # shellcheck disable=SC2086  # a list
    (cd "$system/apt" && apt-get "${options[@]}" download -qq $packages) >>"$system/log" 2>&1 || return
    for package in "$system"/apt/*.deb; do dpkg -x "$package" "$system" || return; done
    touch "$system/.complete"
}

aarch64() {
    local program libraries=$system/usr/lib/$triplet
    for program in $compiler $emulator; do
        command -v $program >/dev/null || { echo "skip - aarch64: needs $program"; return; }
    done
    fetch_libraries || {
        echo "skip - aarch64: its libraries could not be had: $(tail -n 1 "$system/log" 2>/dev/null)"
        return
    }
    export PKG_CONFIG_LIBDIR=$libraries/pkgconfig PKG_CONFIG_SYSROOT_DIR=$system
    export PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1
    mkdir -p $build
    if ! {
        cmake -S . -B $build -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_C_COMPILER=$compiler \
            -DCMAKE_BUILD_TYPE=Release -DDESCENDER_TESTS=ON -DDESCENDER_WERROR=ON -DDESCENDER_DOUBLE=OFF \
            -DDESCENDER_CURL=OFF -DDESCENDER_CRYPTO=OFF -DDESCENDER_PNG=OFF -DDESCENDER_JPEG=OFF -DDESCENDER_WEBP=OFF -DDESCENDER_TIFF=OFF -DDESCENDER_GIF=OFF -DDESCENDER_HEIF=OFF -DDESCENDER_POPPLER=OFF -DDESCENDER_ARCHIVE=OFF -DDESCENDER_CAIRO=OFF -DDESCENDER_MICROHTTPD=OFF -DDESCENDER_MPI=OFF -DDESCENDER_PROTOBUF=OFF -DDESCENDER_CHARTJS=OFF -DDESCENDER_WEB=OFF \
            -DCMAKE_C_FLAGS="-idirafter $system/usr/include" \
            -DCMAKE_EXE_LINKER_FLAGS="-L$libraries -Wl,-rpath-link,$libraries" -DCMAKE_SHARED_LINKER_FLAGS="-L$libraries" \
            -DCMAKE_CROSSCOMPILING_EMULATOR="$emulator;-L;/usr/$triplet;-E;LD_LIBRARY_PATH=$libraries" &&
            cmake --build $build -j "${JOBS:-$(nproc)}"
    } >$build/build.log 2>&1; then
        grep -E 'error|warning' -A 4 $build/build.log | head -n 40
        echo "not ok - aarch64: it builds; all output is in $build/build.log"
        return
    fi
    TESTS_EMULATED=1 scripts/test.sh $build -LE 'slow|alone' \
        -E '^(project|fetch|late|cli|serve|draw|report|study|run|forms|exchange)[.]|^tutorial[.]digits$' "$@" |
        tee $build/tests.log
    grep -q ' passed, .* failed, ' $build/tests.log || echo "not ok - aarch64: its tests run"
}

# ---- WebAssembly ----

wasm() {
    local flags="--target=wasm32-wasi -msimd128 -std=c17 -O3 -ffp-contract=off -fno-math-errno -fno-trapping-math
        -Wall -Wextra -Wshadow -Werror -D_GNU_SOURCE -DDSC_BUILDING -Iinclude -Isrc"
    echo 'int main(void) { return 0; }' | clang --target=wasm32-wasi -x c - -o /dev/null 2>/dev/null ||
        { echo "skip - wasm: needs clang with wasm-ld, and wasi-libc"; return; }
    mkdir -p build/wasm
    # shellcheck disable=SC2086  # a list
    if clang $flags tests/wasm/kernels.c src/kernel/*.c src/base/{error,memory,text,visible}.c -o build/wasm/kernels.wasm \
        >build/wasm/log 2>&1; then
        echo "ok - wasm: the kernels build"
    else
        cat build/wasm/log
        echo "not ok - wasm: the kernels build"
        return
    fi
    command -v node >/dev/null || { echo "skip - wasm: running the kernels' check needs node"; return; }
    node --no-warnings tests/wasm/run.mjs build/wasm/kernels.wasm || echo "not ok - wasm: the kernels' check ends well"
    # The whole training library, as exported pages contain it.
    scripts/build.sh release >/dev/null 2>&1 && bash tests/cli/test_web_training.sh build/release/descender | grep -E '^(ok|not ok|skip) - |^  #' ||
        echo "not ok - wasm: the library trains"
}

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
# ---- exported models ----

boards() {
    scripts/build.sh release >/dev/null 2>&1 && RECIPES=${RECIPES:-cnn mnist-99.7 mcu-3k} bash tests/boards/run.sh build/release/descender | grep -E '^(ok|not ok|skip) - |^  #' ||
        echo "not ok - boards: exported models answer on other machines"
}

# ARM separately: its pkg-config settings would lead other builds to its libraries.
{ boards; (aarch64 "$@"); wasm; } | tee "$log"
awk '/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { passed += $1; failed += $3; skipped += $5 }
     /^ok - / { passed++ } /^not ok - / { failed++ } /^skip - / { skipped++ }
     END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit failed > 0 }' "$log"
