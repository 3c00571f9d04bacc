#!/bin/sh
# SPDX-License-Identifier: MIT
# debian.sh: builds Debian packages from the sources in this folder, committed or not, and checks them with lintian.
#
#   scripts/debian.sh [FOLDER]      FOLDER: build/debian
#
# The packages are descender, libdescender0 and libdescender-dev; packaging/debian defines their contents.
# DEB_BUILD_OPTIONS=nocheck leaves out the test of the installed library.
set -eu
cd "$(dirname "$0")/.."
out=${1:-build/debian}
for tool in dpkg-buildpackage dh lintian; do
    command -v $tool >/dev/null 2>&1 || {
        echo "debian.sh: needs $tool: install dpkg-dev, debhelper and lintian (scripts/dependencies.sh packaging does)" >&2
        exit 1
    }
done
version=$(sed -n 's/^#define DSC_VERSION *"\(.*\)"/\1/p' include/descender.h)
source=$out/descender-$version
rm -rf "$out"
mkdir -p "$source"
# Without build outputs and untracked files.
if [ -e .git ]; then git ls-files -co --exclude-standard; else find . -path ./build -prune -o -type f -print; fi |
    while IFS= read -r file; do [ ! -e "$file" ] || printf '%s\n' "$file"; done | tar -cf - -T - | tar -xf - -C "$source"
cp -r packaging/debian "$source/debian"

# debhelper gives tools a home folder of their own; use the user's compiler cache.
export CCACHE_DIR="${CCACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ccache}"
unset MAKEFLAGS MFLAGS MAKELEVEL # this build is not a sub-make of the calling make
log=$out/build.log
if ! (cd "$source" && CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 dpkg-buildpackage -us -uc -b) >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    echo "debian.sh: building the packages failed; the output is in $log" >&2
    exit 1
fi
lintian --fail-on error,warning "$out"/*.changes
ls "$out"/*.deb
