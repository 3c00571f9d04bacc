# SPDX-License-Identifier: MIT
# lib.sh: shared code of the whole-program tests. A test file sources it, defines one function for each promise, and
# ends with `promises`, which runs every function of the file in order (except helpers, whose names begin with "_"). A
# promise calls `run` and then checks the result. Each failed check is reported, and the promise continues. Called as:
# bash test_NAME.sh PROGRAM

program=$(realpath "$1")
golden=$(realpath "$(dirname "$0")/../golden")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset NO_COLOR COLUMNS
export XDG_CACHE_HOME="$work/cache" HOME="$work/home" TERM=xterm-256color LC_ALL=C.UTF-8
export ASAN_OPTIONS="exitcode=99:${ASAN_OPTIONS:-}" LSAN_OPTIONS="exitcode=99"
mnist=${DESCENDER_DATA:-}
passed=0 failed=0 skipped=0

# Runs the program and sets $status, $out and $err.
run() {
    said="descender $*"
    "$program" "$@" >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
}
# The same for any shell command; "$program" is the program.
run_shell() {
    said=$1
    bash -c "$1" >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
}
# The same on a terminal of 100 columns; $out has everything it shows.
run_terminal() {
    said="descender $* (on a terminal)"
    script -qec "stty cols 100 rows 40; $(printf '%q ' "$program" "$@")" /dev/null >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
}
# Removes NUL bytes, about which bash complains. Starting another process would cost more.
_keep() {
    { out=$(<"$work/.out") err=$(<"$work/.err"); } 2>/dev/null
}

complain() {
    broken=1
    printf '  # %s\n' "$1" "after: $said (exit status $status)"
    [ -z "$out" ] || head -c 1500 <<<"$out" | head -20 | sed 's/^/  # out: /'
    [ -z "$err" ] || head -c 1500 <<<"$err" | head -20 | sed 's/^/  # err: /'
}
exits() { [ "$status" = "$1" ] || complain "expected exit status $1"; }
prints() { [[ $out == *"$1"* ]] || complain "expected on standard output: $1"; }
prints_no() { [[ $out != *"$1"* ]] || complain "expected not on standard output: $1"; }
says() { [[ $err == *"$1"* ]] || complain "expected on standard error: $1"; }
says_no() { [[ $err != *"$1"* ]] || complain "expected not on standard error: $1"; }
prints_nothing() { [ -z "$out" ] || complain "expected nothing on standard output"; }
says_nothing() { [ -z "$err" ] || complain "expected nothing on standard error"; }
# holds DESCRIPTION COMMAND...: the command must succeed.
holds() {
    local what=$1
    shift
    "$@" >/dev/null 2>&1 || complain "$what"
}
same() { [ "$1" = "$2" ] || complain "expected '$2', found '$1'"; }

