#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# lint.sh: runs clang-format, clang-tidy and cppcheck on the project's own files, and checks that commits that change
# the public interface are in the changelog. Changes nothing; status 1 on any finding.
#
#   scripts/lint.sh BUILD-FOLDER [format] [tidy] [cppcheck] [headers] [changelog]      no names: all of them
#
# The build folder provides compile_commands.json. .clang-tidy and the comments below give the reason for each check
# that is off. ANALYSER_NODES=n in the environment limits how many states of a function clang's analyser visits: 225000,
# its own limit, by default; CI takes 40000, which is four times as fast.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:?"usage: scripts/lint.sh BUILD-FOLDER [format] [tidy] [cppcheck] [headers] [changelog]"}
shift
checks=${*:-format tidy cppcheck headers changelog}
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
# Except files that are not compiled by themselves: the texts of exported models, and the parts for WebAssembly.
sources() { find src tools tutorial cli -name '*.c' -not -path '*/exchange/functions/*' -not -path '*/exchange/wasm/*' | sort; }
everything() { find include src tools tutorial cli tests bench examples -name '*.[ch]' -not -path '*/golden/*' | sort; }
failed=0
log=$(mktemp)
once=$(mktemp -d)
trap 'rm -rf "$log" "$once"' EXIT

report() { # NAME STATUS: prints the log if the check failed
    if [ "$2" = 0 ]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        cat "$log"
        failed=1
    fi
}

for check in $checks; do
    case $check in
    format)
        everything | xargs clang-format --dry-run -Werror >"$log" 2>&1
        status=$?
        # clang-format does not break comments (ReflowComments: false), so their lines are measured here.
        limit=$(sed -n 's/^ColumnLimit: *//p' .clang-format)
        if everything | LC_ALL=C.UTF-8 xargs grep -nHE "^.{$((limit + 1)),}" >"$once/long"; then
            sed "s/^\([^:]*:[0-9]*\):.*/\1: longer than $limit columns/" "$once/long" >>"$log"
            status=1
        fi
        report format $status
        ;;
    tidy)
        # One file for each run, compiled in one way: the analyser of LLVM 14 loses track of va_list in the second.
        awk 'BEGIN { RS = "}"; printf "[" } match($0, /"file": "[^"]*"/) && !seen[substr($0, RSTART, RLENGTH)]++ {
                 sub(/^[^{]*/, ""); printf "%s%s}", n++ ? "," : "", $0 } END { print "]" }' \
            "$build/compile_commands.json" >"$once/compile_commands.json"
        sources | xargs -P "$jobs" -n 1 clang-tidy --quiet -p "$once" --extra-arg=-Xclang --extra-arg=-analyzer-config \
            --extra-arg=-Xclang --extra-arg=max-nodes="${ANALYSER_NODES:-225000}" 2>&1 | grep -vE '^[0-9]+ warnings? generated' >"$log"
        status=${PIPESTATUS[1]}
        report tidy "$status"
        ;;
    cppcheck)
        # missingIncludeSystem: system headers are not checked. unusedFunction needs the whole program at once and
        # would report the whole public interface.
        cppcheck --quiet -j "$jobs" --std=c11 --enable=warning,performance,portability --inline-suppr \
            --suppress=missingIncludeSystem --suppress=unmatchedSuppression --error-exitcode=1 \
            -D__GNUC__=12 -D_GNU_SOURCE '-DEXCHANGE_FILES(FILE)=' -DDESCENDER_WITH_WEB=0 \
            -DDESCENDER_WITH_CURL=1 -DDESCENDER_WITH_CRYPTO=1 -DDESCENDER_WITH_PNG=1 -DDESCENDER_WITH_JPEG=1 -DDESCENDER_WITH_WEBP=1 -DDESCENDER_WITH_TIFF=1 -DDESCENDER_WITH_GIF=1 -DDESCENDER_WITH_HEIF=1 -DDESCENDER_WITH_POPPLER=1 -DDESCENDER_WITH_ARCHIVE=1 \
            -DDESCENDER_WITH_CAIRO=1 -DDESCENDER_WITH_MICROHTTPD=1 -DDESCENDER_WITH_PROTOBUF=0 -DDESCENDER_WITH_CHARTJS=0 \
            -I include -I src -I tools -I tutorial src tools tutorial cli >"$log" 2>&1
        report cppcheck $?
        ;;
    headers) # Each header must compile by itself, so the order of includes never matters. Templates are not headers, and headers for WebAssembly need its compiler.
        flags="-std=c17 -Wall -Wextra -Werror -D_GNU_SOURCE -fsyntax-only -x c -I include -I src -I tools -I tutorial -I tests"
        defines="-DDESCENDER_WITH_CURL=0 -DDESCENDER_WITH_CRYPTO=0 -DDESCENDER_WITH_PNG=0 -DDESCENDER_WITH_JPEG=0 -DDESCENDER_WITH_WEBP=0 -DDESCENDER_WITH_TIFF=0 -DDESCENDER_WITH_GIF=0 -DDESCENDER_WITH_HEIF=0 -DDESCENDER_WITH_POPPLER=0 -DDESCENDER_WITH_ARCHIVE=0 -DDESCENDER_WITH_CAIRO=0 -DDESCENDER_WITH_MICROHTTPD=0 -DDESCENDER_WITH_PROTOBUF=0 -DDESCENDER_WITH_CHARTJS=0"
        # shellcheck disable=SC2086
        find include src tools tutorial cli -name '*.h' -not -name '*_template.h' -not -name '*_loops.h' -not -name 'isa_*.h' -not -name multiversion.h -not -path '*/wasm/system/*' | xargs -n 1 -P "$jobs" cc $flags $defines >"$log" 2>&1
        report headers $?
        ;;
    changelog)
        scripts/check-changelog.sh >"$log" 2>&1
        report changelog $?
        ;;
    *)
        echo "unknown check '$check'; known: format tidy cppcheck headers changelog" >&2
        exit 2
        ;;
    esac
done
exit $failed
