#!/bin/sh
# SPDX-License-Identifier: MIT
# check-changelog.sh: a commit that changes the public interface (tests/abi/descender.abi) comes with a line in CHANGELOG.md: in the
# same commit, the one before it, or a later one of the range; or the changelog names what it changes already.
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

# named COMMIT NAME...: whether the changelog of a commit has one of the names. That of a struct alone says nothing of its members.
named() {
    commit=$1
    shift
    for name; do
        case $name in *.* | *[A-Z]*) ;; *) git show "$commit:$record" | grep -q "^struct $name[ :]" && continue ;; esac
        git show "$commit:CHANGELOG.md" 2>/dev/null | grep -qF "$name" && return
    done
    return 1
}

# Whether a commit adds a line to the changelog.
tells() { git show --format= --unified=0 "$1" -- CHANGELOG.md 2>/dev/null | grep -q '^+[^+]'; }

failed=0 told=''
for commit in $commits; do # the newest first
    tells "$commit" && told=yes
    # What the interface is, not how the record words it: lines that name a thing.
    things=$(git show --format= --unified=0 "$commit" -- "$record" |
        sed -n 's/^[+-]\(function\|member\|struct\|enumerator\|constant\|type\) \([A-Za-z0-9_.]*\).*/\2/p' | sort -u)
    [ -n "$things" ] && [ -z "$told" ] || continue
    tells "$commit~1" && continue
    # shellcheck disable=SC2086
    named "$commit" $things && continue
    failed=1
    echo "$(git log -1 --format='%h %s' "$commit")"
    echo "    changes the public interface, and CHANGELOG.md says nothing of it:" $things
done
[ $failed = 0 ] || echo 'Add a line under "Unreleased".'
exit $failed
