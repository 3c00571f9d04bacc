#!/bin/sh
# SPDX-License-Identifier: MIT
# coverage.sh: reports which lines of each file the tests reached, after they have run in a coverage build.
#
#   scripts/coverage.sh BUILD-FOLDER
#
# gcov counts the lines. The script adds up the counts: one line for each file, worst first, and the total.
set -u
cd "$(dirname "$0")/.." || exit 1
top=$PWD
build=$(cd "${1:?"usage: scripts/coverage.sh BUILD-FOLDER"}" && pwd) || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
find "$build" -name '*.gcda' -path '*descender*.dir*' |
    xargs -r gcov -r -s "$top" 2>/dev/null |
    awk -v top="$top/" '
        /^File / { file = $0; gsub(/^File .|.$/, "", file); sub(top, "", file); next }
        /^Lines executed:/ && file ~ /^(src|tools|tutorial|cli)\/.*\.c$/ {
            split($0, part, /[:% ]+/)
            share = part[3]
            total = part[5]
            if (total + 0 > lines[file] || !(file in lines)) { lines[file] = total; reached[file] = share * total / 100 }
            file = ""
        }
        END {
            for (f in lines) {
                printf "%6.1f %%  %5d lines  %s\n", lines[f] ? 100 * reached[f] / lines[f] : 100, lines[f], f | "sort -n"
                all += lines[f]
                hit += reached[f]
            }
            close("sort -n")
            printf "%6.1f %%  %5d lines  in all\n", all ? 100 * hit / all : 0, all
        }'
