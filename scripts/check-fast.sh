#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check-fast.sh: the checks after each save, in at most 20 seconds: the format of the changed files, an incremental
# build of the program and of the tests of the changed rooms, and the quickest of these tests.
#
#   scripts/check-fast.sh              the files changed since the last commit, and untracked files
#   scripts/check-fast.sh FILE...      as if these files had changed
#   scripts/check-fast.sh --list ...   only print which tests would run
#
# This does not replace `make test`. A test is left out, and named, if it takes more than 4 seconds, or if the tests
# together would take more than 8 seconds. The durations are those of the last run of each test.
set -u
cd "$(dirname "$0")/.." || exit 1
build=build/release
most=4 together=8
list=''
[ "${1:-}" = --list ] && { list=yes; shift; }
began=$SECONDS

# --- changed files ---
if [ $# -gt 0 ]; then
    changed=$(printf '%s\n' "$@")
else
    changed=$(git diff --name-only HEAD 2>/dev/null; git ls-files --others --exclude-standard 2>/dev/null)
fi

# The rooms whose tests use a file: its own room first, then the rooms that test all ops.
rooms_of() {
    case $1 in
    src/*/* | tools/*/* | tests/*/*) cut -d/ -f2 <<<"$1" ;;
    cli/*) echo cli ;;
    Makefile | scripts/* | .ci/*) echo project ;;
    esac
    case $1 in src/op/* | src/graph/* | src/kernel/*) echo op check graph ;; esac
}
rooms=$(while IFS= read -r file; do [ -n "$file" ] && rooms_of "$file"; done <<<"$changed" | tr ' ' '\n' | awk '!seen[$0]++')

# --- the format of the changed files ---
formatted=$(while IFS= read -r file; do case $file in *.[ch]) [ -f "$file" ] && echo "$file" ;; esac; done <<<"$changed")
if [ -z "$list" ] && [ -n "$formatted" ] && command -v clang-format >/dev/null; then
    # shellcheck disable=SC2086
    clang-format --dry-run -Werror $formatted || { echo "The format is wrong: run \`make format\`" >&2; exit 1; }
fi

# --- the program and the tests of these rooms, quickest first ---
[ -n "$list" ] || scripts/build.sh release descender-program || exit 1
[ -f $build/CTestTestfile.cmake ] || { echo "check-fast: $build is not there; run \`make build\` first" >&2; exit 1; }
# All tests except the slow ones. (`ctest -N` would overwrite the log of the last run.)
here=$(awk '{ name = $1; sub(/^[a-z_]*\((\[=*\[)?/, "", name); sub(/\]=*\]$/, "", name) }
    /^add_test\(/ { all[name] } /^set_tests_properties\(/ && /LABELS "[a-z;]*slow/ { delete all[name] }
    END { for (name in all) print name }' $build/tests/CTestTestfile.cmake)
chosen='' left='' sum=0
while read -r _ cost name; do
    if awk "BEGIN { exit !($cost <= $most && $sum + $cost <= $together) }"; then
        chosen+="$name"$'\n'
        sum=$(awk "BEGIN { print $sum + $cost }")
    else
        left+=" $name"
    fi
done < <(awk -v rooms="$(tr '\n' ' ' <<<"$rooms")" '
    BEGIN { count = split(rooms, list, " "); for (i = 1; i <= count; i++) place[list[i]] = i }
    NR == FNR { if (NF == 3) cost[$1] = $3; next }
    { room = $1; sub(/[.].*/, "", room)
      if ($1 == "base.registry") place_of = 0; else if (room in place) place_of = place[room]; else next
      print place_of, (($1 in cost) && cost[$1] > 0 ? cost[$1] : 1), $1 }' \
    <(cat $build/Testing/Temporary/CTestCostData.txt 2>/dev/null || echo) <(echo "$here") | sort -k1,1n -k2,2g)
[ -n "$list" ] && { printf '%s' "$chosen"; exit 0; }

programs=$(grep -vE '^(cli|project)\.' <<<"$chosen" | sed '/^$/d; s/\./-/')
# shellcheck disable=SC2086
[ -z "$programs" ] || cmake --build $build -j "$(getconf _NPROCESSORS_ONLN)" --target $programs >$build/build.log 2>&1 ||
    { grep -vE '^\[ *[0-9]+%\]|^(g?make|cmake)' $build/build.log | tail -n 40; exit 1; }
scripts/test.sh $build -R "^($(sed '/^$/d' <<<"$chosen" | paste -sd '|'))\$"
status=$?
echo "In $((SECONDS - began)) s.${left:+ Left out because they take long:$left}"
exit $status
