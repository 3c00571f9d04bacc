#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# test-processors.sh: builds for another kind of processor and runs the tests in an emulator, so that its code is not run for the
# first time at a user's. For Debian and Ubuntu; elsewhere it says what is missing.
#
#   scripts/test-processors.sh [ctest options, such as -R kernel]
#
# aarch64 (64-bit ARM) with Debian's cross compiler and QEMU's user mode. The libraries come from Debian's archive into
# build/aarch64-system; nothing of this system changes. Left out are tests that look at the project, the server or the
# clock, and those that would train for many minutes.
# Ends as scripts/test.sh does: "N passed, N failed, N skipped", and the kernel sets tested under emulation.
set -u
cd "$(dirname "$0")/.." || exit 1
compiler=aarch64-linux-gnu-gcc emulator=qemu-aarch64-static architecture=arm64 triplet=aarch64-linux-gnu
build=build/aarch64 system=$PWD/build/aarch64-system
packages="libdeflate0 libdeflate-dev libjansson4 libjansson-dev libcmocka0 libcmocka-dev"

skip() {
    echo "skip - aarch64: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
for program in $compiler $emulator; do
    command -v $program >/dev/null || skip "needs $program"
done

# Debian's packages of that architecture, from a state of apt's own, unpacked where no other program looks.
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
fetch_libraries || skip "its libraries could not be had: $(tail -n 1 "$system/log" 2>/dev/null)"

libraries=$system/usr/lib/$triplet
export PKG_CONFIG_LIBDIR=$libraries/pkgconfig PKG_CONFIG_SYSROOT_DIR=$system
export PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1
mkdir -p $build
if ! {
    cmake -S . -B $build -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_C_COMPILER=$compiler \
        -DCMAKE_BUILD_TYPE=Release -DDESCENDER_TESTS=ON -DDESCENDER_WERROR=ON \
        -DDESCENDER_CURL=OFF -DDESCENDER_CRYPTO=OFF -DDESCENDER_PNG=OFF -DDESCENDER_CAIRO=OFF -DDESCENDER_MICROHTTPD=OFF \
        -DCMAKE_C_FLAGS="-idirafter $system/usr/include" \
        -DCMAKE_EXE_LINKER_FLAGS="-L$libraries -Wl,-rpath-link,$libraries" -DCMAKE_SHARED_LINKER_FLAGS="-L$libraries" \
        -DCMAKE_CROSSCOMPILING_EMULATOR="$emulator;-L;/usr/$triplet;-E;LD_LIBRARY_PATH=$libraries" &&
        cmake --build $build -j "${JOBS:-$(nproc)}"
} >$build/build.log 2>&1; then
    grep -E 'error|warning' -A 4 $build/build.log | head -n 40
    echo "not ok - aarch64: it builds; all output is in $build/build.log"
    exit 1
fi
export TESTS_EMULATED=1
exec scripts/test.sh $build -LE 'slow|alone' -E '^(project|fetch|late)\.|^tutorial\.digits$|^cli\.(serve|help|tune|report|data|predict|train|program)' "$@"
