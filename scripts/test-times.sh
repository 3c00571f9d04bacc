#!/bin/sh
# SPDX-License-Identifier: MIT
# test-times.sh: prints how long the tests of each room take, from ctest's record of the last runs; the slowest room
# first.
#
#   scripts/test-times.sh BUILD-FOLDER
set -u
folder=${1:?"usage: scripts/test-times.sh BUILD-FOLDER"}
data=$folder/Testing/Temporary/CTestCostData.txt
[ -s "$data" ] || { echo "test-times: no test has run in $folder; run \`make test\` first" >&2; exit 1; }
# "room.name RUNS SECONDS", up to a line of dashes. The file keeps lines of tests that no longer exist. (`ctest -N`
# would overwrite the log of the last run.)
find "$folder" -name CTestTestfile.cmake -exec sed -n 's/^add_test(\(\[=*\[\)\?\([A-Za-z0-9_.-]*\).*/\2/p' {} + | awk '
    NR == FNR { here[$1]; next }
    /^---/ { exit }
    ($1 in here) && $3 > 0 {
        room = $1; sub(/\..*/, "", room)
        programs[room]++; seconds[room] += $3; all++; total += $3
        if ($3 > most[room]) { most[room] = $3; slowest[room] = $1 }
    }
    END {
        printf "%-12s %8s %9s  %s\n", "room", "programs", "seconds", "the slowest"
        for (room in seconds)
            printf "%-12s %8d %9.1f  %s (%.1f s)\n", room, programs[room], seconds[room], slowest[room], most[room] | "sort -k3,3nr"
        close("sort -k3,3nr")
        printf "%-12s %8d %9.1f\n", "all", all, total
    }' - "$data"
