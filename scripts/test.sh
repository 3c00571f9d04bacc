#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# test.sh: runs the tests of a build folder and counts them one by one.
#
#   scripts/test.sh BUILD-FOLDER [ctest options, such as -R data]
#
# ctest runs the programs in parallel. The script counts the lines of their output:
#   cmocka's    [ RUN      ] name   then   [       OK ], [  FAILED  ] or [  SKIPPED ]
#   scripts'    ok - name,   not ok - name,   skip - name: reason
#
# A program that crashes in a test or after its tests (a leak, a time limit) counts as one more failure. So do a
# failure or a crash in the setup or teardown of a cmocka group, and a program that runs no test. The last line is
# "N passed, N failed, N skipped". If kernels were tested, one more line names the kernel sets that were tested on this
# processor, under emulation, and not at all. Status 1: a failure, or no test ran.
set -u
export LC_ALL=C
folder=${1:?"usage: scripts/test.sh BUILD-FOLDER [ctest options]"}
shift
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
# Sanitizers: report everything, with line numbers, and fail on any finding.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1}

# Files in the user's home, such as decompressed data, and the user's settings would make tests faster or slower, or
# pass or fail, on one machine only. So the tests start with an empty home and without settings.
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
export HOME=$home
unset DESCENDER_CACHE DESCENDER_MIRRORS XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME COLUMNS

log=$folder/Testing/Temporary/LastTest.log
rm -f "$log"
if ! ctest --test-dir "$folder" -j "$jobs" --no-tests=error "$@" >"$folder/ctest.log" 2>&1 && [ ! -f "$log" ]; then
    cat "$folder/ctest.log"
    exit 1
fi
awk -f "$(dirname "$0")/count-tests.awk" "$log"
