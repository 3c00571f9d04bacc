# SPDX-License-Identifier: MIT
# shell.sh: shared code of the test scripts. Source it. Then $tests is the folder tests/, $top the project's folder,
# and $folder a new empty folder that is removed at the end. Each check prints one line for scripts/test.sh to count.
# shellcheck shell=bash disable=SC2034

tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$tests")
folder=$(mktemp -d /tmp/descender-test-XXXXXX)
trap 'rm -rf "$folder"' EXIT
failures=0

pass() { echo "ok - $1"; }
# fail NAME [lines that explain]
fail() {
    echo "not ok - $1"
    shift
    printf '    %s\n' "$@"
    failures=$((failures + 1))
}
# skip NAME REASON
skip() { echo "skip - $1: $2"; }
# is NAME FOUND EXPECTED
is() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "expected: $3" "found:    $2"; fi; }
# contains NAME TEXT PART
contains() { case $2 in *"$3"*) pass "$1" ;; *) fail "$1" "expected it to contain: $3" "found: $2" ;; esac; }
# succeeds NAME COMMAND...: prints its output if it fails
succeeds() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then pass "$name"; else fail "$name" "failed: $*" "$output"; fi
}
finish() { exit $((failures > 0)); }
