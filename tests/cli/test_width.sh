#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# On a terminal of 60 columns no line is wider than it, but for commands that are there to be copied.
source "$(dirname "$0")/lib.sh"

# _narrow [ARGUMENTS...]: runs the program there, and looks at every line that the terminal was given.
_narrow() {
    said="descender $* (on a terminal of 60 columns)"
    script -qec "stty cols 60 rows 30; $(printf '%q ' "$program" "$@")" /dev/null >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
    exits 0
    /usr/bin/python3 - "$work/.out" >"$work/wide" <<'END'
import re, sys, unicodedata
text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
for line in re.split(r"[\r\n]+", text):
    width = sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    if width > 60 and not line.startswith("  descender "):
        print(width, line)
END
    [ ! -s "$work/wide" ] || complain "wider than 60 columns: $(head -3 "$work/wide")"
}
_terminal() { needs_command script && needs_python; }

help_and_lists_fit() {
    _terminal || return
    _narrow help
    _narrow tune --help
    _narrow recipe list
    _narrow model show 784-100-10
}
the_rows_of_training_fit_and_early_stopping_names_the_epoch_it_kept() {
    _terminal || return
    _narrow help data
    run train --data digits --training-samples 200 --validation 0.1 --patience 1 --epochs 30 --learning-rate 0.5 --model 784-8-10 \
        --out "$work/early" --json
    exits 0
    kept=$(sed -n 's/.*"kept_epoch": *\([0-9]*\).*/\1/p' <<<"$out")
    holds "no kept epoch in JSON" test -n "$kept"
    holds "the log names another epoch" grep -q "\"kept_epoch\": *$kept\b" "$work/early/log.jsonl"
    rm -rf "$work/early"
    run train --data digits --training-samples 200 --validation 0.1 --patience 1 --epochs 30 --learning-rate 0.5 --model 784-8-10 \
        --out "$work/early"
    prints "Kept: the weights of epoch $kept of "
    rm -rf "$work/early"
    script -qec "stty cols 60 rows 30; '$program' train --data digits --training-samples 200 --validation 0.1 --epochs 2 \
        --model 784-8-10 --out '$work/early'" /dev/null >"$work/.out" 2>"$work/.err" </dev/null
    status=$?
    _keep
    exits 0
    prints "    epoch     loss  right %  val. loss  right %   seconds"
}
the_table_of_a_search_stays_on_the_screen() {
    _terminal || return
    run_terminal tune --data digits --training-samples 200 --epochs 1 --model 784-8-10 "batch=8|16|32" --out "$work/search"
    exits 0
    prints "all 3 combinations"
    # What is behind the last wiping of lines is what the user goes on seeing.
    holds "the table is gone" grep -q "accuracy %.*loss.*tried" <<<"${out##*$'\033[J'}"
}
promises
