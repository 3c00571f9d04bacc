#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh: configures a preset if necessary and builds it, with little output.
#
#   scripts/build.sh PRESET [TARGET]      into build/PRESET; JOBS=n: number of jobs (default: one for each core)
#   CONFIGURE='-DX=Y ...' in the environment is passed to CMake (and configures again)
#
# The output of the tools goes to build/PRESET/{configure,build}.log. The script prints the table of libraries,
# warnings and errors. Nothing is configured or compiled twice.
set -u
cd "$(dirname "$0")/.." || exit 1
preset=${1:?"usage: scripts/build.sh PRESET [TARGET]"}
target=${2:-all}
folder=build/$preset
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
configured=$folder/.configured
unset MAKEFLAGS MFLAGS MAKELEVEL    # this build is not a sub-make of the calling make

mkdir -p "$folder"

# The libraries that are installed now. If they differ from the last time, configure again.
libraries=$(sed -n 's/^descender_library([A-Z]* \([a-z0-9-]*\)[ >].*/\1/p' cmake/Libraries.cmake)
present=$(for library in $libraries cmocka; do pkg-config --exists "$library" 2>/dev/null && echo "$library"; done
    command -v protoc-c
    ls /usr/share/javascript/chart.js/chart.min.js 2>/dev/null)

if [ ! -f "$configured" ] || [ -n "${CONFIGURE:-}" ] || [ "$present" != "$(cat "$configured")" ]; then
    echo "Configuring $folder" >&2
    fresh='' # CMake remembers where a library was found: if one is gone, it must begin anew
    for library in $(cat "$configured" 2>/dev/null); do
        case " $(echo "$present" | tr '\n' ' ') " in *" $library "*) ;; *) fresh=--fresh ;; esac
    done
    rm -f "$configured"
    # shellcheck disable=SC2086  # CONFIGURE is a list of options
    if ! cmake $fresh --preset "$preset" ${CONFIGURE:-} >"$folder/configure.log" 2>&1; then
        cat "$folder/configure.log" >&2
        exit 1
    fi
    sed -n '/^-- Libraries:/,/^-- /{/^-- /d;/^$/d;p}' "$folder/configure.log" >&2
    echo "$present" >"$configured"
fi

start=$(date +%s)
if cmake --build "$folder" -j "$jobs" --target "$target" >"$folder/build.log" 2>&1; then
    # Print a warning with all of its lines.
    awk '/warning:/ { left = 4 } left-- > 0' "$folder/build.log" >&2
    compiled=$(grep -c 'Building C object' "$folder/build.log")
    if [ "$compiled" -gt 0 ]; then
        echo "Built $folder: $compiled files in $(($(date +%s) - start)) s" >&2
    fi
else
    status=$?
    grep -vE '^\[ *[0-9]+%\]|^(g?make|cmake)' "$folder/build.log" | tail -n 60 >&2
    echo "The build failed; all of its output is in $folder/build.log" >&2
    exit $status
fi
