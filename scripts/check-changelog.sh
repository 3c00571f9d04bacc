#!/bin/sh
# SPDX-License-Identifier: MIT
# check-changelog.sh: checks that each commit that changes the public interface (tests/abi/descender.abi) has a line in
# CHANGELOG.md: in the same commit, in the one before it, or in a later one of the range. A changelog that already
# names the changed symbols is also accepted.
#
#   scripts/check-changelog.sh [RANGE]      no RANGE: from the commit that added this script to HEAD
set -u
cd "$(git rev-parse --show-toplevel 2>/dev/null || dirname "$0")" || exit 1
record=tests/abi/descender.abi
range=${1:-}
if [ -z "$range" ]; then
    first=$(git log --diff-filter=A --format=%H -- scripts/check-changelog.sh 2>/dev/null | tail -n 1)
    [ -n "$first" ] || exit 0 # no history here
    range=$first..HEAD
fi
commits=$(git rev-list "$range") || exit 2

# named COMMIT NAME...: true if the changelog of a commit contains one of the names. The name of a struct does not
# count for its members.
named() {
    commit=$1
    shift
    for name; do
        case $name in *.* | *[A-Z]*) ;; *) git show "$commit:$record" | grep -q "^struct $name[ :]" && continue ;; esac
        git show "$commit:CHANGELOG.md" 2>/dev/null | grep -qF "$name" && return
    done
    return 1
}

# True if a commit adds a line to the changelog.
tells() { git show --format= --unified=0 "$1" -- CHANGELOG.md 2>/dev/null | grep -q '^+[^+]'; }

failed=0 told=''
for commit in $commits; do # newest first
    tells "$commit" && told=yes
    # The interface, not the wording of the record: only lines that name a symbol.
    things=$(git show --format= --unified=0 "$commit" -- "$record" |
        sed -n 's/^[+-]\(function\|member\|struct\|enumerator\|constant\|type\) \([A-Za-z0-9_.]*\).*/\2/p' | sort -u)
    [ -n "$things" ] && [ -z "$told" ] || continue
    tells "$commit~1" && continue
    # shellcheck disable=SC2086
    named "$commit" $things && continue
    failed=1
    echo "$(git log -1 --format='%h %s' "$commit")"
    echo "    changes the public interface without a line in CHANGELOG.md:" $things
done
[ $failed = 0 ] || echo 'Add a line under "Unreleased".'
exit $failed
