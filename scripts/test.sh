#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# test.sh: runs the tests of a build folder and counts them one by one.
#
#   scripts/test.sh BUILD-FOLDER [ctest options, such as -R data]
#
# ctest runs the programs, in parallel; here their output is read. Two kinds of line count:
#   cmocka's    [ RUN      ] name   then   [       OK ], [  FAILED  ] or [  SKIPPED ]
#   scripts'    ok - name,   not ok - name,   skip - name: reason
# A program that ends badly in the middle of a test, or outside of any (a leak found at its end, a time
# limit), counts as one failure more; so does one that ran no test at all. Ends with the line
# "N passed, N failed, N skipped" and, if kernels were tested, one that names the kernel sets tested on this processor, under
# emulation, and not at all; status 1 if anything failed or nothing ran.
set -u
export LC_ALL=C
folder=${1:?"usage: scripts/test.sh BUILD-FOLDER [ctest options]"}
shift
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
# Sanitizers: report all they can, with lines, and never pass over a finding.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1}

# What lies in the user's home, such as decompressed data, and what the user has set would make tests faster or
# slower, or pass or fail, on one machine alone: they start with an empty home and without settings.
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