# pgm FILE WIDTH HEIGHT VALUE: a picture of one grey value.
pgm() {
    local byte pixels
    printf -v byte '\\%03o' "$4"
    printf -v pixels '%*s' $(($2 * $3)) ''
    # shellcheck disable=SC2059  # the bytes, as escapes
    printf "P5\n$2 $3\n255\n${pixels// /$byte}" >"$1"
}
# small_data FOLDER: writes data of 4 classes, 8 x 8, 68 training and 12 test images.
small_data() {
    local class i
    for class in 0 1 2 3; do
        mkdir -p "$work/.small/$class"
        for ((i = 1; i <= 20; i++)); do pgm "$work/.small/$class/$i.pgm" 8 8 $((class * 60 + i)); done
    done
    "$program" data pack "$work/.small" "$1" --quiet >/dev/null || echo "  # small_data failed"
    rm -r "$work/.small"
}
# refusing_model FILE THRESHOLD: writes the built-in model with this threshold, below which an answer is refused.
refusing_model() {
    /usr/bin/python3 - "$golden/../../models/digits.safetensors" "$1" "$2" <<'PYTHON'
import json, struct, sys
read = open(sys.argv[1], "rb").read()
size = struct.unpack("<Q", read[:8])[0]
header = json.loads(read[8:8 + size])
header["__metadata__"]["refuse_below"] = sys.argv[3]
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
open(sys.argv[2], "wb").write(struct.pack("<Q", len(text)) + text + read[8 + size:])
PYTHON
}
# wait_for COMMAND...: waits until it succeeds, at most ten seconds; a timeout is a failure.
wait_for() {
    local i
    for i in $(seq 1000); do
        "$@" 2>/dev/null && return
        sleep 0.01
    done
    complain "waited in vain: $*"
}
# in_background COMMAND...: runs it with all signals as in a login shell; $job is its process. `ended` waits for its
# end and sets the results as `run` does.
in_background() {
    said="$*"
    : >"$work/.out" # otherwise the previous output stays until the new process opens the file
    /usr/bin/env --default-signal=INT,TERM,HUP "$@" >"$work/.out" 2>"$work/.err" </dev/null &
    job=$!
}
ended() {
    wait $job
    status=$?
    _keep
}
# handles PID SIGNAL: true if the process has a handler for the signal.
handles() { (((0x$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status") >> ($(kill -l "$2") - 1)) & 1)); }
# interrupted_run FOLDER ARGUMENTS...: a training that is interrupted between its first checkpoint and its end.
interrupted_run() {
    local folder=$1
    shift
    in_background "$program" "$@" --out "$folder" --quiet
    wait_for test -e "$folder/checkpoint"
    kill -INT $job
    ended
    exits 130
    holds "it had ended before it was interrupted" test ! -e "$folder/model.safetensors"
}
# bytes FILE OFFSET: prints the bytes of a file from an offset on as numbers, one on each line.
bytes() { od -An -v -tu1 -w1 -j"$2" "$1" | tr -d ' '; }

# needs_... || return: skips the promise, with the reason, if something is missing.
because() {
    reason=$1
    return 1
}
needs_mnist() { [ -n "$mnist" ] || because "needs MNIST in \$DESCENDER_DATA"; }
needs_command() { command -v "$1" >/dev/null || because "needs the command $1"; }
needs_library() { "$program" --version | grep -q "^with .*$1" || because "needs $1, which this build has not"; }
# The thread sanitizer delays signals, and writes to a file of its own before main begins. An emulator catches every
# signal before the program installs a handler.
needs_plain_signals() {
    if [ -n "${TESTS_EMULATED:-}" ]; then because "an emulator catches every signal"; return; fi
    ! grep -q __tsan_init "$program" || because "the thread sanitizer delays signals and writes files"
}
needs_json() { needs_python || because "needs python3 to read JSON"; }
needs_python() { [ -x /usr/bin/python3 ] || because "needs /usr/bin/python3"; }
needs_torch() { /usr/bin/python3 -c 'import torch, numpy' 2>/dev/null || because "needs PyTorch and NumPy"; }
needs_numpy() { /usr/bin/python3 -c 'import numpy' 2>/dev/null || because "needs NumPy"; }
# Prints the value of a Python expression over `j`, the JSON in $out.
json() { /usr/bin/python3 -c 'import json,sys; j=json.loads(sys.stdin.read()); print(eval(sys.argv[1]))' "$1" <<<"$out" 2>&1; }

promises() {
    local name
    for name in $(sed -n 's/^\([a-z][a-z0-9_]*\)() {.*/\1/p' "$0"); do
        broken='' reason='' said='' status='' out='' err=''
        "$name"
        if [ -n "$reason" ]; then
            skipped=$((skipped + 1))
            echo "skip - $name: $reason"
        elif [ -n "$broken" ]; then
            failed=$((failed + 1))
            echo "not ok - $name"
        else
            passed=$((passed + 1))
            echo "ok - $name"
        fi
    done
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed = 0 ]
}
